package wekatest

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// sortedInodes are the inodes of quotas, or of default ones, in the order of lists.
func sortedInodes(quotas map[uint64]*quota) []uint64 { return slices.Sorted(maps.Keys(quotas)) }

// page cuts the quotas of a filesystem, in the order of their inodes, after the
// cursor; the next cursor is the inode of the first that was left out.
func (c *cluster) page(f *filesystem, cursor string) (page []*quota, next any, refusal *simulator.Response) {
	inodes := sortedInodes(f.quotas)
	if cursor != "" {
		first, err := strconv.ParseUint(cursor, 10, 64)
		if err != nil {
			return nil, nil, new(badParameter("next_token", "is not one of this list"))
		}
		inodes = slices.DeleteFunc(inodes, func(inode uint64) bool { return inode < first })
	}
	if len(inodes) > c.pageSize {
		next = inodes[c.pageSize]
		inodes = inodes[:c.pageSize]
	}
	for _, inode := range inodes {
		page = append(page, f.quotas[inode])
	}
	return page, next, nil
}

// paged is a page of a list with its cursor, which the last page does not have.
func paged(list, next any) simulator.Response {
	body := data(list)
	if next != nil {
		body["next_token"] = next
	}
	return simulator.Response{Status: http.StatusOK, Body: body}
}

func (c *cluster) listQuotas(r *simulator.Request) simulator.Response {
	f := c.filesystem(r, r.PathValues["uid"])
	if f == nil {
		return notFound("uid", r.PathValues["uid"])
	}
	page, next, refusal := c.page(f, r.Query.Get("next_token"))
	if refusal != nil {
		return *refusal
	}
	rows := []any{}
	for _, q := range page {
		rows = append(rows, q.row(f))
	}
	return paged(rows, next)
}

// mapQuotas is the older list: a map by id.
func (c *cluster) mapQuotas(r *simulator.Request) simulator.Response {
	uid := r.Query.Get("uid")
	f := c.filesystem(r, uid)
	if f == nil {
		return notFound("uid", uid)
	}
	page, next, refusal := c.page(f, r.Query.Get("next_token"))
	if refusal != nil {
		return *refusal
	}
	byID := map[string]any{}
	for _, q := range page {
		byID[q.id()] = q.old()
	}
	return paged(byID, next)
}

// batchQuotas finds quotas by inode in all filesystems of the caller.
func (c *cluster) batchQuotas(r *simulator.Request) simulator.Response {
	byID := map[string]any{}
	for _, asked := range r.Query["inode_ids"] {
		inode, _ := strconv.ParseUint(asked, 10, 64)
		for _, o := range c.store.Visible(c.of("/fileSystems"), r) {
			if q := filesystemOf(o).quotas[inode]; q != nil {
				byID[q.id()] = q.old()
			}
		}
	}
	return r.Success(byID)
}
