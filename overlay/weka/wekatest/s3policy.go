package wekatest

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// builtInPolicies are those that every cluster has.
var builtInPolicies = []string{"consoleAdmin", "diagnostics", "readonly", "readwrite", "writeonly"}

func (c *cluster) s3Policies(r *simulator.Request) simulator.Response {
	names := slices.Concat(builtInPolicies, slices.Sorted(maps.Keys(c.s3.policies)))
	return r.Success(map[string]any{"policies": names})
}

func (c *cluster) createS3Policy(r *simulator.Request) simulator.Response {
	name, _ := r.Member("policy_name").(string)
	switch _, taken := c.s3.policies[name]; {
	case name == "":
		return badParameter("policy_name", "must not be empty")
	case taken || slices.Contains(builtInPolicies, name):
		return policy{c}.Duplicate(r)
	}
	if c.s3.policies == nil {
		c.s3.policies = map[string]any{}
	}
	c.s3.policies[name] = r.Member("policy_file_content")
	return success(nil)
}

func (c *cluster) s3Policy(r *simulator.Request) simulator.Response {
	name := r.PathValues["policy"]
	file, ok := c.s3.policies[name]
	if !ok && !slices.Contains(builtInPolicies, name) {
		return notFound("policy", name)
	}
	return r.Success(map[string]any{"policy": map[string]any{"name": name, "content": file}})
}

func (c *cluster) deleteS3Policy(r *simulator.Request) simulator.Response {
	name := r.PathValues["policy"]
	if _, ok := c.s3.policies[name]; !ok {
		return notFound("policy", name)
	}
	delete(c.s3.policies, name)
	return success(nil)
}

func (c *cluster) attachPolicy(r *simulator.Request) simulator.Response {
	policy, _ := r.Member("policy_name").(string)
	user, _ := r.Member("user_name").(string)
	_, made := c.s3.policies[policy]
	switch {
	case !made && !slices.Contains(builtInPolicies, policy):
		return notFound("policy_name", policy)
	case c.account(user, organizationOf(r)) == nil:
		return notFound("user_name", user)
	}
	if c.s3.attached == nil {
		c.s3.attached = map[string]any{}
	}
	c.s3.attached[user] = policy
	return success(nil)
}

func (c *cluster) detachPolicy(r *simulator.Request) simulator.Response {
	user, _ := r.Member("user_name").(string)
	if _, ok := c.s3.attached[user]; !ok {
		return notFound("user_name", user)
	}
	delete(c.s3.attached, user)
	return success(nil)
}

func (c *cluster) userPolicies(r *simulator.Request) simulator.Response {
	users := maps.Clone(c.s3.attached)
	if users == nil {
		users = map[string]any{}
	}
	return r.Success(map[string]any{"users": users})
}

// completeServiceAccount gives a key a name of the usual form.
func (c *cluster) completeServiceAccount(o *simulator.Object, r *simulator.Request, _ time.Time) {
	o.Members["access_key"] = rand.Text()[:20]
	o.Members["implied_policy"], o.Members["policy"] = true, ""
	if r == nil {
		return
	}
	o.Members["parent_user"] = caller(r).user
	if file := r.Member("policy_file_content"); file != nil {
		encoded, _ := json.Marshal(file) // it came as JSON
		o.Members["implied_policy"], o.Members["policy"] = false, string(encoded)
	}
}

// createServiceAccount shows the secret once.
func (c *cluster) createServiceAccount(r *simulator.Request) simulator.Response {
	accounts := c.of("/s3/serviceAccounts")
	answer := c.store.Create(accounts, r)
	if members, ok := answer.Body.(map[string]any); ok && answer.Status < 400 {
		members["secret_key"] = rand.Text()
	}
	return answer
}
