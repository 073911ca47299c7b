package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

const healthPath = "/api/v2/healthcheck"

var three = []string{"https://weka01:14000", "https://weka02:14000", "https://weka03:14000"}

// cluster is a wire to several endpoints, each of which behaves as the test says.
type cluster struct {
	mu     sync.Mutex
	as     map[string]behaviour // by origin; nil answers 200
	calls  []string             // origins of requests other than probes, in order
	probes []string
	hosts  map[string]string // Host headers by origin
	active int
}

type behaviour func(*http.Request) (*http.Response, error)

func (c *cluster) RoundTrip(r *http.Request) (*http.Response, error) {
	origin := r.URL.Scheme + "://" + r.URL.Host
	c.mu.Lock()
	probe := strings.HasSuffix(r.URL.Path, "/healthcheck")
	if probe {
		c.probes = append(c.probes, origin)
	} else {
		c.calls = append(c.calls, origin)
	}
	if c.hosts == nil {
		c.hosts = map[string]string{}
	}
	c.hosts[origin] = r.Host
	behave := c.as[origin]
	c.active++
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.active--
		c.mu.Unlock()
	}()
	if behave == nil {
		behave = responds(http.StatusOK)
	}
	if !probe && r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	return behave(r)
}

// set changes how an endpoint behaves; nil is healthy.
func (c *cluster) set(origin string, b behaviour) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.as == nil {
		c.as = map[string]behaviour{}
	}
	c.as[origin] = b
}

// took returns how many calls and probes each origin got since the last time.
func (c *cluster) took() (calls, probes map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls, probes = map[string]int{}, map[string]int{}
	for _, origin := range c.calls {
		calls[origin]++
	}
	for _, origin := range c.probes {
		probes[origin]++
	}
	c.calls, c.probes = nil, nil
	return calls, probes
}

func (c *cluster) underWay() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.active
}

func responds(status int) behaviour {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: text(`{"data":{}}`), Request: r}, nil
	}
}

func refuses(r *http.Request) (*http.Response, error) {
	if r.Body != nil { // net/http may do so even if it cannot connect
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: address(r.URL.Host), Err: syscall.ECONNREFUSED}
}

func resets(r *http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "read", Net: "tcp", Addr: address(r.URL.Host), Err: syscall.ECONNRESET}
}

// untrusted fails in the TLS handshake, with net/http's error and trace.
func untrusted(r *http.Request) (*http.Response, error) {
	httptrace.ContextClientTrace(r.Context()).GetConn(r.URL.Host)
	return nil, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
}

// broken is a body that breaks off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// hangs does not answer before the context ends.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

type address string

func (a address) Network() string { return "tcp" }

func (a address) String() string { return string(a) }

// spreading returns a call of a client of three endpoints, without retries.
func spreading(t *testing.T, c *cluster, changes ...func(*transport.EndpointsConfig)) func(context.Context) (call.Response, error) {
	t.Helper()
	config := transport.EndpointsConfig{Origins: three, Wire: c, HealthPath: healthPath}
	for _, change := range changes {
		change(&config)
	}
	endpoints := transport.NewEndpoints(config)
	t.Cleanup(endpoints.Close)
	base, err := url.Parse(three[0])
	if err != nil {
		t.Fatal(err)
	}
	client := call.New(call.Config{Base: base, Transport: endpoints.Over(&transport.Attempts{Next: c})})
	return func(ctx context.Context) (meta call.Response, err error) {
		var result any
		err = client.Call(ctx, table["body"], nil, nil, map[string]int{"a": 1}, &result, call.WithResponse(&meta))
		return meta, err
	}
}

func mustSend(t *testing.T, send func(context.Context) (call.Response, error), times int) {
	t.Helper()
	for range times {
		if _, err := send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Requests are spread evenly, each with the Host header of its endpoint.
func TestEndpointsSpread(t *testing.T) {
	c := &cluster{}
	mustSend(t, spreading(t, c), 30)
	calls, _ := c.took()
	for _, origin := range three {
		if calls[origin] != 10 || "https://"+c.hosts[origin] != origin {
			t.Errorf("%s got %d of 30 calls, with the Host %s", origin, calls[origin], c.hosts[origin])
		}
	}
}

// A slow endpoint gets fewer requests.
func TestEndpointsPreferTheLeastBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		c.set(three[0], func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return responds(http.StatusOK)(r)
		})
		send := spreading(t, c)
		var group sync.WaitGroup
		group.Go(func() { mustSend(t, send, 1) })
		synctest.Wait()
		mustSend(t, send, 20)
		group.Wait()
		if calls, _ := c.took(); calls[three[0]] != 1 {
			t.Errorf("the slow endpoint got %d calls, want 1: %v", calls[three[0]], calls)
		}
	})
}

// With one of three endpoints dead no call fails. After its first failure it gets probes
// only, and the others share the calls evenly.
func TestEndpointsOneDead(t *testing.T) {
	for name, dead := range map[string]behaviour{"refused": refuses, "no certificate": untrusted} {
		synctest.Test(t, func(t *testing.T) {
			c := &cluster{}
			c.set(three[1], dead)
			send := spreading(t, c)
			for range 1000 {
				mustSend(t, send, 1)
				time.Sleep(20 * time.Millisecond)
			}
			calls, probes := c.took()
			if calls[three[1]] != 1 || probes[three[1]] > 12 || probes[three[0]] > 0 {
				t.Errorf("%s: the dead one got %d calls and %d probes", name, calls[three[1]], probes[three[1]])
			}
			if calls[three[0]] < 490 || calls[three[2]] < 490 {
				t.Errorf("%s: got %v", name, calls)
			}
		})
	}
}

// A request whose connection is refused moves on within the attempt, with its whole body.
// The metadata name the endpoint that answered.
func TestEndpointsMoveOn(t *testing.T) {
	c := &cluster{}
	c.set(three[0], refuses)
	c.set(three[1], refuses)
	c.set(three[2], func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != `{"a":1}` {
			t.Errorf("got the body %q, %v", body, err)
		}
		return responds(http.StatusOK)(r)
	})
	meta, err := spreading(t, c)(t.Context())
	if err != nil || meta.Endpoint != three[2] || meta.Attempts != 3 {
		t.Errorf("got %+v, %v", meta, err)
	}
}

// A request that may have reached its endpoint is not sent again by this layer; the
// endpoint is set aside.
func TestEndpointsNeverSendTwice(t *testing.T) {
	for name, failing := range map[string]behaviour{
		"reset": resets, "502": responds(502), "503": responds(503), "504": responds(504),
		"broken off": func(r *http.Request) (*http.Response, error) {
			response, _ := responds(200)(r)
			response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"data":{`), broken{}))
			return response, nil
		},
	} {
		c := &cluster{}
		c.set(three[0], failing)
		send := spreading(t, c)
		_, err := send(t.Context())
		var all *transport.EndpointsError
		if err == nil || errors.As(err, &all) {
			t.Errorf("%s: got %v, want the failure of one endpoint", name, err)
		}
		if calls, _ := c.took(); len(calls) != 1 || calls[three[0]] != 1 {
			t.Errorf("%s: sent to %v", name, calls)
		}
		mustSend(t, send, 10)
		if calls, _ := c.took(); calls[three[0]] != 0 {
			t.Errorf("%s: sent %d calls to the endpoint that failed", name, calls[three[0]])
		}
	}
}

// With all endpoints dead, the error names each with its reason. They are tried all the
// same, so one that is back is used at once.
func TestEndpointsAllDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		c.set(three[0], refuses)
		c.set(three[1], untrusted)
		c.set(three[2], resets)
		send := spreading(t, c)
		for range 5 {
			_, err := send(t.Context())
			var all *transport.EndpointsError
			if !errors.As(err, &all) || len(all.Failures) != 3 {
				if calls, _ := c.took(); calls[three[2]] == 1 {
					continue // the first reset: this endpoint was healthy until now
				}
				t.Fatalf("got %v, want an EndpointsError of three", err)
			}
			for i, reason := range []string{"connection refused", "unknown authority", "connection reset"} {
				if got := all.Failures[i]; got.Endpoint != three[i] || !strings.Contains(got.Err.Error(), reason) || !strings.Contains(err.Error(), three[i]+": "+got.Err.Error()) {
					t.Errorf("%v does not say %s of %s", err, reason, three[i])
				}
			}
			if !errors.Is(err, syscall.ECONNREFUSED) || !errors.Is(err, syscall.ECONNRESET) || !errors.Is(err, call.ErrUnavailable) {
				t.Errorf("%v: does not unwrap to the reasons", err)
			}
		}
		c.set(three[1], nil)
		mustSend(t, send, 10)
		synctest.Wait()
	})
}

// With all endpoints dead, a request that may have arrived is still not repeated: the
// reasons of the others do not count for it.
func TestEndpointsAllDeadSendOnce(t *testing.T) {
	c := &cluster{}
	c.set(three[0], refuses)
	c.set(three[1], refuses)
	send := spreading(t, c)
	mustSend(t, send, 1)
	c.took()
	arrived := 0
	c.set(three[2], func(r *http.Request) (*http.Response, error) {
		arrived++
		return resets(r)
	})
	endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: three, Wire: c, HealthPath: healthPath})
	defer endpoints.Close()
	base, err := url.Parse(three[0])
	if err != nil {
		t.Fatal(err)
	}
	client := call.New(call.Config{Base: base, Transport: transport.Stack(transport.Layers{Base: c, Endpoints: endpoints})})
	var all *transport.EndpointsError
	if err := client.Call(t.Context(), table["none"], nil, nil, nil, nil); !errors.As(err, &all) || arrived != 1 {
		t.Errorf("got %v after %d arrivals, want an EndpointsError after one", err, arrived)
	}
}

// An endpoint that works again is used within five seconds, whenever it recovers and
// whatever its failure was.
func TestEndpointsRecover(t *testing.T) {
	for name, dead := range map[string]behaviour{"refused": refuses, "silent": hangs, "503": responds(503)} {
		for _, after := range []time.Duration{500 * time.Millisecond, 1100 * time.Millisecond, 4 * time.Second, 61300 * time.Millisecond} {
			synctest.Test(t, func(t *testing.T) {
				c := &cluster{}
				var changes []transport.EndpointChange
				send := spreading(t, c, func(config *transport.EndpointsConfig) {
					config.Changed = func(change transport.EndpointChange) { changes = append(changes, change) }
				})
				c.set(three[0], dead)
				for began := time.Now(); time.Since(began) < after; time.Sleep(50 * time.Millisecond) {
					ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
					_, _ = send(ctx)
					cancel()
				}
				c.set(three[0], nil)
				c.took()
				var used time.Duration
				for used = 0; used <= 6*time.Second; used += 100 * time.Millisecond {
					mustSend(t, send, 3)
					if calls, _ := c.took(); calls[three[0]] > 0 {
						break
					}
					time.Sleep(100 * time.Millisecond)
				}
				synctest.Wait()
				if used > 5*time.Second {
					t.Errorf("%s, recovered after %v: used after %v", name, after, used)
				}
				if after > 3*time.Second && (len(changes) != 2 || changes[0].Endpoint != three[0] || changes[0].Err == nil || changes[1].Endpoint != three[0] || changes[1].Err != nil) {
					t.Errorf("%s: reported %v, want that it was set aside and came back", name, changes)
				}
			})
		}
	}
}

// A caller that gives up sets no endpoint aside. The endpoint is probed, once a second at
// most, however many callers give up.
func TestEndpointsCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		healthy := func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/healthcheck") {
				return responds(http.StatusOK)(r)
			}
			return hangs(r)
		}
		for _, origin := range three {
			c.set(origin, healthy)
		}
		send := spreading(t, c, func(config *transport.EndpointsConfig) {
			config.Changed = func(change transport.EndpointChange) { t.Errorf("reported %v", change) }
		})
		var group sync.WaitGroup
		for i := range 300 {
			group.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Duration(i)*time.Millisecond, cancel)
				if i%2 == 0 {
					ctx, cancel = context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
					defer cancel()
				}
				if _, err := send(ctx); err == nil {
					t.Error("a call without a response succeeded")
				}
			})
		}
		group.Wait()
		synctest.Wait()
		if _, probes := c.took(); len(probes) != 3 || probes[three[0]] != 1 || probes[three[1]] != 1 || probes[three[2]] != 1 {
			t.Errorf("got the probes %v, want one of each", probes)
		}
	})
}

// An endpoint whose probes succeed and whose requests fail gets few of both.
func TestEndpointsFlapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		c.set(three[2], func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/healthcheck") {
				return responds(http.StatusOK)(r)
			}
			return refuses(r)
		})
		send := spreading(t, c)
		for range 6000 {
			mustSend(t, send, 1)
			time.Sleep(10 * time.Millisecond)
		}
		calls, probes := c.took()
		if calls[three[2]] > 26 || probes[three[2]] > 26 {
			t.Errorf("in a minute the flapping one got %d calls and %d probes", calls[three[2]], probes[three[2]])
		}
	})
}

// The failure of a request that began before the endpoint came back is outdated: a timeout
// may end long after the recovery.
func TestEndpointsIgnoreOutdatedFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		var reported []transport.EndpointChange
		send := spreading(t, c, func(config *transport.EndpointsConfig) {
			config.Changed = func(change transport.EndpointChange) { reported = append(reported, change) }
		})
		slowly := func(then behaviour) behaviour {
			return func(r *http.Request) (*http.Response, error) {
				time.Sleep(30 * time.Second)
				return then(r)
			}
		}
		c.set(three[0], slowly(resets))
		c.set(three[1], slowly(responds(http.StatusOK)))
		c.set(three[2], slowly(responds(http.StatusOK)))
		var group sync.WaitGroup
		for range three {
			group.Go(func() { _, _ = send(t.Context()) })
			synctest.Wait()
		}
		c.set(three[0], resets)
		if _, err := send(t.Context()); err == nil {
			t.Error("the fourth call succeeded")
		}
		for _, origin := range three {
			c.set(origin, nil)
		}
		time.Sleep(2 * time.Second)
		mustSend(t, send, 1)
		synctest.Wait()
		group.Wait()
		synctest.Wait()
		if len(reported) != 2 || reported[0].Err == nil || reported[1].Err != nil {
			t.Errorf("reported %v, want that it was set aside and came back", reported)
		}
	})
}

// An idle client sends nothing. That it has no goroutine is checked by the bubble.
func TestEndpointsIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		c.set(three[0], refuses)
		mustSend(t, spreading(t, c), 3)
		c.took()
		time.Sleep(time.Hour)
		if calls, probes := c.took(); len(calls)+len(probes) != 0 {
			t.Errorf("an idle client sent %v and %v", calls, probes)
		}
	})
}

// Close cancels probes, and none begins after it.
func TestEndpointsClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		c.set(three[0], func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/healthcheck") {
				return hangs(r)
			}
			return refuses(r)
		})
		endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: three, Wire: c, HealthPath: healthPath})
		layer := endpoints.Over(&transport.Attempts{Next: c})
		for range 2 {
			response, err := layer.RoundTrip(request(t, nil))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			time.Sleep(1500 * time.Millisecond)
		}
		began := time.Now()
		endpoints.Close()
		if waited := time.Since(began); waited != 0 || c.active != 0 {
			t.Errorf("Close took %v, and %d requests are under way", waited, c.active)
		}
		time.Sleep(time.Minute)
		c.took()
		if _, err := layer.RoundTrip(request(t, nil)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, probes := c.took(); len(probes) != 0 {
			t.Errorf("probed after Close: %v", probes)
		}
	})
}

// A request whose address the caller has changed goes there.
func TestEndpointsElsewhere(t *testing.T) {
	c := &cluster{}
	endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: three, Wire: c, HealthPath: healthPath})
	defer endpoints.Close()
	r := request(t, nil)
	r.URL.Host = "elsewhere:1"
	if _, err := endpoints.Over(c).RoundTrip(r); err != nil {
		t.Fatal(err)
	}
	if calls, _ := c.took(); calls["https://elsewhere:1"] != 1 {
		t.Errorf("sent to %v", calls)
	}
}

// An error that the request itself causes does not count against the endpoint.
func TestEndpointsIgnoreFaultsOfTheRequest(t *testing.T) {
	c := &cluster{}
	fault := errors.New("net/http: invalid header field value")
	for _, origin := range three {
		c.set(origin, func(*http.Request) (*http.Response, error) { return nil, fault })
	}
	send := spreading(t, c, func(config *transport.EndpointsConfig) {
		config.Changed = func(change transport.EndpointChange) { t.Errorf("reported %v", change) }
	})
	_, err := send(t.Context())
	if calls, _ := c.took(); !errors.Is(err, fault) || len(calls) != 1 {
		t.Errorf("got %v from %v", err, calls)
	}
}

// Endpoints die and recover, and none of the calls of a hundred goroutines fails.
func TestEndpointsUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		send := spreading(t, c)
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				for range 20 {
					mustSend(t, send, 1)
					time.Sleep(300 * time.Millisecond)
				}
			})
		}
		group.Go(func() {
			for i := range 6 {
				c.set(three[i%3], refuses)
				time.Sleep(700 * time.Millisecond)
				c.set(three[i%3], nil)
			}
		})
		group.Wait()
		time.Sleep(3 * time.Second)
		mustSend(t, send, 3)
		synctest.Wait()
		c.took()
		mustSend(t, send, 30)
		if calls, _ := c.took(); len(calls) != 3 {
			t.Errorf("after all recovered, sent to %v", calls)
		}
	})
}

// A discovered endpoint is used after a successful probe, beside those that were given, and
// as long as it is discovered.
func TestEndpointsDiscover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const found, unreachable = "https://10.0.0.4:14000", "https://10.0.0.5:14000"
		c := &cluster{}
		c.set(unreachable, refuses)
		var fails error
		asked, names := 0, []string{found, unreachable, three[0]}
		send := spreading(t, c, func(config *transport.EndpointsConfig) {
			config.Discover = func(context.Context) ([]string, error) {
				asked++
				return names, fails
			}
		})
		settle := func() (map[string]int, map[string]int) {
			for range 40 {
				mustSend(t, send, 1)
				synctest.Wait()
			}
			return c.took()
		}
		if calls, probes := settle(); asked != 1 || calls[found] == 0 || calls[unreachable] != 0 || probes[found] != 1 || probes[unreachable] != 1 {
			t.Errorf("asked %d times, sent %v and probed %v", asked, calls, probes)
		}
		time.Sleep(4 * time.Minute)
		if settle(); asked != 1 {
			t.Errorf("asked %d times in four minutes", asked)
		}
		names = nil
		time.Sleep(2 * time.Minute)
		settle()
		if calls, _ := settle(); asked != 2 || calls[found] != 0 || len(calls) != 3 {
			t.Errorf("asked %d times; one that is no longer discovered got %d calls of %v", asked, calls[found], calls)
		}
		fails, names = errors.New("not now"), []string{found}
		time.Sleep(6 * time.Minute)
		settle()
		time.Sleep(61 * time.Second)
		if settle(); asked != 4 {
			t.Errorf("asked %d times, want another discovery a minute after a failure", asked)
		}
	})
}

// A server that names very many endpoints gets a bounded number of them used, and few probes
// at the same time, each of them in its turn.
func TestEndpointsDiscoverVeryMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var found []string
		c := &cluster{}
		for i := range 20_000 {
			origin := fmt.Sprintf("https://10.0.%d.%d:14000", i/256, i%256)
			found = append(found, origin, origin)
			c.set(origin, hangs)
		}
		const alive = "https://10.0.0.200:14000"
		c.set(alive, nil)
		send := spreading(t, c, func(config *transport.EndpointsConfig) {
			config.Discover = func(context.Context) ([]string, error) { return found, nil }
		})
		probed := map[string]bool{}
		for range 120 {
			mustSend(t, send, 3)
			time.Sleep(time.Second)
			if n := c.underWay(); n > 8 {
				t.Fatalf("%d probes at the same time", n)
			}
			calls, probes := c.took()
			for origin := range probes {
				probed[origin] = true
			}
			if calls[alive] > 0 {
				delete(probed, alive)
			}
		}
		if len(probed) != transport.MaxEndpoints-len(three)-1 {
			t.Errorf("%d endpoints were probed and not used", len(probed))
		}
	})
}

// One of three backends dies with many calls under way: no read is lost, and no create is
// sent again.
func TestEndpointDiesUnderLoad(t *testing.T) {
	for operation, lost := range map[string]int{"safe": 0, "once": 400} {
		synctest.Test(t, func(t *testing.T) {
			c := &cluster{}
			die, answer := make(chan struct{}), make(chan struct{})
			for i, origin := range three {
				c.set(origin, func(r *http.Request) (*http.Response, error) {
					trace := httptrace.ContextClientTrace(r.Context())
					trace.GetConn(r.URL.Host)
					trace.GotConn(httptrace.GotConnInfo{})
					if i == 0 {
						<-die
						return resets(r)
					}
					<-answer
					return good(&scripted{}, r)
				})
			}
			endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: three, Wire: c, HealthPath: healthPath})
			defer endpoints.Close()
			client := call.New(call.Config{
				Base:      &url.URL{Scheme: "https", Host: "weka01:14000"},
				Transport: transport.Stack(transport.Layers{Base: c, Endpoints: endpoints}),
			})
			var failed atomic.Int32
			var group sync.WaitGroup
			for range 1200 {
				group.Go(func() {
					if make1(t, client, operation) != nil {
						failed.Add(1)
					}
				})
			}
			synctest.Wait()
			close(die)
			time.Sleep(time.Second)
			close(answer)
			group.Wait()
			if int(failed.Load()) != lost {
				t.Errorf("%s: %d of 1200 calls were lost, want %d", operation, failed.Load(), lost)
			}
			if calls, _ := c.took(); calls[three[0]] != 400 || operation == "once" && calls[three[1]]+calls[three[2]] != 800 {
				t.Errorf("%s: sent to %v", operation, calls)
			}
		})
	}
}

// After an outage used up the retry budget, a call still moves from an endpoint that fails to
// a healthy one.
func TestMovingToAHealthyEndpointIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{}
		endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: three, Wire: c, HealthPath: healthPath})
		defer endpoints.Close()
		client := call.New(call.Config{
			Base:      &url.URL{Scheme: "https", Host: "weka01:14000"},
			Transport: transport.Stack(transport.Layers{Base: c, Endpoints: endpoints}),
		})
		set := func(b behaviour) {
			for _, origin := range three {
				c.set(origin, b)
			}
		}
		read := func() error {
			return client.Call(t.Context(), table["query"], nil, nil, nil, nil)
		}
		set(resets)
		for range 300 {
			_ = read()
		}
		c.took()
		_ = read()
		if calls, _ := c.took(); len(calls) != 1 {
			t.Fatalf("the budget is not used up: sent to %v", calls)
		}
		set(nil)
		for range 6 {
			time.Sleep(time.Second)
			if err := read(); err != nil {
				t.Fatal(err)
			}
		}
		c.set(three[1], resets)
		c.took()
		for range 6 {
			if err := read(); err != nil {
				t.Error(err)
			}
		}
		if calls, _ := c.took(); calls[three[1]] != 1 {
			t.Errorf("sent to %v, want one call to the endpoint that fails", calls)
		}
	})
}
