package wekatest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// entry is a directory or a file of a filesystem, as the catalog and the
// comparison of snapshots list them.
type entry struct {
	path      string
	directory bool
}

// entries lists a filesystem by path: its directories, and as many files in each
// as it was made with.
func (f *filesystem) entries() []entry {
	var all []entry
	for _, name := range slices.Sorted(maps.Keys(f.directories)) {
		all = append(all, entry{path: name, directory: true})
		for i := range f.directories[name].files {
			all = append(all, entry{path: path.Join(name, fmt.Sprintf("file-%05d", i+1))})
		}
	}
	return all
}

// inode is a number for an entry, by its place in the list.
func inode(place int) string { return strconv.FormatUint(firstInode+uint64(place), 10) } //nolint:gosec // a place is not negative

func (c *cluster) catalogHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"queryCatalog":        c.queryCatalog,
		"queryCatalogDiff":    c.queryCatalogDiff,
		"prepareSnapshotDiff": c.prepareDiff,
		"getSnapshotDiff":     c.diff,
	}
}

// cut is a page of a list from a cursor that a body gives: where it begins and
// ends, and the next cursor, "" on the last page.
func (c *cluster) cut(r *simulator.Request, cursor, size string, total int) (from, to int, next string, refusal *simulator.Response) {
	if text, _ := r.Member(cursor).(string); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > total {
			return 0, 0, "", new(badParameter(cursor, "is not one of this list"))
		}
		from = n
	}
	most := int64(c.pageSize)
	if n, given := integer(r.Member(size)); given && n > 0 {
		most = min(most, n)
	}
	to = min(total, from+int(most))
	if to < total {
		next = strconv.Itoa(to)
	}
	return from, to, next, nil
}

// catalogPage is what a query of the catalog is answered from.
type catalogPage struct {
	entries []entry // of the page
	first   int     // the place of its first in the whole list
	total   int     // how many the whole list has
	next    string  // the cursor, "" on the last page
}

// catalog cuts the entries of the filesystem that a query of the catalog names.
func (c *cluster) catalog(r *simulator.Request) (page catalogPage, refusal *simulator.Response) {
	uid, _ := r.Member("fs_uuid").(string)
	f := c.filesystem(r, uid)
	if f == nil {
		return page, new(notFound("fs_uuid", uid))
	}
	all := f.entries()
	from, to, next, refusal := c.cut(r, "resume_cookie", "page_size", len(all))
	if refusal != nil {
		return page, refusal
	}
	return catalogPage{entries: all[from:to], first: from, total: len(all), next: next}, nil
}

func (c *cluster) queryCatalog(r *simulator.Request) simulator.Response {
	page, refusal := c.catalog(r)
	if refusal != nil {
		return *refusal
	}
	rows := []any{}
	for i, e := range page.entries {
		full := map[string]any{
			"filepath": path.Dir(e.path), "filename": path.Base(e.path), "inode": inode(page.first + i),
			"size": newFilesystemUse, "type": kind(e),
		}
		row := map[string]any{}
		for _, field := range r.Member("select_fields").([]any) {
			if name, _ := field.(string); full[name] != nil {
				row[name] = full[name]
			}
		}
		rows = append(rows, row)
	}
	return r.Success(map[string]any{
		"success": true, "data": rows, "total_records": page.total, "page_size": len(page.entries), "next_cookie": orNull(page.next),
	})
}

func kind(e entry) string {
	if e.directory {
		return "DIR"
	}
	return "FILE"
}

// orNull is a cursor, null on the last page.
func orNull(cursor string) any {
	if cursor == "" {
		return nil
	}
	return cursor
}

// queryCatalogDiff tells of every entry as if it had been created in between.
func (c *cluster) queryCatalogDiff(r *simulator.Request) simulator.Response {
	page, refusal := c.catalog(r)
	if refusal != nil {
		return *refusal
	}
	rows, counts := []any{}, map[string]int{}
	for i, e := range page.entries {
		rows = append(rows, map[string]any{
			"change_type": kind(e) + "_CREATE", "filepath": path.Dir(e.path), "filename": path.Base(e.path),
			"inode": inode(page.first + i), "parent_inode": inode(0),
		})
		counts[kind(e)]++
	}
	return r.Success(map[string]any{
		"success": true, "data": rows, "next_cookie": orNull(page.next),
		"old_snapshot": r.Member("old_point_in_time"), "new_snapshot": "latest",
		"summary": map[string]any{"file_create": counts["FILE"], "dir_create": counts["DIR"]},
	})
}

// prepareDiff divides a comparison into parts, which can be fetched side by side:
// each cookie is where one begins and the one before it ends.
func (c *cluster) prepareDiff(r *simulator.Request) simulator.Response {
	f, refusal := c.compared(r)
	if refusal != nil {
		return *refusal
	}
	parts, _ := integer(r.Member("parallelism"))
	total := len(f.entries())
	parts = min(max(parts, 1), int64(max(total, 1)))
	cookies := []any{}
	for i := range parts {
		cookies = append(cookies, strconv.FormatInt(i*int64(total)/parts, 10))
	}
	return r.Success(cookies)
}

// compared is the filesystem of a comparison, whose snapshots must exist.
func (c *cluster) compared(r *simulator.Request) (*filesystem, *simulator.Response) {
	name, _ := r.Member("fs_name").(string)
	f := c.filesystem(r, name)
	if f == nil {
		return nil, new(noFilesystem())
	}
	for _, member := range []string{"recent_snap", "older_snap"} {
		if snap, given := r.Member(member).(string); given && c.store.Get(c.of("/snapshots"), r, snap) == nil {
			return nil, new(exception("Snapshot does not exist", "SnapshotDoesNotExistException"))
		}
	}
	return f, nil
}

// diff is done when the next token is the one to stop at, or empty.
func (c *cluster) diff(r *simulator.Request) simulator.Response {
	f, refusal := c.compared(r)
	if refusal != nil {
		return *refusal
	}
	all := f.entries()
	stop, _ := r.Member("stop_token").(string)
	if n, err := strconv.Atoi(stop); err == nil && n >= 0 && n < len(all) {
		all = all[:n]
	}
	from, to, next, refusal := c.cut(r, "resume_token", "max_results", len(all))
	if refusal != nil {
		return *refusal
	}
	if next == "" {
		next = stop
	}
	rows := []any{}
	for i, e := range all[from:to] {
		rows = append(rows, map[string]any{
			"op_type": "CREATE", "path": e.path, "inode": inode(from + i), "parent_inode": inode(0), "size": newFilesystemUse,
		})
	}
	return r.Success(map[string]any{"results": rows, "results_count": len(rows), "next_resume_token": next})
}
