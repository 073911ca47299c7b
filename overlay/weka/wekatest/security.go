package wekatest

import (
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// securityHandlers are the rules for tokens and for lockouts.
func (c *cluster) securityHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"getTokensExpiry":           c.tokenLifetimes,
		"getTokensExpiryDeprecated": c.tokenLifetimes,
		"setTokensExpiry":           c.setTokenLifetimes,
		"getLockoutPolicy":          c.lockoutRule,
		"setLockoutPolicy":          c.setLockoutRule,
		"resetLockoutPolicy": func(*simulator.Request) simulator.Response {
			c.lockout = defaultLockout
			return success(nil)
		},
		"getMountToken": c.mountToken,
	}
}

// maxLifetime is the longest that a token can be given, in seconds: a year.
const maxLifetime = 365 * 24 * 60 * 60

func (c *cluster) tokenLifetimes(r *simulator.Request) simulator.Response {
	now := c.sessions.Lifetimes()
	lifetimes := map[string]any{
		"access_token_expiry": int64(now.Access / time.Second), "refresh_token_expiry": int64(now.Refresh / time.Second),
	}
	if r.Operation.ID == "getTokensExpiry" {
		lifetimes["max_access_token_expiry"], lifetimes["max_refresh_token_expiry"] = maxLifetime, maxLifetime
	}
	return r.Success(lifetimes)
}

func (c *cluster) setTokenLifetimes(r *simulator.Request) simulator.Response {
	for _, name := range []string{"access_token_expiry", "refresh_token_expiry"} {
		if n, given := integer(r.Member(name)); given && (n < 1 || n > maxLifetime) {
			return badParameter(name, "is not a lifetime that this cluster allows")
		}
	}
	c.sessions.SetLifetimes(simulator.Lifetimes{
		Access: seconds(r.Member("access_token_expiry")), Refresh: seconds(r.Member("refresh_token_expiry")),
	})
	return success(nil)
}

func (c *cluster) lockoutRule(r *simulator.Request) simulator.Response {
	return r.Success(map[string]any{
		"num_failed_logins": c.lockout.failures, "lockout_duration": int64(c.lockout.lasts / time.Second),
	})
}

func (c *cluster) setLockoutRule(r *simulator.Request) simulator.Response {
	failures, given := integer(r.Member("num_failed_logins"))
	if given && failures < 1 {
		return badParameter("num_failed_logins", "must be at least 1")
	}
	if given {
		c.lockout.failures = failures
	}
	if r.Member("lockout_duration") != nil {
		c.lockout.lasts = seconds(r.Member("lockout_duration"))
	}
	return c.lockoutRule(r)
}

// mountToken lets a mount prove that it may; clients also ask for it with a GET
// that the document does not have.
func (c *cluster) mountToken(r *simulator.Request) simulator.Response {
	f := c.filesystem(r, r.PathValues["uid"])
	if f == nil {
		return notFound("uid", r.PathValues["uid"])
	}
	return success(map[string]any{"mount_token": "mount-" + f.Text("uid"), "filesystem_name": f.Members["name"]})
}
