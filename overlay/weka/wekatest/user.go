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
			setDefaults(o, map[string]any{"role": "Regular"})
			a := &account{user: o.Text("username"), organization: rootOrganization, object: o}
			o.Hidden = a
			o.Members["source"] = "Internal"
			if r != nil {
				a.organization, a.password = userOrganization(r), r.Text("password")
			}
			o.Members["org_id"] = c.organizationID(a.organization)
		},
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			a, root := accountOf(o), organizationOf(r) == rootOrganization
			if asked := r.Query.Get("org"); asked != "" && root {
				return a.organization == asked
			}
			return a.organization == userOrganization(r) || root && r.Query.Get("include_tenants") == "true"
		},
		Create: c.checkUser,
		Delete: func(r *simulator.Request, o *simulator.Object) *simulator.Response {
			if accountOf(o) == caller(r) {
				return new(badRequest("Could not delete user: a user cannot delete itself", nil))
			}
			c.sessions.Revoke(func(a *account) bool { return a == accountOf(o) })
			return nil
		},
	}
}

// userOrganization returns the organization of a request about users: that of the session,
// or the one that a body of a user of Root names.
func userOrganization(r *simulator.Request) string {
	if named := r.Text("org"); named != "" && organizationOf(r) == rootOrganization {
		return named
	}
	return organizationOf(r)
}

func (c *cluster) checkUser(r *simulator.Request) *simulator.Response {
	var missing []string
	for _, name := range []string{"username", "password"} {
		if r.Member(name) == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return new(missingParameters(missing...))
	}
	if organization := userOrganization(r); c.of("/tenants").Find("name", organization) == nil {
		return new(badParameter("org", fmt.Sprintf("%q does not exist", organization)))
	}
	return checkPassword(r, "password")
}

// checkPassword rejects a new password that breaks the cluster's rule.
func checkPassword(r *simulator.Request, parameter string) *simulator.Response {
	text := r.Text(parameter)
	var upper, lower, other bool
	for _, c := range text {
		upper = upper || unicode.IsUpper(c)
		lower = lower || unicode.IsLower(c)
		other = other || !unicode.IsLetter(c)
	}
	if len(text) >= 8 && upper && lower && other {
		return nil
	}
	return new(badParameter(parameter,
		"must have 8 characters or more, upper and lower case letters, and a digit or a special character"))
}

// onUser makes a handler of a function for the user that the path identifies by uid.
func (c *cluster) onUser(next func(*simulator.Request, *account) simulator.Response) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		uid, own := r.PathValues["uid"], organizationOf(r)
		o := c.of("/users").Find("uid", uid)
		if o == nil || own != rootOrganization && own != accountOf(o).organization {
			return notFound("uid", uid)
		}
		return next(r, accountOf(o))
	}
}

func (c *cluster) whoAmI(r *simulator.Request) simulator.Response {
	who := caller(r)
	return r.Success(map[string]any{
		"uid": who.object.Members["uid"], "username": who.user, "role": who.object.Members["role"],
		"source": who.object.Members["source"], "org_id": who.object.Members["org_id"], "org_name": who.organization,
	})
}

// changePassword requires the old password. Sessions stay valid.
func (c *cluster) changePassword(r *simulator.Request) simulator.Response {
	a := c.account(r.Text("username"), r.TextOr("tenant", organizationOf(r)))
	if a == nil || a.password != r.Text("old_password") {
		return unauthorized()
	}
	if rejection := checkPassword(r, "new_password"); rejection != nil {
		return *rejection
	}
	a.password, a.mustChange = r.Text("new_password"), false
	return success(nil)
}

func setPassword(r *simulator.Request, a *account) simulator.Response {
	if rejection := checkPassword(r, "password"); rejection != nil {
		return *rejection
	}
	a.password, a.failures, a.locked = r.Text("password"), 0, time.Time{}
	return success(nil)
}

func (c *cluster) revokeUser(_ *simulator.Request, a *account) simulator.Response {
	c.sessions.Revoke(func(other *account) bool { return other == a })
	return success(nil)
}

func resetCredentials(r *simulator.Request, a *account) simulator.Response {
	return r.Success(map[string]any{"accessKey": a.user, "secretKey": rand.Text()})
}
