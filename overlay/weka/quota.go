package weka

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// QuotaLimits are those of a directory. Limits are bytes of what lies below it, and 0 is
// no limit.
type QuotaLimits struct {
	Hard uint64 // writing beyond it fails
	Soft uint64 // writing beyond it is reported, and fails when Grace is over
	// Grace is how long the soft limit may be exceeded, in whole seconds.
	Grace time.Duration
	Owner string // whom to tell, such as an address; "" keeps what is set
}

func (l QuotaLimits) body() (wekaapi.PutQuotaBody, error) {
	if l.Grace < 0 || l.Grace%time.Second != 0 {
		return wekaapi.PutQuotaBody{}, fmt.Errorf("weka: set quota: %w: the grace %v is not a number of whole seconds", ErrInvalidArgument, l.Grace)
	}
	body := wekaapi.PutQuotaBody{HardLimitBytes: l.Hard, SoftLimitBytes: l.Soft, GraceSeconds: int64(l.Grace / time.Second)}
	if l.Owner != "" {
		body.Owner = &l.Owner
	}
	return body, nil
}

// SetQuota sets the quota of a directory, given by its path from the root of the
// filesystem, in place of the one it may have (operations resolvePath and putQuota). A
// path that does not exist is [ErrNotFound]. Where files lie below, the quota is ADDING
// until a background task has gone through them, for which the cluster needs a container
// of Data Services: see [Client.SetQuotaAndWait]. Paths are known to releases from 5.0 on,
// and [ErrRouteMissing] before; inodes (c.Quota.PutQuota) to all.
func (c *Client) SetQuota(ctx context.Context, filesystemUID, path string, limits QuotaLimits, options ...CallOption) (*wekaapi.Quota, error) {
	body, err := limits.body()
	if err != nil {
		return nil, err
	}
	inode, err := c.ResolveInode(ctx, filesystemUID, path, options...)
	if err != nil {
		return nil, err
	}
	return c.Quota.PutQuota(ctx, filesystemUID, inode, body, options...)
}

// SetQuotaAndWait sets a quota and waits until it is ACTIVE: until all files below the
// directory count. One that becomes ERROR, or that somebody removes, is [ErrWaitFailed].
// See [Client.CreateFileSystemAndWait].
func (c *Client) SetQuotaAndWait(
	ctx context.Context, filesystemUID, path string, limits QuotaLimits, bound time.Duration, options ...WaitOption[*wekaapi.Quota],
) (*wekaapi.Quota, error) {
	body, err := limits.body()
	if err != nil {
		return nil, err
	}
	var inode uint64
	set := func(ctx context.Context) (err error) {
		if inode, err = c.ResolveInode(ctx, filesystemUID, path); err == nil {
			_, err = c.Quota.PutQuota(ctx, filesystemUID, inode, body)
		}
		return err
	}
	return await(ctx, bound, set, wait.Poll[*wekaapi.Quota]{Get: c.quotaOf(filesystemUID, &inode), State: colour}, options)
}

// GetQuota gives the quota of a directory and what is used of it, in bytes (operations
// resolvePath and getQuota). A directory without one is [ErrNotFound], and so is a path
// that does not exist: the Operation of the [Error] tells which. [Client.AllQuotas] lists
// those of a filesystem.
func (c *Client) GetQuota(ctx context.Context, filesystemUID, path string, options ...CallOption) (*wekaapi.Quota, error) {
	inode, err := c.ResolveInode(ctx, filesystemUID, path, options...)
	if err != nil {
		return nil, err
	}
	return c.Quota.GetQuota(ctx, filesystemUID, inode, options...)
}

// RemoveQuota takes the quota from a directory (operations resolvePath and deleteQuota):
// [ErrNotFound] if it has none. Where files lie below, the quota is DELETING for a while:
// see [Client.RemoveQuotaAndWait].
func (c *Client) RemoveQuota(ctx context.Context, filesystemUID, path string, options ...CallOption) error {
	inode, err := c.ResolveInode(ctx, filesystemUID, path, options...)
	if err != nil {
		return err
	}
	_, err = c.Quota.DeleteQuota(ctx, filesystemUID, inode, nil, options...)
	return err
}

// RemoveQuotaAndWait removes a quota and waits until the directory has none. One that
// becomes ERROR is [ErrWaitFailed]. See [Client.CreateFileSystemAndWait].
func (c *Client) RemoveQuotaAndWait(
	ctx context.Context, filesystemUID, path string, bound time.Duration, options ...WaitOption[*wekaapi.Quota],
) error {
	var inode uint64
	remove := func(ctx context.Context) (err error) {
		if inode, err = c.ResolveInode(ctx, filesystemUID, path); err == nil {
			_, err = c.Quota.DeleteQuota(ctx, filesystemUID, inode, nil)
		}
		return err
	}
	_, err := await(ctx, bound, remove, wait.Poll[*wekaapi.Quota]{
		Get: c.quotaOf(filesystemUID, &inode),
		State: func(q *wekaapi.Quota) (string, wait.Outcome) {
			if q.Status == "ERROR" {
				return q.Status, wait.Failed
			}
			return q.Status, wait.Running
		},
		OnError: untilGone,
	}, options)
	return err
}

// ResolveInode gives the inode of a directory, by which the operations of c.Quota know
// it (operation resolvePath). Inodes are beyond 2^63. A path that does not exist is
// [ErrNotFound].
func (c *Client) ResolveInode(ctx context.Context, filesystemUID, path string, options ...CallOption) (uint64, error) {
	resolved, err := c.Quota.ResolvePath(ctx, filesystemUID, &wekaapi.ResolvePathParams{Path: path}, options...)
	if err != nil {
		return 0, err
	}
	return resolved.InodeID, nil
}

// quotaOf asks for the quota of an inode that may become known later.
func (c *Client) quotaOf(filesystemUID string, inode *uint64) func(context.Context) (*wekaapi.Quota, error) {
	return func(ctx context.Context) (*wekaapi.Quota, error) { return c.Quota.GetQuota(ctx, filesystemUID, *inode) }
}

// colour judges a quota that was set: releases call it ACTIVE when all files count.
func colour(q *wekaapi.Quota) (string, wait.Outcome) {
	switch q.Status {
	case "ACTIVE":
		return q.Status, wait.Done
	case "ERROR", "DELETING":
		return q.Status, wait.Failed
	}
	return q.Status, wait.Running
}
