package ngeneatest

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// rate is how many requests a user may make in a time; 0 is without end.
type rate struct {
	requests int
	per      time.Duration
}

// throttle remembers when each user was let in; nil stands for all who are not
// logged in.
type throttle struct {
	rate
	admitted map[*account][]time.Time
}

// admit lets a request in, or says when to come again: when the oldest request
// that counts has been forgotten.
func (t *throttle) admit(who *account, now time.Time) *simulator.Answer {
	if t.requests == 0 {
		return nil
	}
	recent := slices.DeleteFunc(t.admitted[who], func(at time.Time) bool { return !now.Before(at.Add(t.per)) })
	if len(recent) < t.requests {
		t.admitted[who] = append(recent, now)
		return nil
	}
	t.admitted[who] = recent
	seconds := int(math.Ceil(recent[0].Add(t.per).Sub(now).Seconds()))
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	answer := detail(http.StatusTooManyRequests, fmt.Sprintf("Request was throttled. Expected available in %d %s.", seconds, unit))
	answer.Header = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return &answer
}
