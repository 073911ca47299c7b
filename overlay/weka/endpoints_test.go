package weka_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// backends is a transport to several backends of one cluster, which share their sessions.
// All give the same responses, unless they are down.
type backends struct {
	mu     sync.Mutex
	down   map[string]bool
	sent   map[string][]string // paths by host
	tokens map[string]int      // by Authorization
	lists  map[string]string   // responses by path
}

func (b *backends) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/api/v2")
	if b.sent == nil {
		b.sent, b.tokens = map[string][]string{}, map[string]int{}
	}
	b.sent[r.URL.Host] = append(b.sent[r.URL.Host], path)
	b.tokens[r.Header.Get("Authorization")]++
	if b.down[r.URL.Host] {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	status, body := http.StatusOK, b.lists[path]
	switch body {
	case "404":
		status, body = http.StatusNotFound, fmt.Sprintf(`{"message":"Route GET - %s does not exist"}`, r.URL.Path)
	case "":
		body = `{"data":{"access_token":"issued","refresh_token":"r","expires_in":300,"status":"OK"}}`
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (b *backends) set(host string, down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down == nil {
		b.down = map[string]bool{}
	}
	b.down[host] = down
}

// to returns the number of requests to a path by host, since its last call.
func (b *backends) to(path string) map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	count := map[string]int{}
	for host, paths := range b.sent {
		for _, p := range paths {
			if p == path {
				count[host]++
			}
		}
		b.sent[host] = slices.DeleteFunc(paths, func(p string) bool { return p == path })
	}
	return count
}

// With one of three backends dead no call fails, and there is one login.
func TestOneBackendDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		b.set("weka01:14000", true)
		c := newClientAt(t, "weka01,weka02,weka03", weka.WithTransport(b), weka.WithPassword("admin", "admin"))
		for range 200 {
			mustStatus(t, c)
			time.Sleep(10 * time.Millisecond)
		}
		calls := b.to("/cluster")
		if calls["weka01:14000"] > 1 || calls["weka02:14000"] < 95 || calls["weka03:14000"] < 95 {
			t.Errorf("the calls went to %v", calls)
		}
		if logins := b.to("/login"); logins["weka02:14000"]+logins["weka03:14000"] != 1 {
			t.Errorf("the logins went to %v", logins)
		}
		b.set("weka01:14000", false)
		for range 50 {
			mustStatus(t, c)
			time.Sleep(100 * time.Millisecond)
		}
		if calls := b.to("/cluster"); calls["weka01:14000"] < 1 {
			t.Errorf("five seconds after it healed, the calls went to %v", calls)
		}
	})
}

// With all backends dead, the error has the failure of each.
func TestAllBackendsDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		for _, host := range []string{"weka01:14000", "weka02:14000", "weka03:14000"} {
			b.set(host, true)
		}
		c := newClientAt(t, "weka01,weka02,weka03", weka.WithTransport(b), weka.WithAccessToken("t"))
		err := status(t.Context(), c)
		wantError(t, err, statusOperation, weka.ErrUnavailable)
		var all *weka.EndpointsError
		if !errors.As(err, &all) || len(all.Failures) != 3 {
			t.Fatalf("got %v, want an EndpointsError of three", err)
		}
		for _, host := range []string{"weka01", "weka02", "weka03"} {
			if !strings.Contains(err.Error(), "https://"+host+":14000: dial tcp: connection refused") {
				t.Errorf("%v does not name %s with its reason", err, host)
			}
		}
	})
}

// The hook for retries is called for a failover and for a call with another token too.
func TestRetryHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		b.set("weka01:14000", true)
		var seen []string
		hook := weka.WithHooks(weka.Hooks{BeforeRetry: func(_ context.Context, r weka.Retrying) {
			seen = append(seen, fmt.Sprint(r.Operation, " ", r.Reason, " ", r.Repetition, " ", r.Status))
		}})
		mustStatus(t, newClientAt(t, "weka01,weka02", weka.WithTransport(b), weka.WithAccessToken("a"), hook))
		if want := []string{"getClusterStatus failover 1 0"}; !slices.Equal(seen, want) {
			t.Errorf("got %q, want %q", seen, want)
		}
		seen = nil
		srv := wekatest.New(t)
		c := admin(t, srv, hook)
		mustStatus(t, c)
		srv.ExpireTokens()
		mustStatus(t, c)
		if want := []string{"getClusterStatus token 1 401"}; !slices.Equal(seen, want) {
			t.Errorf("got %q, want %q", seen, want)
		}
	})
}

// The hook gets a backend that is set aside, and its return.
func TestEndpointHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		b.set("weka01:14000", true)
		var changes []weka.EndpointChange
		hooks := weka.WithHooks(weka.Hooks{EndpointChanged: func(change weka.EndpointChange) { changes = append(changes, change) }})
		c := newClientAt(t, "weka01,weka02", weka.WithTransport(b), weka.WithAccessToken("t"), hooks)
		mustStatus(t, c)
		b.set("weka01:14000", false)
		time.Sleep(2 * time.Second)
		mustStatus(t, c)
		synctest.Wait()
		if len(changes) != 2 || changes[0].Endpoint != "https://weka01:14000" || !errors.Is(changes[0].Err, syscall.ECONNREFUSED) || changes[1] != (weka.EndpointChange{Endpoint: "https://weka01:14000"}) {
			t.Errorf("changes %v", changes)
		}
	})
}

// Clients share a stored session with the same addresses in any order, and with other
// addresses if they have the cluster's name.
func TestSessionOfAddresses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	b := &backends{}
	for _, test := range []struct {
		address string
		options []weka.Option
		logins  int
	}{
		{"weka01,weka02", nil, 1},
		{"https://WEKA02:14000,weka01,weka02", nil, 0},
		{"weka01", nil, 1},
		{"weka01,weka03", []weka.Option{weka.WithClusterName("lab")}, 1},
		{"weka04", []weka.Option{weka.WithClusterName("lab")}, 0},
	} {
		options := slices.Concat(test.options, []weka.Option{weka.WithTransport(b), weka.WithPassword("admin", "admin"), weka.WithTokenCache(dir)})
		mustStatus(t, newClientAt(t, test.address, options...))
		logins := 0
		for _, n := range b.to("/login") {
			logins += n
		}
		if logins != test.logins {
			t.Errorf("%s: logged in %d times, want %d", test.address, logins, test.logins)
		}
	}
}

// The backends that the cluster returns are used in addition to the client's address: the
// management addresses of backends only, on old releases too, over http only if that is
// allowed. They get the token; a probe has none.
func TestDiscovery(t *testing.T) {
	const containers = `{"data":[
		{"mode":"backend","container_ip":"10.0.0.2","mgmt_port":14000},
		{"mode":"backend","ips":["not an IP","2001:db8::3"],"mgmt_port":14200},
		{"mode":"backend","container_ip":"127.0.0.1","mgmt_port":0},
		{"mode":"client","container_ip":"10.0.0.4","mgmt_port":14000},
		{"mode":"backend","container_ip":"weka05","mgmt_port":14000},
		{"mode":"backend","container_ip":"10.0.0.6","mgmt_port":99999},
		{"mode":"backend","container_ip":"10.0.0.7","mgmt_port":14000}]}`
	hosts := strings.ReplaceAll(containers, "container_ip", "host_ip")
	for name, test := range map[string]struct {
		address string
		lists   map[string]string
		options []weka.Option
		want    []string
	}{
		"containers":     {"weka01", map[string]string{"/containers": containers}, nil, []string{"10.0.0.2:14000", "127.0.0.1:14000", "[2001:db8::3]:14200", "weka01:14000"}},
		"hosts":          {"weka01", map[string]string{"/containers": "404", "/hosts": hosts}, nil, []string{"10.0.0.2:14000", "127.0.0.1:14000", "[2001:db8::3]:14200", "weka01:14000"}},
		"no list":        {"weka01", map[string]string{"/containers": `{"message":"not now"}`}, nil, []string{"weka01:14000"}},
		"http":           {"http://localhost", map[string]string{"/containers": containers}, nil, []string{"127.0.0.1:14000", "localhost:14000"}},
		"http, allowed":  {"http://weka01", map[string]string{"/containers": containers}, []weka.Option{weka.AllowPlainHTTP()}, []string{"10.0.0.2:14000", "127.0.0.1:14000", "[2001:db8::3]:14200", "weka01:14000"}},
		"many given too": {"weka01,10.0.0.2", map[string]string{"/containers": containers}, nil, []string{"10.0.0.2:14000", "127.0.0.1:14000", "[2001:db8::3]:14200", "weka01:14000"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &backends{lists: test.lists}
			b.set("10.0.0.7:14000", true) // unreachable
			options := slices.Concat(test.options, []weka.Option{weka.WithTransport(b), weka.WithAccessToken("t"), weka.WithDiscovery()})
			c := newClientAt(t, test.address, options...)
			for range 20 {
				mustStatus(t, c)
				synctest.Wait()
			}
			var used []string
			for host := range b.to("/cluster") {
				used = append(used, host)
			}
			slices.Sort(used)
			if !slices.Equal(used, test.want) {
				t.Errorf("%s: calls went to %q, want %q", name, used, test.want)
			}
			probes := 0
			for _, n := range b.to("/healthcheck") {
				probes += n
			}
			if b.tokens[""] != probes {
				t.Errorf("%s: %d requests went without a token, want the %d probes", name, b.tokens[""], probes)
			}
		})
	}
}

// Of very many backends that a cluster names, 256 are used, with a few probes at a time.
func TestDiscoveryOfVeryManyBackends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var list strings.Builder
		for i := range 20_000 {
			fmt.Fprintf(&list, `,{"mode":"backend","container_ip":"10.0.%d.%d","mgmt_port":14000}`, i/256, i%256)
		}
		b := &backends{lists: map[string]string{"/containers": `{"data":[` + list.String()[1:] + `]}`}}
		c := newClientAt(t, "weka01", weka.WithTransport(b), weka.WithAccessToken("t"), weka.WithDiscovery())
		for range 300 {
			mustStatus(t, c)
			before := len(b.to("/healthcheck"))
			synctest.Wait()
			if n := len(b.to("/healthcheck")); before+n > 8 {
				t.Fatalf("%d probes at a time", before+n)
			}
		}
		if n := len(b.to("/cluster")); n < 200 || n > 256 {
			t.Errorf("the calls went to %d backends", n)
		}
	})
}

// Without the option there is no discovery. Close ends one that hangs.
func TestDiscoveryIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		mustStatus(t, newClientAt(t, "weka01,weka02", weka.WithTransport(b), weka.WithAccessToken("t")))
		synctest.Wait()
		if asked := b.to("/containers"); len(asked) != 0 {
			t.Errorf("asked %v", asked)
		}
		hanging := hangingAt{"/containers", b}
		c := newClientAt(t, "weka01", weka.WithTransport(hanging), weka.WithAccessToken("t"), weka.WithDiscovery())
		mustStatus(t, c)
		synctest.Wait()
		began := time.Now()
		if c.Close(); time.Since(began) != 0 {
			t.Errorf("Close took %v", time.Since(began))
		}
	})
}

// hangingAt does not respond to one path.
type hangingAt struct {
	path string
	next http.RoundTripper
}

func (h hangingAt) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, h.path) {
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	}
	return h.next.RoundTrip(r)
}

// Concurrent calls succeed while backends stop and start one at a time, in one session.
func TestFailover(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := newClientAt(t, strings.Join(srv.URLs(), ","), weka.AllowPlainHTTP(), weka.WithTransport(srv.Transport()), weka.WithPassword("admin", "admin"))
		for number := range srv.URLs() {
			wantSome(t, c)
			srv.StopEndpoint(number)
			wantSome(t, c)
			if err := srv.StartEndpoint(number); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			mustStatus(t, c) // probes the backend that is back
			synctest.Wait()
		}
		wantCounts(t, srv, 1, 0)
	}, wekatest.Endpoints(3))
}

// After discovery, calls succeed although the backend of the address is dead.
func TestFailoverToDiscovered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithDiscovery())
		for range 3 { // discovery, probe, use
			mustStatus(t, c)
			synctest.Wait()
		}
		srv.StopEndpoint(0)
		wantSome(t, c)
		var meta weka.Response
		if _, err := c.Cluster.GetStatus(t.Context(), weka.WithResponse(&meta)); err != nil || meta.Endpoint == srv.URL {
			t.Errorf("got %v from %s, want an answer of another backend", err, meta.Endpoint)
		}
		wantCounts(t, srv, 1, 0)
	}, wekatest.Endpoints(3))
}

// The same over TLS: the certificate is valid for the host name of the first address.
func TestDiscoveryOverTLS(t *testing.T) {
	srv := wekatest.New(t, wekatest.Endpoints(2))
	c := newClientAt(t, srv.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(srv.CAFile()), weka.WithDiscovery())
	deadline := time.After(10 * time.Second)
	for used := false; !used; {
		var meta weka.Response
		if _, err := c.Cluster.GetStatus(t.Context(), weka.WithResponse(&meta)); err != nil {
			t.Fatal(err)
		}
		used = meta.Endpoint == srv.URLs()[1]
		select {
		case <-deadline:
			t.Fatal("the backend that the cluster named was not used")
		case <-time.After(time.Millisecond):
		}
	}
}

// wantSome makes 20 concurrent calls that must succeed.
func wantSome(t *testing.T, c *weka.Client) {
	t.Helper()
	if err := errors.Join(together(t, c, 20)...); err != nil {
		t.Fatal(err)
	}
}

const deadHost = "weka02:14000"

// inBubble runs a test with three backends.
func inBubble(t *testing.T, test func(t *testing.T, b *backends, c *weka.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		test(t, b, newClientAt(t, "weka01,weka02,weka03", weka.WithTransport(b), weka.WithAccessToken("t")))
	})
}

// After the first failure of a backend no call goes there, and no call fails.
func TestDeadBackendGetsNoFurtherCalls(t *testing.T) {
	inBubble(t, func(t *testing.T, b *backends, c *weka.Client) {
		b.set(deadHost, true)
		for range 300 {
			mustStatus(t, c)
		}
		if sent := b.to("/cluster"); sent[deadHost] != 1 {
			t.Errorf("the calls went to %v, want one to the dead one", sent)
		}
	})
}

// A dead backend gets probes at growing intervals and no calls. When it is back, it gets its
// share of the calls.
func TestDeadBackendIsProbedUntilItReturns(t *testing.T) {
	inBubble(t, func(t *testing.T, b *backends, c *weka.Client) {
		b.set(deadHost, true)
		for range 600 {
			mustStatus(t, c)
			time.Sleep(time.Second)
		}
		calls, probes := b.to("/cluster"), b.to("/healthcheck")
		if calls[deadHost] > 1 || probes[deadHost] < 1 || probes[deadHost] > 300 {
			t.Errorf("in ten minutes the calls went to %v, the probes to %v", calls, probes)
		}
		b.set(deadHost, false)
		for range 60 {
			mustStatus(t, c)
			time.Sleep(time.Second)
		}
		if calls := b.to("/cluster"); calls[deadHost] < 15 {
			t.Errorf("a minute after it healed the calls went to %v", calls)
		}
	})
}

func TestCallsAreSpread(t *testing.T) {
	inBubble(t, func(t *testing.T, b *backends, c *weka.Client) {
		for range 300 {
			mustStatus(t, c)
		}
		for host, n := range b.to("/cluster") {
			if n < 75 || n > 125 {
				t.Errorf("%d of 300 calls went to %s", n, host)
			}
		}
	})
}

func TestFormsOfBackendAddresses(t *testing.T) {
	b := &backends{}
	c := newClientAt(t, "[::1]:14000,https://weka02,2001:db8::7,https://[2001:db8::8]:443, weka05:14001 ", weka.WithTransport(b), weka.WithAccessToken("t"))
	for range 50 {
		mustStatus(t, c)
	}
	sent := b.to("/cluster")
	for _, host := range []string{"[::1]:14000", "weka02:14000", "[2001:db8::7]:14000", "[2001:db8::8]:443", "weka05:14001"} {
		if sent[host] != 10 {
			t.Errorf("the calls went to %v, want ten to %s", sent, host)
		}
	}
	if len(sent) != 5 {
		t.Errorf("the calls went to %v", sent)
	}
}

// The certificates of discovered backends have no IP address: they are checked against the
// host name of the client's address.
func TestDiscoveredBackendsOverTLS(t *testing.T) {
	certificate, caFile := certificateOf(t, "localhost")
	second := serving(t, certificate, func(string) string { return `{"data":{"status":"OK","name":"second"}}` })
	found, err := url.Parse(second)
	if err != nil {
		t.Fatal(err)
	}
	first := serving(t, certificate, func(path string) string {
		if strings.HasSuffix(path, "/containers") {
			return fmt.Sprintf(`{"data":[{"mode":"backend","container_ip":"127.0.0.1","mgmt_port":%s}]}`, found.Port())
		}
		return `{"data":{"status":"OK","name":"first"}}`
	})
	c := newClientAt(t, strings.Replace(first, "127.0.0.1", "localhost", 1), weka.WithAccessToken("t"), weka.WithCAFile(caFile), weka.WithDiscovery())
	deadline := time.After(10 * time.Second)
	for {
		status, err := c.Cluster.GetStatus(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if status.Name == "second" {
			return
		}
		select {
		case <-deadline:
			t.Fatal("the discovered backend was not used")
		case <-time.After(time.Millisecond):
		}
	}
}

// certificateOf makes a certificate for a DNS name only, and the file of its authority.
func certificateOf(t *testing.T, name string) (certificate tls.Certificate, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, caFile
}

// serving starts a server with a response for each path.
func serving(t *testing.T, certificate tls.Certificate, answer func(path string) string) (address string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := answer(r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "/healthcheck") {
			body = `"ok"`
		}
		_, _ = io.WriteString(w, body)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}

// At most 128 connections to a backend are open, and slow calls delay others only briefly.
func TestSlowCallsDoNotStarveOthers(t *testing.T) {
	const bound, calls = 128, 300
	sent, respond := make(chan time.Time, calls), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-respond
		_, _ = io.WriteString(w, `{"data":{}}`)
	}))
	defer srv.Close()
	c := newClientAt(t, srv.URL, weka.WithAccessToken("access"), weka.WithHooks(weka.Hooks{
		BeforeAttempt: func(context.Context, weka.Attempt) { sent <- time.Now() },
	}))
	begun := time.Now()
	var group sync.WaitGroup
	for range calls {
		group.Go(func() {
			if err := status(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range calls {
		if at := <-sent; i == bound && at.Sub(begun) < 100*time.Millisecond {
			t.Errorf("call %d was sent after %v, with %d under way", i+1, at.Sub(begun), bound)
		}
	}
	close(respond)
	group.Wait()
}
