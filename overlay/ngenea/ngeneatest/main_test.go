package ngeneatest_test

import (
	"encoding/json"
	"testing"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type object = simulatortest.Object

// client is a client of a simulated Hub.
type client struct {
	simulatortest.Client
	srv *ngeneatest.Server
}

func newClient(t *testing.T, srv *ngeneatest.Server) client {
	return client{simulatortest.Client{T: t, Transport: srv.Transport(), Base: srv.URL + "/api"}, srv}
}

// with returns a client with other credentials.
func (c client) with(authorization string) client {
	c.Authorization = authorization
	return c
}

// login returns a client with the tokens of a user.
func login(t *testing.T, srv *ngeneatest.Server, user, password string) client {
	t.Helper()
	c := newClient(t, srv)
	tokens := c.want(200, "POST", "/auth/token/", object{"username": user, "password": password})
	return c.with("Bearer " + tokens["access"].(string))
}

// start returns a client of dfoster and a simulator in memory.
func start(t *testing.T, options ...ngeneatest.Option) client {
	t.Helper()
	return login(t, ngeneatest.New(t, append(options, ngeneatest.InMemory())...), "dfoster", "secret")
}

// want sends a request, fails the test if the response has another status, and returns the
// object in its body.
func (c client) want(status int, method, path string, body any) object {
	c.T.Helper()
	members, _ := c.Want(status, method, path, body).Body.(object)
	return members
}

// wantText sends a request and fails the test if the response has another status or body.
func (c client) wantText(status int, text, method, path string, body any) simulatortest.Response {
	c.T.Helper()
	got := c.Do(method, path, body)
	if got.Status != status || got.Text != text {
		c.T.Errorf("%s %s: got %d %s, want %d %s", method, path, got.Status, got.Text, status, text)
	}
	return got
}

// submission is the example of the vendor's documentation.
func submission() object {
	return object{"paths": []any{"/mmfs1/data/sample_data.tgz"}, "site": "dfoster1", "workflow": "migrate", "discovery": nil}
}

// submit submits the example and returns the id of the job.
func (c client) submit() int64 {
	c.T.Helper()
	id, err := c.want(201, "POST", "/file/workflow/", submission())["id"].(json.Number).Int64()
	if err != nil {
		c.T.Fatal(err)
	}
	return id
}
