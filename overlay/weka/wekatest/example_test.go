package wekatest_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A program that speaks HTTP itself can be tested as well as one that uses the
// SDK.
func ExampleStart() {
	srv, err := wekatest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	cluster := http.Client{Transport: srv.Transport()}
	answer, err := cluster.Post(srv.URL+"/api/v2/login", "application/json",
		strings.NewReader(`{"username": "admin", "password": "admin"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	fmt.Println(answer.StatusCode, srv.Logins())
	// Output: 200 1
}
