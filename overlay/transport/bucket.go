package transport

import "sync"

// A bucket keeps an outage from being made worse: who sends each call four times
// brings four times the load to a server that is coming back. Each repetition takes
// one from it; a call that is answered in the end puts back what it took, and any
// answer a tenth. So single failures, even many, are repeated for ever, and a client
// whose calls all fail soon sends each of them once.
type bucket struct {
	mu    sync.Mutex
	taken int // in tenths
}

const (
	tenths     = 10
	bucketSize = 100 * tenths // repetitions that may be under way or lost
	perAnswer  = 1            // tenth
)

// take says whether a call may be sent once more.
func (b *bucket) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken+tenths > bucketSize {
		return false
	}
	b.taken += tenths
	return true
}

// answered is told of each answer of a working server, and how many repetitions led
// to it.
func (b *bucket) answered(repetitions int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken = max(0, b.taken-repetitions*tenths-perAnswer)
}
