package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// The rows of the token lifecycle that are the transport's, by the numbers in
// test/mutate.

const address = "https://weka01:14000"

// wire is what the stack sends into: it answers with statuses, then with 200.
type wire struct {
	statuses []int
	sent     []sending
	answers  []*answerBody
}

type sending struct{ authorization, body string }

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	s := sending{authorization: r.Header.Get("Authorization")}
	if r.Body != nil {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		s.body = string(text)
	}
	status := http.StatusOK
	if len(w.sent) < len(w.statuses) {
		status = w.statuses[len(w.sent)]
	}
	w.sent = append(w.sent, s)
	body := &answerBody{Reader: strings.NewReader(`{"data":"answer"}`)}
	w.answers = append(w.answers, body)
	header := http.Header{"Content-Type": {"application/json"}, "Location": {"https://weka02:14000/"}}
	return &http.Response{StatusCode: status, Header: header, Body: body, Request: r}, nil
}

func (w *wire) tokens() (all []string) {
	for _, s := range w.sent {
		all = append(all, s.authorization)
	}
	return all
}

// answerBody tells whether its connection could be used again.
type answerBody struct {
	*strings.Reader
	closed bool
}

func (b *answerBody) Close() error {
	b.closed = true
	return nil
}

// numbered are the tokens 1, 2, 3 …, one a login.
func numbered(t *testing.T) *token.Source {
	t.Helper()
	logins := 0
	s := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
		logins++
		return token.Token{Access: token.NewSecret(strconv.Itoa(logins))}, nil
	}))
	t.Cleanup(s.Close)
	return s
}

func stack(t *testing.T, w *wire) http.RoundTripper {
	t.Helper()
	return transport.Stack(transport.Layers{Base: w, Tokens: numbered(t), Origins: []string{address}})
}

func newRequest(t *testing.T, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// send returns the status of the answer, and its body.
func send(t *testing.T, stack http.RoundTripper, r *http.Request) (int, string) {
	t.Helper()
	answer, err := stack.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestRow04_OneReplayAtMost(t *testing.T) {
	w := &wire{statuses: []int{401, 401, 401}}
	status, _ := send(t, stack(t, w), newRequest(t, address, nil))
	if got := w.tokens(); status != http.StatusUnauthorized || !slices.Equal(got, []string{"Bearer 1", "Bearer 2"}) {
		t.Errorf("got %d after %q, want 401 after two tokens", status, got)
	}
}

func TestRow05_ReplayNeedsABodyThatCanBeRead(t *testing.T) {
	const text = "a body"
	for name, c := range map[string]struct {
		body    func(*http.Request)
		replays bool
	}{
		"none":  {func(*http.Request) {}, true},
		"empty": {func(r *http.Request) { r.Body = http.NoBody }, true},
		"rewindable": {func(r *http.Request) {
			r.Body, r.GetBody = stream(text), func() (io.ReadCloser, error) { return stream(text), nil }
		}, true},
		"a stream": {func(r *http.Request) { r.Body = stream(text) }, false},
		"rewinding failed": {func(r *http.Request) {
			r.Body, r.GetBody = stream(text), func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe }
		}, false},
	} {
		w := &wire{statuses: []int{401}}
		r := newRequest(t, address, nil)
		c.body(r)
		status, answer := send(t, stack(t, w), r)
		if replayed := len(w.sent) == 2 && status == http.StatusOK; replayed != c.replays {
			t.Errorf("%s: sent %d times, got %d", name, len(w.sent), status)
		}
		if answer != `{"data":"answer"}` {
			t.Errorf("%s: the caller cannot read the answer: %q", name, answer)
		}
		for _, s := range w.sent {
			if s.body != w.sent[0].body {
				t.Errorf("%s: sent the bodies %q", name, w.sent)
			}
		}
		if refused := w.answers[0]; refused.Len() > 0 || !refused.closed {
			t.Errorf("%s: the refusal was left unread (%d bytes) or open", name, refused.Len())
		}
	}
}

func stream(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

func TestRow11_PermissionErrorIsTheAnswer(t *testing.T) {
	w := &wire{statuses: []int{403, 403}}
	layers := stack(t, w)
	for range 2 {
		if status, _ := send(t, layers, newRequest(t, address, nil)); status != http.StatusForbidden {
			t.Errorf("got %d", status)
		}
	}
	if got := w.tokens(); !slices.Equal(got, []string{"Bearer 1", "Bearer 1"}) {
		t.Errorf("sent %q, want each once with the one token", got)
	}
}

func TestRow16_TokenGoesToTheConfiguredOriginsOnly(t *testing.T) {
	for _, elsewhere := range []string{
		"https://weka02:14000", "https://weka01:14001", "https://weka01", "http://weka01:14000",
		"https://weka01.example.com:14000", "https://weka01:14000@example.com", "https://example.com/https://weka01:14000",
	} {
		w := &wire{}
		answer, err := stack(t, w).RoundTrip(newRequest(t, elsewhere, nil))
		if err == nil {
			_ = answer.Body.Close()
		}
		if !errors.Is(err, call.ErrInvalidArgument) || len(w.sent) > 0 {
			t.Errorf("%s: got %v, sent %q", elsewhere, err, w.sent)
		}
	}
	w := &wire{}
	r := newRequest(t, address, nil)
	r.Host = "weka02:14000"
	if _, err := stack(t, w).RoundTrip(r); err == nil || len(w.sent) > 0 {
		t.Errorf("a Host header of another cluster: got %v, sent %q", err, w.sent)
	}
}

func TestRow16_TokenIsNotCarriedAlongARedirect(t *testing.T) {
	w := &wire{statuses: []int{http.StatusTemporaryRedirect}}
	follows := &http.Client{Transport: stack(t, w)}
	answer, err := follows.Do(newRequest(t, address, nil))
	if err == nil {
		_ = answer.Body.Close()
	}
	if !errors.Is(err, call.ErrInvalidArgument) || len(w.sent) != 1 {
		t.Errorf("got %v, sent %q", err, w.sent)
	}
}

func TestRow19_CallersAuthorizationWins(t *testing.T) {
	w := &wire{statuses: []int{401}}
	r := newRequest(t, address, nil)
	r.Header.Set("Authorization", "Api-Key mine")
	status, _ := send(t, stack(t, w), r)
	if got := w.tokens(); status != http.StatusUnauthorized || !slices.Equal(got, []string{"Api-Key mine"}) {
		t.Errorf("got %d, sent %q, want the caller's own once", status, got)
	}
}

func TestRow19_BasicOperationTakesNoToken(t *testing.T) {
	w := &wire{statuses: []int{401}}
	c := client(t, w, &call.Operation{ID: "importUser", Method: "POST", Path: "/users", Result: call.ResultNone, Auth: call.AuthBasic})
	err := c.Call(t.Context(), "importUser", nil, nil, nil, nil)
	if got := w.tokens(); err == nil || !slices.Equal(got, []string{""}) {
		t.Errorf("got %v, sent %q, want no token, and nothing again", err, got)
	}
}

func client(t *testing.T, w *wire, operation *call.Operation) *call.Client {
	t.Helper()
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return call.New(call.Config{Base: base, Operations: map[string]*call.Operation{operation.ID: operation}, Transport: stack(t, w)})
}

func TestRow21_ReplayCountsAsAnAttempt(t *testing.T) {
	operation := &call.Operation{ID: "whoAmI", Method: "GET", Path: "/users/whoami", Result: call.ResultNone}
	for want, statuses := range map[int][]int{1: nil, 2: {401}} {
		var r call.Response
		if err := client(t, &wire{statuses: statuses}, operation).Call(t.Context(), "whoAmI", nil, nil, nil, nil, call.WithResponse(&r)); err != nil {
			t.Error(err)
		}
		if r.Attempts != want {
			t.Errorf("after %d: %d attempts, want %d", statuses, r.Attempts, want)
		}
	}
	err := client(t, &wire{statuses: []int{401, 503}}, operation).Call(t.Context(), "whoAmI", nil, nil, nil, nil)
	var failed *call.Error
	if !errors.As(err, &failed) || failed.Attempts != 2 || failed.Status != http.StatusServiceUnavailable {
		t.Errorf("got %v, want 503 after two attempts", err)
	}
}
