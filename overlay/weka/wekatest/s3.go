package wekatest

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// s3State is the state of S3 besides the buckets and the service accounts.
type s3State struct {
	cluster  map[string]any // nil without an S3 cluster
	policies map[string]any // the content, by name
	attached map[string]any // the name of the policy, by user
}

func (c *cluster) s3Cluster(r *simulator.Request) simulator.Response {
	if c.s3.cluster == nil {
		return r.Success(map[string]any{"active": false})
	}
	return r.Success(maps.Clone(c.s3.cluster))
}

func (c *cluster) createS3Cluster(r *simulator.Request) simulator.Response {
	if c.s3.cluster != nil {
		return badRequest("Could not create S3 cluster: there is one already", nil)
	}
	for _, member := range []string{"default_fs_name", "config_fs_name"} {
		if c.filesystem(r, r.Text(member)) == nil {
			return noFilesystem()
		}
	}
	c.s3.cluster = map[string]any{
		"active": true, "filesystem_name": r.Member("default_fs_name"), "config_filesystem_name": r.Member("config_fs_name"),
		"port": 9000,
	}
	return c.updateS3Cluster(r)
}

func (c *cluster) updateS3Cluster(r *simulator.Request) simulator.Response {
	if c.s3.cluster == nil {
		return noS3Cluster()
	}
	for _, member := range []string{"port", "domain", "anonymous_posix_uid", "anonymous_posix_gid", "mount_options"} {
		if value := r.Member(member); value != nil {
			c.s3.cluster[member] = value
		}
	}
	return success(nil)
}

func noS3Cluster() simulator.Response { return badRequest("S3 cluster is not configured", nil) }

func (c *cluster) deleteS3Cluster(*simulator.Request) simulator.Response {
	if c.s3.cluster == nil {
		return noS3Cluster()
	}
	c.s3.cluster = nil
	return success(nil)
}

// s3Ready reports whether S3 is ready on each container, by uid.
func (c *cluster) s3Ready(r *simulator.Request) simulator.Response {
	ready := map[string]any{}
	for _, o := range c.of("/containers").All() {
		ready[o.Text("uid")] = c.s3.cluster != nil
	}
	return r.Success(ready)
}

// bucket is the state of a bucket besides its members.
type bucket struct {
	policy  string
	content any // of the policy, nil without one
}

func bucketOf(o *simulator.Object) *bucket { return o.Hidden.(*bucket) }

func (c *cluster) bucketBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names:    map[string]string{"bucket_name": "name", "existing_path": "path"},
		Complete: c.completeBucket,
		Create: func(r *simulator.Request) *simulator.Response {
			if uid, given := r.Member("fs_uid").(string); given && c.filesystem(r, uid) == nil {
				return new(noFilesystem())
			}
			_, rejection := quotaSize(r)
			return rejection
		},
	}
}

func (c *cluster) completeBucket(o *simulator.Object, r *simulator.Request, _ time.Time) {
	b := &bucket{policy: "None"}
	o.Hidden = b
	if o.Text("path") == "" {
		o.Members["path"] = "/" + o.Text("name")
	}
	if r == nil {
		return
	}
	b.policy, b.content = r.TextOr("policy", b.policy), r.Member("policy_file_content")
	o.Members["hard_limit_bytes"], _ = quotaSize(r)
	byDefault, _ := c.s3.cluster["filesystem_name"].(string)
	if f := c.filesystem(r, r.TextOr("fs_uid", byDefault)); f != nil {
		o.Members["fs"] = f.Members["name"]
	}
}

// quotaSize returns hard_quota of a body, such as "1MB", in bytes; 0 if it is absent.
func quotaSize(r *simulator.Request) (uint64, *simulator.Response) {
	text, given := r.Member("hard_quota").(string)
	if !given {
		return 0, nil
	}
	size, ok := simulator.ParseSize(text)
	if !ok || !size.IsUint64() {
		return 0, new(badParameter("hard_quota", "is not a size"))
	}
	return size.Uint64(), nil
}

func (c *cluster) onBucket(next func(*simulator.Request, *simulator.Object) simulator.Response) simulator.Handler {
	return c.store.With(c.of("/s3/buckets"), "bucket", next)
}

func bucketPolicy(r *simulator.Request, o *simulator.Object) simulator.Response {
	return r.Success(map[string]any{"policy": bucketOf(o).policy})
}

func setBucketPolicy(r *simulator.Request, o *simulator.Object) simulator.Response {
	bucketOf(o).policy = r.Text("bucket_policy")
	return success(nil)
}

// bucketPolicyJSON responds with JSON in a string, "" without a policy.
func bucketPolicyJSON(r *simulator.Request, o *simulator.Object) simulator.Response {
	text := ""
	if content := bucketOf(o).content; content != nil {
		text = jsonText(content)
	}
	return r.Success(map[string]any{"policy": text})
}

func jsonText(value any) string {
	encoded, _ := json.Marshal(value) // cannot fail
	return string(encoded)
}

func setBucketPolicyJSON(r *simulator.Request, o *simulator.Object) simulator.Response {
	b := bucketOf(o)
	b.policy, b.content = "Custom", r.Member("policy_file_content")
	return success(nil)
}

// setBucketQuota removes the limit if the request has none.
func setBucketQuota(r *simulator.Request, o *simulator.Object) simulator.Response {
	limit, rejection := quotaSize(r)
	if rejection != nil {
		return *rejection
	}
	o.Members["hard_limit_bytes"] = limit
	return success(nil)
}

// builtInPolicies are the S3 policies of every cluster.
var builtInPolicies = []string{"consoleAdmin", "diagnostics", "readonly", "readwrite", "writeonly"}

func (c *cluster) hasPolicy(name string) bool {
	_, created := c.s3.policies[name]
	return created || slices.Contains(builtInPolicies, name)
}

func (c *cluster) s3Policies(r *simulator.Request) simulator.Response {
	return r.Success(map[string]any{"policies": slices.Concat(builtInPolicies, slices.Sorted(maps.Keys(c.s3.policies)))})
}

func (c *cluster) createS3Policy(r *simulator.Request) simulator.Response {
	name := r.Text("policy_name")
	switch {
	case name == "":
		return badParameter("policy_name", "must not be empty")
	case c.hasPolicy(name):
		return policy{c}.Duplicate(r)
	}
	c.s3.policies[name] = r.Member("policy_file_content")
	return success(nil)
}

func (c *cluster) s3Policy(r *simulator.Request) simulator.Response {
	name := r.PathValues["policy"]
	if !c.hasPolicy(name) {
		return notFound("policy", name)
	}
	return r.Success(map[string]any{"policy": map[string]any{"name": name, "content": c.s3.policies[name]}})
}

func (c *cluster) deleteS3Policy(r *simulator.Request) simulator.Response {
	return removeKey(c.s3.policies, "policy", r.PathValues["policy"])
}

// removeKey removes a key of a map, or responds that the value of a parameter was not
// found.
func removeKey(from map[string]any, parameter, key string) simulator.Response {
	if _, ok := from[key]; !ok {
		return notFound(parameter, key)
	}
	delete(from, key)
	return success(nil)
}

func (c *cluster) attachPolicy(r *simulator.Request) simulator.Response {
	policy, user := r.Text("policy_name"), r.Text("user_name")
	switch {
	case !c.hasPolicy(policy):
		return notFound("policy_name", policy)
	case c.account(user, organizationOf(r)) == nil:
		return notFound("user_name", user)
	}
	c.s3.attached[user] = policy
	return success(nil)
}

func (c *cluster) userPolicies(r *simulator.Request) simulator.Response {
	return r.Success(map[string]any{"users": maps.Clone(c.s3.attached)})
}

func (c *cluster) detachPolicy(r *simulator.Request) simulator.Response {
	return removeKey(c.s3.attached, "user_name", r.Text("user_name"))
}

func (c *cluster) completeServiceAccount(o *simulator.Object, r *simulator.Request, _ time.Time) {
	o.Members["access_key"] = rand.Text()[:20]
	o.Members["implied_policy"], o.Members["policy"] = true, ""
	if r == nil {
		return
	}
	o.Members["parent_user"] = caller(r).user
	if content := r.Member("policy_file_content"); content != nil {
		o.Members["implied_policy"], o.Members["policy"] = false, jsonText(content)
	}
}

// createServiceAccount is the only response with the secret.
func (c *cluster) createServiceAccount(r *simulator.Request) simulator.Response {
	response := c.store.Create(c.of("/s3/serviceAccounts"), r)
	if members, ok := response.Body.(map[string]any); ok && response.Status < http.StatusBadRequest {
		members["secret_key"] = rand.Text()
	}
	return response
}
