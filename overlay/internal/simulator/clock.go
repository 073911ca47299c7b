package simulator

import (
	"sync/atomic"
	"time"
)

// Clock is time.Now plus what it was advanced by. The zero Clock is ready; it
// follows the fake time of a testing/synctest bubble.
type Clock struct{ ahead atomic.Int64 }

// Now is the simulator's time, without a monotonic reading.
func (c *Clock) Now() time.Time {
	return time.Now().Round(0).Add(time.Duration(c.ahead.Load()))
}

// Advance moves the clock ahead by d.
func (c *Clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }
