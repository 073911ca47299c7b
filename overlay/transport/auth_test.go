package transport_test

import (
	"bytes"
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

// The token is added to a copy of the request.
func TestAuthAddsTheToken(t *testing.T) {
	s := &server{}
	r := request(t, text("body"))
	response, err := auth(&tokens{left: []string{"one"}}, s).RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("got %v, %v", response, err)
	}
	if want := []received{{origin + "/api/v2/x", "Bearer one", "body", true}}; !slices.Equal(s.got, want) {
		t.Errorf("sent %+v, want %+v", s.got, want)
	}
	if len(r.Header) != 0 {
		t.Errorf("the caller's request was changed: %v", r.Header)
	}
}

// The operation decides whether it takes a token, unless the caller has set an
// Authorization header.
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
				t.Errorf("%s, %d: %d tokens were requested, and %d requests sent", name, status, k.asked, len(s.got))
			}
		}
	}
}

// A 401 invalidates the token that was sent, and the request is sent once more with the
// next one and its whole body. The response of a second 401 is the caller's.
func TestAuthReplaysOnce(t *testing.T) {
	for first, sent := range map[int][]string{
		401: {"Bearer one", "Bearer two"}, 403: {"Bearer one"}, 407: {"Bearer one"}, 429: {"Bearer one"}, 500: {"Bearer one"}, 302: {"Bearer one"},
	} {
		k, s := &tokens{left: []string{"one", "two", "three"}}, &server{statuses: []int{first, first, first}}
		response, err := auth(k, s).RoundTrip(request(t, nil))
		if err != nil || response.StatusCode != first || !slices.Equal(s.sent(), sent) || len(k.invalidated) != len(sent)-1 {
			t.Errorf("%d: got %v, sent %q, invalidated %q, want %q sent", first, err, s.sent(), k.invalidated, sent)
		}
		if last := s.responses[len(s.responses)-1]; last.closed.Load() != 0 || last.read.Load() != 0 {
			t.Errorf("%d: the response was read or closed before the caller got it", first)
		}
	}
}

// A request is replayed only if its body can be read again. Otherwise the 401 comes back
// unread, and the token is invalidated all the same.
func TestAuthReplaysOnlyIfTheBodyCanBeReadAgain(t *testing.T) {
	rewinds := func() (io.ReadCloser, error) { return text("body"), nil }
	fails := func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe }
	for name, c := range map[string]struct {
		body    io.ReadCloser
		getBody func() (io.ReadCloser, error)
		want    []string // the bodies that arrive
	}{
		"none":            {nil, nil, []string{"", ""}},
		"empty":           {http.NoBody, nil, []string{"", ""}},
		"rewinds":         {text("body"), rewinds, []string{"body", "body"}},
		"no GetBody":      {text("body"), nil, []string{"body"}},
		"GetBody failing": {text("body"), fails, []string{"body"}},
	} {
		k, s := &tokens{left: []string{"one", "two"}}, &server{statuses: []int{401}}
		r := request(t, c.body)
		r.GetBody = c.getBody
		response, err := auth(k, s).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, arrived := range s.got {
			got = append(got, arrived.body)
		}
		if !slices.Equal(got, c.want) || !slices.Equal(k.invalidated, []string{"one"}) {
			t.Errorf("%s: the bodies %q arrived, want %q; invalidated %q", name, got, c.want, k.invalidated)
		}
		if content, counts := c.body.(*body); counts && content.closed.Load() != 1 {
			t.Errorf("%s: the body was closed %d times", name, content.closed.Load())
		}
		first := s.responses[0]
		if len(c.want) == 2 && (response.StatusCode != http.StatusOK || first.read.Load() == 0 || first.closed.Load() != 1 || s.responses[1].closed.Load() != 0) {
			t.Errorf("%s: got %d; %d bytes of the 401 were read, and it was closed %d times", name, response.StatusCode, first.read.Load(), first.closed.Load())
		}
		if len(c.want) == 1 && (response.StatusCode != http.StatusUnauthorized || first.read.Load() != 0 || first.closed.Load() != 0) {
			t.Errorf("%s: got %d; the 401 was read or closed before the caller got it", name, response.StatusCode)
		}
	}
}

// A token that was adopted from another process may be as dead as its predecessor: then it
// is invalidated too, and the request is sent a third time. A token that the server has
// just issued is not.
func TestAuthInvalidatesAnAdoptedTokenToo(t *testing.T) {
	for name, c := range map[string]struct {
		adopted     []string
		refusals    int
		want        int
		sent        []string
		invalidated []string
	}{
		"adopted and dead":   {[]string{"two"}, 2, 200, []string{"Bearer one", "Bearer two", "Bearer three"}, []string{"one", "two"}},
		"adopted and good":   {[]string{"two"}, 1, 200, []string{"Bearer one", "Bearer two"}, []string{"one"}},
		"never a third":      {[]string{"one", "two", "three", "four"}, 9, 401, []string{"Bearer one", "Bearer two", "Bearer three"}, []string{"one", "two"}},
		"fresh, and refused": {[]string{"one"}, 9, 401, []string{"Bearer one", "Bearer two"}, []string{"one"}},
	} {
		k := &tokens{left: []string{"one", "two", "three", "four", "five"}, adopted: c.adopted}
		s := &server{statuses: slices.Repeat([]int{401}, c.refusals)}
		got := status(t, auth(k, s), request(t, nil))
		if got != c.want || !slices.Equal(s.sent(), c.sent) || !slices.Equal(k.invalidated, c.invalidated) {
			t.Errorf("%s: got %d, sent %q, invalidated %q", name, got, s.sent(), k.invalidated)
		}
	}
}

// tokenNotValid is the rule of an API that uses SimpleJWT: 401, or 403 with its code for a
// dead token.
func tokenNotValid(response *http.Response) bool {
	return response.StatusCode == http.StatusUnauthorized ||
		response.StatusCode == http.StatusForbidden && bytes.Contains(transport.Peek(response), []byte(`"token_not_valid"`))
}

// The API's own rule decides which responses reject the token. The caller reads the response
// from its first byte, though the rule has peeked at it.
func TestAuthGoesByTheRuleOfTheAPI(t *testing.T) {
	const (
		dead       = `{"detail":"Given token not valid for any token type","code":"token_not_valid"}`
		permission = `{"detail":"You do not have permission to perform this action."}`
		missing    = `{"detail":"Authentication credentials were not provided."}`
	)
	for name, c := range map[string]struct {
		rule   func(*http.Response) bool
		status int
		body   string
		sent   int
	}{
		"dead, 403":              {tokenNotValid, 403, dead, 2},
		"dead, 401":              {tokenNotValid, 401, dead, 2},
		"missing or revoked":     {tokenNotValid, 401, missing, 2},
		"permission":             {tokenNotValid, 403, permission, 1},
		"permission, long":       {tokenNotValid, 403, permission + strings.Repeat(" ", 1<<20), 1},
		"no rule, dead with 403": {nil, 403, dead, 1},
		"no rule, 401":           {nil, 401, missing, 2},
	} {
		k, s := &tokens{left: []string{"one", "two", "three"}}, &server{statuses: []int{c.status, c.status, c.status}, text: c.body}
		layers := transport.Stack(transport.Layers{Base: s, Tokens: k, Origins: []string{origin}, Invalid: c.rule})
		response, err := layers.RoundTrip(request(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		if err != nil || string(got) != c.body || response.StatusCode != c.status {
			t.Errorf("%s: the caller got %d with %d bytes (%v)", name, response.StatusCode, len(got), err)
		}
		if len(s.got) != c.sent || len(k.invalidated) != c.sent-1 {
			t.Errorf("%s: %d requests were sent, invalidated %q", name, len(s.got), k.invalidated)
		}
	}
}

// Without a token nothing is sent and the body is closed, the first time and before the
// replay.
func TestAuthWithoutToken(t *testing.T) {
	content, again := text("body"), text("body")
	s := &server{statuses: []int{401}}
	if _, err := auth(&tokens{}, s).RoundTrip(request(t, content)); !errors.Is(err, errNoToken) || len(s.got) != 0 || content.closed.Load() != 1 {
		t.Errorf("got %v after %d requests, body closed %d times", err, len(s.got), content.closed.Load())
	}
	r := request(t, text("body"))
	r.GetBody = func() (io.ReadCloser, error) { return again, nil }
	if _, err := auth(&tokens{left: []string{"one"}}, s).RoundTrip(r); !errors.Is(err, errNoToken) || len(s.got) != 1 || again.closed.Load() != 1 {
		t.Errorf("got %v after %d requests, body closed %d times", err, len(s.got), again.closed.Load())
	}
	if s.responses[0].closed.Load() != 1 {
		t.Error("the 401 was not closed")
	}
	if _, err := auth(&tokens{}, s).RoundTrip(request(t, nil)); !errors.Is(err, errNoToken) {
		t.Errorf("no body: got %v", err)
	}
}

// If the context ends after the 401, nothing is sent again.
func TestAuthContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &server{statuses: []int{401}}
	k := &ending{tokens: tokens{left: []string{"one", "two"}}, end: cancel}
	if _, err := auth(k, s).RoundTrip(request(t, nil).WithContext(ctx)); !errors.Is(err, context.Canceled) || len(s.got) != 1 {
		t.Errorf("got %v after %d requests, want context.Canceled after one", err, len(s.got))
	}
}

// ending ends a context when a token is invalidated.
type ending struct {
	tokens
	end func()
}

func (e *ending) Invalidate(*token.Token) { e.end() }

// An error of the next layer is returned as it is.
func TestAuthPassesErrors(t *testing.T) {
	cut := errors.New("cut")
	k, s := &tokens{left: []string{"one"}}, &server{err: cut}
	if _, err := auth(k, s).RoundTrip(request(t, text("body"))); !errors.Is(err, cut) || len(s.got) != 1 || len(k.invalidated) != 0 {
		t.Errorf("got %v after %d requests", err, len(s.got))
	}
}

// An endless 401 is not read to its end.
func TestAuthReadsLittleOfA401(t *testing.T) {
	k, s := &tokens{left: []string{"one", "two"}}, &endless{}
	response, err := (&transport.Auth{Next: s, Tokens: k, Origins: []string{origin}}).RoundTrip(request(t, nil))
	if err != nil || response.StatusCode != http.StatusUnauthorized || s.first.closed.Load() != 1 || s.first.read.Load() > 1<<20 {
		t.Errorf("got %v after %d bytes of the first 401", err, s.first.read.Load())
	}
}

type endless struct{ first *body }

func (e *endless) RoundTrip(*http.Request) (*http.Response, error) {
	response := &body{Reader: zeros{}}
	if e.first == nil {
		e.first = response
	}
	return &http.Response{StatusCode: http.StatusUnauthorized, Body: response}, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A token goes to the origins and nowhere else. For other addresses none is requested.
func TestAuthSendsTokensToItsOriginsOnly(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"host":        func(r *http.Request) { r.URL.Host = "evil:14000" },
		"number":      func(r *http.Request) { r.URL.Host = "weka02:14000" },
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
		if !errors.Is(err, call.ErrInvalidArgument) || len(s.got) != 0 || k.asked != 0 || content.closed.Load() != 1 {
			t.Errorf("another %s: got %v after %d requests, body closed %d times", name, err, len(s.got), content.closed.Load())
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
		t.Error("without origins a token was sent")
	}
}

func TestAuthSendsNoTokenAlongARedirect(t *testing.T) {
	s := &server{}
	redirects := &redirecting{next: s}
	follows := &http.Client{Transport: &transport.Auth{Next: redirects, Tokens: &tokens{left: []string{"one"}}, Origins: []string{origin}}}
	if response, err := follows.Do(request(t, nil)); !errors.Is(err, call.ErrInvalidArgument) {
		t.Errorf("got %v, %v", response, err)
	}
	if len(s.got) != 1 {
		t.Errorf("sent %+v, want the first request alone", s.got)
	}
}

// redirecting answers every request with a redirect to another host.
type redirecting struct{ next http.RoundTripper }

func (d *redirecting) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := d.next.RoundTrip(r)
	if err == nil {
		response.StatusCode = http.StatusTemporaryRedirect
		response.Header.Set("Location", "https://weka02:14000/")
	}
	return response, err
}

// A caller's own credentials go to any address.
func TestAuthLetsOwnCredentialsGoAnywhere(t *testing.T) {
	r := request(t, nil)
	r.URL.Host, r.Host = "elsewhere", "elsewhere"
	r.Header.Set("Authorization", "Basic mine")
	s := &server{}
	if _, err := auth(&tokens{}, s).RoundTrip(r); err != nil || !strings.HasPrefix(s.got[0].url, "https://elsewhere/") || s.got[0].authorization != "Basic mine" {
		t.Errorf("got %v, sent %+v", err, s.got)
	}
}
