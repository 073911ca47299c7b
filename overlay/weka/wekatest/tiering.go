package wekatest

import (
	"fmt"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// tier attaches an object store bucket to a filesystem.
type tier struct {
	bucket *simulator.Object
	mode   string            // READ_ONLY or writable
	detach *simulator.Object // the task that detaches it, or nil
}

// writable is the mode of a bucket that is attached without one.
const writable = "WRITABLE"

// maskedSecret is the secret key of a bucket in responses.
const maskedSecret = "**********"

func (c *cluster) objectStoreBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names: map[string]string{"secret_key": ""},
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			o.Members["id"] = idOf("ObsBucketId", o)
			o.Members["secret_key"] = maskedSecret
			for _, status := range []string{"status", "status_upload", "status_download", "status_remove"} {
				o.Members[status] = "UP"
			}
		},
		Create: func(r *simulator.Request) *simulator.Response {
			// Optional in the document, but filesystems are attached by the name.
			if r.Text("new_name") == "" && r.Text("name") == "" {
				return new(missingParameters("new_name"))
			}
			return nil
		},
		Delete: func(_ *simulator.Request, bucket *simulator.Object) *simulator.Response {
			for _, o := range c.of("/fileSystems").All() {
				if filesystemOf(o).tierOn(bucket) != nil {
					return new(exception("Object store bucket is attached to filesystem "+o.Text("name"), "ObsBucketInUseException"))
				}
			}
			return nil
		},
	}
}

// namedBucket returns the bucket of obs_name in a body, nil without obs_name.
func (c *cluster) namedBucket(r *simulator.Request) (*simulator.Object, *simulator.Response) {
	name, given := r.Member("obs_name").(string)
	if !given {
		return nil, nil
	}
	bucket := c.of("/objectStoreBuckets").Find("name", name)
	if bucket == nil {
		return nil, new(exception(fmt.Sprintf("Object store bucket %q does not exist", name), "ObsBucketDoesNotExistException"))
	}
	return bucket, nil
}

// tierOn returns the tier of a filesystem on a bucket, nil if there is none.
func (f *filesystem) tierOn(bucket *simulator.Object) *tier {
	for _, each := range f.tiers {
		if each.bucket == bucket {
			return each
		}
	}
	return nil
}

func (c *cluster) attachBucket(r *simulator.Request, f *filesystem) simulator.Response {
	bucket, rejection := c.namedBucket(r)
	if rejection != nil {
		return *rejection
	}
	if f.tierOn(bucket) != nil {
		return exception("Object store bucket is already attached to the filesystem", "ObsBucketAlreadyAttachedException")
	}
	f.tiers = append(f.tiers, &tier{bucket: bucket, mode: r.TextOr("obs_mode", writable)})
	return success(nil)
}

// detachBucket starts a background task and responds with its id; a second request gets the
// same one.
func (c *cluster) detachBucket(r *simulator.Request, f *filesystem) simulator.Response {
	uid := r.PathValues["obs_uid"]
	at := slices.IndexFunc(f.tiers, func(each *tier) bool { return each.bucket.Text("uid") == uid })
	if at < 0 {
		return notFound("obs_uid", uid)
	}
	t := f.tiers[at]
	if t.detach == nil {
		if rejection := c.tooManyTasks(); rejection != nil {
			return *rejection
		}
		t.detach = c.start("OBS_DETACH",
			fmt.Sprintf("Detaching Object Storage `%s` from filesystem `%s`", t.bucket.Text("name"), f.Text("name")),
			map[string]any{"obsId": idOf("ObjectStorageId", t.bucket), "fsId": f.Members["id"], "purpose": "UNTIER"}, r.Time,
			func() { f.tiers = slices.DeleteFunc(f.tiers, func(each *tier) bool { return each == t }) },
			func() { t.detach = nil })
	}
	return r.Success(t.detach.Members["id"])
}

// showTiers returns the buckets of a filesystem in a response.
func (f *filesystem) showTiers(now time.Time) []any {
	shown := []any{}
	for _, each := range f.tiers {
		state, progress := "ACTIVE", 0.0
		if each.detach != nil {
			state, progress = "DETACHING", 100*each.detach.Hidden.(*task).progress(now)
		}
		shown = append(shown, map[string]any{
			"uid": each.bucket.Members["uid"], "name": each.bucket.Members["name"], "obsId": idOf("ObjectStorageId", each.bucket),
			"mode": each.mode, "status": "UP", "state": state, "detachProgress": progress,
		})
	}
	return shown
}

// bucketCapacities has a row for each filesystem and each of its buckets.
func (c *cluster) bucketCapacities(r *simulator.Request) simulator.Response {
	rows := []any{}
	for _, o := range c.store.Visible(c.of("/fileSystems"), r) {
		if asked := r.Query.Get("filesystem"); asked != "" && asked != o.Text("name") {
			continue
		}
		for _, each := range filesystemOf(o).tiers {
			rows = append(rows, map[string]any{
				"filesystem_uid": o.Members["uid"], "filesystem_name": o.Members["name"],
				"obs_bucket_uid": each.bucket.Members["uid"], "obs_bucket_name": each.bucket.Members["name"],
				"used_bytes": newFilesystemUse, "total_consumed_bytes": newFilesystemUse, "reclaimable_percent": 0.0,
				"reclaimable_threshold": 80.0, "reclaimable_low_threshold": 70.0, "reclaimable_high_threshold": 90.0,
			})
		}
	}
	return r.Success(rows)
}
