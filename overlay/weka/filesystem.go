package weka

import (
	"context"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// FindFileSystem finds a filesystem of the client's tenant by its name (operation
// getFileSystems); its UID is what other operations take. [ErrNotFound] if there is
// none.
func (c *Client) FindFileSystem(ctx context.Context, name string, options ...CallOption) (*wekaapi.FileSystem, error) {
	all, err := c.Filesystem.GetFileSystems(ctx, nil, options...)
	return find(all, err, wekaapi.OpGetFileSystems, "filesystem "+strconv.Quote(name), func(fs *wekaapi.FileSystem) bool { return fs.Name == name })
}

// CreateFileSystemAndWait creates a filesystem (operation createFileSystem) and waits
// until it is READY. Capacities are bytes.
//
// All waits of a client are alike. Beginning and waiting together take bound at most,
// which may be 0 where the context has a deadline: [ErrWaitTimeout] then, and the
// cluster goes on. They look at growing intervals of half a second to ten, with jitter,
// and look again, ten times in a row beyond each call's own retries, where the cluster
// is out of reach or busy. States that nobody knows go on. A wait that was begun ends
// with what was seen last, nil if nothing, and a [WaitError]; errors of what began it
// are those of that operation. [OnProgress] tells how it goes.
//
// A name that is taken is [ErrAlreadyExists], drives that are full [ErrNoCapacity].
func (c *Client) CreateFileSystemAndWait(
	ctx context.Context, body wekaapi.CreateFileSystemBody, bound time.Duration, options ...WaitOption[*wekaapi.FileSystem],
) (*wekaapi.FileSystem, error) {
	var uid string
	create := func(ctx context.Context) error {
		created, err := c.Filesystem.CreateFileSystem(ctx, body)
		if err == nil {
			uid = created.UID
		}
		return err
	}
	return await(ctx, bound, create, wait.Poll[*wekaapi.FileSystem]{Get: c.fileSystem(&uid), State: readiness}, options)
}

// ResizeFileSystem gives a filesystem another total capacity, in bytes (operation
// updateFileSystem), which takes effect at once. Its share of SSD and the rest are
// changed by that operation itself.
func (c *Client) ResizeFileSystem(ctx context.Context, uid string, totalCapacity int64, options ...CallOption) (*wekaapi.FileSystem, error) {
	return c.Filesystem.UpdateFileSystem(ctx, uid, wekaapi.UpdateFileSystemBody{TotalCapacity: &totalCapacity}, options...)
}

// DeleteFileSystemAndWait deletes a filesystem (operation deleteFileSystem) and waits
// until the cluster does not know it any more, whether it says so with 404 or with 400.
// Nil params leave what is in an object store there. A filesystem that is not there to
// begin with is [ErrNotFound], one that is exported [ErrConflict]. See
// [Client.CreateFileSystemAndWait].
func (c *Client) DeleteFileSystemAndWait(
	ctx context.Context, uid string, params *wekaapi.DeleteFileSystemParams, bound time.Duration, options ...WaitOption[*wekaapi.FileSystem],
) error {
	remove := func(ctx context.Context) error { return c.Filesystem.DeleteFileSystem(ctx, uid, params) }
	_, err := await(ctx, bound, remove, wait.Poll[*wekaapi.FileSystem]{
		Get:     c.fileSystem(&uid),
		State:   func(fs *wekaapi.FileSystem) (string, wait.Outcome) { return fs.Status, wait.Running },
		OnError: untilGone,
	}, options)
	return err
}

// fileSystem asks for a filesystem whose uid may become known later.
func (c *Client) fileSystem(uid *string) func(context.Context) (*wekaapi.FileSystem, error) {
	return func(ctx context.Context) (*wekaapi.FileSystem, error) {
		return c.Filesystem.GetFileSystem(ctx, *uid, nil)
	}
}

func readiness(fs *wekaapi.FileSystem) (string, wait.Outcome) {
	switch {
	case fs.IsRemoving || fs.Status == "REMOVING":
		return fs.Status, wait.Failed
	case fs.IsReady || fs.Status == "READY":
		return fs.Status, wait.Done
	}
	return fs.Status, wait.Running
}
