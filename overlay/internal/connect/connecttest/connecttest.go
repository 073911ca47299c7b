// Package connecttest is what the tests of both front doors share: a wire that records
// requests, transports with given responses, and checks of errors.
package connecttest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// Request is a request that a [Wire] has sent.
type Request struct {
	Method, Host, Path, Query, Body string // Host with its scheme, Path below the base path
	Authorization                   string
	HasAuthorization                bool // the header, if only an empty one
	Status                          int  // of the response; 0 without one
}

// Wire records the requests that it sends on.
type Wire struct {
	Next http.RoundTripper
	mu   sync.Mutex
	sent []Request
}

// RoundTrip implements http.RoundTripper.
func (w *Wire) RoundTrip(r *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api"), "/v2")
	s := Request{Method: r.Method, Host: r.URL.Scheme + "://" + r.URL.Host, Path: path, Query: r.URL.RawQuery, Authorization: r.Header.Get("Authorization")}
	_, s.HasAuthorization = r.Header["Authorization"]
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		s.Body = string(body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	response, err := w.Next.RoundTrip(r)
	if err == nil {
		s.Status = response.StatusCode
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, s)
	return response, err
}

// Sent returns the requests to the paths below the base path, all without one.
func (w *Wire) Sent(paths ...string) []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := slices.Clone(w.sent)
	if len(paths) == 0 {
		return sent
	}
	return slices.DeleteFunc(sent, func(s Request) bool { return !slices.Contains(paths, s.Path) })
}

// Responder is a transport that returns a status and a body, or the address of a
// redirect, for the n-th request, counted from 1.
func Responder(respond func(n int, r *http.Request) (status int, body string)) http.RoundTripper {
	return &responder{respond: respond}
}

// Always is a transport whose responses are all the same.
func Always(status int, body string) http.RoundTripper {
	return Responder(func(int, *http.Request) (int, string) { return status, body })
}

type responder struct {
	respond func(n int, r *http.Request) (status int, body string)
	mu      sync.Mutex
	n       int
}

func (p *responder) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.n++
	n := p.n
	p.mu.Unlock()
	status, body := p.respond(n, r)
	header := http.Header{"Content-Type": {"application/json"}}
	if strings.HasPrefix(body, "<") {
		header.Set("Content-Type", "text/html")
	}
	if status/100 == 3 {
		header.Set("Location", body)
		body = ""
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// Error checks that err is the error of an operation ("" of Do), in these classes and in
// one line that begins with the operation, and returns it.
func Error(t *testing.T, err error, operation string, classes ...error) *call.Error {
	t.Helper()
	var failed *call.Error
	if !errors.As(err, &failed) || failed.Operation != operation {
		t.Fatalf("got %v (%T), want an *Error of %q", err, err, operation)
	}
	Classes(t, err, classes...)
	return failed
}

// Classes checks that err is in these classes, and one line.
func Classes(t *testing.T, err error, classes ...error) {
	t.Helper()
	for _, class := range classes {
		if !errors.Is(err, class) {
			t.Errorf("%v: is not %q", err, class)
		}
	}
	Line(t, err)
}

// Line checks that the text of err is one line.
func Line(t *testing.T, err error) {
	t.Helper()
	if err != nil && (strings.ContainsAny(err.Error(), "\r\n\x00\x1b\u2028") || len(err.Error()) > 1300) {
		t.Errorf("not one line: %q", err)
	}
}
