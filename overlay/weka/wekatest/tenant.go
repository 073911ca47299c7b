package wekatest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// capacityBlock is the unit, in bytes, to which quotas of tenants are rounded up.
const capacityBlock = 4096

func (c *cluster) tenantBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names: map[string]string{"enforce_fs_authentication": "enforce_fs_auth"},
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			if o.Text("name") != rootOrganization {
				o.Members["id"] = number(o)
			}
		},
		Show: func(o *simulator.Object, _ time.Time) map[string]any { return c.showTenant(o) },
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			own := organizationOf(r)
			return own == rootOrganization || own == o.Text("name")
		},
		Create: func(r *simulator.Request) *simulator.Response {
			if rejection := requireName(r); rejection != nil {
				return rejection
			}
			return checkPassword(r, "password")
		},
		Changed: c.changedTenant,
		Delete:  c.deleteTenant,
	}
}

func (c *cluster) filesystemsOf(organization string) []*filesystem {
	var all []*filesystem
	for _, o := range c.of("/fileSystems").All() {
		if f := filesystemOf(o); f.organization == organization {
			all = append(all, f)
		}
	}
	return all
}

// showTenant adds the capacity that the filesystems of a tenant use.
func (c *cluster) showTenant(o *simulator.Object) map[string]any {
	shown := maps.Clone(o.Members)
	var ssd, total int64
	for _, f := range c.filesystemsOf(o.Text("name")) {
		ssd, total = ssd+f.ssd, total+f.total
	}
	shown["ssd_allocated"], shown["total_allocated"] = ssd, total
	return shown
}

// changedTenant rounds the quotas, creates the administrator of a new tenant, and gives a
// new name to the tenant's users and filesystems.
func (c *cluster) changedTenant(r *simulator.Request, o *simulator.Object) {
	for _, member := range []string{"ssd_quota", "total_quota"} {
		if size, ok := integer(o.Members[member]); ok {
			o.Members[member] = (size + capacityBlock - 1) / capacityBlock * capacityBlock
		}
	}
	name := o.Text("name")
	if user, given := r.Member("username").(string); given && r.Operation.Method == http.MethodPost {
		c.addAccount(account{user: user, password: r.Text("password"), organization: name}, r.Time)
	}
	for _, user := range c.of("/users").All() {
		if user.Members["org_id"] == o.Members["id"] {
			a := accountOf(user)
			for _, f := range c.filesystemsOf(a.organization) {
				f.organization = name
			}
			a.organization = name
		}
	}
}

// deleteTenant rejects the deletion of Root, and of a tenant with filesystems. It deletes
// the users of the tenant.
func (c *cluster) deleteTenant(_ *simulator.Request, o *simulator.Object) *simulator.Response {
	name := o.Text("name")
	if name == rootOrganization {
		return new(badRequest("The root organization cannot be deleted", nil))
	}
	if len(c.filesystemsOf(name)) > 0 {
		return new(badRequest("Tenant is in use by a filesystem", nil))
	}
	c.sessions.Revoke(func(a *account) bool { return a.organization == name })
	for _, user := range c.of("/users").All() {
		if accountOf(user).organization == name {
			c.of("/users").Remove(user)
		}
	}
	return nil
}

func (c *cluster) severalTenants(r *simulator.Request) simulator.Response {
	return r.Success(c.of("/tenants").Len() > 1)
}

func (c *cluster) updateTenant(r *simulator.Request, o *simulator.Object) simulator.Response {
	return c.store.Update(c.of("/tenants"), r, o)
}

func (c *cluster) revokeTenant(_ *simulator.Request, o *simulator.Object) simulator.Response {
	c.sessions.Revoke(func(a *account) bool { return a.organization == o.Text("name") })
	return success(nil)
}

// policyHolders maps what security policies are attached to, as operationIds name it, to
// its collection.
var policyHolders = map[string]string{
	"Tenant": "/tenants", "Organization": "/tenants", "FileSystem": "/fileSystems", "Join": "",
}

// securityPolicyBehavior shows a policy to the tenant that made it, and to Root.
func securityPolicyBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names: map[string]string{"ip": "ips", "role": "roles"},
		Complete: func(o *simulator.Object, r *simulator.Request, _ time.Time) {
			if o.Hidden = rootOrganization; r != nil {
				o.Hidden = organizationOf(r)
			}
		},
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			return organizationOf(r) == rootOrganization || organizationOf(r) == o.Hidden
		},
	}
}

// securityPolicyHandlers are the same five operations for each holder.
func (c *cluster) securityPolicyHandlers() map[string]simulator.Handler {
	all := map[string]simulator.Handler{}
	for holder, collection := range policyHolders {
		for verb, change := range map[string]func(held, named []string) ([]string, *simulator.Response){
			"get":    func(held, _ []string) ([]string, *simulator.Response) { return held, nil },
			"set":    func(_, named []string) ([]string, *simulator.Response) { return named, nil },
			"reset":  func([]string, []string) ([]string, *simulator.Response) { return nil, nil },
			"attach": attachPolicies,
			"detach": detachPolicies,
		} {
			all[verb+holder+"SecurityPolicies"] = func(r *simulator.Request) simulator.Response {
				return c.changePolicies(r, collection, change)
			}
		}
	}
	return all
}

// attachPolicies responds 500 for a policy that is already attached.
func attachPolicies(held, named []string) ([]string, *simulator.Response) {
	for _, uid := range named {
		if slices.Contains(held, uid) {
			return nil, &simulator.Response{
				Status: http.StatusInternalServerError,
				Body:   map[string]any{"message": fmt.Sprintf("Security policy %s is already present in the list", uid)},
			}
		}
	}
	return slices.Concat(held, named), nil
}

func detachPolicies(held, named []string) ([]string, *simulator.Response) {
	for _, uid := range named {
		if !slices.Contains(held, uid) {
			return nil, new(notFound("policies", uid))
		}
	}
	return slices.DeleteFunc(slices.Clone(held), func(uid string) bool { return slices.Contains(named, uid) }), nil
}

// changePolicies changes the policies of a holder by those that the body names, by uid, id
// or name, and responds with those that it has afterwards.
func (c *cluster) changePolicies(r *simulator.Request, collection string,
	change func(held, named []string) ([]string, *simulator.Response),
) simulator.Response {
	holder := r.PathValues["mode"]
	if collection != "" {
		o := c.store.Get(c.of(collection), r, r.PathValues["uid"])
		if o == nil {
			return notFound("uid", r.PathValues["uid"])
		}
		holder = o.Text("uid")
	}
	policies := c.of("/security/policies")
	var named []string
	asked, _ := r.Member("policies").([]any)
	for _, id := range asked {
		policy := c.store.Get(policies, r, fmt.Sprint(id))
		if policy == nil {
			return notFound("policies", fmt.Sprint(id))
		}
		named = append(named, policy.Text("uid"))
	}
	held, rejection := change(c.attached[holder], named)
	if rejection != nil {
		return *rejection
	}
	c.attached[holder] = held
	rows := []any{}
	for _, uid := range held {
		if policy := policies.Find("uid", uid); policy != nil {
			rows = append(rows, map[string]any{"uid": uid, "id": policy.Members["id"], "name": policy.Members["name"]})
		}
	}
	return r.Success(rows)
}
