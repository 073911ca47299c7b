package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

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

// A token adopted from another process may be as dead as the one that it followed:
// it is given up as well, and another sent. One that the server has just issued is
// not.
func TestRow04_AdoptedTokenThatIsDeadIsGivenUpToo(t *testing.T) {
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

// tokenNotValid is the rule of an API on SimpleJWT: 401, or 403 with its code for a
// dead token.
func tokenNotValid(answer *http.Response) bool {
	return answer.StatusCode == http.StatusUnauthorized ||
		answer.StatusCode == http.StatusForbidden && bytes.Contains(transport.Peek(answer), []byte(`"token_not_valid"`))
}

// A refusal that the API's own rule recognizes costs one other token, and permission
// costs none; what the rule looked at, the caller reads from its first byte.
func TestRow11_RuleOfTheAPISaysWhichRefusalIsTheTokens(t *testing.T) {
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
		answer, err := layers.RoundTrip(request(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		if err != nil || string(got) != c.body || answer.StatusCode != c.status {
			t.Errorf("%s: the caller got %d with %d bytes (%v)", name, answer.StatusCode, len(got), err)
		}
		if len(s.got) != c.sent || len(k.invalidated) != c.sent-1 {
			t.Errorf("%s: %d requests were sent, invalidated %q", name, len(s.got), k.invalidated)
		}
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
	err := caller(t, &tokens{left: []string{"one"}}, s).Call(t.Context(), table["basic"], nil, nil, nil, nil)
	if err == nil || !slices.Equal(s.sent(), []string{""}) {
		t.Errorf("got %v, sent %q, want no token, and nothing again", err, s.sent())
	}
}

func TestRow21_ReplayCountsAsAnAttempt(t *testing.T) {
	for want, statuses := range map[int][]int{1: {503}, 2: {401, 503}} {
		err := caller(t, &tokens{left: []string{"one", "two"}}, &server{statuses: statuses}).Call(t.Context(), table["bearer"], nil, nil, nil, nil)
		var failed *call.Error
		if !errors.As(err, &failed) || failed.Attempts != want || failed.Status != http.StatusServiceUnavailable {
			t.Errorf("after %d: got %v, want 503 after %d attempts", statuses, err, want)
		}
	}
}

// What Auth sends again is taken from the budget of the retries: three attempts are
// three, whatever came in between.
func TestRow21_ReplayTakesFromTheBudgetOfTheRetries(t *testing.T) {
	base, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		statuses []int
		adopted  []string
		want     int
		attempts int
	}{
		"401 first":            {[]int{401, 503, 503, 503}, nil, 503, 3},
		"401 last":             {[]int{503, 503, 401}, nil, 401, 3},
		"401 between":          {[]int{503, 401, 503, 503}, nil, 503, 3},
		"an adopted token too": {[]int{401, 401, 503, 503}, []string{"two"}, 503, 3},
		"and the next one":     {[]int{503, 401, 401, 401}, []string{"two"}, 401, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k, s := &tokens{left: []string{"one", "two", "three"}, adopted: c.adopted}, &server{statuses: c.statuses}
				client := call.New(call.Config{Base: base, Transport: transport.Stack(transport.Layers{
					Base: s, Tokens: k, Origins: []string{origin}, Retries: transport.RetryPolicy{Attempts: 3},
				})})
				err := client.Call(t.Context(), table["query"], nil, nil, nil, nil)
				var failed *call.Error
				if !errors.As(err, &failed) || failed.Status != c.want || failed.Attempts != c.attempts || len(s.got) != c.attempts {
					t.Errorf("got %v after %d requests", err, len(s.got))
				}
			})
		})
	}
}
