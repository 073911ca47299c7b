package wekatest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// driveCapacity is what the filesystems of a simulated cluster share, in bytes:
// an exbibyte, so that sizes beyond 2^53 can be tried.
const driveCapacity int64 = 1 << 60

// cluster is the state of a simulated cluster. Objects are kept as the JSON
// members that an answer shows.
type cluster struct {
	transition time.Duration
	status     map[string]any // the answer to getClusterStatus that never changes

	mu          sync.Mutex
	serial      int
	groups      []map[string]any
	filesystems []*filesystem
}

func newCluster(document *simulator.Document, transition time.Duration) *cluster {
	_, sample, _ := simulator.Sampler{Full: true}.Answer(document.Operation("getClusterStatus"))
	c := &cluster{transition: transition}
	envelope, _ := sample.(map[string]any)
	c.status, _ = envelope["data"].(map[string]any)
	c.groups = append(c.groups, c.newGroup("default"))
	return c
}

// handlers are the operations that the state answers. Each runs with the state
// locked and up to date.
func (c *cluster) handlers() map[string]simulator.Handler {
	all := map[string]simulator.Handler{
		"getClusterStatus":      c.getStatus,
		"getFileSystems":        c.listFilesystems,
		"createFileSystem":      c.createFilesystem,
		"getFileSystem":         c.getFilesystem,
		"updateFileSystem":      c.updateFilesystem,
		"deleteFileSystem":      c.deleteFilesystem,
		"getFileSystemGroups":   c.listGroups,
		"createFileSystemGroup": c.createGroup,
		"getFileSystemGroup":    c.getGroup,
		"updateFileSystemGroup": c.updateGroup,
		"deleteFileSystemGroup": c.deleteGroup,
	}
	for operation, handler := range all {
		all[operation] = func(r *simulator.Request) simulator.Answer {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.settle(r.Time)
			return handler(r)
		}
	}
	return all
}

// settle lets go of the filesystems whose removal has ended.
func (c *cluster) settle(now time.Time) {
	c.filesystems = slices.DeleteFunc(c.filesystems, func(f *filesystem) bool {
		return !f.gone.IsZero() && !now.Before(f.gone)
	})
}

// newUID numbers the objects of a cluster; the same story gives the same uids.
func (c *cluster) newUID() (uid string, serial int) {
	c.serial++
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", c.serial, c.serial), c.serial
}

// free is the capacity that no filesystem has.
func (c *cluster) free() int64 {
	left := driveCapacity
	for _, f := range c.filesystems {
		left -= f.ssd
	}
	return left
}
