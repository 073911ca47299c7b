package wekatest

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// MakeDirectory creates a directory and its parents in a filesystem, by uid or name, like a
// mount, and returns its inode. A quota on a directory with files is ADDING before it is
// ACTIVE. MakeDirectory panics if there is no such filesystem.
func (s *Server) MakeDirectory(filesystem, path string, files int) (inode uint64) {
	s.engine.Exclusive(func() {
		all := s.cluster.of("/fileSystems")
		o := cmp.Or(all.Find("uid", filesystem), all.Find("name", filesystem))
		if o == nil {
			panic(fmt.Sprintf("wekatest: there is no filesystem %q for the directory %s", filesystem, path))
		}
		inode = s.cluster.makeDirectory(filesystemOf(o), path, files).inode
	})
	return inode
}

type directory struct {
	path  string
	inode uint64
	files int
}

// firstInode is beyond 2^63, which reveals a client that decodes inodes as int64 or
// float64.
const firstInode uint64 = 11326619722725392385

func (c *cluster) makeDirectory(f *filesystem, name string, files int) *directory {
	name = path.Clean("/" + name)
	if found := f.directories[name]; found != nil {
		found.files += files
		return found
	}
	var parent *directory
	if name != "/" {
		parent = c.makeDirectory(f, path.Dir(name), 0)
	}
	c.lastInode++
	made := &directory{path: name, inode: c.lastInode, files: files}
	f.directories[name] = made
	if parent != nil {
		f.inherit(made, parent)
	}
	return made
}

func (f *filesystem) byInode(inode uint64) *directory {
	for _, d := range f.directories {
		if d.inode == inode {
			return d
		}
	}
	return nil
}

// onDirectory makes a handler of a function for the directory whose inode is in the path,
// in any filesystem that the request may see.
func (c *cluster) onDirectory(next func(*simulator.Request, *filesystem, *directory) simulator.Response) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		inode, _ := strconv.ParseUint(r.PathValues["inode_id"], 10, 64)
		for _, o := range c.store.Visible(c.of("/fileSystems"), r) {
			if d := filesystemOf(o).byInode(inode); d != nil {
				return next(r, filesystemOf(o), d)
			}
		}
		return notFound("inode_id", r.PathValues["inode_id"])
	}
}

// resolvePath responds with a quoted number, unlike the document, as clusters do.
func (c *cluster) resolvePath(r *simulator.Request, f *filesystem) simulator.Response {
	asked := r.Query.Get("path")
	found := f.directories[path.Clean("/"+asked)]
	if found == nil && c.set.anyPath && strings.HasPrefix(asked, "/") {
		found = c.makeDirectory(f, asked, 0)
	}
	if found == nil {
		return badRequest("PATH_NOT_FOUND: "+asked, nil)
	}
	response := success(map[string]any{"inode_id": strconv.FormatUint(found.inode, 10)})
	response.Unchecked = true
	return response
}

func pathOfInode(r *simulator.Request, f *filesystem, d *directory) simulator.Response {
	return r.Success(map[string]any{
		"inode_id": r.PathValues["inode_id"], "path": d.path, "fs_id": f.Members["id"], "fs_name": f.Members["name"],
		"snap_name": "", "snap_view_id": "SnapViewId<0>", "access_point": "",
	})
}

// entry is a directory or a file in the catalog and in a comparison of snapshots.
type entry struct {
	path string
	kind string // DIR or FILE
}

// entries lists the directories of a filesystem and their files, by path.
func (f *filesystem) entries() []entry {
	var all []entry
	for _, name := range slices.Sorted(maps.Keys(f.directories)) {
		all = append(all, entry{path: name, kind: "DIR"})
		for i := range f.directories[name].files {
			all = append(all, entry{path: path.Join(name, fmt.Sprintf("file-%05d", i+1)), kind: "FILE"})
		}
	}
	return all
}

// inodeAt returns an inode for the entry at an index of the list.
func inodeAt(index int) string {
	return strconv.FormatUint(firstInode+uint64(index), 10) //nolint:gosec // an index is not negative
}

// entryPage is a page of entries.
type entryPage struct {
	entries []entry
	first   int // the index of the first in the whole list
	total   int // the length of the whole list
	next    any // the next cursor, nil on the last page
}

// pageOf cuts a page out of a list, by the cursor and the size in a body.
func (c *cluster) pageOf(all []entry, r *simulator.Request, cursor, size string) (page entryPage, rejection *simulator.Response) {
	from := 0
	if text := r.Text(cursor); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > len(all) {
			return page, new(badCursor(cursor))
		}
		from = n
	}
	most := int64(c.set.PageSize)
	if n, given := integer(r.Member(size)); given && n > 0 {
		most = min(most, n)
	}
	to := min(len(all), from+int(most))
	page = entryPage{entries: all[from:to], first: from, total: len(all)}
	if to < len(all) {
		page.next = strconv.Itoa(to)
	}
	return page, nil
}

// badCursor is for a cursor that the list did not return.
func badCursor(parameter string) simulator.Response {
	return badParameter(parameter, "is not one of this list")
}

// onCatalog makes a handler of a function for a page of the entries of the filesystem that
// the body names.
func (c *cluster) onCatalog(next func(*simulator.Request, entryPage) simulator.Response) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		f := c.filesystem(r, r.Text("fs_uuid"))
		if f == nil {
			return notFound("fs_uuid", r.Text("fs_uuid"))
		}
		page, rejection := c.pageOf(f.entries(), r, "resume_cookie", "page_size")
		if rejection != nil {
			return *rejection
		}
		return next(r, page)
	}
}

func queryCatalog(r *simulator.Request, page entryPage) simulator.Response {
	rows := []any{}
	for i, e := range page.entries {
		full := map[string]any{
			"filepath": path.Dir(e.path), "filename": path.Base(e.path), "inode": inodeAt(page.first + i),
			"size": newFilesystemUse, "type": e.kind,
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
		"success": true, "data": rows, "total_records": page.total, "page_size": len(page.entries), "next_cookie": page.next,
	})
}

// queryCatalogDiff reports every entry as created since the older snapshot.
func queryCatalogDiff(r *simulator.Request, page entryPage) simulator.Response {
	rows, counts := []any{}, map[string]int{}
	for i, e := range page.entries {
		rows = append(rows, map[string]any{
			"change_type": e.kind + "_CREATE", "filepath": path.Dir(e.path), "filename": path.Base(e.path),
			"inode": inodeAt(page.first + i), "parent_inode": inodeAt(0),
		})
		counts[e.kind]++
	}
	return r.Success(map[string]any{
		"success": true, "data": rows, "next_cookie": page.next,
		"old_snapshot": r.Member("old_point_in_time"), "new_snapshot": "latest",
		"summary": map[string]any{"file_create": counts["FILE"], "dir_create": counts["DIR"]},
	})
}

// compared returns the entries of the filesystem in a comparison, whose snapshots must
// exist.
func (c *cluster) compared(r *simulator.Request) ([]entry, *simulator.Response) {
	f := c.filesystem(r, r.Text("fs_name"))
	if f == nil {
		return nil, new(noFilesystem())
	}
	for _, member := range []string{"recent_snap", "older_snap"} {
		if name, given := r.Member(member).(string); given && c.store.Get(c.of("/snapshots"), r, name) == nil {
			return nil, new(exception("Snapshot does not exist", "SnapshotDoesNotExistException"))
		}
	}
	return f.entries(), nil
}

// prepareSnapshotDiff divides a comparison into parts for parallel requests: each cookie is
// the start of a part and the end of the one before.
func (c *cluster) prepareSnapshotDiff(r *simulator.Request) simulator.Response {
	all, rejection := c.compared(r)
	if rejection != nil {
		return *rejection
	}
	total := int64(len(all))
	parts, _ := integer(r.Member("parallelism"))
	parts = min(max(parts, 1), max(total, 1))
	cookies := []any{}
	for i := range parts {
		cookies = append(cookies, strconv.FormatInt(i*total/parts, 10))
	}
	return r.Success(cookies)
}

// snapshotDiff ends when the next token is the stop token, or empty.
func (c *cluster) snapshotDiff(r *simulator.Request) simulator.Response {
	all, rejection := c.compared(r)
	if rejection != nil {
		return *rejection
	}
	stop := r.Text("stop_token")
	if n, err := strconv.Atoi(stop); err == nil && n >= 0 && n < len(all) {
		all = all[:n]
	}
	page, rejection := c.pageOf(all, r, "resume_token", "max_results")
	if rejection != nil {
		return *rejection
	}
	if page.next == nil {
		page.next = stop
	}
	rows := []any{}
	for i, e := range page.entries {
		rows = append(rows, map[string]any{
			"op_type": "CREATE", "path": e.path, "inode": inodeAt(page.first + i), "parent_inode": inodeAt(0), "size": newFilesystemUse,
		})
	}
	return r.Success(map[string]any{"results": rows, "results_count": len(rows), "next_resume_token": page.next})
}
