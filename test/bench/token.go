package main

import (
	"context"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

const (
	manyGoroutines = 64
	tokenRounds    = 2000 // of some milliseconds each
)

// measureToken gives what it costs a call to have a good token: the token source's
// hot path, which every authenticated call takes. The call itself goes to a wire
// that does nothing, lest its own time hide what is added to it.
func measureToken(ctx context.Context, rounds int) ([]row, error) {
	source, err := tokenSource(ctx)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://weka01:14000/", nil)
	if err != nil {
		return nil, err
	}
	var wire http.RoundTripper = idleWire{}
	plain := func() {
		_, _ = wire.RoundTrip(request) //nolint:bodyclose // it has none
	}
	through := func(source *token.Source) func() {
		return func() {
			if _, err := source.Token(ctx); err != nil {
				panic(err) // the token lives for an hour
			}
			plain()
		}
	}
	authenticated := through(source)
	alone := make([]*token.Source, cores())
	for i := range alone {
		if alone[i], err = tokenSource(ctx); err != nil {
			return nil, err
		}
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
	return []row{
		atMost("token: ns", least[1]-least[0], "ns", 100),
		atMost("token: allocations", testing.AllocsPerRun(runs, authenticated)-testing.AllocsPerRun(runs, plain), "", 0),
		atMost("token: 64 goroutines vs 1", least[2]/least[3], "", 1.2),
	}, nil
}

// tokenSource has a token already, which lives for an hour.
func tokenSource(ctx context.Context) (*token.Source, error) {
	source := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
		return token.Token{Access: api.NewSecret("access"), Lifetime: time.Hour}, nil
	}))
	_, err := source.Token(ctx)
	return source, err
}

// idleWire answers at once and with nothing.
type idleWire struct{}

// RoundTrip implements http.RoundTripper.
func (idleWire) RoundTrip(*http.Request) (*http.Response, error) { return nil, nil } //nolint:nilnil // nobody looks

// cores is how many of the goroutines can run at once.
func cores() int { return min(manyGoroutines, runtime.GOMAXPROCS(0)) }
