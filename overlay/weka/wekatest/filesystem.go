package wekatest

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// filesystem is the state of a filesystem besides its members. Its status follows from the
// time.
type filesystem struct {
	*simulator.Object
	organization string
	total, ssd   int64     // bytes: the size, and the part on the drives
	ready        time.Time // when CREATING ends
	gone         time.Time // when REMOVING ends; zero unless it is being removed
	directories  map[string]*directory
	quotas       map[uint64]*quota
	defaults     map[uint64]*quota // by the inode of the parent directory
	tiers        []*tier
}

// newFilesystemUse is what an empty filesystem uses, in bytes.
const newFilesystemUse = 4096

func filesystemOf(o *simulator.Object) *filesystem { return o.Hidden.(*filesystem) }

func (c *cluster) filesystemBehavior() simulator.Behavior {
	return simulator.Behavior{
		Complete: c.completeFilesystem,
		Show:     func(o *simulator.Object, now time.Time) map[string]any { return filesystemOf(o).show(now) },
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			name := r.Query.Get("name")
			return filesystemOf(o).organization == organizationOf(r) && (name == "" || name == o.Text("name"))
		},
	}
}

// filesystem returns the filesystem with a uid or a name, nil if the caller's organization
// has none.
func (c *cluster) filesystem(r *simulator.Request, id string) *filesystem {
	if o := c.store.Get(c.of("/fileSystems"), r, id); o != nil {
		return filesystemOf(o)
	}
	return nil
}

// onFilesystem makes a handler of a function for the filesystem that the path identifies
// by uid.
func (c *cluster) onFilesystem(next func(*simulator.Request, *filesystem) simulator.Response) simulator.Handler {
	return c.on("/fileSystems", func(r *simulator.Request, o *simulator.Object) simulator.Response {
		return next(r, filesystemOf(o))
	})
}

// noFilesystem is for a body that names a filesystem which does not exist.
func noFilesystem() simulator.Response {
	return exception("Filesystem does not exist", "FilesystemDoesNotExistException")
}

func (c *cluster) completeFilesystem(o *simulator.Object, r *simulator.Request, now time.Time) {
	f := &filesystem{
		Object: o, organization: rootOrganization, ready: now.Add(c.set.Transition),
		directories: map[string]*directory{}, quotas: map[uint64]*quota{}, defaults: map[uint64]*quota{},
	}
	if r != nil {
		f.organization = organizationOf(r)
	}
	o.Hidden = f
	o.Members["id"] = idOf("FSId", o)
	if o.Members["group_name"] == "" {
		o.Members["group_name"] = "default"
	}
	if group := c.of("/fileSystemGroups").Find("name", o.Members["group_name"]); group != nil {
		o.Members["group_id"] = group.Members["id"]
	}
	maps.Copy(o.Members, map[string]any{
		"auto_max_files": true, "used_total": newFilesystemUse, "used_ssd": newFilesystemUse,
		"used_ssd_metadata": newFilesystemUse, "metadata_budget": 4202496, "available_ssd_metadata": 4202496,
	})
	total, _ := integer(o.Members["total_budget"])
	ssd, _ := integer(o.Members["ssd_budget"])
	if ssd == 0 {
		ssd = total
	}
	f.resize(total, ssd)
	c.makeDirectory(f, "/", 0)
}

func (f *filesystem) show(now time.Time) map[string]any {
	shown, status := maps.Clone(f.Members), "READY"
	switch {
	case !f.gone.IsZero():
		status = "REMOVING"
	case now.Before(f.ready):
		status = "CREATING"
	}
	shown["status"] = status
	for member, flagged := range map[string]string{"is_creating": "CREATING", "is_removing": "REMOVING", "is_ready": "READY"} {
		shown[member] = status == flagged
	}
	if len(f.tiers) > 0 { // otherwise what was seeded
		tiers := f.showTiers(now)
		shown["obs_buckets"], shown["object_storages"] = tiers, tiers
	}
	return shown
}

// resize sets the sizes, in bytes, and the members that follow from them.
func (f *filesystem) resize(total, ssd int64) {
	f.total, f.ssd = total, ssd
	maps.Copy(f.Members, map[string]any{
		"total_budget": total, "available_total": total, "free_total": total - newFilesystemUse,
		"ssd_budget": ssd, "available_ssd": ssd, "free_ssd": ssd - newFilesystemUse,
	})
}

func (c *cluster) createFilesystem(r *simulator.Request) simulator.Response {
	name, groupName := r.Text("name"), r.Text("group_name")
	total, ssd, rejection := c.sizes(r, 0, 0, 0)
	bucket, unknown := c.namedBucket(r)
	switch {
	case name == "":
		return badParameter("name", "must not be empty")
	case c.filesystem(r, name) != nil:
		return policy{c}.Duplicate(r)
	case c.of("/fileSystemGroups").Find("name", groupName) == nil:
		return exception(fmt.Sprintf("Filesystem group %q does not exist", groupName), "FilesystemGroupDoesNotExistException")
	case rejection != nil:
		return *rejection
	case unknown != nil:
		return *unknown
	}
	if response := c.store.Create(c.of("/fileSystems"), r); response.Status >= http.StatusBadRequest {
		return response
	}
	created := c.filesystem(r, name)
	created.resize(total, ssd)
	if bucket != nil {
		created.tiers = []*tier{{bucket: bucket, mode: writable}}
	}
	created.Members["is_encrypted"] = r.Member("encrypted") == true
	setKMSMembers(created.Members, r)
	return c.store.Respond(c.of("/fileSystems"), r, created.Object)
}

// setKMSMembers stores the members about the key of an encrypted filesystem, which have
// shorter names in responses.
func setKMSMembers(members map[string]any, r *simulator.Request) {
	for asked, shown := range map[string]string{
		"kms_vault_key_identifier": "kms_key_identifier",
		"kms_vault_namespace":      "kms_namespace",
		"kms_vault_role_id":        "kms_role",
	} {
		if value := r.Member(asked); value != nil {
			members[shown] = value
		}
	}
}

func (c *cluster) updateFilesystem(r *simulator.Request, f *filesystem) simulator.Response {
	total, ssd, rejection := c.sizes(r, f.total, f.ssd, f.ssd)
	if rejection != nil {
		return *rejection
	}
	if name, given := r.Member("new_name").(string); given {
		if other := c.filesystem(r, name); other != nil && other != f {
			return policy{c}.Duplicate(r)
		}
		f.Members["name"] = name
	}
	if required := r.Member("auth_required"); required != nil {
		f.Members["auth_required"] = required
	}
	setKMSMembers(f.Members, r)
	f.resize(total, ssd)
	return c.store.Respond(c.of("/fileSystems"), r, f.Object)
}

func (c *cluster) deleteFilesystem(r *simulator.Request, f *filesystem) simulator.Response {
	if c.of("/nfs/permissions").Find("filesystem", f.Members["name"]) != nil {
		return exception("Filesystem is in use by NFS", "FilesystemInUseByNFSException")
	}
	if f.gone.IsZero() {
		f.gone = r.Time.Add(c.set.Transition)
	}
	return success(nil)
}

func (c *cluster) removeFilesystem(filesystem *simulator.Object) {
	c.of("/fileSystems").Remove(filesystem)
	for _, snapshot := range c.of("/snapshots").All() {
		if snapshot.Members["filesystemUid"] == filesystem.Members["uid"] {
			c.of("/snapshots").Remove(snapshot)
		}
	}
}

// mountToken is the token for a mount. Clients also GET it, which the document does not
// have.
func (c *cluster) mountToken(_ *simulator.Request, f *filesystem) simulator.Response {
	return success(map[string]any{"mount_token": "mount-" + f.Text("uid"), "filesystem_name": f.Members["name"]})
}

func (c *cluster) freeSpace(r *simulator.Request) simulator.Response {
	return r.Success(map[string]any{"reclaimableSpace": 0, "unprovisionedSpace": c.free()})
}

// free returns the capacity, in bytes, that no filesystem has.
func (c *cluster) free() int64 {
	left := driveCapacity
	for _, o := range c.of("/fileSystems").All() {
		left -= filesystemOf(o).ssd
	}
	return left
}

// sizes returns total_capacity and ssd_capacity of a body, or the given sizes if they are
// absent. Without ssd_capacity a new size is all on the drives. It rejects what the drives
// cannot hold; own is what the filesystem has there already.
func (c *cluster) sizes(r *simulator.Request, total, ssd, own int64) (newTotal, newSSD int64, rejection *simulator.Response) {
	if asked, given := integer(r.Member("total_capacity")); given {
		if asked < newFilesystemUse {
			return 0, 0, new(badParameter("total_capacity", fmt.Sprintf("must be at least %d", newFilesystemUse)))
		}
		total, ssd = asked, asked
	}
	if asked, given := integer(r.Member("ssd_capacity")); given {
		if asked < newFilesystemUse || asked > total {
			return 0, 0, new(badParameter("ssd_capacity", fmt.Sprintf("must be between %d and total_capacity", newFilesystemUse)))
		}
		ssd = asked
	}
	if left := c.free() + own; ssd > left {
		return 0, 0, new(badRequest(fmt.Sprintf(
			"Not enough available drive capacity for filesystem. requested %q, but only %q are free",
			decimal(ssd), decimal(left)), nil))
	}
	return total, ssd, nil
}

// decimal writes bytes as in a cluster's messages: "1.07 GB", "0 B".
func decimal(bytes int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB", "PB", "EB"}
	value, unit := float64(bytes), 0
	for value >= 1000 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	short := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", value), "0"), ".")
	return short + " " + units[unit]
}

func (c *cluster) groupBehavior() simulator.Behavior {
	return simulator.Behavior{
		Complete: func(o *simulator.Object, r *simulator.Request, _ time.Time) {
			o.Members["id"] = idOf("FSGroupId", o)
			for member, seconds := range map[string]int64{"target_ssd_retention": 86400, "start_demote": 10} {
				if r == nil || r.Member(member) == nil {
					o.Members[member] = seconds
				}
			}
		},
		Create: requireName,
		Changed: func(_ *simulator.Request, group *simulator.Object) {
			for _, o := range c.of("/fileSystems").All() {
				if o.Members["group_id"] == group.Members["id"] {
					o.Members["group_name"] = group.Members["name"]
				}
			}
		},
		Delete: func(_ *simulator.Request, group *simulator.Object) *simulator.Response {
			if c.of("/fileSystems").Find("group_id", group.Members["id"]) == nil {
				return nil
			}
			return new(badRequest("Filesystem group is in use by a filesystem", nil))
		},
	}
}
