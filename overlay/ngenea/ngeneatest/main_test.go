package ngeneatest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// object is a decoded JSON object; its numbers are json.Number.
type object = map[string]any

// client speaks to a simulator as a program without an SDK does.
type client struct {
	t             *testing.T
	srv           *ngeneatest.Server
	authorization string
}

// reply is an answer; the body is decoded if it is JSON, else text.
type reply struct {
	status int
	header http.Header
	text   string
	body   any
}

// send sends a body of a type and follows no redirect.
func (c client) send(method, path, media, body string) reply {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.srv.URL+"/api"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	if c.authorization != "" {
		request.Header.Set("Authorization", c.authorization)
	}
	response, err := c.srv.Transport().RoundTrip(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	got := reply{status: response.StatusCode, header: response.Header, text: string(text)}
	if decoder.Decode(&got.body) != nil {
		got.body = got.text
	}
	return got
}

func (c client) do(method, path string, body any) reply {
	c.t.Helper()
	if body == nil {
		return c.send(method, path, "", "")
	}
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(method, path, "application/json", string(text))
}

// want does a request, fails the test unless it answers that status, and returns
// the object that it answers.
func (c client) want(status int, method, path string, body any) object {
	c.t.Helper()
	got := c.do(method, path, body)
	if got.status != status {
		c.t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.text, status)
	}
	members, _ := got.body.(object)
	return members
}

// wantText does a request and fails the test unless it answers that status and
// exactly that text.
func (c client) wantText(status int, text, method, path string, body any) reply {
	c.t.Helper()
	got := c.do(method, path, body)
	if got.status != status || got.text != text {
		c.t.Errorf("%s %s: got %d %s, want %d %s", method, path, got.status, got.text, status, text)
	}
	return got
}

// login returns a client with the tokens of a user.
func login(t *testing.T, srv *ngeneatest.Server, user, password string) client {
	t.Helper()
	c := client{t: t, srv: srv}
	tokens := c.want(200, "POST", "/auth/token/", object{"username": user, "password": password})
	c.authorization = "Bearer " + tokens["access"].(string)
	return c
}

// start returns a client of dfoster's at a simulator in memory.
func start(t *testing.T, options ...ngeneatest.Option) client {
	t.Helper()
	return login(t, ngeneatest.New(t, append(options, ngeneatest.InMemory())...), "dfoster", "secret")
}

// submission is the documentation's own example.
func submission() object {
	return object{"paths": []any{"/mmfs1/data/sample_data.tgz"}, "site": "dfoster1", "workflow": "migrate", "discovery": nil}
}

// submit submits the example and returns the id of the job.
func (c client) submit() int64 {
	c.t.Helper()
	id, err := c.want(201, "POST", "/file/workflow/", submission())["id"].(json.Number).Int64()
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

// encode writes a value as JSON, members in order.
func encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
