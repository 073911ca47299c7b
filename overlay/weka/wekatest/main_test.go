package wekatest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// object is a decoded JSON object; its numbers are json.Number.
type object = map[string]any

// client speaks to a simulator as a program without an SDK does.
type client struct {
	t             *testing.T
	srv           *wekatest.Server
	authorization string
}

// do sends a body, encoded unless it is nil, and returns the status and the
// answer, decoded if it is JSON.
func (c client) do(method, path string, body any) (int, any) {
	c.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.srv.URL+"/api/v2"+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return c.send(request)
}

func (c client) send(request *http.Request) (int, any) {
	c.t.Helper()
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
	var value any
	if decoder.Decode(&value) != nil {
		value = string(text)
	}
	return response.StatusCode, value
}

// want does a request and fails the test unless it answers that status; it
// returns data.
func (c client) want(status int, method, path string, body any) any {
	c.t.Helper()
	got, answer := c.do(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s: got %d %v, want %d", method, path, got, answer, status)
	}
	envelope, _ := answer.(object)
	return envelope["data"]
}

// wantBody does a request and fails the test unless it answers that status and
// that JSON, or text that has it as a part.
func (c client) wantBody(status int, body string, method, path string, sent any) {
	c.t.Helper()
	got, answer := c.do(method, path, sent)
	text, err := json.Marshal(answer)
	if err != nil {
		c.t.Fatal(err)
	}
	if got != status || !strings.Contains(string(text), body) {
		c.t.Errorf("%s %s: got %d %s, want %d %s", method, path, got, text, status, body)
	}
}

// login returns a client with a session of admin.
func login(t *testing.T, srv *wekatest.Server) client {
	t.Helper()
	c := client{t: t, srv: srv}
	tokens := c.want(200, "POST", "/login", object{"username": "admin", "password": "admin"}).(object)
	c.authorization = "Bearer " + tokens["access_token"].(string)
	return c
}
