package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/redisstore"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
)

// The environment says what a process of this program does.
const (
	productVariable = "FLEET_PRODUCT"
	addressVariable = "FLEET_ADDRESS"
	redisVariable   = "FLEET_REDIS"
	aheadVariable   = "FLEET_AHEAD" // its clock
	pauseVariable   = "FLEET_PAUSE"
	nameVariable    = "FLEET_NAME"

	nameHeader = "X-Fleet-Process" // tells the simulator who sends a request
)

const (
	wekaProduct = "weka"
	hubProduct  = "ngenea"

	callTimeout = 30 * time.Second
	ready       = "ready" // the first line that a process prints
)

// tally is the second line that a process prints.
type tally struct {
	Calls int    `json:"calls"`
	Lost  int    `json:"lost"`
	Ended int    `json:"ended"` // sessions
	First string `json:"first"` // error
}

func (t *tally) add(other tally) {
	t.Calls += other.Calls
	t.Lost += other.Lost
	t.Ended += other.Ended
	if t.First == "" {
		t.First = other.First
	}
}

// play is main for a process of the fleet. It calls until its input ends.
func play(product string) int {
	if err := callUntilEnd(product, os.Stdin, os.Stdout); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "fleet: a process: %v\n", err)
		return 1
	}
	return 0
}

func callUntilEnd(product string, in io.Reader, out io.Writer) (err error) {
	defer must.Catch(&err)
	pause := must.Get(time.ParseDuration(os.Getenv(pauseVariable)))
	logging.Disable() // Redis goes away on purpose
	var ended atomic.Int32
	call := client(product, func(event token.Event) {
		if event.Kind == token.SessionEnded {
			ended.Add(1)
		}
	})
	ctx, end := context.WithCancel(context.Background())
	go func() {
		defer end()
		_, _ = io.Copy(io.Discard, in)
	}()
	var all load.Tally
	for n := 0; ctx.Err() == nil; n++ {
		all.Add(call())
		if n == 0 {
			_ = must.Get(fmt.Fprintln(out, ready))
		}
		_ = load.Elapse(ctx, pause/2+rand.N(pause)) //nolint:gosec // not for security
	}
	seen := all.Count()
	result := tally{Calls: seen.Calls, Lost: seen.Lost(), Ended: int(ended.Load())}
	if seen.First != nil {
		result.First = seen.First.Error()
	}
	return json.NewEncoder(out).Encode(result)
}

// client returns a call of a client that shares its session through Redis.
func client(product string, hook func(token.Event)) func() error {
	ahead := must.Get(time.ParseDuration(os.Getenv(aheadVariable)))
	shared := redis.NewClient(&redis.Options{Addr: os.Getenv(redisVariable), PoolSize: 2})
	store := skewed{ahead: ahead, Store: must.Get(redisstore.New(shared, redisstore.Config{
		Keys: []redisstore.Key{{ID: "fleet", Secret: weka.NewSecret(strings.Repeat("k", 32))}},
		Now:  func() time.Time { return time.Now().Add(ahead) },
	}))}
	address, wire := os.Getenv(addressVariable), named{os.Getenv(nameVariable), http.DefaultTransport}
	var call func(context.Context) error
	switch product {
	case wekaProduct:
		c := must.Get(weka.New(address, weka.WithPassword("admin", "admin"), weka.WithTokenStore(store),
			weka.WithSessionHook(hook), weka.WithTransport(wire)))
		call = func(ctx context.Context) error { _, err := c.FileSystems.List(ctx, nil); return err }
	case hubProduct:
		h := must.Get(ngenea.New(address, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTokenStore(store),
			ngenea.WithSessionHook(hook), ngenea.WithTransport(wire)))
		call = func(ctx context.Context) error { _, err := h.Sites.List(ctx, nil); return err }
	default:
		must.Succeed(errors.New("no product " + product))
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
		defer cancel()
		return call(ctx)
	}
}

// named sends the name of the process with each request.
type named struct {
	name string
	http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (n named) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set(nameHeader, n.name)
	return n.RoundTripper.RoundTrip(request)
}

// skewed plays a machine whose clock is ahead. A program cannot set the clock of one process,
// so the client runs by the true clock and its store by the wrong one: the times that pass
// between them are converted here. Outside its store a client compares times of its own clock
// only, so for all others this is a client with the wrong clock.
type skewed struct {
	token.Store
	ahead time.Duration
}

// Load implements token.Store.
func (s skewed) Load(ctx context.Context, id token.Identity) (token.Token, error) {
	t, err := s.Store.Load(ctx, id)
	return moved(t, -s.ahead), err
}

// Update implements token.Store.
func (s skewed) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	return s.Store.Update(ctx, id, func(t token.Token) (token.Token, error) {
		next, err := change(moved(t, -s.ahead))
		return moved(next, s.ahead), err
	})
}

func moved(t token.Token, by time.Duration) token.Token {
	for _, at := range []*time.Time{&t.Issued, &t.Expiry, &t.Rejection.At, &t.Rejection.Until} {
		if !at.IsZero() {
			*at = at.Add(by)
		}
	}
	return t
}
