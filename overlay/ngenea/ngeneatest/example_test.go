package ngeneatest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Make the next job fail, and check what your own code does.
func ExampleServer_NextJobs() {
	hub, err := ngeneatest.Start() // in a test: ngeneatest.New(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(hub.Transport()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()

	archive := func() error { // your own code
		job, err := h.Migrate(context.Background(), ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
		if err != nil {
			return err
		}
		_, err = h.WaitJob(context.Background(), job.ID, time.Minute)
		return err
	}
	fmt.Println(archive())
	hub.NextJobs(1, ngeneatest.Fails)
	fmt.Println(errors.Is(archive(), ngenea.ErrJobFailed))
	// Output:
	// <nil>
	// true
}

// A program that uses HTTP without the SDK can be tested too.
func ExampleStart() {
	srv, err := ngeneatest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	hub := http.Client{Transport: srv.Transport()}
	response, err := hub.Post(srv.URL+"/api/auth/token/", "application/json",
		strings.NewReader(`{"username": "dfoster", "password": "secret"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	fmt.Println(response.StatusCode, srv.Logins())
	// Output: 200 1
}
