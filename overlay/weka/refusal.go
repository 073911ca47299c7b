package weka

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// refusal is a verdict on what a login or a refresh sent, in one line with the
// answer that led to it.
type refusal struct {
	verdict error
	answer  *call.Error
}

// Error gives the verdict, which says what to do, and the cluster's words.
func (r *refusal) Error() string {
	return fmt.Sprintf("%v (%s %s: %d %s)", r.verdict, r.answer.Method, r.answer.Path, r.answer.Status, r.answer.Message)
}

// Unwrap gives both.
func (r *refusal) Unwrap() []error { return []error{r.verdict, r.answer} }

// loginRefused tells the refusals of a login, after which none is sent again, from a
// server that is out of reach. A 403 is the lockout if it says so. Any other is as
// final as a wrong password: to try again could only do harm.
func (a *authority) loginRefused(err error, answer []byte, password string) error {
	failed, refused := clusterRefused(err, answer)
	if !refused {
		return err
	}
	if locked := lockedOut(failed, time.Now()); locked != nil {
		a.noLogin = locked
		return locked
	}
	a.refusal = &refusal{verdict: token.ErrBadCredentials, answer: failed}
	return token.Refused(password, a.refusal)
}

// refreshRefused tells a dead refresh token, which a login makes up for, from a
// server that is out of reach. A lockout is neither: a login would extend it.
func (a *authority) refreshRefused(err error, answer []byte) error {
	failed, refused := clusterRefused(err, answer)
	if !refused {
		return err
	}
	if locked := lockedOut(failed, time.Now()); locked != nil {
		a.noLogin, a.noRefresh = locked, locked
		return locked
	}
	return &refusal{verdict: token.ErrRefreshRejected, answer: failed}
}

// clusterRefused tells what the cluster refused from what it could not do, and from
// the words of a proxy before it, which knows neither passwords nor tokens. A 400 is
// a refusal too, as of an organization that does not exist: what was sent does not
// become right by being sent again.
func clusterRefused(err error, answer []byte) (*call.Error, bool) {
	var failed *call.Error
	if !errors.As(err, &failed) {
		return nil, false
	}
	switch failed.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity:
		return failed, len(bytes.TrimSpace(answer)) == 0 || json.Valid(answer)
	default:
		return failed, false
	}
}

var lockedFor = regexp.MustCompile(`(?i)locked out for another ([0-9hms.]*[hms])`)

// lockedOut reads a lockout, nil if the answer is none. It keeps the words of the
// answer and not its class, "forbidden", which the caller would take for that of his
// own operation.
func lockedOut(answer *call.Error, now time.Time) *token.LockedOutError {
	if !strings.Contains(strings.ToLower(answer.Message), "locked") {
		return nil
	}
	left := token.DefaultLockout
	if found := lockedFor.FindStringSubmatch(answer.Message); found != nil {
		if stated, err := time.ParseDuration(found[1]); err == nil {
			left = stated + time.Second // the cluster rounds, and a login too early extends it
		}
	}
	return &token.LockedOutError{Until: now.Add(left), Err: errors.New(answer.Error())}
}

func lasts(locked *token.LockedOutError) bool {
	return locked != nil && time.Now().Before(locked.Until)
}
