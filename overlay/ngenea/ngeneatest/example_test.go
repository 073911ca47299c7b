package ngeneatest_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// A program that speaks HTTP itself can be tested as well as one that uses the
// SDK.
func ExampleStart() {
	srv, err := ngeneatest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	hub := http.Client{Transport: srv.Transport()}
	answer, err := hub.Post(srv.URL+"/api/auth/token/", "application/json",
		strings.NewReader(`{"username": "dfoster", "password": "secret"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	fmt.Println(answer.StatusCode, srv.Logins())
	// Output: 200 1
}
