package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	oneRounds  = 400
	oneCalls   = 50 // some milliseconds
	listRounds = 25
)

// handWritten is a client for two calls, made of net/http and encoding/json: a token and a
// check of the status, but no login, no retry and no typed error. It decodes into the
// generated struct, so that all clients decode the same fields.
type handWritten struct {
	client  *http.Client
	address string
	token   string
}

func (h *handWritten) fileSystems(ctx context.Context) ([]wekaapi.FileSystem, error) {
	var all []wekaapi.FileSystem
	return all, h.get(ctx, "/fileSystems", &all)
}

func (h *handWritten) fileSystem(ctx context.Context, uid string) (*wekaapi.FileSystem, error) {
	var one wekaapi.FileSystem
	return &one, h.get(ctx, "/fileSystems/"+url.PathEscape(uid), &one)
}

func (h *handWritten) get(ctx context.Context, path string, data any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.address+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+h.token)
	response, err := h.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	envelope := struct {
		Data any `json:"data"`
	}{data}
	if err := json.NewDecoder(response.Body).Decode(&envelope); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// clients are the SDK and the hand-written client, of one server in another process.
type clients struct {
	address string
	ours    *weka.Client
	byHand  *handWritten
	close   func()
}

// startClients starts the server. The hand-written client keeps so many idle connections.
func startClients(ctx context.Context, idle int) *clients {
	address, stop := startServer(ctx)
	ours := must.Get(weka.New(address, weka.WithAccessToken(accessToken)))
	wire := &http.Transport{MaxIdleConnsPerHost: idle}
	byHand := &handWritten{client: &http.Client{Transport: wire}, address: address + apiPath, token: accessToken}
	return &clients{address, ours, byHand, func() {
		ours.Close()
		wire.CloseIdleConnections()
		stop()
	}}
}

// measureCalls compares reading one filesystem and a list of 10,000 with the hand-written
// client, and the list with the client that stock oapi-codegen generates.
func measureCalls(ctx context.Context, rounds int) []results.Row {
	c := startClients(ctx, 0)
	defer c.close()
	return append(c.compareOne(ctx, rounds), c.compareLists(ctx, rounds)...)
}

func (c *clients) compareOne(ctx context.Context, rounds int) []results.Row {
	const uid = "d4f1c2a0-0000-4000-8000-000000000001"
	ours := func() { must.Get(c.ours.FileSystems.Get(ctx, uid, nil)) }
	byHand := func() { must.Get(c.byHand.fileSystem(ctx, uid)) }
	time := medianRatio(rounds*oneRounds/listRounds, oneCalls, work{goroutines: 1, call: ours}, work{goroutines: 1, call: byHand})
	costs := compare(ctx, rounds, oneCalls,
		inProcess(func(context.Context) error { ours(); return nil }),
		inProcess(func(context.Context) error { byHand(); return nil }))
	us, hand := costs[0], costs[1]
	return []results.Row{
		results.AtMost("call 1: time", time, "", 1.10),
		results.AtMost("call 1: allocations", us.allocations/hand.allocations, "", 1.25),
	}
}

func (c *clients) compareLists(ctx context.Context, rounds int) []results.Row {
	costs := c.compareWithProgram(ctx, rounds, makeStock,
		inProcess(c.listOurs),
		inProcess(func(ctx context.Context) error {
			all, err := c.byHand.fileSystems(ctx)
			return complete(len(all), err)
		}))
	us, hand, stock := costs[0], costs[1], costs[2]
	return []results.Row{
		results.AtMost("list 10k: time", us.timeOver(hand), "", byToolchain(0.40, 0.65)),
		results.AtMost("list 10k: allocations", us.allocations/hand.allocations, "", byToolchain(0.65, 1.05)),
		results.AtMost("list 10k: bytes", us.bytes/hand.bytes, "", 0.40),
		results.AtMost("list 10k vs stock: time", us.timeOver(stock), "", byToolchain(0.40, 0.50)),
		results.AtMost("list 10k vs stock: allocations", us.allocations/stock.allocations, "", 0.12),
	}
}

// measureOgen compares the list with the client that ogen generates.
func measureOgen(ctx context.Context, rounds int) []results.Row {
	c := startClients(ctx, 0)
	defer c.close()
	costs := c.compareWithProgram(ctx, rounds, makeOgen, inProcess(c.listOurs))
	return []results.Row{
		results.Reported("list 10k vs ogen: time", costs[0].timeOver(costs[1]), ""),
		results.Reported("list 10k vs ogen: bytes", costs[0].bytes/costs[1].bytes, ""),
	}
}

func (c *clients) listOurs(ctx context.Context) error {
	all, err := c.ours.FileSystems.List(ctx, nil)
	return complete(len(all), err)
}

// compareWithProgram compares contenders with a program of a generated client, whose cost is
// the last one.
func (c *clients) compareWithProgram(ctx context.Context, rounds int, generate func(context.Context, string) *module, all ...contender) []measured {
	folder := must.Get(os.MkdirTemp("", "hotcold-bench-"))
	defer func() { _ = os.RemoveAll(folder) }()
	process := startChild(ctx, generate(ctx, folder).build(ctx), c.address+apiPath, accessToken)
	defer process.stop()
	return compare(ctx, rounds, 1, append(all, inChild(process))...)
}

// complete returns an error if a client did not get the whole list.
func complete(n int, err error) error {
	if err == nil && n != listLength {
		err = fmt.Errorf("got %d filesystems of %d", n, listLength)
	}
	return err
}
