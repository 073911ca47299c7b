package load

import (
	"sync"
	"time"
)

// Refreshes records when refreshes reach a server whose tokens expire by themselves.
type Refreshes struct {
	Within time.Duration // refreshes closer than that belong to one expiry

	mu    sync.Mutex
	times []time.Time
}

// Note records a refresh.
func (l *Refreshes) Note(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, t)
}

// Forget forgets the refreshes so far.
func (l *Refreshes) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = nil
}

// Expiries counts the refreshes of each expiry. A token is renewed in the last fifth of its
// life at the earliest.
func (l *Refreshes) Expiries() PerExpiry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var seen PerExpiry
	refreshes := 0
	for i, t := range l.times {
		if i > 0 && t.Sub(l.times[i-1]) >= l.Within {
			seen.Add(refreshes)
			refreshes = 0
		}
		refreshes++
	}
	if refreshes > 0 {
		seen.Add(refreshes)
	}
	return seen
}

// PerExpiry keeps the worst number of refreshes an expiry: the farthest from one.
type PerExpiry struct{ Expiries, Worst int }

// Add counts an expiry.
func (p *PerExpiry) Add(refreshes int) {
	if p.Expiries == 0 || distance(refreshes) > distance(p.Worst) {
		p.Worst = refreshes
	}
	p.Expiries++
}

// Merge adds other expiries.
func (p *PerExpiry) Merge(other PerExpiry) {
	if other.Expiries == 0 {
		return
	}
	expiries := p.Expiries + other.Expiries
	p.Add(other.Worst)
	p.Expiries = expiries
}

func distance(refreshes int) int { return max(refreshes-1, 1-refreshes) }
