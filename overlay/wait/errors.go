package wait

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// The ways in which a wait ends without what it waited for, for errors.Is. A wait
// that its caller ended is context.Canceled instead, and one that Get's error ended
// is that error.
var (
	// ErrFailed says that a state was seen which Poll.State calls Failed.
	ErrFailed = errors.New("it failed")
	// ErrTimeout says that Bound is over or the deadline of the context is past. In
	// the second case the error is context.DeadlineExceeded too.
	ErrTimeout = errors.New("not within the time given")
	// ErrNoBound says that there was neither Bound nor deadline. Nothing was asked.
	ErrNoBound = errors.New("a wait needs a bound: give a duration above zero, or a context with a deadline")
)

// Error is the one error type of [For]. It prints in one line whatever the verb, and
// never what Last holds.
type Error[T any] struct {
	Last      T             // what was seen last; the zero value if Seen is false
	Seen      bool          // whether anything was seen
	State     string        // the name of Last's state
	Polls     int           // how often Get was called
	Tolerated int           // how many of its errors were tolerated
	Elapsed   time.Duration // how long the wait took
	Cause     error         // why it ended: one of this package's, the context's, or Get's
	LastError error         // Get's last error if that was not followed by a success, or nil
}

// Error gives one line: why the wait ended, what was seen last, and how often it looked.
func (e *Error[T]) Error() string {
	var b strings.Builder
	b.WriteString("wait: " + e.Cause.Error())
	if e.Seen {
		fmt.Fprintf(&b, ", last seen as %q", e.State)
	}
	if e.Polls > 0 {
		fmt.Fprintf(&b, " (%d looks in %v, %d errors tolerated)", e.Polls, e.Elapsed.Round(time.Millisecond), e.Tolerated)
	}
	if e.LastError != nil && !errors.Is(e.Cause, e.LastError) {
		b.WriteString("; last error: " + e.LastError.Error())
	}
	return strings.Map(printable, b.String())
}

// Unwrap gives the cause and the last error, for errors.Is and errors.As.
func (e *Error[T]) Unwrap() []error {
	if e.LastError == nil {
		return []error{e.Cause}
	}
	return []error{e.Cause, e.LastError}
}

// Format prints the line of Error for every verb: what was seen can hold secrets. It
// has a value receiver so that a copy prints no more.
func (e Error[T]) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}
