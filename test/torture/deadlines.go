package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

const (
	// hasty is how many callers with a deadline a client has.
	hasty = 8
	// longestDeadline is that of their calls.
	longestDeadline = 400 * time.Millisecond
)

// measureDeadlines breaks all endpoints in each way, and takes the time that calls go
// on after their deadline.
func measureDeadlines(ctx context.Context, a amounts) ([]row, error) {
	var worst overshoot
	err := onNetworks(1, a.silence, breakages, func(n *network, how breakage) error {
		return worst.play(ctx, n, how, a.deadlineTime)
	})
	if err == nil && worst.ended == 0 {
		err = errors.New("no deadline ended a call")
	}
	return []row{
		reported("deadlines met in a call", worst.ended),
		atMost("worst deadline overshoot ms", float64(worst.most.Microseconds())/1000, "ms", a.overshoot),
	}, err
}

// overshoot is how long calls went on after their deadline.
type overshoot struct {
	mu    sync.Mutex
	ended int
	most  time.Duration
}

// play has a client that has logged in call, and one that finds no way to.
func (o *overshoot) play(ctx context.Context, n *network, how breakage, d time.Duration) (err error) {
	var both [2]*weka.Client
	for i := range both {
		if both[i], err = n.connect(); err != nil {
			return err
		}
		defer both[i].Close()
	}
	if _, err := both[0].Cluster.GetClusterStatus(ctx); err != nil {
		return err
	}
	for i := range endpoints {
		if err := n.breakDown(i, how); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var calling sync.WaitGroup
	for i := range len(both) * hasty {
		calling.Go(func() {
			for elapse(ctx, upTo(2*breath)) == nil {
				o.call(context.WithoutCancel(ctx), both[i%len(both)])
			}
		})
	}
	calling.Wait()
	return n.healAll() // or the clients would wait for a login
}

// call measures from the moment at which the runtime told others of the deadline, so
// that a machine which stands still is not held against the SDK.
func (o *overshoot) call(ctx context.Context, c *weka.Client) {
	ctx, cancel := context.WithTimeout(ctx, upTo(longestDeadline))
	defer cancel()
	told := make(chan time.Time, 1)
	forget := context.AfterFunc(ctx, func() { told <- time.Now() })
	_, _ = c.Cluster.GetClusterStatus(ctx) // whatever comes of it
	returned := time.Now()
	if ctx.Err() == nil {
		forget()
		return
	}
	late := returned.Sub(<-told)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended++
	o.most = max(o.most, late)
}
