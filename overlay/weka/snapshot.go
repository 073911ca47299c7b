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

// FindSnapshot finds a snapshot of a filesystem by its name (operation getSnapshots).
// [ErrNotFound] if there is none.
func (c *Client) FindSnapshot(ctx context.Context, filesystemUID, name string, options ...CallOption) (*wekaapi.Snapshot, error) {
	all, err := c.Snapshots.GetSnapshots(ctx, nil, options...)
	return find(all, err, wekaapi.OpGetSnapshots, "snapshot "+strconv.Quote(name)+" of filesystem "+filesystemUID, func(s *wekaapi.Snapshot) bool {
		return s.Name == name && s.FilesystemUID == filesystemUID
	})
}

// TakeSnapshot makes a snapshot of a filesystem (operation createSnapshot), which holds
// what is in it now. That operation itself has more to say: writable ones, the access
// point, snapshots of snapshots. A name that is taken is [ErrAlreadyExists].
func (c *Client) TakeSnapshot(ctx context.Context, filesystemUID, name string, options ...CallOption) (*wekaapi.Snapshot, error) {
	return c.Snapshots.CreateSnapshot(ctx, wekaapi.CreateSnapshotBody{FSUID: filesystemUID, Name: name}, options...)
}

// RestoreFileSystem puts a filesystem back to what a snapshot of it holds, by the name
// of that (operations getSnapshots and restoreFileSystemFromSnapshot): what was written
// since is lost, unless a snapshot has it. While snapshots of it are being deleted it is
// [ErrBusy].
func (c *Client) RestoreFileSystem(ctx context.Context, filesystemUID, snapshotName string, options ...CallOption) (*wekaapi.Snapshot, error) {
	found, err := c.FindSnapshot(ctx, filesystemUID, snapshotName, options...)
	if err != nil {
		return nil, err
	}
	return c.Snapshots.RestoreFileSystemFromSnapshot(ctx, filesystemUID, found.UID, options...)
}

// UploadSnapshotAndWait uploads a snapshot to the filesystem's object store at a site
// (operation uploadSnapshot) and waits until it is SYNCHRONIZED there. The locator by
// which another cluster finds it is in the answer: in LocalStowInfo or RemoteStowInfo.
// An upload that was seen under way and then is none was aborted: [ErrWaitFailed]. See
// [Client.CreateFileSystemAndWait].
func (c *Client) UploadSnapshotAndWait(
	ctx context.Context, uid string, site wekaapi.ObsSite, bound time.Duration, options ...WaitOption[*wekaapi.Snapshot],
) (*wekaapi.Snapshot, error) {
	if !site.Valid() {
		return nil, fmt.Errorf("weka: upload a snapshot: %w: %q is no site: give wekaapi.ObsSiteLocal or ObsSiteRemote", ErrInvalidArgument, string(site))
	}
	upload := func(ctx context.Context) error {
		_, err := c.Snapshots.UploadSnapshot(ctx, uid, wekaapi.UploadSnapshotBody{ObsSite: &site})
		return err
	}
	return await(ctx, bound, upload, wait.Poll[*wekaapi.Snapshot]{Get: c.snapshot(uid), State: uploading(site)}, options)
}

// DeleteSnapshotAndWait deletes a snapshot (operation deleteSnapshot) and waits until
// the cluster does not know it any more, whether it says so with 404 or with 400. One
// that is not there to begin with is [ErrNotFound]. See
// [Client.CreateFileSystemAndWait].
func (c *Client) DeleteSnapshotAndWait(ctx context.Context, uid string, bound time.Duration, options ...WaitOption[*wekaapi.Snapshot]) error {
	remove := func(ctx context.Context) error { return c.Snapshots.DeleteSnapshot(ctx, uid) }
	_, err := await(ctx, bound, remove, wait.Poll[*wekaapi.Snapshot]{
		Get: c.snapshot(uid),
		State: func(s *wekaapi.Snapshot) (string, wait.Outcome) {
			return "removing " + strconv.FormatBool(s.IsRemoving), wait.Running
		},
		OnError: untilGone,
	}, options)
	return err
}

func (c *Client) snapshot(uid string) func(context.Context) (*wekaapi.Snapshot, error) {
	return func(ctx context.Context) (*wekaapi.Snapshot, error) { return c.Snapshots.GetSnapshot(ctx, uid) }
}

// uploading judges the upload to a site. What releases without sites say of the whole
// snapshot stands in where there is nothing for the site.
func uploading(site wekaapi.ObsSite) func(*wekaapi.Snapshot) (string, wait.Outcome) {
	begun := false
	return func(s *wekaapi.Snapshot) (string, wait.Outcome) {
		info := s.LocalStowInfo
		if site == wekaapi.ObsSiteRemote {
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
