package wekatest

import (
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// filesystem is what a cluster keeps of a filesystem beside its members; its
// status follows from the times.
type filesystem struct {
	*simulator.Object
	organization string
	total, ssd   int64     // its size, and what it takes of the drives, in bytes
	ready        time.Time // when CREATING ends
	gone         time.Time // when REMOVING ends; zero unless it is being removed
	directories  map[string]*directory
	quotas       map[uint64]*quota
	defaults     map[uint64]*quota // by the inode of the directory above
	tiers        []*tier
}

// newFilesystemUse is what an empty filesystem has in use, in bytes.
const newFilesystemUse = 4096

func filesystemOf(o *simulator.Object) *filesystem { return o.Hidden.(*filesystem) }

func (c *cluster) filesystemBehavior() simulator.Behavior {
	return simulator.Behavior{
		Complete: func(o *simulator.Object, r *simulator.Request, now time.Time) { c.completeFilesystem(o, r, now) },
		Show: func(o *simulator.Object, now time.Time) map[string]any {
			return filesystemOf(o).show(now)
		},
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			name := r.Query.Get("name")
			return filesystemOf(o).organization == organizationOf(r) && (name == "" || name == o.Text("name"))
		},
	}
}

func (c *cluster) filesystemHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"createFileSystem":  c.createFilesystem,
		"updateFileSystem":  c.updateFilesystem,
		"deleteFileSystem":  c.deleteFilesystem,
		"getFreeSpaceInOrg": c.freeSpace,
	}
}

// completeFilesystem gives a filesystem what its sizes, its group and the time
// say.
func (c *cluster) completeFilesystem(o *simulator.Object, r *simulator.Request, now time.Time) {
	f := &filesystem{
		Object: o, organization: rootOrganization, ready: now.Add(c.transition),
		directories: map[string]*directory{}, quotas: map[uint64]*quota{}, defaults: map[uint64]*quota{},
	}
	if r != nil {
		f.organization = organizationOf(r)
	}
	o.Hidden = f
	o.Members["id"] = "FSId<" + serial(o) + ">"
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

// show is the filesystem as a read sees it.
func (f *filesystem) show(now time.Time) map[string]any {
	creating, removing := now.Before(f.ready), !f.gone.IsZero()
	shown := maps.Clone(f.Members)
	switch {
	case removing:
		shown["status"] = "REMOVING"
	case creating:
		shown["status"] = "CREATING"
	default:
		shown["status"] = "READY"
	}
	shown["is_creating"] = creating && !removing
	shown["is_removing"] = removing
	shown["is_ready"] = !creating && !removing
	if len(f.tiers) > 0 { // or what was seeded
		tiers := f.showTiers(now)
		shown["obs_buckets"], shown["object_storages"] = tiers, tiers
	}
	return shown
}

// resize sets the members that follow from the sizes, in bytes.
func (f *filesystem) resize(total, ssd int64) {
	f.total, f.ssd = total, ssd
	maps.Copy(f.Members, map[string]any{
		"total_budget": total, "available_total": total, "free_total": total - newFilesystemUse,
		"ssd_budget": ssd, "available_ssd": ssd, "free_ssd": ssd - newFilesystemUse,
	})
}

// filesystem returns the one that a request means by uid, or by name, nil if the
// caller's organization has none.
func (c *cluster) filesystem(r *simulator.Request, id string) *filesystem {
	if o := c.store.Get(c.of("/fileSystems"), r, id); o != nil {
		return filesystemOf(o)
	}
	return nil
}

func (c *cluster) createFilesystem(r *simulator.Request) simulator.Response {
	name, _ := r.Member("name").(string)
	groupName, _ := r.Member("group_name").(string)
	group := c.of("/fileSystemGroups").Find("name", groupName)
	total, ssd, refusal := c.sizes(r, 0, 0, 0)
	bucket, unknown := c.namedBucket(r)
	switch {
	case name == "":
		return badParameter("name", "must not be empty")
	case c.filesystem(r, name) != nil:
		return policy{c}.Duplicate(r)
	case group == nil:
		return exception(fmt.Sprintf("Filesystem group %q does not exist", groupName), "FilesystemGroupDoesNotExistException")
	case refusal != nil:
		return *refusal
	case unknown != nil:
		return *unknown
	}
	if answer := c.store.Create(c.of("/fileSystems"), r); answer.Status >= http.StatusBadRequest {
		return answer
	}
	created := c.filesystem(r, name)
	created.resize(total, ssd)
	if bucket != nil {
		created.tiers = []*tier{{bucket: bucket, mode: writable}}
	}
	created.Members["is_encrypted"] = r.Member("encrypted") == true
	keepKeys(created.Members, r)
	return c.store.Respond(c.of("/fileSystems"), r, created.Object)
}

// keepKeys keeps what a body says of the key of an encrypted filesystem, which
// answers show under shorter names.
func keepKeys(members map[string]any, r *simulator.Request) {
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

func (c *cluster) updateFilesystem(r *simulator.Request) simulator.Response {
	uid := r.PathValues["uid"]
	f := c.filesystem(r, uid)
	if f == nil {
		return notFound("uid", uid)
	}
	total, ssd, refusal := c.sizes(r, f.total, f.ssd, f.ssd)
	if refusal != nil {
		return *refusal
	}
	if name, given := r.Member("new_name").(string); given {
		if other := c.filesystem(r, name); other != nil && other != f {
			return policy{c}.Duplicate(r)
		}
		f.Members["name"] = name
	}
	if required, given := r.Member("auth_required").(bool); given {
		f.Members["auth_required"] = required
	}
	keepKeys(f.Members, r)
	f.resize(total, ssd)
	return c.store.Respond(c.of("/fileSystems"), r, f.Object)
}

// deleteFilesystem answers 400 for one that does not exist, unlike a read.
func (c *cluster) deleteFilesystem(r *simulator.Request) simulator.Response {
	f := c.filesystem(r, r.PathValues["uid"])
	switch {
	case f == nil:
		return policy{c}.NotFound(r, "uid", r.PathValues["uid"])
	case c.of("/nfs/permissions").Find("filesystem", f.Members["name"]) != nil:
		return exception("Filesystem is in use by NFS", "FilesystemInUseByNFSException")
	case f.gone.IsZero():
		f.gone = r.Time.Add(c.transition)
	}
	return success(nil)
}

// forget lets go of a filesystem and of what was in it.
func (c *cluster) forget(filesystem *simulator.Object) {
	c.of("/fileSystems").Remove(filesystem)
	for _, snapshot := range c.of("/snapshots").All() {
		if snapshot.Members["filesystemUid"] == filesystem.Members["uid"] {
			c.of("/snapshots").Remove(snapshot)
		}
	}
}

func (c *cluster) freeSpace(r *simulator.Request) simulator.Response {
	return r.Success(map[string]any{"reclaimableSpace": 0, "unprovisionedSpace": c.free()})
}

// free is the capacity that no filesystem has, in bytes.
func (c *cluster) free() int64 {
	left := driveCapacity
	for _, o := range c.of("/fileSystems").All() {
		left -= filesystemOf(o).ssd
	}
	return left
}
