package call_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func resending(through http.RoundTripper) *call.Client {
	return call.New(call.Config{Base: &url.URL{Scheme: "https", Host: "weka01:14000"}, Transport: through})
}

// source is a body that breaks off and gives the next answer, if there is one.
type source struct {
	io.Reader
	next   func(cause error) (*http.Response, error)
	closed bool
}

func (s *source) Close() error {
	s.closed = true
	return nil
}

func (s *source) Resend(cause error) (*http.Response, error) {
	if !s.closed {
		return nil, errors.New("the broken answer is still open")
	}
	return s.next(cause)
}

func breaksOff(next func(error) (*http.Response, error)) *http.Response {
	broken := io.MultiReader(strings.NewReader(`{"data":"a much longer te`), breaking{})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: &source{Reader: broken, next: next}}
}

type breaking struct{}

func (breaking) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func answered(status int, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{"X-Request-Id": {"second"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// Where a success breaks off, the answer that the transport gets in its place counts,
// whatever it is.
func TestResender(t *testing.T) {
	refused := errors.New("refused")
	for name, c := range map[string]struct {
		next   func(error) (*http.Response, error)
		status int
		class  error // nil: success
	}{
		"success":      {func(error) (*http.Response, error) { return answered(200, `{"data":"x"}`) }, 200, nil},
		"error answer": {func(error) (*http.Response, error) { return answered(404, `{"message":"gone"}`) }, 404, call.ErrNotFound},
		"not again":    {func(error) (*http.Response, error) { return nil, nil }, 200, call.ErrMalformedAnswer},
		"no answer":    {func(error) (*http.Response, error) { return nil, refused }, 0, refused},
		"again, broken": {func(error) (*http.Response, error) {
			return breaksOff(func(error) (*http.Response, error) { return answered(200, `{"data":"x"}`) }), nil
		}, 200, nil},
	} {
		client := resending(roundTrip(func(*http.Request) (*http.Response, error) { return breaksOff(c.next), nil }))
		var out string
		var meta call.Response
		err := client.Do(t.Context(), http.MethodGet, "/x", nil, &out, call.WithResponse(&meta))
		if meta.Status != c.status || (err == nil) != (c.class == nil) || c.class != nil && !errors.Is(err, c.class) || err == nil && out != "x" {
			t.Errorf("%s: got %v, %q, %+v", name, err, out, meta)
		}
	}
}

// Only a DELETE, only one that was sent again, and only where the object is missing.
func TestReplayedDelete(t *testing.T) {
	for _, c := range []struct {
		method   string
		replayed bool
		status   int
		body     string
		ok       bool
	}{
		{http.MethodDelete, true, 404, `{"message":"uid: '1' not found"}`, true},
		{http.MethodDelete, false, 404, `{"message":"uid: '1' not found"}`, false},
		{http.MethodPut, true, 404, `{"message":"uid: '1' not found"}`, false},
		{http.MethodDelete, true, 404, `<html>`, false},
		{http.MethodDelete, true, 403, `{"data":"Forbidden"}`, false},
	} {
		client := resending(roundTrip(func(r *http.Request) (*http.Response, error) {
			if c.replayed {
				call.StateOf(r).MarkReplayed()
			}
			return answered(c.status, c.body)
		}))
		var meta call.Response
		err := client.Do(t.Context(), c.method, "/x", nil, nil, call.WithResponse(&meta))
		if (err == nil) != c.ok || meta.Replayed != c.replayed || meta.Status != c.status {
			t.Errorf("%+v: got %v, %+v", c, err, meta)
		}
	}
}

// A refusal of the transport keeps its class, and says it once.
func TestReadOnlyError(t *testing.T) {
	client := resending(roundTrip(func(*http.Request) (*http.Response, error) { return nil, call.ErrReadOnly }))
	err := client.Do(t.Context(), http.MethodPost, "/x", nil, nil)
	if !errors.Is(err, call.ErrReadOnly) || strings.Count(err.Error(), "read-only") != 1 {
		t.Errorf("got %v", err)
	}
}
