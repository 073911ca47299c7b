package wekatest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// quota is the quota of a directory.
type quota struct {
	inode      uint64
	path       string
	owner      string
	hard, soft uint64 // bytes; noLimit for none
	grace      any    // seconds, nil for none
	status     string
	task       *simulator.Object // that colours the tree, nil when none does
}

// noLimit is what a cluster shows for a limit that is not set; in a request it
// is 0.
const noLimit uint64 = math.MaxUint64

// newQuota is a quota without limits.
func newQuota(inode uint64, path string) *quota {
	return &quota{inode: inode, path: path, hard: noLimit, soft: noLimit, status: "ACTIVE"}
}

func (c *cluster) quotaHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"resolvePath":            c.resolvePath,
		"getFilesystemInodePath": c.pathOfInode,
		"resolveFilesystemInode": c.pathOfInode,
		"listQuotas":             c.listQuotas,
		"getQuota":               c.getQuota,
		"putQuota":               c.setQuota,
		"patchQuota":             c.setQuota,
		"deleteQuota":            c.deleteQuota,
		"getQuotaDeprecated":     c.mapQuotas,
		"getQuotaBatch":          c.batchQuotas,
	}
}

// noQuota is how a cluster says that a directory has none.
func noQuota() simulator.Response {
	return simulator.Response{Status: http.StatusInternalServerError, Body: map[string]any{"message": "Directory has no quota"}}
}

// quotaPlace finds the filesystem and the inode that a request is about.
func (c *cluster) quotaPlace(r *simulator.Request) (*filesystem, uint64, *simulator.Response) {
	uid := r.PathValues["uid"]
	f := c.filesystem(r, uid)
	if f == nil {
		return nil, 0, new(notFound("uid", uid))
	}
	inode, err := strconv.ParseUint(r.PathValues["inode_id"], 10, 64)
	if err != nil {
		return nil, 0, new(badParameter("inode_id", "is not an inode"))
	}
	return f, inode, nil
}

// record is a quota as a read of one shows it.
func (q *quota) record() map[string]any {
	members := map[string]any{
		"inode_id": q.inode, "hard_limit_bytes": q.hard, "soft_limit_bytes": q.soft, "grace_seconds": q.grace,
		"owner": q.owner, "status": q.status, "snap_view_id": 0, "data_blocks": 0, "metadata_blocks": 1,
		"used_bytes": newFilesystemUse, "total_bytes": newFilesystemUse, "time_over_soft_limit": 0,
	}
	if q.task != nil {
		number, _ := strconv.ParseInt(serial(q.task), 16, 64)
		members["cw_task_id"] = number
	}
	return members
}

// id is what lists call a quota.
func (q *quota) id() string { return fmt.Sprintf("0x%x:0", q.inode) }

// row is a quota as a list shows it: with the path, and with total_bytes where a
// read has used_bytes.
func (q *quota) row(f *filesystem) map[string]any {
	row := q.record()
	for _, name := range []string{"used_bytes", "metadata_blocks", "cw_task_id"} {
		delete(row, name)
	}
	name := f.Text("name")
	maps.Copy(row, map[string]any{"quota_id": q.id(), "path": q.path, "fsName": name, "full_path": name + ":" + q.path})
	return row
}

// old is a quota as the maps of the older routes show it.
func (q *quota) old() map[string]any {
	members := q.record()
	for _, name := range []string{"used_bytes", "time_over_soft_limit", "cw_task_id", "inode_id"} {
		delete(members, name)
	}
	members["inodeId"] = q.inode
	if q.grace == nil {
		members["grace_seconds"] = uint32(math.MaxUint32)
	}
	return members
}

// setQuota sets a quota as a whole, or with PATCH what the body names of it. On a
// directory with files it is ADDING until a background task has coloured them.
func (c *cluster) setQuota(r *simulator.Request) simulator.Response {
	f, inode, refusal := c.quotaPlace(r)
	if refusal != nil {
		return *refusal
	}
	before := f.quotas[inode]
	if before == nil && r.Operation.Method == http.MethodPatch {
		return noQuota()
	}
	name, files := "", 0
	if d := f.byInode(inode); d != nil {
		name, files = d.path, d.files
	} else if named, ok := r.Member("path").(string); ok {
		name = named
	}
	q := newQuota(inode, name)
	if before != nil {
		*q, files = *before, 0 // its files have their colour
		if r.Operation.Method == http.MethodPut {
			q.hard, q.soft, q.grace = noLimit, noLimit, nil
		}
	}
	q.take(r)
	if files > 0 {
		if refusal := c.tooManyTasks(); refusal != nil {
			return *refusal
		}
		q.status = "ADDING"
		q.task = c.start("QUOTA_COLORING", "Coloring quota of "+q.path, map[string]any{"fsId": f.Members["id"]}, r.Time,
			func() { q.status, q.task = "ACTIVE", nil }, func() { q.status, q.task = "ERROR", nil })
	}
	if before != nil {
		*before = *q
		q = before
	}
	f.quotas[inode] = q
	return r.Success(q.record())
}

// take takes over what a body says; 0 is no limit.
func (q *quota) take(r *simulator.Request) {
	for name, limit := range map[string]*uint64{"hard_limit_bytes": &q.hard, "soft_limit_bytes": &q.soft} {
		if number, given := r.Member(name).(json.Number); given {
			if *limit, _ = strconv.ParseUint(number.String(), 10, 64); *limit == 0 {
				*limit = noLimit
			}
		}
	}
	if grace := r.Member("grace_seconds"); grace != nil {
		if q.grace = grace; grace == json.Number("0") {
			q.grace = nil
		}
	}
	if owner, given := r.Member("owner").(string); given {
		q.owner = owner
	}
}

func (c *cluster) getQuota(r *simulator.Request) simulator.Response {
	f, inode, refusal := c.quotaPlace(r)
	if refusal != nil {
		return *refusal
	}
	if q := f.quotas[inode]; q != nil {
		return r.Success(q.record())
	}
	return noQuota()
}

// deleteQuota takes the colour off again where there are files: DELETING for a
// while.
func (c *cluster) deleteQuota(r *simulator.Request) simulator.Response {
	f, inode, refusal := c.quotaPlace(r)
	if refusal != nil {
		return *refusal
	}
	q := f.quotas[inode]
	if q == nil {
		return noQuota()
	}
	if d := f.byInode(inode); d == nil || d.files == 0 {
		delete(f.quotas, inode)
		return r.Success(q.record())
	}
	if q.status != "DELETING" {
		if refusal := c.tooManyTasks(); refusal != nil {
			return *refusal
		}
		q.status = "DELETING"
		q.task = c.start("QUOTA_COLORING", "Removing quota of "+q.path, map[string]any{"fsId": f.Members["id"]}, r.Time,
			func() { delete(f.quotas, inode) }, func() { q.status, q.task = "ERROR", nil })
	}
	return r.Success(q.record())
}

// deleteQuotaElsewhere is the route that the CSI driver deletes quotas by.
func (c *cluster) deleteQuotaElsewhere(r *simulator.Request) simulator.Response {
	if answer := c.deleteQuota(r); answer.Status >= http.StatusBadRequest {
		return answer
	}
	return success(nil)
}
