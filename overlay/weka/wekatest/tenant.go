package wekatest

import (
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// capacityBlock is what the quotas of tenants are rounded up to, in bytes.
const capacityBlock = 4096

func (c *cluster) tenantBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names: map[string]string{"enforce_fs_authentication": "enforce_fs_auth"},
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			if o.Text("name") != rootOrganization {
				number, _ := strconv.ParseInt(serial(o), 16, 64)
				o.Members["id"] = number
			}
		},
		Show: func(o *simulator.Object, _ time.Time) map[string]any { return c.showTenant(o) },
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			own := organizationOf(r)
			return own == rootOrganization || own == o.Text("name")
		},
		Create: func(r *simulator.Request) *simulator.Response {
			if refusal := wantName(r); refusal != nil {
				return refusal
			}
			return refuseWeak("password", r.Member("password"))
		},
		Changed: func(r *simulator.Request, o *simulator.Object) { c.changedTenant(r, o) },
		Delete:  func(_ *simulator.Request, o *simulator.Object) *simulator.Response { return c.dissolve(o) },
	}
}

// showTenant adds up what the filesystems of a tenant take.
func (c *cluster) showTenant(o *simulator.Object) map[string]any {
	shown := maps.Clone(o.Members)
	var ssd, total int64
	for _, other := range c.of("/fileSystems").All() {
		if f := filesystemOf(other); f.organization == o.Text("name") {
			ssd, total = ssd+f.ssd, total+f.total
		}
	}
	shown["ssd_allocated"], shown["total_allocated"] = ssd, total
	return shown
}

// changedTenant rounds the quotas, makes the administrator of a new tenant, and
// takes a new name to all that carry it.
func (c *cluster) changedTenant(r *simulator.Request, o *simulator.Object) {
	for _, member := range []string{"ssd_quota", "total_quota"} {
		if size, ok := integer(o.Members[member]); ok {
			o.Members[member] = (size + capacityBlock - 1) / capacityBlock * capacityBlock
		}
	}
	name := o.Text("name")
	if user, given := r.Member("username").(string); given && r.Operation.Method == http.MethodPost {
		password, _ := r.Member("password").(string)
		c.addAccount(account{user: user, password: password, organization: name}, r.Time)
	}
	for _, user := range c.of("/users").All() {
		if user.Members["org_id"] == o.Members["id"] {
			a := accountOf(user)
			for _, filesystem := range c.of("/fileSystems").All() {
				if f := filesystemOf(filesystem); f.organization == a.organization {
					f.organization = name
				}
			}
			a.organization = name
		}
	}
}

// dissolve refuses to delete the root, or a tenant that has filesystems; the
// users of any other go with it.
func (c *cluster) dissolve(o *simulator.Object) *simulator.Response {
	name := o.Text("name")
	if name == rootOrganization {
		return new(badRequest("The root organization cannot be deleted", nil))
	}
	for _, other := range c.of("/fileSystems").All() {
		if filesystemOf(other).organization == name {
			return new(badRequest("Tenant is in use by a filesystem", nil))
		}
	}
	c.sessions.Revoke(func(a *account) bool { return a.organization == name })
	for _, user := range c.of("/users").All() {
		if accountOf(user).organization == name {
			c.of("/users").Remove(user)
		}
	}
	return nil
}

func (c *cluster) tenantHandlers() map[string]simulator.Handler {
	several := func(r *simulator.Request) simulator.Response {
		return r.Success(c.of("/tenants").Len() > 1)
	}
	return map[string]simulator.Handler{
		"getMultipleTenantsExist":   several,
		"getMultipleOrgExist":       several,
		"setTenantLimit":            c.changeTenant,
		"setOrganizationLimit":      c.changeTenant,
		"updateTenantOptions":       c.changeTenant,
		"updateOrganizationOptions": c.changeTenant,
		"revokeTenantTokens":        c.revokeTenant,
		"revokeOrganizationTokens":  c.revokeTenant,
	}
}

// changeTenant is a change of some members, below the tenant's own path.
func (c *cluster) changeTenant(r *simulator.Request) simulator.Response {
	tenants := c.of("/tenants")
	return c.store.With(tenants, "uid", func(r *simulator.Request, o *simulator.Object) simulator.Response {
		return c.store.Update(tenants, r, o)
	})(r)
}

func (c *cluster) revokeTenant(r *simulator.Request) simulator.Response {
	uid := r.PathValues["uid"]
	o := c.store.Get(c.of("/tenants"), r, uid)
	if o == nil {
		return notFound("uid", uid)
	}
	c.sessions.Revoke(func(a *account) bool { return a.organization == o.Text("name") })
	return success(nil)
}
