package transport_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// One timer serves all, and yet each ends after its own silence, whatever the others do
// and did before; and one that goes on lives.
func TestSilenceIsEachSendingsOwn(t *testing.T) {
	const bound = transport.DefaultAttemptTimeout
	steps := []step{good, silent, dripping(20, 50*time.Second, nil), silent, silent}
	want := []time.Duration{0, bound, 20 * 50 * time.Second, bound, bound}
	pauses := []time.Duration{30 * time.Second, 20 * time.Second, 15 * time.Second, time.Hour, 0}
	layers := transport.Layers{Retries: transport.RetryPolicy{Attempts: 1}}
	bubble(t, steps, layers, func(t *testing.T, _ *scripted, client *call.Client) {
		var group sync.WaitGroup
		for i := range steps {
			group.Go(func() {
				begun := time.Now()
				err := make1(t, client, "safe")
				if took := time.Since(begun); took != want[i] || (err != nil) != (want[i] == bound) {
					t.Errorf("call %d: got %v after %v, want the end after %v", i, err, took, want[i])
				}
			})
			synctest.Wait()
			time.Sleep(pauses[i])
		}
		group.Wait()
	})
}
