package token

import (
	"errors"
	"fmt"
	"time"
)

// longestUseless is the longest pause between logins that bring nothing.
const longestUseless = 5 * time.Minute

var errUselessLogins = errors.New("token: the server accepts logins and gives no usable token")

// uselessLogins counts logins that the server accepted without giving a usable token.
// Each may have opened a session there, so that the pauses between them, which double
// as after other failures, go on growing where those stay short for the callers' sake.
type uselessLogins struct {
	count int       // in a row
	until time.Time // nothing logs in before
	err   error     // what the callers get until then
}

// note counts a login that ended with err and returns what to say of it.
func (u *uselessLogins) note(err error, now time.Time) error {
	if !errors.Is(err, ErrMalformed) {
		if err == nil {
			*u = uselessLogins{}
		}
		return err
	}
	pause := min(longestUseless, firstPause<<min(u.count, 20))
	u.count++
	if pause <= maxWait {
		return err // the callers wait it out
	}
	u.until = now.Add(pause)
	u.err = fmt.Errorf("%w (%d in a row): the next login is at %s: %w", errUselessLogins, u.count, u.until.Format(time.TimeOnly), err)
	return u.err
}

// withheld is the error of a login that is not sent because the pause is not over.
func (u *uselessLogins) withheld(now time.Time) error {
	if now.Before(u.until) {
		return u.err
	}
	return nil
}
