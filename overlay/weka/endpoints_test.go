package weka_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// backends is a wire to several backends of one cluster, which share their sessions:
// each answers everything alike, but for those that are down.
type backends struct {
	mu     sync.Mutex
	down   map[string]bool
	sent   map[string][]string // paths by host
	tokens map[string]int      // by Authorization
	lists  map[string]string   // answers to paths
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

// to counts what was sent for a path, by host, since it was last asked.
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

// With one of three backends dead no call fails, and there is one login for all.
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

// With all backends dead, the error names each with its reason.
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

// A backend that is set aside is told, and so is its return.
func TestEndpointHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		b.set("weka01:14000", true)
		var told []weka.EndpointChange
		hooks := weka.WithHooks(weka.Hooks{EndpointChanged: func(change weka.EndpointChange) { told = append(told, change) }})
		c := newClientAt(t, "weka01,weka02", weka.WithTransport(b), weka.WithAccessToken("t"), hooks)
		mustStatus(t, c)
		b.set("weka01:14000", false)
		time.Sleep(2 * time.Second)
		mustStatus(t, c)
		synctest.Wait()
		if len(told) != 2 || told[0].Endpoint != "https://weka01:14000" || !errors.Is(told[0].Err, syscall.ECONNREFUSED) || told[1] != (weka.EndpointChange{Endpoint: "https://weka01:14000"}) {
			t.Errorf("told %v", told)
		}
	})
}

// Clients share a kept session whatever the order of their addresses, and with other
// addresses only under the cluster's name.
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

// The backends that the cluster names are used beside the address that was given:
// their management addresses, of backends alone, on old releases too, over http only
// where that is allowed. The token goes to them, and a probe has none.
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
		"nobody knows":   {"weka01", map[string]string{"/containers": `{"message":"not now"}`}, nil, []string{"weka01:14000"}},
		"http":           {"http://localhost", map[string]string{"/containers": containers}, nil, []string{"127.0.0.1:14000", "localhost:14000"}},
		"http, allowed":  {"http://weka01", map[string]string{"/containers": containers}, []weka.Option{weka.AllowPlainHTTP()}, []string{"10.0.0.2:14000", "127.0.0.1:14000", "[2001:db8::3]:14200", "weka01:14000"}},
		"many given too": {"weka01,10.0.0.2", map[string]string{"/containers": containers}, nil, []string{"10.0.0.2:14000", "127.0.0.1:14000", "[2001:db8::3]:14200", "weka01:14000"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &backends{lists: test.lists}
			b.set("10.0.0.7:14000", true) // cannot be reached from here
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

// Without the option nobody asks, and Close ends an asking that hangs.
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

// hangingAt never answers one path.
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
