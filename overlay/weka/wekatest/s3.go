package wekatest

import (
	"maps"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// s3State is what a cluster keeps for S3 beside the buckets and the keys.
type s3State struct {
	cluster  map[string]any // the S3 cluster, nil until one is made
	policies map[string]any // the policy file, by name
	attached map[string]any // the name of the policy, by user
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

// s3Ready tells of the containers, by uid.
func (c *cluster) s3Ready(r *simulator.Request) simulator.Response {
	ready := map[string]any{}
	for _, o := range c.of("/containers").All() {
		ready[o.Text("uid")] = c.s3.cluster != nil
	}
	return r.Success(ready)
}
