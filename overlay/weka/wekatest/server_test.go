package wekatest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A server by Start, on loopback over TLS, is reached by whoever has the file of
// its CA.
func TestStart(t *testing.T) {
	srv, err := wekatest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	simulatortest.TestTrust(t, srv.URL, srv, "/api/v2/healthcheck", http.StatusOK)
}

func TestKinds(t *testing.T) {
	for prefix, options := range map[string][]wekatest.Option{
		"https://127.0.0.1:": nil,
		"http://127.0.0.1:":  {wekatest.Plain()},
		"https://weka-":      {wekatest.InMemory()},
		"http://weka-":       {wekatest.InMemory(), wekatest.Plain()},
	} {
		srv := wekatest.New(t, options...)
		if !strings.HasPrefix(srv.URL, prefix) {
			t.Errorf("the URL is %s, want %s…", srv.URL, prefix)
		}
		login(t, srv).want(200, "GET", "/cluster", nil)
	}
}

func TestStartRefuses(t *testing.T) {
	for name, option := range map[string]wekatest.Option{
		"a token that never lives": wekatest.WithAccessTTL(0),
		"a refresh token likewise": wekatest.WithRefreshTTL(-1),
		"time backwards":           wekatest.WithTransitionTime(-1),
		"no user":                  wekatest.WithAccount("", "x", "Root"),
		"no organization":          wekatest.WithAccount("x", "x", ""),
	} {
		if srv, err := wekatest.Start(option); err == nil {
			srv.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCluster(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	got := c.want(200, "GET", "/cluster", nil).(object)
	if got["status"] != "OK" || got["io_status"] != "STARTED" || got["release"] != "5.1.0" {
		t.Errorf("got %v", got)
	}
}

func TestManners(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	c.wantBody(404, `{"message":"Route GET - /api/v2/nowhere/1 does not exist"}`, "GET", "/nowhere/1", nil)
	c.wantBody(404, `{"message":"Route GET - /api/v2/fileSystems/ does not exist"}`, "GET", "/fileSystems/", nil)
	c.wantBody(404, `{"message":"Route PATCH - /api/v2/cluster does not exist"}`, "PATCH", "/cluster", nil)
	c.wantBody(200, `"data":`, "GET", "/alerts", nil) // a sample
}

func TestRequests(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	c.want(404, "GET", "/fileSystems/none?force_fresh=true", nil)
	all := srv.Requests()
	got := all[len(all)-1]
	if got.Operation != "getFileSystem" || got.Method != http.MethodGet || got.Path != "/api/v2/fileSystems/none" || got.Status != 404 || got.Time.IsZero() {
		t.Errorf("got %+v", got)
	}
	if token := strings.TrimPrefix(c.authorization, "Bearer "); strings.Contains(fmt.Sprintf("%+v", all), token) {
		t.Error("the requests show a token")
	}
	if n := srv.Count("getFileSystem"); n != 1 {
		t.Errorf("counted %d, want 1", n)
	}
}

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory())
		c := login(t, srv)
		const page = "<html>502 Bad Gateway</html>"
		srv.Fail("getFileSystems", 2, 502, page)
		srv.Fail("getFileSystems", 1, 500, `{"message":"x"}`)
		for range 2 {
			response := get(t, srv, "/fileSystems")
			text, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil || response.StatusCode != http.StatusBadGateway || string(text) != page || response.Header.Get("Content-Type") != "text/html" {
				t.Errorf("got %s %s %v, want the page", response.Status, text, err)
			}
		}
		c.wantBody(500, `{"message":"x"}`, "GET", "/fileSystems", nil)

		srv.Intercept("", 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			time.Sleep(time.Minute)
			next.ServeHTTP(w, r)
		})
		began := time.Now()
		c.want(200, "GET", "/cluster", nil)
		if took := time.Since(began); took != time.Minute {
			t.Errorf("a slow answer took %s, want 1m", took)
		}

		srv.Intercept("getFileSystems", 1, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"data":[`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
		response := get(t, srv, "/fileSystems")
		if _, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("half a body: got %v, want an unexpected EOF", err)
		}
		_ = response.Body.Close()
		c.want(200, "GET", "/fileSystems", nil)
	})
}

// get asks without a token and leaves the body to be read.
func get(t *testing.T, srv *wekatest.Server, path string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/api/v2"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := srv.Transport().RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// One simulator takes many clients at once, of which each creates its own.
func TestConcurrentUse(t *testing.T) {
	srv := wekatest.New(t, wekatest.WithRotation(true))
	c := login(t, srv)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 10 {
				status, answer := c.do("POST", "/fileSystems", newFilesystem(fmt.Sprintf("fs-%d-%d", i, j), 1<<30))
				if status != 200 {
					t.Errorf("got %d %v", status, answer)
				}
				c.do("GET", "/fileSystems", nil)
				srv.Advance(time.Millisecond)
			}
		})
	}
	group.Wait()
	if list := c.want(200, "GET", "/fileSystems", nil).([]any); len(list) != 80 {
		t.Errorf("got %d filesystems, want 80", len(list))
	}
}
