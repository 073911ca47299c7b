package storetest

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// DialFunc connects to an address, like [net.Dialer.DialContext].
type DialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

var errCut = errors.New("storetest: the network is cut")

// network is what a process reaches the server through.
type network struct {
	mu    sync.Mutex
	conns map[*conn]bool
	used  bool
	isCut bool
	lose  int // the number of the answer to lose, counted down
}

func (n *network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	n.used = true
	isCut := n.isCut
	n.mu.Unlock()
	if isCut {
		return nil, errCut
	}
	var dialer net.Dialer
	inner, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: inner, network: n}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.isCut { // meanwhile
		_ = c.Close()
		return nil, errCut
	}
	n.conns[c] = true
	return c, nil
}

// cut ends all connections and rejects new ones until it is called with false.
func (n *network) cut(isCut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.isCut = isCut
	for c := range n.conns {
		_ = c.Close()
		delete(n.conns, c)
	}
}

// loseAnswer ends the connection in place of the nth answer from now.
func (n *network) loseAnswer(nth int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lose = nth
}

func (n *network) isLost() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lose = max(n.lose, 0) - 1
	return n.lose == 0
}

// conn is a connection of a process.
type conn struct {
	net.Conn
	network *network
}

// Read implements net.Conn.
func (c *conn) Read(data []byte) (int, error) {
	n, err := c.Conn.Read(data)
	if err == nil && c.network.isLost() {
		_ = c.Close()
		return 0, errCut
	}
	return n, err
}

// needsLease skips stores whose locks end with their process.
func (r *run) needsLease() {
	if r.config.Lease == 0 {
		r.Skip("a lock ends with its process")
	}
}

// needsNetwork skips stores without one. It connects the process.
func (r *run) needsNetwork(s token.Store, n *network) {
	_ = r.load(s)
	if !n.used {
		r.Skip("has no network")
	}
}

// disappear lets a process take the lock and lose its network, as if it was killed or
// stopped. Its change returns when the returned function is called, which returns the
// error of Update.
func (r *run) disappear(t token.Token) (comeBack func() error) {
	s, n := r.process()
	r.needsNetwork(s, n)
	holds, back, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		done <- s.Update(r.context(), r.id, func(token.Token) (token.Token, error) {
			holds <- true
			<-back
			return t, nil
		})
	}()
	select {
	case <-holds:
	case err := <-done:
		r.Fatalf("Update: %v", err)
	}
	n.cut(true)
	comeBack = sync.OnceValue(func() error {
		n.cut(false)
		close(back)
		return <-done
	})
	r.Cleanup(func() { _ = comeBack() })
	return comeBack
}

func (r *run) holderDies() {
	r.needsLease()
	s := r.store()
	r.put(s, named("old"))
	_ = r.disappear(named("lost"))
	r.put(s, named("new")) // waits for the end of the lease
	r.want(s, "new")
}

func (r *run) holderIsPaused() {
	r.needsLease()
	s := r.store()
	r.put(s, named("old"))
	comeBack := r.disappear(named("late"))
	r.put(s, named("new"))
	if err := comeBack(); err == nil {
		r.Error("Update of a process that has lost its lock returned no error")
	}
	r.want(s, "new")
	r.put(s, named("next")) // the late one has not left a lock, or ended another's
	r.want(s, "next")
}

func (r *run) holderIsSlow() {
	r.needsLease()
	slow, other := r.store(), r.store()
	r.put(slow, named("old"))
	entered := make(chan error, 1)
	var isDone atomic.Bool
	r.update(slow, func() {
		go func() {
			entered <- other.Update(r.context(), r.id, func(current token.Token) (token.Token, error) {
				if !isDone.Load() {
					r.Error("a process took the lock of one that is slow")
				}
				return current, nil
			})
		}()
		<-time.After(2 * r.config.Lease)
		isDone.Store(true)
	}, named("slow"))
	if err := <-entered; err != nil {
		r.Errorf("Update: %v", err)
	}
	r.want(other, "slow")
}

func (r *run) answersAreLost() {
	s, n := r.process()
	r.needsNetwork(s, n)
	other := r.store()
	for nth := 1; nth <= 8; nth++ {
		r.put(other, named("old"))
		n.loseAnswer(nth)
		err := s.Update(r.context(), r.id, func(token.Token) (token.Token, error) { return named("new"), nil })
		got := r.load(other).Access.Reveal()
		if got != "new" && (err == nil || got != "old") {
			r.Errorf("answer %d was lost: Update returned %v, and the access token is %q", nth, err, got)
		}
		n.loseAnswer(0)
	}
	r.put(other, named("next"))
	r.want(s, "next")
}

func (r *run) serverIsAway() {
	s, n := r.process()
	r.needsNetwork(s, n)
	r.put(s, named("old"))
	n.cut(true)
	if _, err := s.Load(r.context(), r.id); err == nil {
		r.Error("Load returned no error")
	}
	err := s.Update(r.context(), r.id, func(token.Token) (token.Token, error) {
		r.Error("Update called change")
		return named("new"), nil
	})
	if err == nil {
		r.Error("Update returned no error")
	}
	n.cut(false)
	r.want(s, "old")
	r.put(s, named("new"))
}

func (r *run) serverIsAwayInside() {
	s, n := r.process()
	r.needsNetwork(s, n)
	r.put(s, named("old"))
	err := s.Update(r.context(), r.id, func(token.Token) (token.Token, error) {
		n.cut(true)
		return named("new"), nil
	})
	if err == nil {
		r.Error("Update returned no error though nothing was stored")
	}
	n.cut(false)
	r.want(s, "old")
	r.put(s, named("next"))
	r.want(s, "next")
}
