package wekatest

import (
	"path"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// directory is a directory of a filesystem: what a mount would have made.
type directory struct {
	path  string
	inode uint64
	files int // below it; a quota on a directory with files must be coloured first
}

// firstInode is beyond 2^63, so that a client which reads inodes as int64, or as
// float64, is found out; the next ones follow in steps that a float64 loses.
const firstInode uint64 = 11326619722725392385

// makeDirectory makes a directory and those above it.
func (c *cluster) makeDirectory(f *filesystem, name string, files int) *directory {
	name = path.Clean("/" + name)
	if found := f.directories[name]; found != nil {
		found.files += files
		return found
	}
	var above *directory
	if name != "/" {
		above = c.makeDirectory(f, path.Dir(name), 0)
	}
	if c.inode == 0 {
		c.inode = firstInode
	}
	made := &directory{path: name, inode: c.inode, files: files}
	c.inode++
	f.directories[name] = made
	if above != nil {
		f.inherit(made, above)
	}
	return made
}

// byInode returns the directory of a filesystem with that inode, nil if there is
// none.
func (f *filesystem) byInode(inode uint64) *directory {
	for _, d := range f.directories {
		if d.inode == inode {
			return d
		}
	}
	return nil
}

// resolvePath answers with a quoted number, as clusters do whatever the document
// says.
func (c *cluster) resolvePath(r *simulator.Request) simulator.Response {
	f := c.filesystem(r, r.PathValues["uid"])
	if f == nil {
		return notFound("uid", r.PathValues["uid"])
	}
	asked := r.Query.Get("path")
	found := f.directories[path.Clean("/"+asked)]
	if found == nil && c.anyPath && strings.HasPrefix(asked, "/") {
		found = c.makeDirectory(f, asked, 0)
	}
	if found == nil {
		return badRequest("PATH_NOT_FOUND: "+asked, nil)
	}
	answer := success(map[string]any{"inode_id": strconv.FormatUint(found.inode, 10)})
	answer.Unchecked = true
	return answer
}

// directoryOf finds the directory whose inode a path has in all filesystems of the
// caller, for the routes that name none; nil if there is none.
func (c *cluster) directoryOf(r *simulator.Request) (*filesystem, *directory) {
	inode, _ := strconv.ParseUint(r.PathValues["inode_id"], 10, 64)
	for _, o := range c.store.Visible(c.of("/fileSystems"), r) {
		f := filesystemOf(o)
		if found := f.byInode(inode); found != nil {
			return f, found
		}
	}
	return nil, nil
}

func (c *cluster) pathOfInode(r *simulator.Request) simulator.Response {
	asked := r.PathValues["inode_id"]
	f, found := c.directoryOf(r)
	if found == nil {
		return notFound("inode_id", asked)
	}
	return r.Success(map[string]any{
		"inode_id": asked, "path": found.path, "fs_id": f.Members["id"], "fs_name": f.Members["name"],
		"snap_name": "", "snap_view_id": "SnapViewId<0>", "access_point": "",
	})
}
