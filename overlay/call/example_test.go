package call_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// A route that the document does not know is called by its path. The answer's
// envelope is taken off, and errors are the same as those of any operation.
func ExampleClient_Do() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.RequestURI() {
		case "/api/v2/fileSystems/fs1/mountToken?mode=rw":
			_, _ = fmt.Fprint(w, `{"data":{"token":"t-1","inode":11326619722725392385}}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprintf(w, `{"message":"Route %s - %s does not exist"}`, r.Method, r.URL.Path)
		}
	}))
	defer server.Close()
	base, err := url.Parse(server.URL + "/api/v2")
	if err != nil {
		fmt.Println(err)
		return
	}
	c := call.New(call.Config{Base: base, UserAgent: "example/1.0"})

	var out struct {
		Token string `json:"token"`
		Inode uint64 `json:"inode"`
	}
	var response call.Response
	err = c.Do(context.Background(), "GET", "/fileSystems/fs1/mountToken?mode=rw", nil, &out, call.WithResponse(&response))
	fmt.Println(out.Token, out.Inode, response.Status, err)

	err = c.Do(context.Background(), "POST", "/no/such/route", map[string]any{"a": 1}, nil)
	var e *call.Error
	fmt.Println(errors.Is(err, call.ErrNotFound), errors.As(err, &e) && e.Attempts == 1)
	fmt.Println(e.Message)

	err = c.Do(context.Background(), "GET", "/fileSystems/../login", nil, nil)
	fmt.Println(err)
	// Output:
	// t-1 11326619722725392385 200 <nil>
	// true true
	// Route POST - /api/v2/no/such/route does not exist
	// GET /fileSystems/../login: invalid argument: path must not contain the segments "." and ".."
}
