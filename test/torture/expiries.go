package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// measureExpiries takes goroutines that share one client through expiries: first those that
// the server declares, which show as 401, then those that the client predicts.
func measureExpiries(ctx context.Context, a amounts) ([]results.Row, error) {
	var all crossing
	err := errors.Join(
		all.declared(ctx, a),
		all.predicted(ctx, a),
	)
	return []results.Row{
		results.AtLeast("goroutines", all.goroutines, results.Count, a.goroutines),
		results.AtLeast("expiries crossed", all.seen.Expiries, results.Count, a.expiries),
		results.Exactly("refreshes an expiry", all.seen.Worst, 1),
		results.Reported("calls", all.calls, results.Count),
		results.Exactly("401s seen by a caller", all.refused, 0),
	}, err
}

// crossing is the outcome of the expiries.
type crossing struct {
	goroutines, calls, refused int
	seen                       load.PerExpiry
}

// crowdPart divides the goroutines where all of them might take too long.
const crowdPart = 10

// declared lets all goroutines call right after each expiry. On a slow machine fewer of them
// meet the later ones.
func (c *crossing) declared(ctx context.Context, a amounts) error {
	return c.cross(ctx, a.goroutines, longLife, func(cluster *wekatest.Server, call func(members int)) {
		began := time.Now()
		members := a.goroutines
		for turn := range a.expiries {
			must.Succeed(ctx.Err())
			if time.Since(began) > a.patience {
				members = max(1, a.goroutines/crowdPart)
			}
			before := cluster.Refreshes()
			expire(cluster, turn)
			call(members)
			c.seen.Add(cluster.Refreshes() - before)
		}
	})
}

// predicted lets goroutines call when the client knows that its token has expired, so that
// all wait for the new one. There are fewer of them, so that their calls end before its
// expiry.
func (c *crossing) predicted(ctx context.Context, a amounts) error {
	members := max(1, a.goroutines/crowdPart)
	return c.cross(ctx, members, a.life, func(cluster *wekatest.Server, call func(members int)) {
		refreshes := logRefreshes(cluster, a.life)
		for refreshes.Expiries().Expiries < a.lives {
			must.Succeed(load.Elapse(ctx, a.life))
			call(members)
		}
		c.seen.Merge(refreshes.Expiries())
	})
}

// cross lets goroutines call a cluster of its own and counts the results. meet brings the
// expiries, and lets so many of them call at once.
func (c *crossing) cross(ctx context.Context, members int, life time.Duration, meet func(cluster *wekatest.Server, call func(members int))) (err error) {
	defer must.Catch(&err)
	cluster := startCluster(life, wekatest.Plain())
	defer cluster.Close()
	call, release := connect(ctx, cluster)
	defer release()
	var tally load.Tally
	wave := func(members int) {
		tally.CallAtOnce(members, call)
		c.goroutines = max(c.goroutines, members)
	}
	wave(members)
	err = must.Run(func() { meet(cluster, wave) })
	seen := tally.Count()
	c.calls += seen.Calls
	c.refused += seen.Refused
	if n := cluster.Logins(); n != 1 {
		err = errors.Join(err, fmt.Errorf("%d logins: a session that is refreshed needs 1", n))
	}
	return errors.Join(err, seen.Err(), cluster.Err())
}

// logRefreshes records the refreshes of a simulator whose tokens expire by themselves. Those
// of an expiry are less than an eighth of a life apart, which leaves slow machines more than
// half a life to send one.
func logRefreshes(cluster *wekatest.Server, life time.Duration) *load.Refreshes {
	l := &load.Refreshes{Within: life / 8}
	cluster.Intercept("refreshToken", math.MaxInt32, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		l.Note(time.Now())
		next.ServeHTTP(w, r)
	})
	return l
}
