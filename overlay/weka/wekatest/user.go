package wekatest

import (
	"crypto/rand"
	"fmt"
	"time"
	"unicode"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

func (c *cluster) userBehavior() simulator.Behavior {
	return simulator.Behavior{
		Unique: []string{"username", "org_id"},
		Complete: func(o *simulator.Object, r *simulator.Request, _ time.Time) {
			a := &account{user: o.Text("username"), organization: rootOrganization, object: o}
			o.Hidden = a
			o.Members["source"] = "Internal"
			if r != nil {
				a.organization = c.userOrganization(r)
				a.password, _ = r.Member("password").(string)
			}
			o.Members["org_id"] = c.organizationID(a.organization)
		},
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			a, root := accountOf(o), organizationOf(r) == rootOrganization
			if asked := r.Query.Get("org"); asked != "" && root {
				return a.organization == asked
			}
			return a.organization == c.userOrganization(r) || root && r.Query.Get("include_tenants") == "true"
		},
		Create: func(r *simulator.Request) *simulator.Response { return c.refuseUser(r) },
		Delete: func(r *simulator.Request, o *simulator.Object) *simulator.Response {
			if accountOf(o) == caller(r) {
				return new(badRequest("Could not delete user: a user cannot delete itself", nil))
			}
			c.sessions.Revoke(func(a *account) bool { return a == accountOf(o) })
			return nil
		},
	}
}

// userOrganization is the organization that a request about users is for: its
// own, or for the administrators of Root the one that the body names.
func (c *cluster) userOrganization(r *simulator.Request) string {
	named, _ := r.Member("org").(string)
	if own := organizationOf(r); own != rootOrganization || named == "" {
		return own
	}
	return named
}

func (c *cluster) refuseUser(r *simulator.Request) *simulator.Response {
	var missing []string
	for _, name := range []string{"username", "password", "role"} {
		if r.Member(name) == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return new(missingParameters(missing...))
	}
	if organization := c.userOrganization(r); c.of("/tenants").Find("name", organization) == nil {
		return new(badParameter("org", fmt.Sprintf("%q does not exist", organization)))
	}
	return refuseWeak("password", r.Member("password"))
}

// refuseWeak refuses a password that the cluster's rule does not take.
func refuseWeak(parameter string, password any) *simulator.Response {
	text, _ := password.(string)
	var upper, lower, other bool
	for _, c := range text {
		upper = upper || unicode.IsUpper(c)
		lower = lower || unicode.IsLower(c)
		other = other || !unicode.IsLetter(c)
	}
	if len(text) >= 8 && upper && lower && other {
		return nil
	}
	return refuse(badParameter(parameter,
		"must have 8 characters or more, upper and lower case letters, and a digit or a special character"))
}

func (c *cluster) userHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"whoAmI":                 c.whoAmI,
		"updateUserPassword":     c.changePassword,
		"setUserPassword":        c.setPassword,
		"revokeUser":             c.revokeUser,
		"resetUserS3Credentials": c.resetCredentials,
	}
}

func (c *cluster) whoAmI(r *simulator.Request) simulator.Response {
	who := caller(r)
	return r.Success(map[string]any{
		"uid": who.object.Members["uid"], "username": who.user, "role": who.object.Members["role"],
		"source": who.object.Members["source"], "org_id": who.object.Members["org_id"], "org_name": who.organization,
	})
}

// changePassword is for whoever knows the old password; sessions go on.
func (c *cluster) changePassword(r *simulator.Request) simulator.Response {
	user, _ := r.Member("username").(string)
	old, _ := r.Member("old_password").(string)
	organization, given := r.Member("tenant").(string)
	if !given {
		organization = organizationOf(r)
	}
	a := c.account(user, organization)
	if a == nil || a.password != old {
		return unauthorized()
	}
	if refusal := refuseWeak("new_password", r.Member("new_password")); refusal != nil {
		return *refusal
	}
	a.password, _ = r.Member("new_password").(string)
	a.mustChange = false
	return success(nil)
}

// user returns the account that a request means by uid.
func (c *cluster) user(r *simulator.Request) (*account, *simulator.Response) {
	uid := r.PathValues["uid"]
	for _, o := range c.of("/users").All() {
		if own := organizationOf(r); o.Text("uid") == uid && (own == rootOrganization || own == accountOf(o).organization) {
			return accountOf(o), nil
		}
	}
	return nil, new(notFound("uid", uid))
}

func (c *cluster) setPassword(r *simulator.Request) simulator.Response {
	a, refusal := c.user(r)
	if refusal == nil {
		refusal = refuseWeak("password", r.Member("password"))
	}
	if refusal != nil {
		return *refusal
	}
	a.password, _ = r.Member("password").(string)
	a.failures, a.locked = 0, time.Time{}
	return success(nil)
}

func (c *cluster) revokeUser(r *simulator.Request) simulator.Response {
	a, refusal := c.user(r)
	if refusal != nil {
		return *refusal
	}
	c.sessions.Revoke(func(other *account) bool { return other == a })
	return success(nil)
}

func (c *cluster) resetCredentials(r *simulator.Request) simulator.Response {
	a, refusal := c.user(r)
	if refusal != nil {
		return *refusal
	}
	return r.Success(map[string]any{"accessKey": a.user, "secretKey": rand.Text()})
}
