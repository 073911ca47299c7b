package wekatest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// try sends a request to a URL and returns the status, 0 if the connection broke, and the
// error of the connection or of the body.
func try(t *testing.T, c client, method, url string) (status int, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", c.Authorization)
	response, err := c.srv.Transport().RoundTrip(request)
	if err != nil {
		return 0, err
	}
	_, err = io.ReadAll(response.Body)
	_ = response.Body.Close()
	return response.StatusCode, err
}

func TestFaultKinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory())
		c := login(t, srv)
		list := srv.URL + "/api/v2/fileSystems"
		want := func(name string, status int, broken bool) {
			t.Helper()
			got, err := try(t, c, "GET", list)
			if got != status || (err != nil) != broken {
				t.Errorf("%s: got %d %v", name, got, err)
			}
		}
		srv.On("getFileSystems").Times(1).ProxyPage(502)
		want("a proxy's page", 502, false)
		srv.On("getFileSystems").Times(2).Reset() // the transport tries again on a connection of its own
		want("a reset", 0, true)
		srv.On("getFileSystems").Times(1).HalveBody()
		want("half a body", 200, true)
		srv.On("getFileSystems").Times(1).EndToken()
		want("an ended token", 401, false)
		c = login(t, srv)
		srv.On("getFileSystems").Times(1).Delay(time.Minute)
		began := time.Now()
		if want("a delay", 200, false); time.Since(began) != time.Minute {
			t.Errorf("took %v", time.Since(began))
		}
		srv.On("getFileSystems").AtEndpoint(7).Respond(500, "{}")
		want("a fault of another endpoint", 200, false)
		srv.On("getFileSystems").Respond(500, "{}")
		for range 5 {
			want("a fault without a limit", 500, false)
		}
		srv.ClearFaults()
		want("no fault", 200, false)
	})
}

// LoseResponse processes the request.
func TestLoseResponse(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	path := c.filesystem("fs1")
	srv.On("deleteFileSystem").Times(1).LoseResponse()
	if status, err := try(t, c, "DELETE", srv.URL+"/api/v2"+path); status != 0 || err == nil {
		t.Errorf("got %d %v, want a broken connection", status, err)
	}
	if got := srv.Objects("/fileSystems")[0]["status"]; got != "REMOVING" {
		t.Errorf("the filesystem is %v", got)
	}
}

// Chance applies to the same requests in every run.
func TestChance(t *testing.T) {
	var first []int
	for run := range 2 {
		srv := wekatest.New(t, wekatest.InMemory())
		c := login(t, srv)
		srv.On("").Chance(0.5).Respond(503, "{}")
		var hit []int
		for i := range 40 {
			if c.Do("GET", "/cluster", nil).Status == 503 {
				hit = append(hit, i)
			}
		}
		if len(hit) < 8 || len(hit) > 32 {
			t.Errorf("%d of 40, want about half", len(hit))
		}
		if run == 0 {
			first = hit
		} else if len(hit) != len(first) || hit[0] != first[0] {
			t.Errorf("got %v, then %v", first, hit)
		}
	}
}

// Endpoints share state and tokens; a stopped one refuses connections until it is started.
func TestEndpoints(t *testing.T) {
	for name, options := range map[string][]wekatest.Option{
		"loopback": nil, "in memory": {wekatest.InMemory()},
	} {
		t.Run(name, func(t *testing.T) {
			srv := wekatest.New(t, append(options, wekatest.Endpoints(3))...)
			c := login(t, srv)
			c.filesystem("fs1")
			urls := srv.URLs()
			for i, url := range urls {
				if status, err := try(t, c, "GET", url+"/api/v2/fileSystems"); status != 200 || err != nil {
					t.Errorf("%s: got %d %v", url, status, err)
				}
				all := srv.Requests()
				if got := all[len(all)-1].Endpoint; got != i {
					t.Errorf("%s: the request came to endpoint %d, want %d", url, got, i)
				}
			}
			srv.StopEndpoint(1)
			srv.StopEndpoint(1)
			if _, err := try(t, c, "GET", urls[1]+"/api/v2/fileSystems"); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("got %v, want a refused connection", err)
			}
			if status, err := try(t, c, "GET", urls[2]+"/api/v2/fileSystems"); status != 200 || err != nil {
				t.Errorf("another endpoint: got %d %v", status, err)
			}
			if err := errors.Join(srv.StartEndpoint(1), srv.StartEndpoint(1)); err != nil {
				t.Fatal(err)
			}
			if status, err := try(t, c, "GET", urls[1]+"/api/v2/fileSystems"); status != 200 || err != nil {
				t.Errorf("after the start: got %d %v", status, err)
			}
			srv.Close()
			if srv.StartEndpoint(0) == nil {
				t.Error("an endpoint starts after Close")
			}
		})
	}
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
	if token := strings.TrimPrefix(c.Authorization, "Bearer "); strings.Contains(fmt.Sprintf("%+v", all), token) {
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
			t.Errorf("took %s, want 1m", took)
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

// get sends a request without a token; the caller reads the body.
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

func TestConcurrentUse(t *testing.T) {
	srv := wekatest.New(t, wekatest.WithRotation(true))
	c := login(t, srv)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 10 {
				if got := c.Do("POST", "/fileSystems", newFilesystem(fmt.Sprintf("fs-%d-%d", i, j), 1<<30)); got.Status != 200 {
					t.Errorf("got %d %s", got.Status, got.Text)
				}
				c.Do("GET", "/fileSystems", nil)
				srv.Advance(time.Millisecond)
			}
		})
	}
	group.Wait()
	if list := c.want(200, "GET", "/fileSystems", nil).([]any); len(list) != 80 {
		t.Errorf("got %d filesystems, want 80", len(list))
	}
}
