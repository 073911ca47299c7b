package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
)

// endpoints is the number of endpoints of a cluster.
const endpoints = 3

// network is a cluster of several endpoints with a proxy in front of each, which can break.
type network struct {
	cluster     *wekatest.Server
	recorder    *recorder
	proxies     *toxiproxy.ApiServer
	lines       [endpoints]*line
	idleTimeout time.Duration // of an attempt of the clients
	group       string        // the uid of a filesystem group
}

// line is the proxy of one endpoint.
type line struct {
	address  string // host:port of the proxy
	upstream string
	mu       sync.Mutex
	proxy    *toxiproxy.Proxy
}

// listed is how many filesystem groups a list has: enough for a response that can break off
// halfway.
const listed = 20

// onNetworks calls play with each fault and a network that works, on so many networks at
// once.
func onNetworks(most int, idleTimeout time.Duration, all []breakage, play func(*network, breakage) error) (err error) {
	defer must.Catch(&err)
	free := make(chan *network, most)
	for range most {
		n := startNetwork(idleTimeout)
		defer n.close()
		free <- n
	}
	return load.AtOnce(len(all), func(i int) error {
		n := <-free
		defer func() { free <- n }()
		if err := errors.Join(play(n, all[i]), n.cluster.Err()); err != nil {
			return fmt.Errorf("%s: %w", all[i].name, err)
		}
		return nil
	})
}

func startNetwork(idleTimeout time.Duration) *network {
	cluster := startCluster(longLife, wekatest.Plain(), wekatest.Endpoints(endpoints))
	n := &network{
		cluster:     cluster,
		idleTimeout: idleTimeout,
		recorder:    watch(cluster),
		proxies:     toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()),
	}
	for i := range listed {
		n.group = cluster.Seed("/fileSystemGroups", map[string]any{"name": fmt.Sprint("group", i)})[0]
	}
	for i, url := range cluster.URLs() {
		n.lines[i] = &line{address: "127.0.0.1:0", upstream: strings.TrimPrefix(url, "http://")}
		must.Succeed(n.open(i))
	}
	return n
}

// open starts a proxy without faults. It may have to wait for its port, which another
// connection may use for a moment.
func (n *network) open(number int) error {
	l := n.lines[number]
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	for range 100 {
		l.proxy = toxiproxy.NewProxy(n.proxies, strconv.Itoa(number), l.address, l.upstream)
		if err = l.proxy.Start(); err == nil {
			l.address = l.proxy.Listen
			return nil
		}
		<-time.After(10 * time.Millisecond)
	}
	return err
}

// shut stops the proxy and cuts its connections.
func (n *network) shut(number int) {
	if l := n.lines[number]; l != nil && l.proxy != nil {
		l.proxy.Stop()
	}
}

// breakDown applies a fault to an endpoint, for open and for new connections.
func (n *network) breakDown(number int, how breakage) error {
	switch {
	case how.refuses:
		n.shut(number)
	case how.page:
		n.recorder.setPages(number, true)
	}
	var failed []error
	for _, toxic := range how.toxics {
		_, err := n.lines[number].proxy.Toxics.AddToxicJson(strings.NewReader(toxic))
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// heal lets an endpoint work again, with a new proxy in place of the faulty one.
func (n *network) heal(number int) error {
	n.recorder.setPages(number, false)
	n.shut(number)
	return n.open(number)
}

// connect returns a client of all endpoints.
func (n *network) connect(options ...weka.Option) (*weka.Client, error) {
	var addresses []string
	for _, l := range n.lines {
		addresses = append(addresses, "http://"+l.address)
	}
	options = append([]weka.Option{weka.WithPassword("admin", "admin"), weka.WithAttemptTimeout(n.idleTimeout)}, options...)
	return weka.New(strings.Join(addresses, ","), options...)
}

// healAll heals all endpoints.
func (n *network) healAll() error {
	return load.AtOnce(endpoints, n.heal)
}

func (n *network) close() {
	for i := range n.lines {
		n.shut(i)
	}
	n.cluster.Close()
}

// breakage is a fault of the network to an endpoint.
type breakage struct {
	name    string
	toxics  []string // of toxiproxy, in JSON
	refuses bool     // the port is closed
	page    bool     // a proxy answers 502 in the endpoint's place
	// harmless ones are slow; calls are not sent again.
	harmless bool
}

const (
	// discards ends connections with a reset.
	discards = `{"type":"reset_peer","stream":"downstream","attributes":{"timeout":0}}`

	toTheServer   = "upstream"
	fromTheServer = "downstream"
)

var breakages = []breakage{
	{name: "latency", harmless: true, toxics: []string{
		`{"type":"latency","stream":"downstream","attributes":{"latency":100,"jitter":50}}`,
	}},
	{name: "slow drips", harmless: true, toxics: []string{
		`{"type":"slicer","stream":"downstream","attributes":{"average_size":400,"size_variation":100,"delay":10000}}`,
	}},
	{name: "refused", refuses: true},
	{name: "reset before the request", toxics: []string{
		`{"type":"reset_peer","stream":"upstream","attributes":{"timeout":0}}`,
	}},
	{name: "reset in the request", toxics: []string{cutAfter(toTheServer, 150), discards}},
	{name: "reset after the request", toxics: []string{discards}},
	{name: "end in the header of the response", toxics: []string{cutAfter(fromTheServer, 40)}},
	{name: "half-sent body", toxics: []string{cutAfter(fromTheServer, 1500)}},
	{name: "black hole for requests", toxics: []string{blackHole(toTheServer)}},
	{name: "black hole for responses", toxics: []string{blackHole(fromTheServer)}},
	{name: "502 page", page: true},
}

// cutAfter ends each connection after so many bytes in one direction.
func cutAfter(direction string, bytes int) string {
	return fmt.Sprintf(`{"type":"limit_data","stream":%q,"attributes":{"bytes":%d}}`, direction, bytes)
}

// blackHole drops everything in one direction.
func blackHole(direction string) string {
	return fmt.Sprintf(`{"type":"timeout","stream":%q,"attributes":{"timeout":0}}`, direction)
}

// named returns the breakage with a name.
func named(name string) breakage {
	return breakages[slices.IndexFunc(breakages, func(b breakage) bool { return b.name == name })]
}

// healthPath is the path of the SDK's probes.
const healthPath = "/api/v2/healthcheck"

// statusPath is the path of the cluster's status.
const statusPath = "/api/v2/cluster"

// recorder records what reaches a simulator.
type recorder struct {
	mu       sync.Mutex
	executed map[string]int // custom events, by their message
	pages    [endpoints]bool
	rogue    [endpoints]bool
	requests [endpoints]int       // without probes
	last     [endpoints]time.Time // the last of them
	waiting  int                  // requests that are held
	release  chan struct{}        // nil if requests are not held
	busy     time.Time            // until then requests get a 429
}

func watch(cluster *wekatest.Server) *recorder {
	w := &recorder{executed: map[string]int{}}
	for i := range endpoints {
		cluster.On("").AtEndpoint(i).Do(func(out http.ResponseWriter, r *http.Request, next http.Handler) {
			w.see(i, out, r, next)
		})
	}
	return w
}

func (w *recorder) see(endpoint int, out http.ResponseWriter, r *http.Request, next http.Handler) {
	if w.arrive(endpoint, r) {
		out.Header().Set("Content-Type", "text/html")
		out.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(out, "<html><body><h1>502 Bad Gateway</h1></body></html>")
		return
	}
	if w.isRogue(endpoint) {
		out.WriteHeader(http.StatusUnauthorized)
		return
	}
	if w.isBusy() {
		out.Header().Set("Retry-After", "1")
		out.WriteHeader(http.StatusTooManyRequests)
		return
	}
	w.wait(r)
	if r.URL.Path != "/api/v2/events/custom" {
		next.ServeHTTP(out, r)
		return
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // an incomplete request is not executed
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	keeper := &statusKeeper{ResponseWriter: out}
	next.ServeHTTP(keeper, r)
	if keeper.status == http.StatusOK {
		w.execute(text)
	}
}

// arrive counts a request and reports whether a proxy answers it.
func (w *recorder) arrive(endpoint int, r *http.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.URL.Path != healthPath {
		w.requests[endpoint]++
		w.last[endpoint] = time.Now()
	}
	return w.pages[endpoint]
}

// hold lets reads of the cluster's status wait until release is called.
func (w *recorder) hold() (release func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	released := make(chan struct{})
	w.release = released
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.release = nil
		close(released)
	}
}

// held returns how many requests wait.
func (w *recorder) held() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting
}

func (w *recorder) wait(r *http.Request) {
	w.mu.Lock()
	release := w.release
	if release == nil || r.URL.Path != statusPath {
		w.mu.Unlock()
		return
	}
	w.waiting++
	w.mu.Unlock()
	select {
	case <-release:
	case <-r.Context().Done():
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting--
}

// setRogue lets an endpoint reject all requests with an empty 401.
func (w *recorder) setRogue(endpoint int, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rogue[endpoint] = on
}

func (w *recorder) isRogue(endpoint int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rogue[endpoint]
}

func (w *recorder) setBusy(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = until
}

func (w *recorder) isBusy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Before(w.busy)
}

func (w *recorder) setPages(endpoint int, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[endpoint] = on
}

// count returns how many requests an endpoint got, and when the last one came.
func (w *recorder) count(endpoint int) (int, time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[endpoint], w.last[endpoint]
}

func (w *recorder) execute(text []byte) {
	var event struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(text, &event) // the simulator has accepted it
	w.mu.Lock()
	defer w.mu.Unlock()
	w.executed[event.Message]++
}

// executions returns how often an event was made.
func (w *recorder) executions(message string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.executed[message]
}

// twice returns how many events were made more than once, and forgets all events.
func (w *recorder) twice() (events int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.executed {
		if n > 1 {
			events++
		}
	}
	clear(w.executed)
	return events
}

type statusKeeper struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (k *statusKeeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}
