package wekatest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// quota is the quota of a directory, or the default one of its future subdirectories.
type quota struct {
	inode      uint64
	path       string
	owner      string
	hard, soft uint64 // bytes, or noLimit
	grace      any    // seconds, nil for none
	status     string
	task       *simulator.Object // that applies the quota to the directory's files, or nil
}

// noLimit is a limit that is not set, in responses; in requests it is 0.
const noLimit uint64 = math.MaxUint64

func newQuota(inode uint64, path string) *quota {
	return &quota{inode: inode, path: path, hard: noLimit, soft: noLimit, status: "ACTIVE"}
}

func noQuota() simulator.Response {
	return simulator.Response{Status: http.StatusInternalServerError, Body: map[string]any{"message": "Directory has no quota"}}
}

// onQuota makes a handler of a function for the quota of a filesystem's inode, nil if there
// is none.
func (c *cluster) onQuota(next func(*simulator.Request, *filesystem, uint64, *quota) simulator.Response) simulator.Handler {
	return c.onFilesystem(func(r *simulator.Request, f *filesystem) simulator.Response {
		inode, err := strconv.ParseUint(r.PathValues["inode_id"], 10, 64)
		if err != nil {
			return badParameter("inode_id", "is not an inode")
		}
		return next(r, f, inode, f.quotas[inode])
	})
}

// record returns the members of a quota that is read by itself.
func (q *quota) record() map[string]any {
	members := map[string]any{
		"inode_id": q.inode, "hard_limit_bytes": q.hard, "soft_limit_bytes": q.soft, "grace_seconds": q.grace,
		"owner": q.owner, "status": q.status, "snap_view_id": 0, "data_blocks": 0, "metadata_blocks": 1,
		"used_bytes": newFilesystemUse, "total_bytes": newFilesystemUse, "time_over_soft_limit": 0,
	}
	if q.task != nil {
		members["cw_task_id"] = number(q.task)
	}
	return members
}

// without returns the members of record except for some.
func (q *quota) without(names ...string) map[string]any {
	members := q.record()
	for _, name := range names {
		delete(members, name)
	}
	return members
}

func (q *quota) id() string { return fmt.Sprintf("0x%x:0", q.inode) }

// listed returns the members of a quota in a list: it has the path, and total_bytes where a
// single one has used_bytes.
func (q *quota) listed(f *filesystem) map[string]any {
	members := q.without("used_bytes", "metadata_blocks", "cw_task_id")
	name := f.Text("name")
	maps.Copy(members, map[string]any{"quota_id": q.id(), "path": q.path, "fsName": name, "full_path": name + ":" + q.path})
	return members
}

// deprecated returns the members of a quota in the maps of deprecated routes.
func (q *quota) deprecated() map[string]any {
	members := q.without("used_bytes", "time_over_soft_limit", "cw_task_id", "inode_id")
	members["inodeId"] = q.inode
	if q.grace == nil {
		members["grace_seconds"] = uint32(math.MaxUint32)
	}
	return members
}

// setQuota replaces a quota with PUT and changes it with PATCH. On a directory with files it
// is ADDING until a background task ends.
func (c *cluster) setQuota(r *simulator.Request, f *filesystem, inode uint64, before *quota) simulator.Response {
	if before == nil && r.Operation.Method == http.MethodPatch {
		return noQuota()
	}
	name, files := r.Text("path"), 0
	if d := f.byInode(inode); d != nil {
		name, files = d.path, d.files
	}
	q := newQuota(inode, name)
	if before != nil {
		*q, files = *before, 0 // the files have a quota already
		if r.Operation.Method == http.MethodPut {
			q.hard, q.soft, q.grace = noLimit, noLimit, nil
		}
	}
	q.set(r)
	if files > 0 {
		if rejection := c.tooManyTasks(); rejection != nil {
			return *rejection
		}
		q.status = "ADDING"
		q.task = c.start("QUOTA_COLORING", "Coloring quota of "+q.path, map[string]any{"fsId": f.Members["id"]}, r.Time,
			func() { q.status, q.task = "ACTIVE", nil }, func() { q.status, q.task = "ERROR", nil })
	}
	if before != nil { // keep the pointer that a running task has
		*before = *q
		q = before
	}
	f.quotas[inode] = q
	return r.Success(q.record())
}

// set stores the members of a body; a limit of 0 is none.
func (q *quota) set(r *simulator.Request) {
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

func getQuota(r *simulator.Request, _ *filesystem, _ uint64, q *quota) simulator.Response {
	if q == nil {
		return noQuota()
	}
	return r.Success(q.record())
}

// deleteQuota removes a quota. On a directory with files it is DELETING until a background
// task ends.
func (c *cluster) deleteQuota(r *simulator.Request, f *filesystem, inode uint64, q *quota) simulator.Response {
	if q == nil {
		return noQuota()
	}
	if d := f.byInode(inode); d == nil || d.files == 0 {
		delete(f.quotas, inode)
	} else if q.status != "DELETING" {
		if rejection := c.tooManyTasks(); rejection != nil {
			return *rejection
		}
		q.status = "DELETING"
		q.task = c.start("QUOTA_COLORING", "Removing quota of "+q.path, map[string]any{"fsId": f.Members["id"]}, r.Time,
			func() { delete(f.quotas, inode) }, func() { q.status, q.task = "ERROR", nil })
	}
	return r.Success(q.record())
}

// deleteQuotaCSI is the undocumented route by which the CSI driver deletes quotas.
func (c *cluster) deleteQuotaCSI(r *simulator.Request, f *filesystem, inode uint64, q *quota) simulator.Response {
	if response := c.deleteQuota(r, f, inode, q); response.Status >= http.StatusBadRequest {
		return response
	}
	return success(nil)
}

// quotaPage returns the quotas of a filesystem from the cursor on, by inode; the next cursor
// is the inode of the first on the next page.
func (c *cluster) quotaPage(r *simulator.Request, f *filesystem) (page []*quota, next any, rejection *simulator.Response) {
	inodes := slices.Sorted(maps.Keys(f.quotas))
	if cursor := r.Query.Get("next_token"); cursor != "" {
		first, err := strconv.ParseUint(cursor, 10, 64)
		if err != nil {
			return nil, nil, new(badCursor("next_token"))
		}
		inodes = slices.DeleteFunc(inodes, func(inode uint64) bool { return inode < first })
	}
	if size := c.set.PageSize; len(inodes) > size {
		inodes, next = inodes[:size], inodes[size]
	}
	for _, inode := range inodes {
		page = append(page, f.quotas[inode])
	}
	return page, next, nil
}

// paged is a page of a list with its next cursor; nil is the last page.
func paged(list, next any) simulator.Response {
	body := data(list)
	if next != nil {
		body["next_token"] = next
	}
	return simulator.Response{Status: http.StatusOK, Body: body}
}

func (c *cluster) listQuotas(r *simulator.Request, f *filesystem) simulator.Response {
	page, next, rejection := c.quotaPage(r, f)
	if rejection != nil {
		return *rejection
	}
	rows := []any{}
	for _, q := range page {
		rows = append(rows, q.listed(f))
	}
	return paged(rows, next)
}

// mapQuotas is the deprecated list: a map by id.
func (c *cluster) mapQuotas(r *simulator.Request) simulator.Response {
	uid := r.Query.Get("uid")
	f := c.filesystem(r, uid)
	if f == nil {
		return notFound("uid", uid)
	}
	page, next, rejection := c.quotaPage(r, f)
	if rejection != nil {
		return *rejection
	}
	byID := map[string]any{}
	for _, q := range page {
		byID[q.id()] = q.deprecated()
	}
	return paged(byID, next)
}

// batchQuotas returns quotas by inode, of all filesystems that the request may see.
func (c *cluster) batchQuotas(r *simulator.Request) simulator.Response {
	byID := map[string]any{}
	for _, asked := range r.Query["inode_ids"] {
		inode, _ := strconv.ParseUint(asked, 10, 64)
		for _, o := range c.store.Visible(c.of("/fileSystems"), r) {
			if q := filesystemOf(o).quotas[inode]; q != nil {
				byID[q.id()] = q.deprecated()
			}
		}
	}
	return r.Success(byID)
}

// setDefaultQuota replaces the quota that future subdirectories of a directory start with.
func setDefaultQuota(r *simulator.Request, f *filesystem, d *directory) simulator.Response {
	q := newQuota(d.inode, d.path)
	q.set(r)
	f.defaults[d.inode] = q
	return r.Success(q.without("used_bytes", "time_over_soft_limit"))
}

// inherit gives a new directory the default quota of its parent.
func (f *filesystem) inherit(made, parent *directory) {
	if q := f.defaults[parent.inode]; q != nil {
		own := *q
		own.inode, own.path = made.inode, made.path
		f.quotas[made.inode] = &own
	}
}

func (q *quota) defaultRecord(f *filesystem) map[string]any {
	return map[string]any{
		"fsName": f.Members["name"], "path": q.path, "snapName": "", "owner": q.owner,
		"hard_limit_bytes": q.hard, "soft_limit_bytes": q.soft, "graceSeconds": q.grace,
	}
}

func listDefaultQuotas(r *simulator.Request, f *filesystem) simulator.Response {
	rows := []any{}
	for _, inode := range slices.Sorted(maps.Keys(f.defaults)) {
		row := f.defaults[inode].defaultRecord(f)
		row["id"] = strconv.FormatUint(inode, 10)
		rows = append(rows, row)
	}
	return r.Success(rows)
}

// deleteDefaultQuota keeps the quotas of the directories that started with it.
func deleteDefaultQuota(r *simulator.Request, f *filesystem, d *directory) simulator.Response {
	q := f.defaults[d.inode]
	if q == nil {
		return noQuota()
	}
	delete(f.defaults, d.inode)
	return r.Success(q.defaultRecord(f))
}
