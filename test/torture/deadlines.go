package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	// deadlineCallers is how many callers a client has.
	deadlineCallers = 8
	// longestDeadline bounds the deadlines of their calls.
	longestDeadline = 400 * time.Millisecond
)

// measureDeadlines breaks all endpoints with each fault and measures how long calls go on
// after their deadline.
func measureDeadlines(ctx context.Context, a amounts) ([]results.Row, error) {
	var worst overshoot
	err := onNetworks(1, a.idleTimeout, breakages, func(n *network, how breakage) error {
		return worst.play(ctx, n, how, a.deadlineTime)
	})
	if err == nil && worst.ended == 0 {
		err = errors.New("no deadline ended a call")
	}
	return []results.Row{
		results.Reported("deadlines met in a call", worst.ended, results.Count),
		results.AtMost("worst deadline overshoot ms", float64(worst.most.Microseconds())/1000, "ms", a.overshoot),
	}, err
}

// overshoot is how long calls went on after their deadline.
type overshoot struct {
	mu    sync.Mutex
	ended int
	most  time.Duration
}

// play lets two clients call: one that has logged in, and one that cannot.
func (o *overshoot) play(ctx context.Context, n *network, how breakage, d time.Duration) (err error) {
	defer must.Catch(&err)
	var both [2]*weka.Client
	for i := range both {
		both[i] = must.Get(n.connect())
		defer both[i].Close()
	}
	must.Get(both[0].Cluster.GetStatus(ctx))
	for i := range endpoints {
		must.Succeed(n.breakDown(i, how))
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	_ = load.AtOnce(len(both)*deadlineCallers, func(i int) error {
		for load.Elapse(ctx, upTo(2*maxPause)) == nil {
			o.call(context.WithoutCancel(ctx), both[i%len(both)])
		}
		return nil
	})
	return n.healAll() // otherwise Close would wait for a login
}

// call measures from the moment at which the runtime reports the deadline to another
// goroutine, so that a machine that stands still does not count.
func (o *overshoot) call(ctx context.Context, c *weka.Client) {
	ctx, cancel := context.WithTimeout(ctx, upTo(longestDeadline))
	defer cancel()
	expired := make(chan time.Time, 1)
	forget := context.AfterFunc(ctx, func() { expired <- time.Now() })
	_, _ = c.Cluster.GetStatus(ctx) // only its duration counts
	returned := time.Now()
	if ctx.Err() == nil {
		forget()
		return
	}
	late := returned.Sub(<-expired)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended++
	o.most = max(o.most, late)
}
