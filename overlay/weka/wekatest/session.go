package wekatest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// rootOrganization is that of a login without an organization. Logins, and releases before
// 5.1, call organization what the collections of later ones call tenant.
const rootOrganization = "Root"

// organizationNamed returns the name of an organization; clients write that of Root in any
// case.
func organizationNamed(name string) string {
	if strings.EqualFold(name, rootOrganization) {
		return rootOrganization
	}
	return name
}

// account is a user of one organization.
type account struct {
	user, password, organization string
	mustChange                   bool // the password, after the next login

	object   *simulator.Object // of /users
	failures int
	locked   time.Time // the end of the lockout
}

func accountOf(o *simulator.Object) *account { return o.Hidden.(*account) }

// caller returns the account of a request, nil for one that needs no session.
func caller(r *simulator.Request) *account {
	who, _ := r.Identity.(*account)
	return who
}

func organizationOf(r *simulator.Request) string {
	if who := caller(r); who != nil {
		return who.organization
	}
	return rootOrganization
}

// account returns the account of a user, nil if the organization has no such user.
func (c *cluster) account(user, organization string) *account {
	for _, o := range c.of("/users").All() {
		if a := accountOf(o); a.user == user && a.organization == organization {
			return a
		}
	}
	return nil
}

// addAccount adds a user, and the organization if it does not exist. If the user exists it
// sets the password.
func (c *cluster) addAccount(a account, now time.Time) {
	if found := c.account(a.user, a.organization); found != nil {
		found.password, found.mustChange = a.password, a.mustChange
		return
	}
	if c.of("/tenants").Find("name", a.organization) == nil {
		c.seed("/tenants", map[string]any{"name": a.organization}, now)
	}
	role := roleTenantAdmin
	if a.organization == rootOrganization {
		role = roleClusterAdmin
	}
	o := c.seed("/users", map[string]any{"username": a.user, "role": role}, now)
	added := accountOf(o)
	added.password, added.organization, added.mustChange = a.password, a.organization, a.mustChange
	o.Members["org_id"] = c.organizationID(a.organization)
}

// organizationID returns the number of an organization, 0 for Root.
func (c *cluster) organizationID(name string) any {
	if o := c.of("/tenants").Find("name", name); o != nil {
		return o.Members["id"]
	}
	return int64(0)
}

type sessions = simulator.Sessions[*account]

// mint makes a token, which clients must not interpret.
func mint(kind string, _ *account, _, expiry time.Time) (string, time.Time) {
	return kind + "-" + rand.Text(), expiry
}

func mintJWT(ahead time.Duration) func(string, *account, time.Time, time.Time) (string, time.Time) {
	encode := base64.RawURLEncoding.EncodeToString
	return func(kind string, who *account, now, expiry time.Time) (string, time.Time) {
		claims := fmt.Appendf(nil, `{"iat":%d,"exp":%d}`, now.Add(ahead).Unix(), expiry.Add(ahead).Unix())
		signature, _ := mint(kind, who, now, expiry)
		return encode([]byte(`{"alg":"HS256"}`)) + "." + encode(claims) + "." + signature, expiry
	}
}

func (c *cluster) login(r *simulator.Request) simulator.Response {
	who, err := c.authenticate(r.Text("username"), r.Text("password"), organizationNamed(r.TextOr("org", rootOrganization)), r.Time)
	if locked := (*lockedError)(nil); errors.As(err, &locked) {
		return simulator.Response{Status: http.StatusForbidden, Body: data(locked.Error())}
	}
	if err != nil {
		return unauthorized()
	}
	return c.tokens(c.sessions.Login(who, r.Time), who)
}

func (c *cluster) refresh(r *simulator.Request) simulator.Response {
	issued, who, ok := c.sessions.Renew(r.Text("refresh_token"), r.Time, lifetimesIn(r))
	if !ok {
		return unauthorized()
	}
	return c.tokens(issued, who)
}

// tokens is the response of login and refresh in the shape of [WithLoginShape]. The
// document has only one of the three.
func (c *cluster) tokens(issued simulator.Tokens, who *account) simulator.Response {
	members := map[string]any{
		"access_token":             issued.Access,
		"token_type":               "Bearer",
		"expires_in":               int64(issued.Life / time.Second),
		"refresh_token":            issued.Refresh,
		"password_change_required": who.mustChange,
	}
	switch c.set.loginShape {
	case LoginList:
		return simulator.Response{Status: http.StatusOK, Body: data([]any{members}), Unchecked: true}
	case LoginBare:
		return simulator.Response{Status: http.StatusOK, Body: members, Unchecked: true}
	}
	return success(members)
}

// lockoutPolicy locks an account for a duration after a number of failed logins in a row.
type lockoutPolicy struct {
	failures int64
	lasts    time.Duration
}

var defaultLockout = lockoutPolicy{failures: 5, lasts: 2 * time.Minute}

// errWrongLogin is the same for an unknown user and a wrong password.
var errWrongLogin = errors.New("wrong user name, password or organization")

// lockedError is the rejection of a locked account, with the time that is left.
type lockedError struct{ left time.Duration }

func (e *lockedError) Error() string {
	return fmt.Sprintf("Authentication Failed. User has been locked out for another %s due to too many login attempts",
		e.left.Round(time.Second))
}

// authenticate checks a password. An attempt on a locked account restarts the lockout,
// even with the right password.
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

// maxLifetime is the longest lifetime of a token in seconds: a year.
const maxLifetime = 365 * 24 * 60 * 60

// lifetimesIn returns those that a body sets; 0 is absent.
func lifetimesIn(r *simulator.Request) simulator.Lifetimes {
	return simulator.Lifetimes{Access: seconds(r.Member("access_token_expiry")), Refresh: seconds(r.Member("refresh_token_expiry"))}
}

// seconds returns a duration of a body, up to the longest [time.Duration].
func seconds(member any) time.Duration {
	n, _ := integer(member)
	return time.Duration(min(n, int64(math.MaxInt64/time.Second/2))) * time.Second
}

func (c *cluster) getLifetimes(r *simulator.Request) simulator.Response {
	now := c.sessions.Lifetimes()
	members := map[string]any{
		"access_token_expiry": int64(now.Access / time.Second), "refresh_token_expiry": int64(now.Refresh / time.Second),
	}
	if r.Operation.ID == "getTokensExpiry" && c.set.release.has("5.0") {
		members["max_access_token_expiry"], members["max_refresh_token_expiry"] = maxLifetime, maxLifetime
	}
	return r.Success(members)
}

func (c *cluster) setLifetimes(r *simulator.Request) simulator.Response {
	for _, name := range []string{"access_token_expiry", "refresh_token_expiry"} {
		if n, given := integer(r.Member(name)); given && (n < 1 || n > maxLifetime) {
			return badParameter(name, "is not a lifetime that this cluster allows")
		}
	}
	c.sessions.SetLifetimes(lifetimesIn(r))
	return success(nil)
}

func (c *cluster) getLockout(r *simulator.Request) simulator.Response {
	return r.Success(map[string]any{
		"num_failed_logins": c.lockout.failures, "lockout_duration": int64(c.lockout.lasts / time.Second),
	})
}

func (c *cluster) setLockout(r *simulator.Request) simulator.Response {
	if failures, given := integer(r.Member("num_failed_logins")); given {
		if failures < 1 {
			return badParameter("num_failed_logins", "must be at least 1")
		}
		c.lockout.failures = failures
	}
	if r.Member("lockout_duration") != nil {
		c.lockout.lasts = seconds(r.Member("lockout_duration"))
	}
	return c.getLockout(r)
}

func (c *cluster) resetLockout(*simulator.Request) simulator.Response {
	c.lockout = defaultLockout
	return success(nil)
}
