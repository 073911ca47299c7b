package wekatest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// filesystem is one filesystem; its status follows from the times.
type filesystem struct {
	members map[string]any
	ssd     int64     // what it takes of the drives, in bytes
	ready   time.Time // when CREATING ends
	gone    time.Time // when REMOVING ends; zero unless it is being removed
}

// newFilesystemUse is what an empty filesystem has in use, in bytes.
const newFilesystemUse = 4096

// show is the filesystem as a read sees it.
func (f *filesystem) show(now time.Time) map[string]any {
	creating, removing := now.Before(f.ready), !f.gone.IsZero()
	shown := maps.Clone(f.members)
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
	return shown
}

// resize sets the members that follow from the sizes, in bytes.
func (f *filesystem) resize(total, ssd int64) {
	f.ssd = ssd
	maps.Copy(f.members, map[string]any{
		"total_budget": total, "available_total": total, "free_total": total - newFilesystemUse,
		"ssd_budget": ssd, "available_ssd": ssd, "free_ssd": ssd - newFilesystemUse,
	})
}

func (c *cluster) findFilesystem(uid string) *filesystem {
	return c.filesystemBy("uid", uid)
}

func (c *cluster) filesystemBy(member, value string) *filesystem {
	i := slices.IndexFunc(c.filesystems, func(f *filesystem) bool { return f.members[member] == value })
	if i < 0 {
		return nil
	}
	return c.filesystems[i]
}

func (c *cluster) listFilesystems(r *simulator.Request) simulator.Answer {
	shown := make([]any, len(c.filesystems))
	for i, f := range c.filesystems {
		shown[i] = f.show(r.Time)
	}
	return success(shown)
}

func (c *cluster) getFilesystem(r *simulator.Request) simulator.Answer {
	uid := r.PathValues["uid"]
	f := c.findFilesystem(uid)
	if f == nil {
		return notFound(uid)
	}
	return success(f.show(r.Time))
}

func (c *cluster) createFilesystem(r *simulator.Request) simulator.Answer {
	name, _ := r.Member("name").(string)
	groupName, _ := r.Member("group_name").(string)
	group := c.groupBy("name", groupName)
	total, ssd, refusal := c.sizes(r, 0, 0, 0)
	switch {
	case name == "":
		return badParameter("name", "must not be empty")
	case c.filesystemBy("name", name) != nil:
		return nameInUse("create filesystem")
	case group == nil:
		return exception(fmt.Sprintf("Filesystem group %q does not exist", groupName), "FilesystemGroupDoesNotExistException")
	case refusal != nil:
		return *refusal
	}
	f := &filesystem{members: c.newFilesystem(r, name, group), ready: r.Time.Add(c.transition)}
	f.resize(total, ssd)
	c.filesystems = append(c.filesystems, f)
	return success(f.show(r.Time))
}

// newFilesystem gives the members that do not follow from sizes or times.
func (c *cluster) newFilesystem(r *simulator.Request, name string, group map[string]any) map[string]any {
	uid, serial := c.newUID()
	members := map[string]any{
		"uid": uid, "id": fmt.Sprintf("FSId<%d>", serial), "name": name,
		"group_name": group["name"], "group_id": group["id"],
		"auto_max_files": true, "is_encrypted": r.Member("encrypted") == true,
		"auth_required": r.Member("auth_required") == true, "data_reduction": r.Member("data_reduction") == true,
		"used_total": newFilesystemUse, "used_total_data": 0,
		"used_ssd": newFilesystemUse, "used_ssd_data": 0, "used_ssd_metadata": newFilesystemUse,
		"metadata_budget": 4202496, "available_ssd_metadata": 4202496,
		"object_storages": []any{}, "obs_buckets": []any{},
	}
	keepKeys(members, r)
	return members
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

func (c *cluster) updateFilesystem(r *simulator.Request) simulator.Answer {
	uid := r.PathValues["uid"]
	f := c.findFilesystem(uid)
	if f == nil {
		return notFound(uid)
	}
	oldTotal, _ := f.members["total_budget"].(int64)
	total, ssd, refusal := c.sizes(r, oldTotal, f.ssd, f.ssd)
	if refusal != nil {
		return *refusal
	}
	if name, given := r.Member("new_name").(string); given {
		if other := c.filesystemBy("name", name); other != nil && other != f {
			return nameInUse("update filesystem")
		}
		f.members["name"] = name
	}
	if required, given := r.Member("auth_required").(bool); given {
		f.members["auth_required"] = required
	}
	keepKeys(f.members, r)
	f.resize(total, ssd)
	return success(f.show(r.Time))
}

// deleteFilesystem answers 400 for one that does not exist, unlike a read.
func (c *cluster) deleteFilesystem(r *simulator.Request) simulator.Answer {
	f := c.findFilesystem(r.PathValues["uid"])
	if f == nil {
		return exception("Filesystem does not exist", "FilesystemDoesNotExistException")
	}
	if f.gone.IsZero() {
		f.gone = r.Time.Add(c.transition)
	}
	return success(nil)
}

func nameInUse(what string) simulator.Answer {
	return badRequest("Could not "+what+": Name already in use.", nil)
}
