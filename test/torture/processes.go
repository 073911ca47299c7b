package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// callersEach is how many goroutines of each process call at the same time.
const callersEach = 4

// measureProcesses lets processes that share a token cache meet expiries: first those that
// the server declares, all processes at once, then those that the processes predict, while
// some of them end and others begin.
func measureProcesses(ctx context.Context, a amounts) ([]results.Row, error) {
	declared, err := share(ctx, "call", a.processes, startCluster(longLife), func(p *pool) error { return p.declared(ctx, a) })
	predicted, more := share(ctx, "call", a.processes, startCluster(a.life), func(p *pool) error { return p.predicted(ctx, a) })
	seen := declared.seen
	seen.Merge(predicted.seen)
	return []results.Row{
		results.AtLeast("processes", min(declared.started, predicted.started), results.Count, a.processes),
		results.Exactly("refreshes an expiry, processes", seen.Worst, 1),
		results.Exactly("sessions lost", declared.lost+predicted.lost, 0),
	}, errors.Join(err, more)
}

// pool are processes that share one session, and their results.
type pool struct {
	role      string
	cluster   *wekatest.Server
	variables []string
	children  []*child

	started int
	seen    load.PerExpiry

	mu    sync.Mutex
	lost  int   // logins after the first, and calls that failed
	first error // of a call
}

// share starts processes with a role, which share a session with a cluster, and ends them and
// the cluster. Each login after the first means that a session was lost.
func share(ctx context.Context, role string, processes int, cluster *wekatest.Server, meet func(*pool) error) (p *pool, err error) {
	p = &pool{role: role, cluster: cluster}
	defer p.cluster.Close()
	defer must.Catch(&err)
	folder := must.Get(os.MkdirTemp("", "torture-"))
	defer func() { _ = os.RemoveAll(folder) }()
	p.variables = []string{
		addressVariable + "=" + p.cluster.URL, caVariable + "=" + p.cluster.CAFile(),
		folderVariable + "=" + filepath.Join(folder, "cache"),
	}
	err = must.Run(func() {
		for range processes {
			p.children = append(p.children, must.Get(startChild(ctx, role, p.variables...)))
		}
		p.started = processes
		must.Succeed(p.call())
		must.Succeed(meet(p))
	})
	err = errors.Join(err, p.each(func(i int) error { return p.children[i].stop() }))
	p.lost += max(0, p.cluster.Logins()-1)
	return p, errors.Join(err, p.first, p.cluster.Err())
}

// call lets all processes call at once.
func (p *pool) call() error {
	return p.each(func(i int) error { return p.count(p.children[i]) })
}

// each runs do for every process at once.
func (p *pool) each(do func(i int) error) error {
	return load.AtOnce(len(p.children), do)
}

func (p *pool) count(c *child) error {
	result, err := c.call(callersEach)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost += result.Lost
	if result.Lost > 0 {
		p.first = cmp.Or(p.first, fmt.Errorf("%d of %d calls of a process failed: %s", result.Lost, result.Calls, result.First))
	}
	return err
}

func (p *pool) declared(ctx context.Context, a amounts) (err error) {
	defer must.Catch(&err)
	for turn := range a.processExpiries {
		must.Succeed(ctx.Err())
		before := p.cluster.Refreshes()
		expire(p.cluster, turn)
		must.Succeed(p.call())
		p.seen.Add(p.cluster.Refreshes() - before)
	}
	return nil
}

const (
	// callPause limits the load between expiries.
	callPause = 50 * time.Millisecond
	// minCommands is how many commands a process gets before another one replaces it.
	// Each process gets more than the one before it, so that they end in turn.
	minCommands = 20
)

func (p *pool) predicted(ctx context.Context, a amounts) error {
	refreshes := logRefreshes(p.cluster, a.life)
	err := p.each(func(i int) (err error) {
		defer must.Catch(&err)
		for n := 1; refreshes.Expiries().Expiries < a.lives; n++ {
			must.Succeed(errors.Join(p.count(p.children[i]), load.Elapse(ctx, callPause)))
			if n%(minCommands*(i+2)/2) == 0 {
				must.Succeed(p.replace(ctx, i))
			}
		}
		return nil
	})
	p.seen.Merge(refreshes.Expiries())
	return err
}

// replace ends a process and starts another one, which finds the session in the cache.
func (p *pool) replace(ctx context.Context, i int) error {
	stopped := p.children[i].stop()
	begun, err := startChild(ctx, p.role, p.variables...)
	if err == nil {
		p.children[i] = begun
	}
	return errors.Join(stopped, err)
}

// callResult is the response of a process to one command.
type callResult struct {
	Calls int    `json:"calls"`
	Lost  int    `json:"lost"`
	First string `json:"first"` // error
}

// callOnCommand is a process with a client that keeps its session in the shared folder. For
// each number on its input it makes so many calls at once.
func callOnCommand(session func(folder string) weka.Option) func(io.Reader, io.Writer) error {
	return func(in io.Reader, out io.Writer) (err error) {
		defer must.Catch(&err)
		c := must.Get(weka.New(os.Getenv(addressVariable), weka.WithPassword("admin", "admin"),
			weka.WithCAFile(os.Getenv(caVariable)), session(os.Getenv(folderVariable))))
		defer c.Close()
		commands := bufio.NewScanner(in)
		for commands.Scan() {
			n := must.Get(strconv.Atoi(commands.Text()))
			must.Succeed(json.NewEncoder(out).Encode(callAtOnce(c, n)))
		}
		return commands.Err()
	}
}

func callAtOnce(c *weka.Client, n int) callResult {
	var tally load.Tally
	tally.CallAtOnce(n, func() error {
		_, err := c.FileSystems.List(context.Background(), nil)
		return err
	})
	seen := tally.Count()
	result := callResult{Calls: seen.Calls, Lost: seen.Lost()}
	if seen.First != nil {
		result.First = seen.First.Error()
	}
	return result
}

// call lets a child make so many calls at once.
func (c *child) call(n int) (callResult, error) {
	var result callResult
	if _, err := fmt.Fprintln(c.in, n); err != nil {
		return result, fmt.Errorf("a process is gone: %w", err)
	}
	if !c.out.Scan() {
		return result, fmt.Errorf("a process ended in a call: %w", cmp.Or(c.out.Err(), io.EOF))
	}
	return result, json.Unmarshal(c.out.Bytes(), &result)
}
