package redisstore

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// clockTrust is how long a measurement is kept: clocks drift by some ms in that time.
const clockTrust = 10 * time.Minute

// clock measures how far this machine's clock is behind the server's. One measurement is
// as uncertain as its round trip is long, and an error would be stored with the entry and
// so move the expiry for all machines: the one with the shortest round trip counts.
type clock struct {
	mu          sync.Mutex
	least, most time.Duration
	at          time.Time
}

// measure takes the bounds of a new measurement and returns the best value.
func (c *clock) measure(least, most time.Duration) (behind time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	isBetter := most-least <= c.most-c.least
	contradicts := most < c.least || c.most < least // a clock was set, or it is another server
	if now := time.Now(); isBetter || contradicts || now.Sub(c.at) > clockTrust {
		c.least, c.most, c.at = least, most, now
	}
	return c.least + (c.most-c.least)/2
}

// serverTime reads what TIME returns: seconds and microseconds.
func serverTime(reply []any) (time.Time, error) {
	var parts [2]int64
	for i := range parts {
		if len(reply) != 3 {
			return time.Time{}, fmt.Errorf("the script returned %d values", len(reply))
		}
		text, _ := reply[1+i].(string)
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, err
		}
		parts[i] = n
	}
	return time.Unix(parts[0], parts[1]*int64(time.Microsecond)), nil
}

// shift moves the times of t from one clock to another.
func shift(t token.Token, by time.Duration) token.Token {
	for _, at := range []*time.Time{&t.Issued, &t.Expiry, &t.Rejection.At, &t.Rejection.Until} {
		if !at.IsZero() {
			*at = at.Add(by)
		}
	}
	return t
}
