package wekatest_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type object = simulatortest.Object

// client is a client of a simulated cluster.
type client struct {
	simulatortest.Client
	srv *wekatest.Server
}

func newClient(t *testing.T, srv *wekatest.Server) client {
	return client{simulatortest.Client{T: t, Transport: srv.Transport(), Base: srv.URL + "/api/v2"}, srv}
}

// login returns a client with a session of admin.
func login(t *testing.T, srv *wekatest.Server) client {
	t.Helper()
	return newClient(t, srv).as("admin", "admin", "Root")
}

// as returns a client with a session of another user.
func (c client) as(user, password, organization string) client {
	c.T.Helper()
	c.Authorization = ""
	tokens := c.want(200, "POST", "/login", object{"username": user, "password": password, "org": organization}).(object)
	c.Authorization = "Bearer " + tokens["access_token"].(string)
	return c
}

// want sends a request, fails the test if the response has another status, and returns
// data.
func (c client) want(status int, method, path string, body any) any {
	c.T.Helper()
	envelope, _ := c.Want(status, method, path, body).Body.(object)
	return envelope["data"]
}

// wantBody sends a request and fails the test if the response has another status, or a body
// without that text.
func (c client) wantBody(status int, text, method, path string, body any) {
	c.T.Helper()
	got := c.Do(method, path, body)
	if sorted := simulatortest.Encode(c.T, got.Body); got.Status != status || !strings.Contains(sorted, text) {
		c.T.Errorf("%s %s: got %d %s, want %d %s", method, path, got.Status, sorted, status, text)
	}
}

// filesystem creates a filesystem and returns its path.
func (c client) filesystem(name string) string {
	c.T.Helper()
	return "/fileSystems/" + c.want(200, "POST", "/fileSystems", newFilesystem(name, 1<<40)).(object)["uid"].(string)
}

func newFilesystem(name string, size any) object {
	return object{"name": name, "group_name": "default", "total_capacity": size}
}
