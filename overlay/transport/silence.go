package transport

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// silences ends the sendings that show no progress. One timer serves all of them: one for
// each, set again with every part of its answer, costs more than all other layers
// together. It runs out once after the last sending, and is set again by the next.
type silences struct {
	mu       sync.Mutex
	underWay []*attempt // all with the same bound
	armed    bool
}

// progress is when something last came from the server, since the program began.
type progress struct{ at atomic.Int64 }

var programBegan = time.Now()

// now is time.Now without the wall clock, for half its price.
func now() time.Duration { return time.Since(programBegan) }

func (p *progress) note() { p.at.Store(int64(now())) }

func (p *progress) age(now time.Duration) time.Duration { return now - time.Duration(p.at.Load()) }

// watch cancels a sending once it was silent for too long.
func (s *silences) watch(t *attempt) {
	t.progress.note()
	s.mu.Lock()
	defer s.mu.Unlock()
	t.place = len(s.underWay)
	s.underWay = append(s.underWay, t)
	if !s.armed {
		s.armed = true
		time.AfterFunc(t.silence, s.look)
	}
}

// forget may be called again.
func (s *silences) forget(t *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(t)
}

// remove puts the last one into the place. It is called with the lock held.
func (s *silences) remove(t *attempt) {
	if t.place < 0 {
		return
	}
	end := len(s.underWay) - 1
	last := s.underWay[end]
	s.underWay[t.place], last.place = last, t.place
	s.underWay[end] = nil
	s.underWay, t.place = s.underWay[:end], -1
}

// look is when the timer runs out, which is never after the first of them is to end.
func (s *silences) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, next := now(), time.Duration(math.MaxInt64)
	for _, t := range slices.Backward(s.underWay) {
		left := t.silence - t.progress.age(now)
		if left <= 0 {
			t.cancel()
			s.remove(t)
			continue
		}
		next = min(next, left)
	}
	if s.armed = len(s.underWay) > 0; s.armed {
		time.AfterFunc(next, s.look)
	}
}
