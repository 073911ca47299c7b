package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	// callTimeout is the timeout of calls that should survive.
	callTimeout = 30 * time.Second
	// callersEachClient share a client.
	callersEachClient = 8
	// maxPause bounds the pause between two calls of a caller, without which there would be
	// no time for the faults.
	maxPause = 10 * time.Millisecond
)

// measureChaos lets two of three endpoints break down and recover again and again, with one
// fault at a time, while callers call without an error.
func measureChaos(ctx context.Context, a amounts) ([]results.Row, error) {
	var all chaos
	each := max(1, a.chaosCalls/len(breakages))
	err := onNetworks(a.scenesAtOnce, a.idleTimeout, breakages, func(n *network, how breakage) error {
		return all.play(ctx, n, how, a.clients, each, a.flaps)
	})
	calls := all.calls.Count()
	if calls.First != nil {
		err = errors.Join(err, fmt.Errorf("the first lost call: %w", calls.First))
	}
	return []results.Row{
		results.AtLeast("chaos calls", calls.Calls, results.Count, a.chaosCalls),
		results.Reported("chaos faults met", int(all.failed.Load()), results.Count),
		results.Reported("chaos calls sent again", int(all.resent.Load()), results.Count),
		results.Exactly("chaos calls lost", calls.Lost(), 0),
		results.Exactly("once operations executed twice", int(all.twice.Load()), 0),
	}, err
}

// chaos is the outcome of all runs.
type chaos struct {
	calls                 load.Tally // the failed ones should have survived
	failed, resent, twice atomic.Int64
}

// play lets all endpoints of a network but a random one break down while callers call.
func (s *chaos) play(ctx context.Context, n *network, how breakage, clients, calls, flaps int) (err error) {
	defer must.Catch(&err)
	ctx, end := context.WithCancel(ctx)
	run := &chaosRun{network: n, chaos: s}
	defer func() {
		end()
		run.playing.Wait()
		for _, client := range run.clients {
			client.Close()
		}
		s.failed.Add(run.failed.Load())
		s.resent.Add(run.resent.Load())
		s.twice.Add(int64(n.recorder.twice()))
	}()
	run.start(ctx, clients)
	whole := rand.IntN(endpoints) //nolint:gosec // not for security
	must.Succeed(run.flapAll(ctx, how, whole, flaps))
	for run.made.Load() < int64(calls) {
		must.Succeed(load.Elapse(ctx, maxPause))
	}
	return nil
}

// upTo returns a random duration below d.
func upTo(d time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(d))) //nolint:gosec // not for security
}

// chaosRun is a network with callers.
type chaosRun struct {
	network *network
	chaos   *chaos
	clients []*weka.Client
	made    atomic.Int64
	failed  atomic.Int64 // attempts without a response, or with a 5xx
	resent  atomic.Int64 // calls sent again
	playing sync.WaitGroup
}

// start starts the callers when every client has logged in.
func (t *chaosRun) start(ctx context.Context, clients int) {
	for range clients {
		client := must.Get(t.network.connect(t.hooks()))
		t.clients = append(t.clients, client)
		must.Get(client.FileSystemGroups.List(ctx))
	}
	for i := range clients * callersEachClient {
		a := &chaosCaller{run: t, client: t.clients[i%clients], name: fmt.Sprint("caller", i)}
		t.playing.Go(func() { a.play(ctx) })
	}
}

// hooks count failed attempts. They do not see a response that breaks off in its body; they
// see that the call is sent again.
func (t *chaosRun) hooks() weka.Option {
	return weka.WithHooks(weka.Hooks{
		AfterAttempt: func(_ context.Context, a weka.Attempt) {
			if a.Class != nil || a.Status >= 500 {
				t.failed.Add(1)
			}
		},
		BeforeRetry: func(context.Context, weka.Retrying) { t.resent.Add(1) },
	})
}

// met counts the faults that calls have met.
func (t *chaosRun) met() int64 { return t.failed.Load() + t.resent.Load() }

// chaosCaller makes one call after the other, of every class.
type chaosCaller struct {
	run    *chaosRun
	client *weka.Client
	name   string
	made   int
}

func (a *chaosCaller) play(ctx context.Context) {
	for load.Elapse(ctx, upTo(2*maxPause)) == nil {
		a.made++
		a.run.chaos.calls.Add(a.call(context.WithoutCancel(ctx)))
		a.run.made.Add(1)
	}
}

// call makes a call. It returns an error only if the call should have survived: see
// README.md.
func (a *chaosCaller) call(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	switch a.made % 10 {
	case 0, 1, 2:
		return a.once(ctx)
	case 3, 4:
		retention := int64(a.made)
		_, err := a.client.FileSystemGroups.Update(ctx, a.run.network.group, wekaapi.UpdateFileSystemGroupBody{TargetSSDRetention: &retention})
		return err
	case 5:
		uid := a.run.network.cluster.Seed("/nfs/clientGroups", map[string]any{"name": fmt.Sprint(a.name, a.made)})[0]
		return a.client.NFS.DeleteClientGroup(ctx, uid)
	default:
		groups, err := a.client.FileSystemGroups.List(ctx)
		if err == nil && len(groups) <= listed {
			err = fmt.Errorf("a list of %d has %d", listed+1, len(groups))
		}
		return err
	}
}

// once makes an event. It may fail after there was a connection, since then it is unknown
// what the cluster did. A success must have happened.
func (a *chaosCaller) once(ctx context.Context) error {
	message := fmt.Sprint(a.name, " event ", a.made)
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	err := a.client.Events.TriggerCustomEvent(ctx, wekaapi.TriggerCustomEventBody{Message: message})
	switch {
	case err == nil && a.run.network.recorder.executions(message) == 0:
		return errors.New("a call succeeded whose event does not exist")
	case err != nil && !connected.Load():
		return err
	}
	return nil
}

// flapAll lets all endpoints but one break down, each so many times.
func (t *chaosRun) flapAll(ctx context.Context, how breakage, whole, times int) error {
	return load.AtOnce(endpoints-1, func(i int) error { return t.flap(ctx, (whole+1+i)%endpoints, how, times) })
}

// flap breaks an endpoint until calls have met the fault so many times. No call meets it if
// every client has just set the endpoint aside, because of a call that met the fault before:
// then it does not count.
func (t *chaosRun) flap(ctx context.Context, endpoint int, how breakage, times int) (err error) {
	defer must.Catch(&err)
	for range times {
		met := t.met()
		for began := time.Now(); ; {
			must.Succeed(t.breakOnce(ctx, endpoint, how))
			if how.harmless || t.met() > met {
				break
			}
			must.Hold(time.Since(began) <= patience, "no call met the fault in %v", patience)
		}
	}
	return nil
}

// breakOnce breaks an endpoint as soon as it is used, with requests under way, and heals it
// when a call has met the fault or it is clear that none will.
func (t *chaosRun) breakOnce(ctx context.Context, endpoint int, how breakage) (err error) {
	defer must.Catch(&err)
	n := t.network
	used, _ := n.recorder.count(endpoint)
	err = until(ctx, patience, func() bool {
		now, _ := n.recorder.count(endpoint)
		return now > used
	})
	must.Hold(err == nil, "the endpoint is not used again: %w", err)
	must.Succeed(load.Elapse(ctx, upTo(300*time.Millisecond)))
	met := t.met()
	err = n.breakDown(endpoint, how)
	err = errors.Join(err, load.Elapse(ctx, 300*time.Millisecond+upTo(1200*time.Millisecond)))
	if err == nil && !how.harmless {
		// On a slow machine a call may take longer than that to meet it.
		_ = until(ctx, 2*n.idleTimeout, func() bool { return t.met() > met })
	}
	return errors.Join(err, n.heal(endpoint))
}

// until waits for a condition that calls cause.
func until(ctx context.Context, most time.Duration, came func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for !came() {
		if err := load.Elapse(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
