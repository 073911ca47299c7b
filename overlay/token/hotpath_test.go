package token_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestRow01_HotPathPassesWhileTheLockIsHeld(t *testing.T) {
	var ahead atomic.Int64 // by how much the clock is
	inside, leave := make(chan struct{}), make(chan struct{})
	s := token.NewSource(newServer(5*time.Minute),
		token.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }),
		token.WithRandom(func() float64 {
			if ahead.Load() > 0 { // the second token is here, and about to be published under the lock
				close(inside)
				<-leave
			}
			return 0
		}))
	defer s.Close()
	access(t, s)
	ahead.Store(int64(4*time.Minute + 30*time.Second))
	access(t, s) // starts a refresh in the background
	<-inside
	got := make(chan string, 1)
	go func() { got <- access(t, s) }()
	select {
	case text := <-got:
		if text != "access-1" {
			t.Errorf("got %q", text)
		}
	case <-time.After(10 * time.Second):
		t.Error("a caller whose token is good waits for the lock")
	}
	close(leave)
}
