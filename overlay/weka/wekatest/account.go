package wekatest

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	rootOrganization = "Root"

	// A cluster locks an account after so many failures in a row, for so long.
	maxFailures = 5
	lockout     = 2 * time.Minute
)

type account struct {
	user, password, organization string

	failures int
	locked   time.Time // the end of the lockout
}

// accounts are the users of a cluster, over all organizations.
type accounts struct {
	mu  sync.Mutex
	all []account
}

// errWrongLogin is the same for an unknown user and a wrong password.
var errWrongLogin = errors.New("wrong user name, password or organization")

// lockedError tells for how long an account is locked.
type lockedError struct{ left time.Duration }

func (e *lockedError) Error() string {
	return fmt.Sprintf("Authentication Failed. User has been locked out for another %s due to too many login attempts",
		e.left.Round(time.Second))
}

// login checks a password. An attempt on a locked account prolongs the lockout,
// even one with the right password.
func (a *accounts) login(user, password, organization string, now time.Time) (*account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := a.find(user, organization)
	switch {
	case found == nil:
		return nil, errWrongLogin
	case now.Before(found.locked):
		found.locked = now.Add(lockout)
		return nil, &lockedError{left: lockout}
	case subtle.ConstantTimeCompare([]byte(found.password), []byte(password)) == 1:
		found.failures = 0
		return found, nil
	}
	if found.failures++; found.failures >= maxFailures {
		found.failures = 0
		found.locked = now.Add(lockout)
	}
	return nil, errWrongLogin
}

// find takes the account that was added last, so that WithAccount can give admin
// another password.
func (a *accounts) find(user, organization string) *account {
	for i := len(a.all) - 1; i >= 0; i-- {
		if a.all[i].user == user && a.all[i].organization == organization {
			return &a.all[i]
		}
	}
	return nil
}
