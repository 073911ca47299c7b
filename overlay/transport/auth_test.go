package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

func auth(k transport.Tokens, s *server) *transport.Auth {
	return &transport.Auth{Next: s, Tokens: k, Origins: []string{"https://other:1", origin}}
}

// A request gets the token, in a copy of it.
func TestAuthAddsTheToken(t *testing.T) {
	s := &server{}
	r := request(t, text("body"))
	answer, err := auth(&tokens{left: []string{"one"}}, s).RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("got %v, %v", answer, err)
	}
	if want := []received{{origin + "/api/v2/x", "Bearer one", "body", true}}; !slices.Equal(s.got, want) {
		t.Errorf("sent %+v, want %+v", s.got, want)
	}
	if len(r.Header) != 0 {
		t.Errorf("the caller's request was written to: %v", r.Header)
	}
}

// What takes a token is decided by the operation, unless the caller brought an
// Authorization of his own.
func TestAuthByOperation(t *testing.T) {
	own := func(value string) api.CallOption { return call.WithHeader("Authorization", value) }
	for name, test := range map[string]struct {
		operation string
		options   []api.CallOption
		want      string
		own       bool
	}{
		"bearer":                   {"bearer", nil, "Bearer one", true},
		"jwt":                      {"jwt", nil, "Bearer one", true},
		"basic":                    {"basic", []api.CallOption{call.WithBasicAuth("u", "p")}, "Basic dTpw", true},
		"basic without":            {"basic", nil, "", false},
		"none":                     {"none", nil, "", false},
		"bearer with the caller's": {"bearer", []api.CallOption{own("Bearer mine")}, "Bearer mine", true},
		"bearer with basic":        {"bearer", []api.CallOption{call.WithBasicAuth("u", "p")}, "Basic dTpw", true},
		"bearer with an empty one": {"bearer", []api.CallOption{own("")}, "", true},
	} {
		for _, status := range []int{200, 401, 403} {
			s := &server{statuses: []int{status, status}}
			k := &tokens{left: []string{"one", "one"}}
			err := caller(t, k, s).Call(t.Context(), table[test.operation], nil, nil, nil, nil, test.options...)
			if (err == nil) != (status == 200) {
				t.Errorf("%s, %d: got %v", name, status, err)
			}
			if got := s.got[0]; got.authorization != test.want || got.own != test.own {
				t.Errorf("%s: sent %q (%v), want %q (%v)", name, got.authorization, got.own, test.want, test.own)
			}
			if ours := test.want == "Bearer one"; !ours && (k.asked > 0 || len(s.got) > 1) {
				t.Errorf("%s, %d: the tokens were asked %d times, and %d requests sent", name, status, k.asked, len(s.got))
			}
		}
	}
}

// A 401 gives up the token that was sent, and the request is sent once more with the
// next one and the whole of its body.
func TestAuthReplays(t *testing.T) {
	k, s := &tokens{left: []string{"one", "two", "three"}}, &server{statuses: []int{401}}
	r := request(t, text("body"))
	again := text("body")
	r.GetBody = func() (io.ReadCloser, error) { return again, nil }
	answer, err := auth(k, s).RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("got %v, %v", answer, err)
	}
	url := origin + "/api/v2/x"
	if want := []received{{url, "Bearer one", "body", true}, {url, "Bearer two", "body", true}}; !slices.Equal(s.got, want) {
		t.Errorf("sent %+v, want %+v", s.got, want)
	}
	if !slices.Equal(k.invalidated, []string{"one"}) {
		t.Errorf("invalidated %v, want the one that was sent", k.invalidated)
	}
	if refused := s.answers[0]; refused.closed != 1 || refused.read == 0 {
		t.Errorf("the refusal was closed %d times, after %d bytes: its connection is lost", refused.closed, refused.read)
	}
	if s.answers[1].closed != 0 {
		t.Error("the answer was closed before the caller read it")
	}
}

func TestAuthReplaysWithoutBody(t *testing.T) {
	for name, content := range map[string]io.ReadCloser{"nil": nil, "NoBody": http.NoBody} {
		k, s := &tokens{left: []string{"one", "two"}}, &server{statuses: []int{401}}
		answer, err := auth(k, s).RoundTrip(request(t, content))
		if err != nil || answer.StatusCode != http.StatusOK || len(s.got) != 2 {
			t.Errorf("%s: got %v after %d requests", name, err, len(s.got))
		}
	}
}

// A second 401 is the answer, and so are other statuses the first time.
func TestAuthReplaysOnce(t *testing.T) {
	for first, sent := range map[int]int{401: 2, 403: 1, 407: 1, 429: 1, 500: 1, 302: 1} {
		k, s := &tokens{left: []string{"one", "two", "three"}}, &server{statuses: []int{first, first, first}}
		answer, err := auth(k, s).RoundTrip(request(t, nil))
		if err != nil || answer.StatusCode != first || len(s.got) != sent {
			t.Errorf("%d: got %v after %d requests, want the status after %d", first, err, len(s.got), sent)
		}
		if last := s.answers[len(s.answers)-1]; last.closed != 0 || last.read != 0 {
			t.Errorf("%d: the answer was read or closed before the caller got it", first)
		}
	}
}

// A body that cannot be sent again: the 401 comes back whole, and the token is given
// up all the same.
func TestAuthKeepsTheRefusal(t *testing.T) {
	for name, getBody := range map[string]func() (io.ReadCloser, error){
		"no GetBody":      nil,
		"GetBody failing": func() (io.ReadCloser, error) { return nil, errors.New("gone") },
	} {
		k, s := &tokens{left: []string{"one", "two"}}, &server{statuses: []int{401}}
		content := text("body")
		r := request(t, content)
		r.GetBody = getBody
		answer, err := auth(k, s).RoundTrip(r)
		if err != nil || answer.StatusCode != http.StatusUnauthorized || len(s.got) != 1 || content.closed != 1 {
			t.Errorf("%s: got %v after %d requests", name, err, len(s.got))
		}
		if s.answers[0].closed != 0 || s.answers[0].read != 0 {
			t.Errorf("%s: the refusal was read before the caller got it", name)
		}
		if !slices.Equal(k.invalidated, []string{"one"}) {
			t.Errorf("%s: invalidated %v", name, k.invalidated)
		}
	}
}

// Without a token nothing is sent, and the body is closed: at first, and before the
// replay.
func TestAuthWithoutToken(t *testing.T) {
	content, again := text("body"), text("body")
	s := &server{statuses: []int{401}}
	if _, err := auth(&tokens{}, s).RoundTrip(request(t, content)); !errors.Is(err, errNoToken) || len(s.got) != 0 || content.closed != 1 {
		t.Errorf("got %v after %d requests, body closed %d times", err, len(s.got), content.closed)
	}
	r := request(t, text("body"))
	r.GetBody = func() (io.ReadCloser, error) { return again, nil }
	if _, err := auth(&tokens{left: []string{"one"}}, s).RoundTrip(r); !errors.Is(err, errNoToken) || len(s.got) != 1 || again.closed != 1 {
		t.Errorf("got %v after %d requests, body closed %d times", err, len(s.got), again.closed)
	}
	if s.answers[0].closed != 1 {
		t.Error("the refusal was not closed")
	}
	if _, err := auth(&tokens{}, s).RoundTrip(request(t, nil)); !errors.Is(err, errNoToken) {
		t.Errorf("no body: got %v", err)
	}
}

// A context that ends after the 401 ends the call, and nothing is sent again.
func TestAuthContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &server{statuses: []int{401}}
	k := &ending{tokens: tokens{left: []string{"one", "two"}}, end: cancel}
	if _, err := auth(k, s).RoundTrip(request(t, nil).WithContext(ctx)); !errors.Is(err, context.Canceled) || len(s.got) != 1 {
		t.Errorf("got %v after %d requests, want context.Canceled after one", err, len(s.got))
	}
}

// ending ends a context when a token is refused.
type ending struct {
	tokens
	end func()
}

func (e *ending) Invalidate(*token.Token) { e.end() }

// What the transport below answers with an error is the error.
func TestAuthPassesErrors(t *testing.T) {
	cut := errors.New("cut")
	k, s := &tokens{left: []string{"one"}}, &server{err: cut}
	if _, err := auth(k, s).RoundTrip(request(t, text("body"))); !errors.Is(err, cut) || len(s.got) != 1 || len(k.invalidated) != 0 {
		t.Errorf("got %v after %d requests", err, len(s.got))
	}
}

// An endless refusal is not read to its end.
func TestAuthReadsLittleOfARefusal(t *testing.T) {
	k, s := &tokens{left: []string{"one", "two"}}, &endless{}
	answer, err := (&transport.Auth{Next: s, Tokens: k, Origins: []string{origin}}).RoundTrip(request(t, nil))
	if err != nil || answer.StatusCode != http.StatusUnauthorized || s.first.closed != 1 || s.first.read > 1<<20 {
		t.Errorf("got %v after %d bytes of the first refusal", err, s.first.read)
	}
}

type endless struct{ first *body }

func (e *endless) RoundTrip(*http.Request) (*http.Response, error) {
	answer := &body{Reader: zeros{}}
	if e.first == nil {
		e.first = answer
	}
	return &http.Response{StatusCode: http.StatusUnauthorized, Body: answer}, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A token goes to the origins and nowhere else; no token is even asked for.
func TestAuthStaysAtItsOrigins(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"host":        func(r *http.Request) { r.URL.Host = "evil:14000" },
		"port":        func(r *http.Request) { r.URL.Host = "weka01:443" },
		"no port":     func(r *http.Request) { r.URL.Host = "weka01" },
		"no host":     func(r *http.Request) { r.URL.Host = "" },
		"scheme":      func(r *http.Request) { r.URL.Scheme = "http" },
		"no scheme":   func(r *http.Request) { r.URL.Scheme = "" },
		"suffix":      func(r *http.Request) { r.URL.Host = "weka01:14000.evil" },
		"all of it":   func(r *http.Request) { r.URL = &url.URL{Scheme: "https", Host: "evil"} },
		"Host":        func(r *http.Request) { r.Host = "evil" },
		"opaque":      func(r *http.Request) { r.URL.Opaque = "//evil/x" },
		"only opaque": func(r *http.Request) { r.URL = &url.URL{Scheme: "https", Opaque: "//evil/x"} },
	} {
		k, s := &tokens{left: []string{"one"}}, &server{}
		content := text("body")
		r := request(t, content)
		change(r)
		_, err := auth(k, s).RoundTrip(r)
		if !errors.Is(err, call.ErrInvalidArgument) || len(s.got) != 0 || k.asked != 0 || content.closed != 1 {
			t.Errorf("another %s: got %v after %d requests, body closed %d times", name, err, len(s.got), content.closed)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"no Host":       func(r *http.Request) { r.Host = "" },
		"the other one": func(r *http.Request) { r.URL.Host, r.Host = "other:1", "other:1" },
	} {
		r := request(t, nil)
		change(r)
		if _, err := auth(&tokens{left: []string{"one"}}, &server{}).RoundTrip(r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (&transport.Auth{Next: &server{}, Tokens: &tokens{left: []string{"one"}}}).RoundTrip(request(t, nil)); err == nil {
		t.Error("without origins a token went out")
	}
}

// A caller's own credentials go where the caller sends them.
func TestOwnAuthorizationGoesAnywhere(t *testing.T) {
	r := request(t, nil)
	r.URL.Host, r.Host = "elsewhere", "elsewhere"
	r.Header.Set("Authorization", "Basic mine")
	s := &server{}
	if _, err := auth(&tokens{}, s).RoundTrip(r); err != nil || !strings.HasPrefix(s.got[0].url, "https://elsewhere/") || s.got[0].authorization != "Basic mine" {
		t.Errorf("got %v, sent %+v", err, s.got)
	}
}
