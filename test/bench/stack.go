package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	stackRounds = 3000
	// stackCalls are timed together: a millisecond of them, for which even a machine
	// that does something else is now and then free.
	stackCalls = 40

	endpointRounds = 200
	// endpointCalls are some milliseconds of two calls for each goroutine, so that all
	// are busy together for most of the time.
	endpointCalls = 2 * manyGoroutines
)

// reading is the operation of the calls that are measured.
var reading = api.NewOperation(api.Definition{ID: "read", Method: http.MethodGet, Path: "/read", Result: api.ResultData, Class: api.ClassSafe})

// clusterOf is so many addresses in this process that answer alike, and one where
// nobody does.
type clusterOf struct {
	servers []*httptest.Server
	dead    string
}

func startEndpoints(n int, text []byte) *clusterOf {
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{"application/json"}
		_, _ = w.Write(text) // a client that went away is no failure of ours
	})
	gone := httptest.NewServer(answer)
	gone.Close()
	c := &clusterOf{dead: gone.URL}
	for range n {
		c.servers = append(c.servers, httptest.NewServer(answer))
	}
	return c
}

func (c *clusterOf) origins(n int) []string {
	var all []string
	for _, s := range c.servers[:n] {
		all = append(all, s.URL)
	}
	return all
}

func (c *clusterOf) close() {
	for _, s := range c.servers {
		s.Close()
	}
}

// listed is how many filesystems a call reads where the throughput is measured.
const listed = 20

// listOfFilesystems is what a cluster answers when it is asked for them.
func listOfFilesystems(ctx context.Context) ([]byte, error) {
	simulated, err := wekatest.Start(wekatest.Plain())
	if err != nil {
		return nil, err
	}
	defer simulated.Close()
	for i := range listed {
		simulated.Seed("/fileSystems", map[string]any{"name": fmt.Sprint("filesystem", i)})
	}
	c, err := weka.New(simulated.URL, weka.WithPassword("admin", "admin"))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var text []byte
	_, err = c.Filesystem.GetFileSystems(ctx, nil, weka.WithRawBody(&text))
	return text, err
}

// caller makes calls through layers, or through none.
type caller struct {
	client  *call.Client
	options []api.CallOption
	release func()
}

func (c *caller) call(ctx context.Context) { c.read(ctx, new(string)) }

func (c *caller) list(ctx context.Context) { c.read(ctx, new([]wekaapi.FileSystem)) }

func (c *caller) read(ctx context.Context, result any) {
	if err := c.client.Call(ctx, reading, nil, nil, nil, result, c.options...); err != nil {
		panic(err) // a server in this process answers; a dead one beside it is never all
	}
}

func (h *handWritten) mustList(ctx context.Context) {
	if _, err := h.fileSystems(ctx); err != nil {
		panic(err) // as above
	}
}

// bare has a transport and a token, and nothing that minds either.
func bare(origin string) (*caller, error) {
	wire := newWire()
	client, err := newClient(origin, wire)
	return &caller{client, []api.CallOption{call.WithHeader("Authorization", "Bearer access")}, wire.CloseIdleConnections}, err
}

// stacked has every layer, and a source of tokens that has a good one.
func stacked(origins ...string) (*caller, error) {
	wire := newWire()
	source := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
		return token.Token{Access: api.NewSecret("access"), Lifetime: time.Hour}, nil
	}))
	endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: origins, Wire: wire, HealthPath: "/"})
	client, err := newClient(origins[0], transport.Stack(transport.Layers{
		Base: wire, Endpoints: endpoints, Connections: transport.NewConnections(2 * manyGoroutines), Slash: transport.SlashRemoved, Tokens: source, Origins: origins,
		Hooks: transport.Hooks{
			BeforeAttempt: func(context.Context, transport.Attempt) {},
			AfterAttempt:  func(context.Context, transport.Attempt) {},
			BeforeRetry:   func(context.Context, transport.Retrying) {},
		},
	}))
	return &caller{client, nil, func() {
		source.Close()
		endpoints.Close()
		wire.CloseIdleConnections()
	}}, err
}

func newWire() *http.Transport { return &http.Transport{MaxIdleConnsPerHost: manyGoroutines} }

func newClient(origin string, through http.RoundTripper) (*call.Client, error) {
	base, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	return call.New(call.Config{Base: base, Transport: through}), nil
}

// measureStack gives what the layers cost a call for which nothing goes wrong.
func measureStack(ctx context.Context, rounds int) ([]row, error) {
	cluster := startEndpoints(1, []byte(`{"data":"x"}`))
	defer cluster.close()
	without, err := bare(cluster.servers[0].URL)
	if err != nil {
		return nil, err
	}
	defer without.release()
	with, err := stacked(cluster.servers[0].URL)
	if err != nil {
		return nil, err
	}
	defer with.release()
	plain, layered := func() { without.call(ctx) }, func() { with.call(ctx) }
	least := leastTimes(rounds, stackCalls, []work{{goroutines: 1, call: plain}, {goroutines: 1, call: layered}})
	const runs = 2000
	return []row{
		atMost("stack: us", (least[1]-least[0])/1000, "us", 5),
		atMost("stack: allocations", testing.AllocsPerRun(runs, layered)-testing.AllocsPerRun(runs, plain), "", 15),
	}, nil
}

// measureEndpoints gives what is left of the throughput where there are several
// endpoints, and where one of them is dead. The client that has one endpoint and nothing
// else is the one that is written by hand; beside it goes one that decodes as ours does,
// against which nothing is left but the transport.
func measureEndpoints(ctx context.Context, rounds int) ([]row, error) {
	text, err := listOfFilesystems(ctx)
	if err != nil {
		return nil, err
	}
	cluster := startEndpoints(3, text)
	defer cluster.close()
	byHand := &handWritten{client: &http.Client{Transport: newWire()}, address: cluster.servers[0].URL, token: accessToken}
	defer byHand.client.CloseIdleConnections()
	one, err := bare(cluster.servers[0].URL)
	if err != nil {
		return nil, err
	}
	defer one.release()
	works := []work{
		{goroutines: manyGoroutines, call: func() { byHand.mustList(ctx) }},
		{goroutines: manyGoroutines, call: func() { one.list(ctx) }},
	}
	for _, origins := range [][]string{cluster.origins(3), cluster.origins(2), append(cluster.origins(2), cluster.dead)} {
		c, err := stacked(origins...)
		if err != nil {
			return nil, err
		}
		defer c.release()
		works = append(works, work{goroutines: manyGoroutines, call: func() { c.list(ctx) }})
	}
	least := leastTimes(rounds, endpointCalls, works)
	return []row{
		atLeast("3 endpoints: throughput", least[0]/least[2], 0.95),
		reported("3 endpoints: throughput, same JSON", least[1]/least[2]),
		atLeast("3 endpoints, 1 dead: throughput", least[3]/least[4], 0.90),
	}, nil
}
