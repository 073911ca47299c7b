package main

import (
	"context"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// TestMain runs the tests, or the test binary as one of the processes that they start.
func TestMain(m *testing.M) {
	if product := os.Getenv(productVariable); product != "" {
		os.Exit(play(product))
	}
	goleak.VerifyTestMain(m)
}

// short are the amounts of the test: less of everything, with the same zeros.
var short = amounts{
	machines: 2, each: 2, skew: 2 * time.Minute, life: 3 * time.Second, pause: 200 * time.Millisecond,
	steady: 8 * time.Second, disturbed: 16 * time.Second, hub: 8 * time.Second,
	away: 4 * time.Second, paused: 6 * time.Second,
}

// It needs a redis-server, which a machine that runs the tests need not have.
func TestShortForm(t *testing.T) {
	if err := findRedis(); err != nil {
		t.Skip(err)
	}
	for _, p := range parts {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel() // they wait more than they work
			rows, err := p.measure(t.Context(), short)
			if err != nil {
				t.Error(err)
			}
			for _, r := range rows {
				t.Log(r)
				if !r.Held {
					t.Errorf("%s is %v, want %s", r.Name, r.Value, r.Bound)
				}
			}
		})
	}
}

func TestMissingRedisIsSaid(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := findRedis(); err == nil {
		t.Error("no error without redis-server")
	}
}

// A store behind a wrong clock, which the store knows, keeps the true times.
func TestSkewedStore(t *testing.T) {
	const ahead = time.Minute
	id, inner := token.Identity{User: "admin"}, token.NewMemoryStore()
	store, now := skewed{inner, ahead}, time.Now()
	put := token.Token{Access: api.NewSecret("a"), Issued: now, Expiry: now.Add(time.Second)}
	if err := store.Update(context.Background(), id, func(token.Token) (token.Token, error) { return put, nil }); err != nil {
		t.Fatal(err)
	}
	kept, _ := inner.Load(context.Background(), id)
	seen, _ := store.Load(context.Background(), id)
	if !kept.Issued.Equal(now.Add(ahead)) || !kept.Rejection.At.IsZero() || !seen.Issued.Equal(now) || !seen.Expiry.Equal(put.Expiry) {
		t.Errorf("kept %v, seen %v, want %v", kept.Issued, seen.Issued, now)
	}
}
