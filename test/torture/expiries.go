package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// measureExpiries takes goroutines that share one client through expiries: first
// those that the server declares, which show as answers of 401, then those that the
// client sees coming.
func measureExpiries(ctx context.Context, a amounts) ([]row, error) {
	var all crossing
	err := errors.Join(
		all.declared(ctx, a),
		all.foreseen(ctx, a),
	)
	return []row{
		atLeast("goroutines", all.goroutines, a.goroutines),
		atLeast("expiries crossed", all.seen.expiries, a.expiries),
		exactly("refreshes an expiry", all.seen.worst, 1),
		reported("calls", all.calls),
		exactly("401s seen by a caller", all.refused, 0),
	}, err
}

// crossing is what came of the expiries.
type crossing struct {
	goroutines, calls, refused int
	seen                       perExpiry
}

// fewer is the part of the goroutines that calls where all of them might take too long.
const fewer = 10

// declared lets all goroutines call right after each expiry. On a machine that is
// too slow for that, fewer of them meet the later ones.
func (c *crossing) declared(ctx context.Context, a amounts) error {
	return c.cross(ctx, a.goroutines, longLife, func(cluster *wekatest.Server, h *herd) error {
		began := time.Now()
		members := h.size
		for turn := range a.expiries {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if time.Since(began) > a.patience {
				members = max(1, h.size/fewer)
			}
			before := cluster.Refreshes()
			expire(cluster, turn)
			h.release(members)
			c.seen.add(cluster.Refreshes() - before)
		}
		return nil
	})
}

// foreseen lets goroutines call when the client knows that its token has expired, so
// that all wait for the new one. They are fewer, so that their calls end before it does.
func (c *crossing) foreseen(ctx context.Context, a amounts) error {
	return c.cross(ctx, max(1, a.goroutines/fewer), a.life, func(cluster *wekatest.Server, h *herd) error {
		refreshes := keepLedger(cluster, a.life)
		for refreshes.expiries().expiries < a.lives {
			if err := elapse(ctx, a.life); err != nil {
				return err
			}
			h.release(h.size)
		}
		c.seen.merge(refreshes.expiries())
		return nil
	})
}

// cross runs a herd against a cluster of its own and counts what its callers saw.
func (c *crossing) cross(ctx context.Context, size int, life time.Duration, meet func(*wekatest.Server, *herd) error) error {
	cluster, err := startCluster(life, wekatest.Plain())
	if err != nil {
		return err
	}
	defer cluster.Close()
	call, release, err := connect(ctx, cluster)
	if err != nil {
		return err
	}
	defer release()
	h := newHerd(size, call)
	h.release(size)
	err = meet(cluster, h)
	c.goroutines = max(c.goroutines, h.disband())
	c.calls += h.seen.calls
	c.refused += h.seen.refused
	if n := cluster.Logins(); n != 1 {
		err = errors.Join(err, fmt.Errorf("%d logins: a session that is refreshed needs 1", n))
	}
	return errors.Join(err, h.seen.err(), cluster.Err())
}
