package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// callersEach is how many goroutines of each process call at once.
const callersEach = 4

// measureProcesses lets processes with one token cache meet expiries: first those
// that the server declares, all of them at once, then those that the processes see
// coming, while some of them end and others begin.
func measureProcesses(ctx context.Context, a amounts) ([]row, error) {
	declared, err := shareCache(ctx, a.processes, longLife, func(p *pool) error { return p.declared(ctx, a) })
	foreseen, more := shareCache(ctx, a.processes, a.life, func(p *pool) error { return p.foreseen(ctx, a) })
	seen := declared.seen
	seen.merge(foreseen.seen)
	return []row{
		atLeast("processes", min(declared.started, foreseen.started), a.processes),
		exactly("refreshes an expiry, processes", seen.worst, 1),
		exactly("sessions lost", declared.lost+foreseen.lost, 0),
	}, errors.Join(err, more)
}

// pool is processes that share one cache, and what came of them.
type pool struct {
	cluster   *wekatest.Server
	variables []string
	children  []*child

	started int
	seen    perExpiry

	mu    sync.Mutex
	lost  int   // logins after the first, and calls that failed
	first error // of a call
}

// shareCache starts a cluster and processes, and ends them. A session is begun once;
// each other login means that one was lost.
func shareCache(ctx context.Context, processes int, life time.Duration, meet func(*pool) error) (p *pool, err error) {
	p = &pool{}
	folder, err := os.MkdirTemp("", "torture-")
	if err != nil {
		return p, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if p.cluster, err = startCluster(life); err != nil {
		return p, err
	}
	defer p.cluster.Close()
	p.variables = []string{
		addressVariable + "=" + p.cluster.URL, caVariable + "=" + p.cluster.CAFile(),
		folderVariable + "=" + filepath.Join(folder, "cache"),
	}
	err = p.start(ctx, processes)
	if err == nil {
		err = p.call()
	}
	if err == nil {
		err = meet(p)
	}
	err = errors.Join(err, p.each(func(i int) error { return p.children[i].stop() }))
	p.lost += max(0, p.cluster.Logins()-1)
	return p, errors.Join(err, p.first, p.cluster.Err())
}

func (p *pool) start(ctx context.Context, processes int) error {
	for range processes {
		c, err := startChild(ctx, "call", p.variables...)
		if err != nil {
			return err
		}
		p.children = append(p.children, c)
	}
	p.started = processes
	return nil
}

// call has all processes call at once.
func (p *pool) call() error {
	return p.each(func(i int) error { return p.count(p.children[i]) })
}

// each does something with every process at once.
func (p *pool) each(do func(i int) error) error {
	results := make([]error, len(p.children))
	var all sync.WaitGroup
	for i := range p.children {
		all.Go(func() { results[i] = do(i) })
	}
	all.Wait()
	return errors.Join(results...)
}

func (p *pool) count(c *child) error {
	answer, err := c.call(callersEach)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost += answer.Lost
	if answer.Lost > 0 && p.first == nil {
		p.first = fmt.Errorf("%d of %d calls of a process failed: %s", answer.Lost, answer.Calls, answer.First)
	}
	return err
}

func (p *pool) declared(ctx context.Context, a amounts) error {
	for turn := range a.processExpiries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		before := p.cluster.Refreshes()
		expire(p.cluster, turn)
		if err := p.call(); err != nil {
			return err
		}
		p.seen.add(p.cluster.Refreshes() - before)
	}
	return nil
}

const (
	// callPause keeps the processes from wearing out the machine between expiries.
	callPause = 50 * time.Millisecond
	// leastCalls is how many commands a process gets before another takes its place;
	// each process gets some more than the one before it, so that they end by turns.
	leastCalls = 20
)

func (p *pool) foreseen(ctx context.Context, a amounts) error {
	refreshes := keepLedger(p.cluster, a.life)
	err := p.each(func(i int) error {
		for n := 1; refreshes.expiries().expiries < a.lives; n++ {
			if err := errors.Join(p.count(p.children[i]), elapse(ctx, callPause)); err != nil {
				return err
			}
			if n%(leastCalls*(i+2)/2) == 0 {
				if err := p.replace(ctx, i); err != nil {
					return err
				}
			}
		}
		return nil
	})
	p.seen.merge(refreshes.expiries())
	return err
}

// replace ends a process and begins another, which finds the session in the cache.
func (p *pool) replace(ctx context.Context, i int) error {
	stopped := p.children[i].stop()
	begun, err := startChild(ctx, "call", p.variables...)
	if err == nil {
		p.children[i] = begun
	}
	return errors.Join(stopped, err)
}
