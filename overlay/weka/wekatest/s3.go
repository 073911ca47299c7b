package wekatest

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// s3State is what a cluster keeps for S3 beside the buckets and the keys.
type s3State struct {
	cluster  map[string]any // the S3 cluster, nil until one is made
	policies map[string]any // the policy file, by name
	attached map[string]any // the name of the policy, by user
}

// bucket is what a cluster keeps of a bucket beside its members.
type bucket struct {
	policy string
	file   any // the policy in full, nil without one
}

func bucketOf(o *simulator.Object) *bucket { return o.Hidden.(*bucket) }

func (c *cluster) bucketManners() simulator.Manners {
	return simulator.Manners{
		Names: map[string]string{"bucket_name": "name", "existing_path": "path"},
		Complete: func(o *simulator.Object, r *simulator.Request, _ time.Time) {
			o.Hidden = &bucket{policy: "None"}
			if o.Text("path") == "" {
				o.Members["path"] = "/" + o.Text("name")
			}
			if r != nil {
				c.completeBucket(o, r)
			}
		},
		Create: func(r *simulator.Request) *simulator.Answer {
			if uid, given := r.Member("fs_uid").(string); given && c.filesystem(r, uid) == nil {
				return refuse(noFilesystem())
			}
			_, refusal := quotaSize(r)
			return refusal
		},
	}
}

func (c *cluster) completeBucket(o *simulator.Object, r *simulator.Request) {
	b := bucketOf(o)
	if policy, given := r.Member("policy").(string); given {
		b.policy = policy
	}
	b.file = r.Member("policy_file_content")
	limit, _ := quotaSize(r)
	o.Members["hard_limit_bytes"] = limit
	filesystem, given := r.Member("fs_uid").(string)
	if !given && c.s3.cluster != nil {
		filesystem, _ = c.s3.cluster["filesystem_name"].(string)
	}
	if f := c.filesystem(r, filesystem); f != nil {
		o.Members["fs"] = f.Members["name"]
	}
}

// quotaSize reads hard_quota of a body, a size with a unit ("1MB"), in bytes, 0
// where it is absent.
func quotaSize(r *simulator.Request) (uint64, *simulator.Answer) {
	text, given := r.Member("hard_quota").(string)
	if !given {
		return 0, nil
	}
	digits := strings.TrimRight(text, "BKMGTPEi")
	number, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 64)
	unit, known := sizeUnits[strings.TrimPrefix(text, digits)]
	if err != nil || !known {
		return 0, refuse(badParameter("hard_quota", "is not a size"))
	}
	return number * unit, nil
}

var sizeUnits = map[string]uint64{
	"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15, "EB": 1e18,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "PiB": 1 << 50, "EiB": 1 << 60,
}

func (c *cluster) s3Handlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"getS3Cluster":            c.s3Cluster,
		"createS3Cluster":         c.createS3Cluster,
		"updateS3Cluster":         c.updateS3Cluster,
		"deleteS3Cluster":         c.deleteS3Cluster,
		"getS3BucketPolicy":       c.onBucket(bucketPolicy),
		"setS3BucketPolicy":       c.onBucket(setBucketPolicy),
		"getS3BucketPolicyJson":   c.onBucket(bucketPolicyFile),
		"setS3BucketPolicyJson":   c.onBucket(setBucketPolicyFile),
		"setS3BucketQuota":        c.onBucket(setBucketQuota),
		"unsetS3BucketQuota":      c.onBucket(unsetBucketQuota),
		"getS3Policies":           c.s3Policies,
		"createS3Policy":          c.createS3Policy,
		"getS3Policy":             c.s3Policy,
		"deleteS3Policy":          c.deleteS3Policy,
		"attachS3Policy":          c.attachPolicy,
		"detachS3Policy":          c.detachPolicy,
		"getS3UserPolicies":       c.userPolicies,
		"createS3ServiceAccount":  c.createServiceAccount,
		"getS3ContainersAreReady": c.s3Ready,
	}
}

func (c *cluster) s3Cluster(r *simulator.Request) simulator.Answer {
	if c.s3.cluster == nil {
		return r.Operation.Answer(map[string]any{"active": false})
	}
	return r.Operation.Answer(maps.Clone(c.s3.cluster))
}

func (c *cluster) createS3Cluster(r *simulator.Request) simulator.Answer {
	if c.s3.cluster != nil {
		return badRequest("Could not create S3 cluster: there is one already", nil)
	}
	for _, member := range []string{"default_fs_name", "config_fs_name"} {
		name, _ := r.Member(member).(string)
		if c.filesystem(r, name) == nil {
			return noFilesystem()
		}
	}
	c.s3.cluster = map[string]any{
		"active": true, "filesystem_name": r.Member("default_fs_name"), "config_filesystem_name": r.Member("config_fs_name"),
		"port": 9000,
	}
	return c.updateS3Cluster(r)
}

func (c *cluster) updateS3Cluster(r *simulator.Request) simulator.Answer {
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

func noS3Cluster() simulator.Answer { return badRequest("S3 cluster is not configured", nil) }

func (c *cluster) deleteS3Cluster(*simulator.Request) simulator.Answer {
	if c.s3.cluster == nil {
		return noS3Cluster()
	}
	c.s3.cluster = nil
	return success(nil)
}

// s3Ready tells of the containers, by uid.
func (c *cluster) s3Ready(r *simulator.Request) simulator.Answer {
	ready := map[string]any{}
	for _, o := range c.of("/containers").All() {
		ready[o.Text("uid")] = c.s3.cluster != nil
	}
	return r.Operation.Answer(ready)
}

// onBucket finds the bucket that a request is about.
func (c *cluster) onBucket(do func(*simulator.Request, *simulator.Object) simulator.Answer) simulator.Handler {
	return func(r *simulator.Request) simulator.Answer {
		name := r.PathValues["bucket"]
		o := c.of("/s3/buckets").Find("name", name)
		if o == nil {
			return notFound("bucket", name)
		}
		return do(r, o)
	}
}

func bucketPolicy(r *simulator.Request, o *simulator.Object) simulator.Answer {
	return r.Operation.Answer(map[string]any{"policy": bucketOf(o).policy})
}

func setBucketPolicy(r *simulator.Request, o *simulator.Object) simulator.Answer {
	bucketOf(o).policy, _ = r.Member("bucket_policy").(string)
	return success(nil)
}

// bucketPolicyFile is JSON in a string, "" without a policy.
func bucketPolicyFile(r *simulator.Request, o *simulator.Object) simulator.Answer {
	text := ""
	if file := bucketOf(o).file; file != nil {
		encoded, _ := json.Marshal(file) // it came as JSON
		text = string(encoded)
	}
	return r.Operation.Answer(map[string]any{"policy": text})
}

func setBucketPolicyFile(r *simulator.Request, o *simulator.Object) simulator.Answer {
	b := bucketOf(o)
	b.policy, b.file = "Custom", r.Member("policy_file_content")
	return success(nil)
}

func setBucketQuota(r *simulator.Request, o *simulator.Object) simulator.Answer {
	limit, refusal := quotaSize(r)
	if refusal != nil {
		return *refusal
	}
	o.Members["hard_limit_bytes"] = limit
	return success(nil)
}

func unsetBucketQuota(_ *simulator.Request, o *simulator.Object) simulator.Answer {
	o.Members["hard_limit_bytes"] = 0
	return success(nil)
}

// builtInPolicies are those that every cluster has.
var builtInPolicies = []string{"consoleAdmin", "diagnostics", "readonly", "readwrite", "writeonly"}

func (c *cluster) s3Policies(r *simulator.Request) simulator.Answer {
	names := slices.Concat(builtInPolicies, slices.Sorted(maps.Keys(c.s3.policies)))
	return r.Operation.Answer(map[string]any{"policies": names})
}

func (c *cluster) createS3Policy(r *simulator.Request) simulator.Answer {
	name, _ := r.Member("policy_name").(string)
	switch _, taken := c.s3.policies[name]; {
	case name == "":
		return badParameter("policy_name", "must not be empty")
	case taken || slices.Contains(builtInPolicies, name):
		return manner{c}.Duplicate(r)
	}
	if c.s3.policies == nil {
		c.s3.policies = map[string]any{}
	}
	c.s3.policies[name] = r.Member("policy_file_content")
	return success(nil)
}

func (c *cluster) s3Policy(r *simulator.Request) simulator.Answer {
	name := r.PathValues["policy"]
	file, ok := c.s3.policies[name]
	if !ok && !slices.Contains(builtInPolicies, name) {
		return notFound("policy", name)
	}
	return r.Operation.Answer(map[string]any{"policy": map[string]any{"name": name, "content": file}})
}

func (c *cluster) deleteS3Policy(r *simulator.Request) simulator.Answer {
	name := r.PathValues["policy"]
	if _, ok := c.s3.policies[name]; !ok {
		return notFound("policy", name)
	}
	delete(c.s3.policies, name)
	return success(nil)
}

func (c *cluster) attachPolicy(r *simulator.Request) simulator.Answer {
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

func (c *cluster) detachPolicy(r *simulator.Request) simulator.Answer {
	user, _ := r.Member("user_name").(string)
	if _, ok := c.s3.attached[user]; !ok {
		return notFound("user_name", user)
	}
	delete(c.s3.attached, user)
	return success(nil)
}

func (c *cluster) userPolicies(r *simulator.Request) simulator.Answer {
	users := maps.Clone(c.s3.attached)
	if users == nil {
		users = map[string]any{}
	}
	return r.Operation.Answer(map[string]any{"users": users})
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
func (c *cluster) createServiceAccount(r *simulator.Request) simulator.Answer {
	accounts := c.of("/s3/serviceAccounts")
	answer := c.store.Create(accounts, r)
	if members, ok := answer.Body.(map[string]any); ok && answer.Status < 400 {
		members["secret_key"] = rand.Text()
	}
	return answer
}
