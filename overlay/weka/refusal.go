package weka

import (
	"errors"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// loginRefused tells the refusals of a login, after which none is sent again, from a
// server that is out of reach. A 403 is the lockout if it says so. Any other is as
// final as a wrong password: to try again could only do harm.
func (a *authority) loginRefused(err error, answer []byte) error {
	failed, refused := connect.Rejected(err, answer)
	if !refused {
		return err
	}
	if locked := lockedOut(failed, time.Now()); locked != nil {
		a.noLogin = locked
		return locked
	}
	a.refusal = &connect.Rejection{Verdict: token.ErrBadCredentials, Response: failed}
	return a.refusal
}

// refreshRefused tells a dead refresh token, which a login makes up for, from a
// server that is out of reach. A lockout is neither: a login would extend it.
func (a *authority) refreshRefused(err error, answer []byte) error {
	failed, refused := connect.Rejected(err, answer)
	if !refused {
		return err
	}
	if locked := lockedOut(failed, time.Now()); locked != nil {
		a.noLogin, a.noRefresh = locked, locked
		return locked
	}
	return &connect.Rejection{Verdict: token.ErrRefreshRejected, Response: failed}
}

// lockedOut reads a lockout, nil if the answer is none. It keeps the words of the
// answer and not its class, "forbidden", which the caller would take for that of his
// own operation.
func lockedOut(answer *call.Error, now time.Time) *token.LockedOutError {
	message := strings.ToLower(answer.Message)
	if !strings.Contains(message, "locked") {
		return nil
	}
	left := token.DefaultLockout
	if _, after, found := strings.Cut(message, "locked out for another "); found {
		after, _, _ = strings.Cut(after, " ")
		if stated, err := time.ParseDuration(strings.TrimRight(after, ".,;!")); err == nil && stated >= 0 {
			left = stated + time.Second // the cluster rounds, and a login too early extends it
		}
	}
	return &token.LockedOutError{Until: now.Add(left), Err: errors.New(answer.Error())}
}

func lasts(locked *token.LockedOutError) bool {
	return locked != nil && time.Now().Before(locked.Until)
}
