package main

import (
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// ledger notes when refreshes reach a simulator whose tokens end by themselves.
type ledger struct {
	life time.Duration

	mu    sync.Mutex
	times []time.Time
}

func keepLedger(cluster *wekatest.Server, life time.Duration) *ledger {
	l := &ledger{life: life}
	cluster.Intercept("refreshToken", math.MaxInt32, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		l.note(time.Now())
		next.ServeHTTP(w, r)
	})
	return l
}

func (l *ledger) note(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, t)
}

// expiries counts the refreshes of each expiry. A token is renewed in the last fifth
// of its life at the earliest, so a refresh soon after another one is of the same
// expiry. Where soon ends leaves slow machines more than half of a life to send one.
func (l *ledger) expiries() perExpiry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var seen perExpiry
	refreshes := 0
	for i, t := range l.times {
		if i > 0 && t.Sub(l.times[i-1]) >= l.life/8 {
			seen.add(refreshes)
			refreshes = 0
		}
		refreshes++
	}
	if refreshes > 0 {
		seen.add(refreshes)
	}
	return seen
}
