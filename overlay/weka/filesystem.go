package weka

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// FindFileSystem returns the filesystem of the client's tenant with that name (operation
// getFileSystems), or [ErrNotFound]. Other operations take its UID.
func (c *Client) FindFileSystem(ctx context.Context, name string, options ...CallOption) (*wekaapi.FileSystem, error) {
	all, err := c.FileSystems.List(ctx, nil, options...)
	return find(all, err, wekaapi.OpGetFileSystems, "filesystem "+strconv.Quote(name), func(fs *wekaapi.FileSystem) bool { return fs.Name == name })
}

// CreateFileSystemAndWait creates a filesystem (operation createFileSystem) and waits
// until it is READY. Capacities are bytes.
//
// All waits of a client work alike. The operation and the wait together take at most
// bound, which may be 0 if the context has a deadline. After that the error is
// [ErrWaitTimeout], and the cluster continues. A wait polls at growing intervals of half a
// second to ten seconds, with jitter. It continues while the cluster is unreachable, busy or
// failing, and in unknown states. A wait that fails returns what it saw last, or nil, and a
// [WaitError]; if the operation itself fails, the error is that of the operation. See
// [OnProgress].
//
// If the name is taken, the error is [ErrAlreadyExists]; if the drives are full,
// [ErrNoCapacity].
func (c *Client) CreateFileSystemAndWait(
	ctx context.Context, body wekaapi.CreateFileSystemBody, bound time.Duration, options ...WaitOption[*wekaapi.FileSystem],
) (*wekaapi.FileSystem, error) {
	var uid string
	create := func(ctx context.Context) error {
		created, err := c.FileSystems.Create(ctx, body)
		if err == nil {
			uid = created.UID
		}
		return err
	}
	return await(ctx, bound, create, wait.Poll[*wekaapi.FileSystem]{What: "filesystem " + strconv.Quote(body.Name), Get: c.fileSystem(&uid), State: fileSystemState}, options)
}

// EnsureFileSystem returns the filesystem with the name in body, and creates it if there is
// none (operations getFileSystems and createFileSystem). It may be repeated. A filesystem
// that exists is returned as it is, whatever else body says. It may be CREATING still: see
// [Client.WaitFileSystem].
func (c *Client) EnsureFileSystem(ctx context.Context, body wekaapi.CreateFileSystemBody) (fs *wekaapi.FileSystem, created bool, err error) {
	return ensure(
		func() (*wekaapi.FileSystem, error) { return c.FindFileSystem(ctx, body.Name) },
		func() (*wekaapi.FileSystem, error) { return c.FileSystems.Create(ctx, body) })
}

// WaitFileSystem waits until a filesystem is READY, whichever program created it. One that
// is being removed is [ErrWaitFailed]. It waits as [Client.CreateFileSystemAndWait] does.
func (c *Client) WaitFileSystem(ctx context.Context, uid string, bound time.Duration, options ...WaitOption[*wekaapi.FileSystem]) (*wekaapi.FileSystem, error) {
	return await(ctx, bound, begun, wait.Poll[*wekaapi.FileSystem]{What: "filesystem " + uid, Get: c.fileSystem(&uid), State: fileSystemState}, options)
}

// ResizeFileSystem changes the total capacity of a filesystem, in bytes (operation
// updateFileSystem). It takes effect at once. The operation itself can change more, such
// as the SSD capacity.
func (c *Client) ResizeFileSystem(ctx context.Context, uid string, totalCapacity int64, options ...CallOption) (*wekaapi.FileSystem, error) {
	return c.FileSystems.Update(ctx, uid, wekaapi.UpdateFileSystemBody{TotalCapacity: &totalCapacity}, options...)
}

// DeleteFileSystemAndWait deletes a filesystem (operation deleteFileSystem) and waits
// until it no longer exists. Nil params keep its data in an object store. A filesystem
// that does not exist is [ErrNotFound], one that is exported [ErrConflict]. It waits as
// [Client.CreateFileSystemAndWait] does.
func (c *Client) DeleteFileSystemAndWait(
	ctx context.Context, uid string, params *wekaapi.DeleteFileSystemParams, bound time.Duration, options ...WaitOption[*wekaapi.FileSystem],
) error {
	remove := func(ctx context.Context) error { return c.FileSystems.Delete(ctx, uid, params) }
	_, err := await(ctx, bound, remove, wait.Poll[*wekaapi.FileSystem]{
		What:    "the deletion of filesystem " + uid,
		Get:     c.fileSystem(&uid),
		State:   func(fs *wekaapi.FileSystem) (string, wait.Outcome) { return fs.Status, wait.Running },
		OnError: untilGone,
	}, options)
	return err
}

// fileSystem reads a filesystem whose uid is known by the time of the call.
func (c *Client) fileSystem(uid *string) func(context.Context) (*wekaapi.FileSystem, error) {
	return func(ctx context.Context) (*wekaapi.FileSystem, error) {
		return c.FileSystems.Get(ctx, *uid, nil)
	}
}

func fileSystemState(fs *wekaapi.FileSystem) (string, wait.Outcome) {
	switch {
	case fs.IsRemoving || fs.Status == "REMOVING":
		return fs.Status, wait.Failed
	case fs.IsReady || fs.Status == "READY":
		return fs.Status, wait.Done
	}
	return fs.Status, wait.Running
}

// FindSnapshot returns the snapshot of a filesystem with that name (operation
// getSnapshots), or [ErrNotFound].
func (c *Client) FindSnapshot(ctx context.Context, filesystemUID, name string, options ...CallOption) (*wekaapi.Snapshot, error) {
	all, err := c.Snapshots.List(ctx, nil, options...)
	return find(all, err, wekaapi.OpGetSnapshots, "snapshot "+strconv.Quote(name)+" of filesystem "+filesystemUID, func(s *wekaapi.Snapshot) bool {
		return s.Name == name && s.FilesystemUID == filesystemUID
	})
}

// TakeSnapshot makes a snapshot of the current content of a filesystem (operation
// createSnapshot). The operation itself has more options: writable snapshots, the access
// point, snapshots of snapshots. If the name is taken, the error is [ErrAlreadyExists].
func (c *Client) TakeSnapshot(ctx context.Context, filesystemUID, name string, options ...CallOption) (*wekaapi.Snapshot, error) {
	return c.Snapshots.Create(ctx, wekaapi.CreateSnapshotBody{FSUID: filesystemUID, Name: name}, options...)
}

// EnsureSnapshot returns the snapshot of a filesystem with that name, and takes it if there
// is none (operations getSnapshots and createSnapshot). It may be repeated.
func (c *Client) EnsureSnapshot(ctx context.Context, filesystemUID, name string) (snapshot *wekaapi.Snapshot, created bool, err error) {
	return ensure(
		func() (*wekaapi.Snapshot, error) { return c.FindSnapshot(ctx, filesystemUID, name) },
		func() (*wekaapi.Snapshot, error) { return c.TakeSnapshot(ctx, filesystemUID, name) })
}

// RestoreFileSystem replaces the content of a filesystem by that of its snapshot with that
// name (operations getSnapshots and restoreFileSystemFromSnapshot). What was written since
// is lost, unless another snapshot has it. While snapshots of the filesystem are being
// deleted, the error is [ErrBusy].
func (c *Client) RestoreFileSystem(ctx context.Context, filesystemUID, snapshotName string, options ...CallOption) (*wekaapi.Snapshot, error) {
	found, err := c.FindSnapshot(ctx, filesystemUID, snapshotName, options...)
	if err != nil {
		return nil, err
	}
	return c.Snapshots.RestoreFileSystem(ctx, filesystemUID, found.UID, options...)
}

// UploadSnapshotAndWait uploads a snapshot to the filesystem's object store at a site
// (operation uploadSnapshot) and waits until it is SYNCHRONIZED. The result has the
// locator, for other clusters, in LocalStowInfo or RemoteStowInfo. If the upload is
// aborted, the error is [ErrWaitFailed]. It waits as [Client.CreateFileSystemAndWait]
// does.
func (c *Client) UploadSnapshotAndWait(
	ctx context.Context, uid string, site wekaapi.ObjectStoreSite, bound time.Duration, options ...WaitOption[*wekaapi.Snapshot],
) (*wekaapi.Snapshot, error) {
	if err := validSite(site); err != nil {
		return nil, err
	}
	upload := func(ctx context.Context) error {
		_, err := c.Snapshots.Upload(ctx, uid, wekaapi.UploadSnapshotBody{ObsSite: &site})
		return err
	}
	return await(ctx, bound, upload, wait.Poll[*wekaapi.Snapshot]{What: "the upload of snapshot " + uid, Get: c.snapshot(uid), State: uploadState(site)}, options)
}

// WaitSnapshot is [Client.UploadSnapshotAndWait] for an upload that has been started before.
func (c *Client) WaitSnapshot(
	ctx context.Context, uid string, site wekaapi.ObjectStoreSite, bound time.Duration, options ...WaitOption[*wekaapi.Snapshot],
) (*wekaapi.Snapshot, error) {
	if err := validSite(site); err != nil {
		return nil, err
	}
	return await(ctx, bound, begun, wait.Poll[*wekaapi.Snapshot]{What: "the upload of snapshot " + uid, Get: c.snapshot(uid), State: uploadState(site)}, options)
}

func validSite(site wekaapi.ObjectStoreSite) error {
	if site.Valid() {
		return nil
	}
	return fmt.Errorf("weka: upload of a snapshot: %w: %q is not a site: use wekaapi.ObjectStoreSiteLocal or ObjectStoreSiteRemote", ErrInvalidArgument, string(site))
}

// DeleteSnapshotAndWait deletes a snapshot (operation deleteSnapshot) and waits until it
// no longer exists. A snapshot that does not exist is [ErrNotFound]. It waits as
// [Client.CreateFileSystemAndWait] does.
func (c *Client) DeleteSnapshotAndWait(ctx context.Context, uid string, bound time.Duration, options ...WaitOption[*wekaapi.Snapshot]) error {
	remove := func(ctx context.Context) error { return c.Snapshots.Delete(ctx, uid) }
	_, err := await(ctx, bound, remove, wait.Poll[*wekaapi.Snapshot]{
		What: "the deletion of snapshot " + uid,
		Get:  c.snapshot(uid),
		State: func(s *wekaapi.Snapshot) (string, wait.Outcome) {
			return "removing " + strconv.FormatBool(s.IsRemoving), wait.Running
		},
		OnError: untilGone,
	}, options)
	return err
}

func (c *Client) snapshot(uid string) func(context.Context) (*wekaapi.Snapshot, error) {
	return func(ctx context.Context) (*wekaapi.Snapshot, error) { return c.Snapshots.Get(ctx, uid) }
}

// uploadState returns the state of the upload to a site. Releases without sites report one
// state for the whole snapshot.
func uploadState(site wekaapi.ObjectStoreSite) func(*wekaapi.Snapshot) (string, wait.Outcome) {
	begun := false // an upload that has begun and is NONE was aborted
	return func(s *wekaapi.Snapshot) (string, wait.Outcome) {
		info := s.LocalStowInfo
		if site == wekaapi.ObjectStoreSiteRemote {
			info = s.RemoteStowInfo
		}
		if info.StowStatus == "" {
			info = wekaapi.SnapshotStowInfo{StowStatus: s.StowStatus, StowProgress: s.ObjectProgress}
		}
		name := strings.TrimSpace(info.StowStatus + " " + info.StowProgress)
		switch {
		case info.StowStatus == "SYNCHRONIZED":
			return name, wait.Done
		case s.IsRemoving || begun && info.StowStatus == "NONE":
			return name, wait.Failed
		}
		begun = begun || info.StowStatus == "UPLOADING"
		return name, wait.Running
	}
}
