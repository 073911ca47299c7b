package wekatest

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// bucket is what a cluster keeps of a bucket beside its members.
type bucket struct {
	policy string
	file   any // the policy in full, nil without one
}

func bucketOf(o *simulator.Object) *bucket { return o.Hidden.(*bucket) }

func (c *cluster) bucketBehavior() simulator.Behavior {
	return simulator.Behavior{
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
		Create: func(r *simulator.Request) *simulator.Response {
			if uid, given := r.Member("fs_uid").(string); given && c.filesystem(r, uid) == nil {
				return new(noFilesystem())
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
func quotaSize(r *simulator.Request) (uint64, *simulator.Response) {
	text, given := r.Member("hard_quota").(string)
	if !given {
		return 0, nil
	}
	digits := strings.TrimRight(text, "BKMGTPEi")
	number, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 64)
	unit, known := sizeUnits[strings.TrimPrefix(text, digits)]
	if err != nil || !known {
		return 0, new(badParameter("hard_quota", "is not a size"))
	}
	return number * unit, nil
}

var sizeUnits = map[string]uint64{
	"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15, "EB": 1e18,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "PiB": 1 << 50, "EiB": 1 << 60,
}

// onBucket finds the bucket that a request is about.
func (c *cluster) onBucket(do func(*simulator.Request, *simulator.Object) simulator.Response) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		name := r.PathValues["bucket"]
		o := c.of("/s3/buckets").Find("name", name)
		if o == nil {
			return notFound("bucket", name)
		}
		return do(r, o)
	}
}

func bucketPolicy(r *simulator.Request, o *simulator.Object) simulator.Response {
	return r.Success(map[string]any{"policy": bucketOf(o).policy})
}

func setBucketPolicy(r *simulator.Request, o *simulator.Object) simulator.Response {
	bucketOf(o).policy, _ = r.Member("bucket_policy").(string)
	return success(nil)
}

// bucketPolicyFile is JSON in a string, "" without a policy.
func bucketPolicyFile(r *simulator.Request, o *simulator.Object) simulator.Response {
	text := ""
	if file := bucketOf(o).file; file != nil {
		encoded, _ := json.Marshal(file) // it came as JSON
		text = string(encoded)
	}
	return r.Success(map[string]any{"policy": text})
}

func setBucketPolicyFile(r *simulator.Request, o *simulator.Object) simulator.Response {
	b := bucketOf(o)
	b.policy, b.file = "Custom", r.Member("policy_file_content")
	return success(nil)
}

func setBucketQuota(r *simulator.Request, o *simulator.Object) simulator.Response {
	limit, refusal := quotaSize(r)
	if refusal != nil {
		return *refusal
	}
	o.Members["hard_limit_bytes"] = limit
	return success(nil)
}

func unsetBucketQuota(_ *simulator.Request, o *simulator.Object) simulator.Response {
	o.Members["hard_limit_bytes"] = 0
	return success(nil)
}
