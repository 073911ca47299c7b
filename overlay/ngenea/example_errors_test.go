package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"net/http"
	"slices"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Test for the class of an error with errors.Is, and get its details with errors.As.
func ExampleError() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()

	_, err = h.Jobs.Get(context.Background(), 4711)
	fmt.Println("not found:", errors.Is(err, ngenea.ErrNotFound))

	var failed *ngenea.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Operation, failed.Status, failed.Attempts)
	}
	// Output:
	// not found: true
	// getJob 404 1
}

// A Hub without an inferred operation responds with a page of HTML, unlike a missing job. The
// error has the command that pulls the Hub's own document.
func ExampleInferredRouteError() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	hub.Fail("getJob", 1, http.StatusNotFound, "<h1>Not Found</h1>")
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()

	_, err = h.Jobs.Get(context.Background(), 1)
	fmt.Println(errors.Is(err, ngenea.ErrRouteMissing), errors.Is(err, ngenea.ErrNotFound))
	var missing *ngenea.InferredRouteError
	if errors.As(err, &missing) { // not if the client was generated from a Hub's own document
		log.Println(missing)
	}
	// Output: true false
}

// The error of a body that the Hub rejects has its fields.
func ExampleValidationError() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()

	_, err = h.Migrate(context.Background(), ngenea.Tiering{Site: "nowhere", Paths: []string{"/mmfs1/data"}})
	var invalid *ngenea.ValidationError
	if errors.As(err, &invalid) {
		fmt.Println("wrong:", slices.Sorted(maps.Keys(invalid.Fields)))
	}
	// Output: wrong: [site]
}
