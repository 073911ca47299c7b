package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"sync"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// stage is a network with actors on it.
type stage struct {
	network *network
	chaos   *chaos
	clients []*weka.Client
	made    atomic.Int64
	failed  atomic.Int64 // sendings without an answer, or with a bad one
	resent  atomic.Int64 // calls sent again
	end     context.CancelFunc
	playing sync.WaitGroup
}

// startActors starts to call when every client has logged in.
func (s *chaos) startActors(ctx context.Context, n *network, clients int) (*stage, error) {
	t := &stage{network: n, chaos: s}
	ctx, t.end = context.WithCancel(ctx)
	for range clients {
		client, err := n.connect(t.hooks())
		if err == nil {
			t.clients = append(t.clients, client)
			_, err = client.FilesystemGroup.GetFileSystemGroups(ctx)
		}
		if err != nil {
			t.stop()
			return nil, err
		}
	}
	for i := range clients * actors {
		a := &actor{stage: t, client: t.clients[i%clients], name: fmt.Sprint("actor", i)}
		t.playing.Go(func() { a.play(ctx) })
	}
	return t, nil
}

// hooks count what went wrong beneath the calls. A sending whose answer breaks off in
// its body has not failed as far as they see: it shows when the call is sent again.
func (t *stage) hooks() weka.Option {
	return weka.WithHooks(weka.Hooks{
		AfterAttempt: func(_ context.Context, a weka.Attempt) {
			if a.Class != nil || a.Status >= 500 {
				t.failed.Add(1)
			}
		},
		BeforeRetry: func(context.Context, weka.Retrying) { t.resent.Add(1) },
	})
}

// met grows with every fault that a call met.
func (t *stage) met() int64 { return t.failed.Load() + t.resent.Load() }

func (t *stage) calls() int { return int(t.made.Load()) }

// stop returns when the calls under way have ended.
func (t *stage) stop() {
	t.end()
	t.playing.Wait()
	for _, client := range t.clients {
		client.Close()
	}
}

// actor makes one call after the other, of every class.
type actor struct {
	stage  *stage
	client *weka.Client
	name   string
	made   int
}

func (a *actor) play(ctx context.Context) {
	for elapse(ctx, upTo(2*breath)) == nil {
		a.made++
		a.stage.chaos.add(a.call(context.WithoutCancel(ctx)))
		a.stage.made.Add(1)
	}
}

// call makes a call. Its error is one that should not be: see README.md.
func (a *actor) call(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	switch a.made % 10 {
	case 0, 1, 2:
		return a.once(ctx)
	case 3, 4:
		retention := int64(a.made)
		_, err := a.client.FilesystemGroup.UpdateFileSystemGroup(ctx, a.stage.network.group, wekaapi.UpdateFileSystemGroupBody{TargetSSDRetention: &retention})
		return err
	case 5:
		uid := a.stage.network.cluster.Seed("/nfs/clientGroups", map[string]any{"name": fmt.Sprint(a.name, a.made)})[0]
		return a.client.NFS.DeleteClientGroup(ctx, uid)
	default:
		groups, err := a.client.FilesystemGroup.GetFileSystemGroups(ctx)
		if err == nil && len(groups) <= listed {
			err = fmt.Errorf("a list of %d came short: %d", listed+1, len(groups))
		}
		return err
	}
}

// once makes an event. It may fail once a connection was there, since nobody can know
// then what the cluster did; what it says must be so.
func (a *actor) once(ctx context.Context) error {
	message := fmt.Sprint(a.name, " event ", a.made)
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	err := a.client.Events.TriggerCustomEvent(ctx, wekaapi.TriggerCustomEventBody{Message: message})
	switch {
	case err == nil && a.stage.network.witness.executions(message) == 0:
		return errors.New("a success was answered that did not happen")
	case err != nil && !connected.Load():
		return err
	}
	return nil
}
