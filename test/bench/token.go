package main

import (
	"context"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	manyGoroutines = 64
	tokenRounds    = 2000 // of some milliseconds each
	// tokenCalls are timed together. They take more than a millisecond, so that the start of
	// the goroutines counts little, and are few enough that some rounds meet no other load.
	tokenCalls = 32_000
)

// measureToken returns what a valid token costs a call: the hot path of the token source,
// which every authenticated call takes. The call goes to a wire that does nothing, because
// the time of a real one would hide the difference.
func measureToken(ctx context.Context, rounds int) []results.Row {
	source := tokenSource(ctx)
	defer source.Close()
	request := must.Get(http.NewRequestWithContext(ctx, http.MethodGet, "https://weka01:14000/", nil))
	var wire http.RoundTripper = idleWire{}
	plain := func() {
		_, _ = wire.RoundTrip(request) //nolint:bodyclose // there is no response
	}
	through := func(source *token.Source) func() {
		return func() {
			must.Get(source.Token(ctx)) // it lives for an hour
			plain()
		}
	}
	authenticated := through(source)
	alone := make([]*token.Source, cores())
	for i := range alone {
		alone[i] = tokenSource(ctx)
		defer alone[i].Close()
	}
	next := 0
	least := leastTimes(rounds, tokenCalls, []work{
		{goroutines: 1, call: plain},
		{goroutines: 1, call: authenticated},
		{goroutines: manyGoroutines, call: authenticated},
		{goroutines: len(alone), own: func() func() {
			next++
			return through(alone[next%len(alone)])
		}},
	})
	const runs = 1000
	return []results.Row{
		results.AtMost("token: ns", least[1]-least[0], "ns", 100),
		results.AtMost("token: allocations", testing.AllocsPerRun(runs, authenticated)-testing.AllocsPerRun(runs, plain), "", 0),
		results.AtMost("token: 64 goroutines vs 1", least[2]/least[3], "", 1.2),
	}
}

// tokenSource returns a source that has a token for an hour.
func tokenSource(ctx context.Context) *token.Source {
	source := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
		return token.Token{Access: api.NewSecret("access"), Lifetime: time.Hour}, nil
	}))
	must.Get(source.Token(ctx))
	return source
}

// idleWire returns at once, without a response.
type idleWire struct{}

// RoundTrip implements http.RoundTripper.
func (idleWire) RoundTrip(*http.Request) (*http.Response, error) { return nil, nil } //nolint:nilnil // see measureToken

// cores is how many of the goroutines can run at the same time.
func cores() int { return min(manyGoroutines, runtime.GOMAXPROCS(0)) }
