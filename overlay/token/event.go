package token

import "time"

// EventKind is what happened to a session.
type EventKind int

// The kinds of [Event].
const (
	Started      EventKind = iota + 1 // a refresh or login begins
	Refreshed                         // the refresh token brought a new token
	LoggedIn                          // the credentials brought a new token
	Adopted                           // the store held a good token: this session goes on, or another process renewed it
	Failed                            // a renewal failed; Err says why
	NotStored                         // the store did not take the new token, which is used in this process alone; Err says why
	SessionEnded                      // there is no token any more and no way to get one; Err says why
)

// String returns the kind in words.
func (k EventKind) String() string {
	switch k {
	case Started:
		return "started"
	case Refreshed:
		return "refreshed"
	case LoggedIn:
		return "logged in"
	case Adopted:
		return "adopted"
	case Failed:
		return "failed"
	case NotStored:
		return "not stored"
	case SessionEnded:
		return "session ended"
	default:
		return "unknown event"
	}
}

// Event is what a hook sees. It never holds a token.
type Event struct {
	Kind   EventKind
	Expiry time.Time // of the new token; zero if unknown, never, or no token came
	Err    error     // for Failed, NotStored and SessionEnded
}
