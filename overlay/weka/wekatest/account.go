package wekatest

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// rootOrganization is where a login without an organization goes. Logins, and releases
// before 5.1, call an organization what the collections of later ones call a tenant.
const rootOrganization = "Root"

// account is a user of one organization, who can log in.
type account struct {
	user, password, organization string
	role                         string
	mustChange                   bool // the password, at the next login

	object   *simulator.Object // of /users
	failures int
	locked   time.Time // the end of the lockout
}

// lockoutPolicy says when a cluster locks an account: after so many failures in a
// row, for so long.
type lockoutPolicy struct {
	failures int64
	lasts    time.Duration
}

var defaultLockout = lockoutPolicy{failures: 5, lasts: 2 * time.Minute}

// errWrongLogin is the same for an unknown user and a wrong password.
var errWrongLogin = errors.New("wrong user name, password or organization")

// lockedError tells for how long an account is locked.
type lockedError struct{ left time.Duration }

func (e *lockedError) Error() string {
	return fmt.Sprintf("Authentication Failed. User has been locked out for another %s due to too many login attempts",
		e.left.Round(time.Second))
}

// authenticate checks a password. An attempt on a locked account prolongs the
// lockout, even one with the right password.
func (c *cluster) authenticate(user, password, organization string, now time.Time) (*account, error) {
	found := c.account(user, organization)
	switch {
	case found == nil:
		return nil, errWrongLogin
	case now.Before(found.locked):
		found.locked = now.Add(c.lockout.lasts)
		return nil, &lockedError{left: c.lockout.lasts}
	case subtle.ConstantTimeCompare([]byte(found.password), []byte(password)) == 1:
		found.failures = 0
		return found, nil
	}
	if found.failures++; int64(found.failures) >= c.lockout.failures {
		found.failures = 0
		found.locked = now.Add(c.lockout.lasts)
	}
	return nil, errWrongLogin
}

// account is that of a user, nil if the organization has none of that name.
func (c *cluster) account(user, organization string) *account {
	for _, o := range c.of("/users").All() {
		if a := accountOf(o); a.user == user && a.organization == organization {
			return a
		}
	}
	return nil
}

func accountOf(o *simulator.Object) *account { return o.Hidden.(*account) }

// addAccount adds a user, and the organization if need be. One that is there
// already gets the password.
func (c *cluster) addAccount(a account, now time.Time) {
	if found := c.account(a.user, a.organization); found != nil {
		found.password, found.mustChange = a.password, a.mustChange
		return
	}
	if c.of("/tenants").Find("name", a.organization) == nil {
		c.seed("/tenants", map[string]any{"name": a.organization}, now)
	}
	role := a.role
	if role == "" {
		role = roleTenantAdmin
		if a.organization == rootOrganization {
			role = roleClusterAdmin
		}
	}
	o := c.seed("/users", map[string]any{"username": a.user, "role": role}, now)
	made := accountOf(o)
	made.password, made.organization, made.mustChange = a.password, a.organization, a.mustChange
	o.Members["org_id"] = c.organizationID(a.organization)
}

// organizationID is the number of an organization, 0 for Root.
func (c *cluster) organizationID(name string) any {
	if o := c.of("/tenants").Find("name", name); o != nil {
		return o.Members["id"]
	}
	return int64(0)
}

// caller is the account of a request; nil for one that needs no session.
func caller(r *simulator.Request) *account {
	who, _ := r.Identity.(*account)
	return who
}

// organizationOf is the organization that a request's session is bound to.
func organizationOf(r *simulator.Request) string {
	if who := caller(r); who != nil {
		return who.organization
	}
	return rootOrganization
}
