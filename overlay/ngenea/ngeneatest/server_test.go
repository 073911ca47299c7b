package ngeneatest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/specs"
)

// A server by Start, on loopback over TLS, is reached by whoever has the file of
// its CA.
func TestStart(t *testing.T) {
	srv, err := ngeneatest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	simulatortest.TestTrust(t, srv.URL, srv, "/api/health", http.StatusUnauthorized)
}

func TestKinds(t *testing.T) {
	for prefix, options := range map[string][]ngeneatest.Option{
		"https://127.0.0.1:": nil,
		"http://127.0.0.1:":  {ngeneatest.Plain()},
		"https://ngenea-":    {ngeneatest.InMemory()},
		"http://ngenea-":     {ngeneatest.InMemory(), ngeneatest.Plain()},
	} {
		srv := ngeneatest.New(t, options...)
		if !strings.HasPrefix(srv.URL, prefix) {
			t.Errorf("the URL is %s, want %s…", srv.URL, prefix)
		}
		c := login(t, srv, "dfoster", "secret")
		c.submit()
		if job := c.want(200, "GET", "/jobs/1/", nil); job["url"] != srv.URL+"/api/jobs/1/" {
			t.Errorf("the job is at %v", job["url"])
		}
	}
}

func TestStartRefuses(t *testing.T) {
	for name, option := range map[string]ngeneatest.Option{
		"a token that never lives": ngeneatest.WithAccessTTL(0),
		"a refresh token likewise": ngeneatest.WithRefreshTTL(-1),
		"time backwards":           ngeneatest.WithTransitionTime(-1),
		"a page of nothing":        ngeneatest.WithPageSize(0),
		"no time to throttle in":   ngeneatest.WithThrottle(1, 0),
		"a path for an origin":     ngeneatest.BehindProxy("/api"),
		"no user":                  ngeneatest.WithAccount("", "x"),
	} {
		if srv, err := ngeneatest.Start(option); err == nil {
			srv.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

// The contract is where a Hub has its document, byte for byte, and the page names it.
func TestDocument(t *testing.T) {
	c := client{t: t, srv: ngeneatest.New(t, ngeneatest.InMemory())}
	contract, err := specs.Contract("ngenea")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.do("GET", "/docs/?format=openapi", nil); got.status != 200 || got.text != string(contract) {
		t.Errorf("got %d, %d bytes", got.status, len(got.text))
	}
	got := c.do("GET", "/docs/", nil)
	if got.status != 200 || !strings.Contains(got.text, "swagger-ui") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if got := c.do("GET", "/docs", nil); got.status != 301 || got.header.Get("Location") != "/api/docs/" {
		t.Errorf("without its slash: %d to %s", got.status, got.header.Get("Location"))
	}
}

func TestRequests(t *testing.T) {
	var observed []ngeneatest.Request
	c := start(t, ngeneatest.WithObserver(func(r ngeneatest.Request) { observed = append(observed, r) }))
	c.want(404, "GET", "/jobs/1/?colour=red", nil)
	all := c.srv.Requests()
	got := all[len(all)-1]
	if got.Operation != "getJob" || got.Method != http.MethodGet || got.Path != "/api/jobs/1/" || got.Status != 404 || got.Time.IsZero() {
		t.Errorf("got %+v", got)
	}
	if token := strings.TrimPrefix(c.authorization, "Bearer "); strings.Contains(fmt.Sprintf("%+v", all), token) {
		t.Error("the requests show a token")
	}
	if n := c.srv.Count("getJob"); n != 1 {
		t.Errorf("counted %d, want 1", n)
	}
	c.srv.Close()
	if len(observed) != 2 {
		t.Errorf("observed %d", len(observed))
	}
}

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t)
		c.srv.Fail("listJobs", 1, 500, `{"detail":"x"}`)
		c.srv.On("listJobs").Times(1).ProxyPage(502)
		c.wantText(500, `{"detail":"x"}`, "GET", "/jobs/", nil)
		if got := c.do("GET", "/jobs/", nil); got.status != 502 || !strings.HasPrefix(got.text, "<html>") {
			t.Errorf("got %d %s", got.status, got.text)
		}
		c.srv.On("listJobs").Times(1).Delay(time.Minute)
		begun := time.Now()
		c.want(200, "GET", "/jobs/", nil)
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("took %s", took)
		}
		c.srv.On("").Times(1).EndToken()
		c.wantText(401, badToken, "GET", "/jobs/", nil)
		c.wantText(401, badToken, "GET", "/jobs/", nil)
	})
}
