package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync"
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
		results.AtLeast("expiries crossed", all.seen.expiries, results.Count, a.expiries),
		results.Exactly("refreshes an expiry", all.seen.worst, 1),
		results.Reported("calls", all.calls, results.Count),
		results.Exactly("401s seen by a caller", all.refused, 0),
	}, err
}

// crossing is the outcome of the expiries.
type crossing struct {
	goroutines, calls, refused int
	seen                       perExpiry
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
			c.seen.add(cluster.Refreshes() - before)
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
		for refreshes.expiries().expiries < a.lives {
			must.Succeed(load.Elapse(ctx, a.life))
			call(members)
		}
		c.seen.merge(refreshes.expiries())
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

// refreshLog records when refreshes reach a simulator whose tokens expire by themselves.
type refreshLog struct {
	life time.Duration

	mu    sync.Mutex
	times []time.Time
}

func logRefreshes(cluster *wekatest.Server, life time.Duration) *refreshLog {
	l := &refreshLog{life: life}
	cluster.Intercept("refreshToken", math.MaxInt32, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		l.note(time.Now())
		next.ServeHTTP(w, r)
	})
	return l
}

func (l *refreshLog) note(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, t)
}

// expiries counts the refreshes of each expiry. A token is renewed in the last fifth of its
// life at the earliest, so a refresh soon after another one belongs to the same expiry. An
// eighth of a life is soon, which leaves slow machines more than half a life to send one.
func (l *refreshLog) expiries() perExpiry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var seen perExpiry
	refreshes := 0
	for i, t := range l.times {
		if i > 0 && t.Sub(l.times[i-1]) >= l.life/8 {
			seen.add(refreshes)
			refreshes = 0
		}
		refreshes++
	}
	if refreshes > 0 {
		seen.add(refreshes)
	}
	return seen
}

// perExpiry keeps the worst number of refreshes an expiry: the farthest from one.
type perExpiry struct{ expiries, worst int }

func (p *perExpiry) add(refreshes int) {
	if p.expiries == 0 || distance(refreshes) > distance(p.worst) {
		p.worst = refreshes
	}
	p.expiries++
}

func (p *perExpiry) merge(other perExpiry) {
	if other.expiries == 0 {
		return
	}
	expiries := p.expiries + other.expiries
	p.add(other.worst)
	p.expiries = expiries
}

func distance(refreshes int) int { return max(refreshes-1, 1-refreshes) }
