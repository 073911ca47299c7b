package wekatest_test

import (
	"errors"
	"io"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// try sends a request at an endpoint and returns the status, 0 if the connection
// broke, and whether the body came to its end.
func try(t *testing.T, c client, method, url string) (status int, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", c.authorization)
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
		want("the end of a token", 401, false)
		c = login(t, srv)
		srv.On("getFileSystems").Times(1).Delay(time.Minute)
		began := time.Now()
		if want("a delay", 200, false); time.Since(began) != time.Minute {
			t.Errorf("took %v", time.Since(began))
		}
		srv.On("getFileSystems").AtEndpoint(7).Answer(500, "{}")
		want("a fault of another endpoint", 200, false)
		srv.On("getFileSystems").Answer(500, "{}")
		for range 5 {
			want("a fault without end", 500, false)
		}
		srv.ClearFaults()
		want("no fault", 200, false)
	})
}

// A lost answer is one whose work was done.
func TestLoseAnswer(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	path := c.filesystem("fs1")
	srv.On("deleteFileSystem").Times(1).LoseAnswer()
	if status, err := try(t, c, "DELETE", srv.URL+"/api/v2"+path); status != 0 || err == nil {
		t.Errorf("got %d %v, want a broken connection", status, err)
	}
	if got := srv.Objects("/fileSystems")[0]["status"]; got != "REMOVING" {
		t.Errorf("the filesystem is %v", got)
	}
}

// The same chance meets the same requests every time.
func TestChance(t *testing.T) {
	var first []int
	for run := range 2 {
		srv := wekatest.New(t, wekatest.InMemory())
		c := login(t, srv)
		srv.On("").Chance(0.5).Answer(503, "{}")
		var hit []int
		for i := range 40 {
			if status, _ := c.do("GET", "/cluster", nil); status == 503 {
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

// Endpoints share state and tokens; one that is stopped refuses connections until
// it is started again.
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
