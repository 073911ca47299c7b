package transport_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// The rows of the token lifecycle that are the transport's, by the numbers in
// test/mutate.

// sent are the Authorization headers that arrived.
func (s *server) sent() (all []string) {
	for _, got := range s.got {
		all = append(all, got.authorization)
	}
	return all
}

// status sends a request through the layers and gives that of the answer.
func status(t *testing.T, layers http.RoundTripper, r *http.Request) int {
	t.Helper()
	answer, err := layers.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestRow04_OneReplayAtMostWithAnotherToken(t *testing.T) {
	k, s := &tokens{left: []string{"one", "two", "three"}}, &server{statuses: []int{401, 401, 401}}
	got := status(t, auth(k, s), request(t, nil))
	if got != http.StatusUnauthorized || !slices.Equal(s.sent(), []string{"Bearer one", "Bearer two"}) || !slices.Equal(k.invalidated, []string{"one"}) {
		t.Errorf("got %d, sent %q, invalidated %q", got, s.sent(), k.invalidated)
	}
}

func TestRow05_ReplayNeedsABodyThatCanBeReadAgain(t *testing.T) {
	rewinds := func() (io.ReadCloser, error) { return text("body"), nil }
	fails := func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe }
	for name, c := range map[string]struct {
		body    io.ReadCloser
		getBody func() (io.ReadCloser, error)
		want    []string // the bodies that arrive
	}{
		"none":      {nil, nil, []string{"", ""}},
		"empty":     {http.NoBody, nil, []string{"", ""}},
		"rewinds":   {text("body"), rewinds, []string{"body", "body"}},
		"a stream":  {text("body"), nil, []string{"body"}},
		"not again": {text("body"), fails, []string{"body"}},
	} {
		s := &server{statuses: []int{401}}
		r := request(t, c.body)
		r.GetBody = c.getBody
		status(t, auth(&tokens{left: []string{"one", "two"}}, s), r)
		var got []string
		for _, arrived := range s.got {
			got = append(got, arrived.body)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: the bodies %q arrived, want %q", name, got, c.want)
		}
		if refused := s.answers[0]; len(c.want) == 2 && (refused.read == 0 || refused.closed != 1) {
			t.Errorf("%s: of the refusal %d bytes were read, and it was closed %d times", name, refused.read, refused.closed)
		}
	}
}

func TestRow11_PermissionErrorIsTheAnswer(t *testing.T) {
	k, s := &tokens{left: []string{"one", "two"}}, &server{statuses: []int{403}}
	if got := status(t, auth(k, s), request(t, nil)); got != http.StatusForbidden || len(s.got) != 1 || len(k.invalidated) != 0 {
		t.Errorf("got %d after %d requests, invalidated %q", got, len(s.got), k.invalidated)
	}
}

func TestRow16_TokenGoesToTheConfiguredOriginsOnly(t *testing.T) {
	for _, elsewhere := range []struct{ scheme, host string }{
		{"https", "weka02:14000"}, {"https", "weka01:443"}, {"http", "weka01:14000"}, {"https", "weka01:14000.example.com"},
	} {
		s := &server{}
		r := request(t, nil)
		r.URL.Scheme, r.URL.Host, r.Host = elsewhere.scheme, elsewhere.host, elsewhere.host
		if _, err := auth(&tokens{left: []string{"one"}}, s).RoundTrip(r); !errors.Is(err, call.ErrInvalidArgument) || len(s.got) > 0 {
			t.Errorf("%s: got %v, sent %q", elsewhere, err, s.sent())
		}
	}
}

func TestRow16_TokenIsNotCarriedAlongARedirect(t *testing.T) {
	s := &server{}
	redirects := &redirecting{next: s}
	follows := &http.Client{Transport: &transport.Auth{Next: redirects, Tokens: &tokens{left: []string{"one"}}, Origins: []string{origin}}}
	if answer, err := follows.Do(request(t, nil)); !errors.Is(err, call.ErrInvalidArgument) {
		t.Errorf("got %v, %v", answer, err)
	}
	if len(s.got) != 1 {
		t.Errorf("sent %+v, want the first request alone", s.got)
	}
}

// redirecting answers every request by naming another host.
type redirecting struct{ next http.RoundTripper }

func (d *redirecting) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := d.next.RoundTrip(r)
	if err == nil {
		answer.StatusCode = http.StatusTemporaryRedirect
		answer.Header.Set("Location", "https://weka02:14000/")
	}
	return answer, err
}

func TestRow19_CallersAuthorizationWins(t *testing.T) {
	s := &server{statuses: []int{401}}
	r := request(t, nil)
	r.Header.Set("Authorization", "Api-Key mine")
	if got := status(t, auth(&tokens{left: []string{"one"}}, s), r); got != http.StatusUnauthorized || !slices.Equal(s.sent(), []string{"Api-Key mine"}) {
		t.Errorf("got %d, sent %q, want the caller's own once", got, s.sent())
	}
}

func TestRow19_BasicOperationTakesNoToken(t *testing.T) {
	s := &server{statuses: []int{401}}
	err := caller(t, &tokens{left: []string{"one"}}, s).Call(t.Context(), "basic", nil, nil, nil, nil)
	if err == nil || !slices.Equal(s.sent(), []string{""}) {
		t.Errorf("got %v, sent %q, want no token, and nothing again", err, s.sent())
	}
}

func TestRow21_ReplayCountsAsAnAttempt(t *testing.T) {
	for want, statuses := range map[int][]int{1: {503}, 2: {401, 503}} {
		err := caller(t, &tokens{left: []string{"one", "two"}}, &server{statuses: statuses}).Call(t.Context(), "bearer", nil, nil, nil, nil)
		var failed *call.Error
		if !errors.As(err, &failed) || failed.Attempts != want || failed.Status != http.StatusServiceUnavailable {
			t.Errorf("after %d: got %v, want 503 after %d attempts", statuses, err, want)
		}
	}
}
