package main

import (
	"sync"
)

// herd is goroutines that live through a whole run and call in waves, all at once.
type herd struct {
	size    int
	seen    tally
	next    *wave
	members sync.WaitGroup
	called  []bool // by each member, which alone writes its own
}

// wave is one call of every member.
type wave struct {
	gate    chan struct{}
	size    int // members beyond it sit this one out; 0 ends the herd
	calling sync.WaitGroup
	next    *wave
}

func newWave() *wave { return &wave{gate: make(chan struct{})} }

func newHerd(size int, call func() error) *herd {
	h := &herd{size: size, next: newWave(), called: make([]bool, size)}
	first := h.next
	for i := range size {
		h.members.Go(func() { h.live(i, first, call) })
	}
	return h
}

func (h *herd) live(member int, w *wave, call func() error) {
	for ; ; w = w.next {
		<-w.gate
		if w.size == 0 {
			return
		}
		if member < w.size {
			h.seen.add(call())
			h.called[member] = true
			w.calling.Done()
		}
	}
}

// release lets the first members call, and returns when the calls have ended.
func (h *herd) release(members int) {
	w := h.next
	h.next = newWave()
	w.next, w.size = h.next, members
	w.calling.Add(members)
	close(w.gate)
	w.calling.Wait()
}

// disband ends the goroutines and returns how many of them called.
func (h *herd) disband() int {
	h.release(0)
	h.members.Wait()
	n := 0
	for _, called := range h.called {
		if called {
			n++
		}
	}
	return n
}
