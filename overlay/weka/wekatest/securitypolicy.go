package wekatest

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// policyHolders are what security policies are attached to, as operationIds name
// them, each with the collection that it is of.
var policyHolders = map[string]string{
	"Tenant": "/tenants", "Organization": "/tenants", "FileSystem": "/fileSystems", "Join": "",
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

// attachPolicies answers 500 to a policy that is attached already.
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

// changePolicies finds the holder and the policies that a request names, by uid,
// id or name, and answers with those that it holds afterwards.
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
	held, refusal := change(c.attached[holder], named)
	if refusal != nil {
		return *refusal
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
