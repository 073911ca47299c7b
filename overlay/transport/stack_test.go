package transport_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Each sending is counted, that after a 401 too, and what is never sent is not.
func TestAttempts(t *testing.T) {
	for statuses, want := range map[[2]int]int{{200, 200}: 1, {403, 200}: 1, {401, 200}: 2, {401, 401}: 2} {
		var meta call.Response
		s := &server{statuses: statuses[:]}
		err := caller(t, &tokens{left: []string{"one", "two"}}, s).Call(t.Context(), table["bearer"], nil, nil, nil, nil, call.WithResponse(&meta))
		if meta.Attempts != want || meta.Endpoint != origin || len(s.got) != want {
			t.Errorf("%v: got %d attempts at %s (%v), want %d", statuses, meta.Attempts, meta.Endpoint, err, want)
		}
		var failed *call.Error
		if errors.As(err, &failed) && failed.Attempts != want {
			t.Errorf("%v: the error tells %d attempts, want %d", statuses, failed.Attempts, want)
		}
	}
}

// The endpoint is the one that was sent to, not the one that the client began with.
func TestEndpoint(t *testing.T) {
	var meta call.Response
	elsewhere := func(r *http.Request) { r.URL.Scheme, r.URL.Host = "http", "elsewhere:1" }
	if err := caller(t, &tokens{}, &server{}).Call(t.Context(), table["none"], nil, nil, nil, nil, call.WithResponse(&meta), elsewhere); err != nil {
		t.Fatal(err)
	}
	if meta.Endpoint != "http://elsewhere:1" {
		t.Errorf("got %s", meta.Endpoint)
	}
}

// Without Tokens no layer adds one.
func TestStackWithoutTokens(t *testing.T) {
	s := &server{}
	if err := caller(t, nil, s).Call(t.Context(), table["bearer"], nil, nil, nil, nil); err != nil || s.got[0].own {
		t.Errorf("got %v, sent %+v", err, s.got)
	}
}

func TestStackWithoutBase(t *testing.T) {
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	s := &server{}
	http.DefaultTransport = s
	if _, err := transport.Stack(transport.Layers{}).RoundTrip(request(t, nil)); err != nil || len(s.got) != 1 {
		t.Errorf("got %v after %d requests", err, len(s.got))
	}
}

// After Close nothing passes, and bodies are closed.
func TestGate(t *testing.T) {
	s := &server{}
	gate := &transport.Gate{Next: s}
	if _, err := gate.RoundTrip(request(t, nil)); err != nil || len(s.got) != 1 {
		t.Fatalf("got %v after %d requests", err, len(s.got))
	}
	gate.Close()
	gate.Close()
	for _, content := range []*body{text("body"), nil} {
		r := request(t, nil)
		if content != nil {
			r.Body = content
		}
		if _, err := gate.RoundTrip(r); !errors.Is(err, token.ErrClosed) || len(s.got) != 1 {
			t.Errorf("got %v after %d requests, want ErrClosed after one", err, len(s.got))
		}
		if content != nil && content.closed != 1 {
			t.Error("the body was not closed")
		}
	}
}
