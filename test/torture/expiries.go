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
	return c.cross(ctx, a.goroutines, longLife, func(cluster *wekatest.Server, h *crowd) error {
		began := time.Now()
		members := h.size
		for turn := range a.expiries {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if time.Since(began) > a.patience {
				members = max(1, h.size/crowdPart)
			}
			before := cluster.Refreshes()
			expire(cluster, turn)
			h.release(members)
			c.seen.add(cluster.Refreshes() - before)
		}
		return nil
	})
}

// predicted lets goroutines call when the client knows that its token has expired, so that
// all wait for the new one. There are fewer of them, so that their calls end before its
// expiry.
func (c *crossing) predicted(ctx context.Context, a amounts) error {
	return c.cross(ctx, max(1, a.goroutines/crowdPart), a.life, func(cluster *wekatest.Server, h *crowd) error {
		refreshes := logRefreshes(cluster, a.life)
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

// cross lets a crowd call a cluster of its own and counts the results.
func (c *crossing) cross(ctx context.Context, size int, life time.Duration, meet func(*wekatest.Server, *crowd) error) error {
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
	h := newCrowd(size, call)
	h.release(size)
	err = meet(cluster, h)
	c.goroutines = max(c.goroutines, h.end())
	c.calls += h.seen.calls
	c.refused += h.seen.refused
	if n := cluster.Logins(); n != 1 {
		err = errors.Join(err, fmt.Errorf("%d logins: a session that is refreshed needs 1", n))
	}
	return errors.Join(err, h.seen.err(), cluster.Err())
}

// crowd are goroutines that live through a whole run and call in waves, all at once.
type crowd struct {
	size    int
	seen    tally
	next    *wave
	members sync.WaitGroup
	called  []bool // by each member, which writes its own element
}

// wave is one call of every member.
type wave struct {
	gate    chan struct{}
	size    int // how many members call; 0 ends the crowd
	calling sync.WaitGroup
	next    *wave
}

func newWave() *wave { return &wave{gate: make(chan struct{})} }

func newCrowd(size int, call func() error) *crowd {
	h := &crowd{size: size, next: newWave(), called: make([]bool, size)}
	first := h.next
	for i := range size {
		h.members.Go(func() { h.live(i, first, call) })
	}
	return h
}

func (h *crowd) live(member int, w *wave, call func() error) {
	for ; ; w = w.next {
		<-w.gate
		if w.size == 0 {
			return
		}
		if member < w.size {
			h.seen.add(call())
			h.called[member] = true
			w.calling.Done()
		}
	}
}

// release lets the first members call and returns after their calls.
func (h *crowd) release(members int) {
	w := h.next
	h.next = newWave()
	w.next, w.size = h.next, members
	w.calling.Add(members)
	close(w.gate)
	w.calling.Wait()
}

// end ends the goroutines and returns how many of them have called.
func (h *crowd) end() int {
	h.release(0)
	h.members.Wait()
	n := 0
	for _, called := range h.called {
		if called {
			n++
		}
	}
	return n
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
