package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	stackRounds = 3000
	// stackCalls are timed together. They take a millisecond, which now and then meets no
	// other load even on a busy machine.
	stackCalls = 40

	endpointRounds = 200
	// endpointCalls are two calls for each goroutine, some milliseconds in which all are
	// busy at the same time.
	endpointCalls = 2 * manyGoroutines

	throughputRounds = 21
	// throughputCalls take some hundred milliseconds.
	throughputCalls = 8192
)

// reading is the operation of the calls that are measured.
var reading = api.NewOperation(api.Definition{ID: "read", Method: http.MethodGet, Path: "/read", Result: api.ResultData, Class: api.ClassSafe})

// caller makes calls through layers, or through a transport alone.
type caller struct {
	client  *call.Client
	options []api.CallOption
	close   func()
}

// bare returns a caller with a transport and a fixed token.
func bare(origin string) *caller {
	wire := newWire()
	return &caller{newClient(origin, wire), []api.CallOption{call.WithHeader("Authorization", "Bearer access")}, wire.CloseIdleConnections}
}

// stacked returns a caller with every layer, and a token source that has a token.
func stacked(ctx context.Context, origins ...string) *caller {
	wire, source := newWire(), tokenSource(ctx)
	endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: origins, Wire: wire, HealthPath: "/"})
	client := newClient(origins[0], transport.Stack(transport.Layers{
		Base: wire, Endpoints: endpoints, Connections: transport.NewConnections(2 * manyGoroutines),
		Slash: transport.SlashRemoved, Tokens: source, Origins: origins,
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
	}}
}

func newWire() *http.Transport { return &http.Transport{MaxIdleConnsPerHost: manyGoroutines} }

func newClient(origin string, through http.RoundTripper) *call.Client {
	return call.New(call.Config{Base: must.Get(url.Parse(origin)), Transport: through})
}

func (c *caller) readText(ctx context.Context) { c.read(ctx, new(string)) }

func (c *caller) readList(ctx context.Context) { c.read(ctx, new([]wekaapi.FileSystem)) }

func (c *caller) read(ctx context.Context, result any) {
	must.Succeed(c.client.Call(ctx, reading, nil, nil, nil, result, c.options...))
}

// measureStack returns what the layers cost a call without failures.
func measureStack(ctx context.Context, rounds int) []results.Row {
	origins, stop := startServers(1, []byte(`{"data":"x"}`))
	defer stop()
	without := bare(origins[0])
	defer without.close()
	with := stacked(ctx, origins...)
	defer with.close()
	plain, layered := func() { without.readText(ctx) }, func() { with.readText(ctx) }
	least := leastTimes(rounds, stackCalls, []work{{goroutines: 1, call: plain}, {goroutines: 1, call: layered}})
	const runs = 2000
	return []results.Row{
		results.AtMost("stack: us", (least[1]-least[0])/1000, "us", 5),
		results.AtMost("stack: allocations", testing.AllocsPerRun(runs, layered)-testing.AllocsPerRun(runs, plain), "", 15),
	}
}

// measureEndpoints returns the throughput with three endpoints, and with one of three dead.
// It is compared with the hand-written client of one endpoint, and with a client of one
// endpoint that has the SDK's decoder, which leaves only the transport as the difference.
func measureEndpoints(ctx context.Context, rounds int) []results.Row {
	origins, stop := startServers(3, listOfFileSystems(ctx))
	defer stop()
	dead, kill := startServers(1, nil)
	kill()
	byHand := &handWritten{client: &http.Client{Transport: newWire()}, address: origins[0], token: accessToken}
	defer byHand.client.CloseIdleConnections()
	one := bare(origins[0])
	defer one.close()
	works := []work{
		{goroutines: manyGoroutines, call: func() { must.Get(byHand.fileSystems(ctx)) }},
		{goroutines: manyGoroutines, call: func() { one.readList(ctx) }},
	}
	for _, origins := range [][]string{origins, origins[:2], {origins[0], origins[1], dead[0]}} {
		c := stacked(ctx, origins...)
		defer c.close()
		works = append(works, work{goroutines: manyGoroutines, call: func() { c.readList(ctx) }})
	}
	least := leastTimes(rounds, endpointCalls, works)
	return []results.Row{
		results.AtLeast("3 endpoints: throughput", least[0]/least[2], "", 0.95),
		results.Reported("3 endpoints: throughput, same JSON", least[1]/least[2], ""),
		results.AtLeast("3 endpoints, 1 dead: throughput", least[3]/least[4], "", 0.90),
	}
}

// startServers starts endpoints in this process that answer alike.
func startServers(n int, text []byte) (origins []string, stop func()) {
	var servers []*httptest.Server
	for range n {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{"application/json"}
			_, _ = w.Write(text) // the client may have closed the connection
		}))
		servers, origins = append(servers, server), append(origins, server.URL)
	}
	return origins, func() {
		for _, server := range servers {
			server.Close()
		}
	}
}

// listed is how many filesystems a call reads where the throughput of endpoints is measured.
const listed = 20

// listOfFileSystems returns the response of a simulated cluster.
func listOfFileSystems(ctx context.Context) []byte {
	simulated := must.Get(wekatest.Start(wekatest.Plain()))
	defer simulated.Close()
	for i := range listed {
		simulated.Seed("/fileSystems", map[string]any{"name": fmt.Sprint("filesystem", i)})
	}
	c := must.Get(weka.New(simulated.URL, weka.WithPassword("admin", "admin")))
	defer c.Close()
	var text []byte
	must.Get(c.FileSystems.List(ctx, nil, weka.WithRawBody(&text)))
	return text
}

// measureThroughput returns how many reads of one filesystem a second goroutines make, over
// those through the hand-written client, which keeps all its connections.
func measureThroughput(ctx context.Context, rounds int) []results.Row {
	return compareThroughput(ctx, rounds, throughputCalls)
}

func compareThroughput(ctx context.Context, rounds, calls int) []results.Row {
	c := startClients(ctx, 1<<20)
	defer c.close()
	var rows []results.Row
	for _, goroutines := range []int{64, 1024} {
		us := work{goroutines: goroutines, call: func() { must.Get(c.ours.FileSystems.Get(ctx, "1", nil)) }}
		hand := work{goroutines: goroutines, call: func() { must.Get(c.byHand.fileSystem(ctx, "1")) }}
		rows = append(rows, results.AtLeast(fmt.Sprintf("throughput: %d goroutines", goroutines), medianRatio(rounds, calls, hand, us), "", 0.95))
	}
	return rows
}
