package wekatest

import (
	"strconv"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

func (c *cluster) defaultQuotaHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"putDefaultQuota":    c.setDefaultQuota,
		"deleteDefaultQuota": c.deleteDefaultQuota,
		"listDefaultQuotas":  c.listDefaultQuotas,
	}
}

// setDefaultQuota sets the quota that directories made in a directory from now on
// begin with, as a whole.
func (c *cluster) setDefaultQuota(r *simulator.Request) simulator.Response {
	f, d := c.directoryOf(r)
	if d == nil {
		return notFound("inode_id", r.PathValues["inode_id"])
	}
	q := newQuota(d.inode, d.path)
	q.take(r)
	f.defaults[d.inode] = q
	shown := q.record()
	for _, name := range []string{"used_bytes", "time_over_soft_limit"} {
		delete(shown, name)
	}
	return r.Success(shown)
}

// inherit gives a directory that was just made the default quota of the one above,
// if that has one. It has no files yet that were to be coloured.
func (f *filesystem) inherit(made, above *directory) {
	if q := f.defaults[above.inode]; q != nil {
		own := *q
		own.inode, own.path = made.inode, made.path
		f.quotas[made.inode] = &own
	}
}

// defaultRow is a default quota as a list shows it, which names the seconds of
// grace otherwise than a quota.
func (q *quota) defaultRow(f *filesystem) map[string]any {
	return map[string]any{
		"fsName": f.Members["name"], "path": q.path, "snapName": "", "owner": q.owner,
		"hard_limit_bytes": q.hard, "soft_limit_bytes": q.soft, "graceSeconds": q.grace,
	}
}

func (c *cluster) listDefaultQuotas(r *simulator.Request) simulator.Response {
	f := c.filesystem(r, r.PathValues["uid"])
	if f == nil {
		return notFound("uid", r.PathValues["uid"])
	}
	rows := []any{}
	for _, inode := range sortedInodes(f.defaults) {
		row := f.defaults[inode].defaultRow(f)
		row["id"] = strconv.FormatUint(inode, 10)
		rows = append(rows, row)
	}
	return r.Success(rows)
}

// deleteDefaultQuota leaves the directories alone that began with it.
func (c *cluster) deleteDefaultQuota(r *simulator.Request) simulator.Response {
	f, d := c.directoryOf(r)
	if d == nil {
		return notFound("inode_id", r.PathValues["inode_id"])
	}
	q := f.defaults[d.inode]
	if q == nil {
		return noQuota()
	}
	delete(f.defaults, d.inode)
	return r.Success(q.defaultRow(f))
}
