package weka

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// QuotaLimits is the quota of a directory: bytes of all files below it; 0 is no limit.
type QuotaLimits struct {
	Hard uint64 // writes beyond it fail
	Soft uint64 // writes beyond it are reported, and fail after Grace
	// Grace is how long the soft limit may be exceeded, in whole seconds.
	Grace time.Duration
	Owner string // the contact, such as an e-mail address; "" keeps the current one
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

// SetQuota sets or replaces the quota of a directory (operations resolvePath and putQuota).
// path starts at the root of the filesystem; if it does not exist, the error is
// [ErrNotFound]. If the directory has files, the quota is ADDING until a background task
// has counted them, which needs a Data Services container: see [Client.SetQuotaAndWait].
// Releases before 5.0 take inodes only (c.Quotas.Put): there the error is
// [ErrRouteMissing].
func (c *Client) SetQuota(ctx context.Context, filesystemUID, path string, limits QuotaLimits, options ...CallOption) (*wekaapi.Quota, error) {
	body, err := limits.body()
	if err != nil {
		return nil, err
	}
	inode, err := c.ResolveInode(ctx, filesystemUID, path, options...)
	if err != nil {
		return nil, err
	}
	return c.Quotas.Put(ctx, filesystemUID, inode, body, options...)
}

// EnsureQuota is [Client.SetQuota] unless the directory has a quota with these limits
// (operation getQuota), and reports whether it set them. It may be repeated. A quota that it
// finds may be ADDING still.
func (c *Client) EnsureQuota(ctx context.Context, filesystemUID, path string, limits QuotaLimits) (quota *wekaapi.Quota, changed bool, err error) {
	body, err := limits.body()
	if err != nil {
		return nil, false, err
	}
	inode, err := c.ResolveInode(ctx, filesystemUID, path)
	if err != nil {
		return nil, false, err
	}
	there, err := c.Quotas.Get(ctx, filesystemUID, inode)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, false, err
	}
	if err == nil && limits.are(there) {
		return there, false, nil
	}
	quota, err = c.Quotas.Put(ctx, filesystemUID, inode, body)
	return quota, err == nil, err
}

// are reports whether a quota has the limits. Servers show no limit as 0 or as a number
// within 4 KiB of 2^64, and round limits up to 4 KiB.
func (l QuotaLimits) are(q *wekaapi.Quota) bool {
	blocks := func(limit uint64) uint64 { return (limit + 4095) / 4096 } // 0 for both forms of no limit
	var grace time.Duration
	if q.GraceSeconds != nil {
		grace = time.Duration(*q.GraceSeconds) * time.Second
	}
	return blocks(l.Hard) == blocks(q.HardLimitBytes) && blocks(l.Soft) == blocks(q.SoftLimitBytes) &&
		l.Grace == grace && (l.Owner == "" || l.Owner == q.Owner) && q.Status != "ERROR" && q.Status != "DELETING"
}

// SetQuotaAndWait is [Client.SetQuota], and waits until the quota is ACTIVE: all files in
// the directory are counted. A quota that becomes ERROR or is removed is [ErrWaitFailed].
// It waits as [Client.CreateFileSystemAndWait] does.
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
			_, err = c.Quotas.Put(ctx, filesystemUID, inode, body)
		}
		return err
	}
	return await(ctx, bound, set, wait.Poll[*wekaapi.Quota]{What: quotaName(filesystemUID, path), Get: c.quotaOf(filesystemUID, &inode), State: quotaState}, options)
}

// GetQuota returns the quota of a directory and its usage, in bytes (operations
// resolvePath and getQuota). [ErrNotFound] means that the directory has no quota or does
// not exist: the Operation of the [Error] says which. [Client.AllQuotas] lists the quotas
// of a filesystem.
func (c *Client) GetQuota(ctx context.Context, filesystemUID, path string, options ...CallOption) (*wekaapi.Quota, error) {
	inode, err := c.ResolveInode(ctx, filesystemUID, path, options...)
	if err != nil {
		return nil, err
	}
	return c.Quotas.Get(ctx, filesystemUID, inode, options...)
}

// RemoveQuota removes the quota of a directory (operations resolvePath and deleteQuota). A
// directory without one is [ErrNotFound]. If the directory has files, the quota is DELETING
// for a while: see [Client.RemoveQuotaAndWait].
func (c *Client) RemoveQuota(ctx context.Context, filesystemUID, path string, options ...CallOption) error {
	inode, err := c.ResolveInode(ctx, filesystemUID, path, options...)
	if err != nil {
		return err
	}
	_, err = c.Quotas.Delete(ctx, filesystemUID, inode, nil, options...)
	return err
}

// RemoveQuotaAndWait is [Client.RemoveQuota], and waits until the directory has no quota. A
// quota that becomes ERROR is [ErrWaitFailed]. It waits as
// [Client.CreateFileSystemAndWait] does.
func (c *Client) RemoveQuotaAndWait(
	ctx context.Context, filesystemUID, path string, bound time.Duration, options ...WaitOption[*wekaapi.Quota],
) error {
	var inode uint64
	remove := func(ctx context.Context) (err error) {
		if inode, err = c.ResolveInode(ctx, filesystemUID, path); err == nil {
			_, err = c.Quotas.Delete(ctx, filesystemUID, inode, nil)
		}
		return err
	}
	_, err := await(ctx, bound, remove, wait.Poll[*wekaapi.Quota]{
		What: "the removal of " + quotaName(filesystemUID, path),
		Get:  c.quotaOf(filesystemUID, &inode),
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

// ResolveInode returns the inode of a directory, which the operations of c.Quotas take
// (operation resolvePath). Inodes exceed 2^63. A path that does not exist is
// [ErrNotFound].
func (c *Client) ResolveInode(ctx context.Context, filesystemUID, path string, options ...CallOption) (uint64, error) {
	resolved, err := c.Quotas.ResolvePath(ctx, filesystemUID, &wekaapi.ResolvePathParams{Path: path}, options...)
	if err != nil {
		return 0, err
	}
	return resolved.InodeID, nil
}

func quotaName(filesystemUID, path string) string {
	return "the quota of " + strconv.Quote(path) + " in filesystem " + filesystemUID
}

// quotaOf reads the quota of an inode that is known by the time of the call.
func (c *Client) quotaOf(filesystemUID string, inode *uint64) func(context.Context) (*wekaapi.Quota, error) {
	return func(ctx context.Context) (*wekaapi.Quota, error) { return c.Quotas.Get(ctx, filesystemUID, *inode) }
}

// quotaState returns the state of a quota that was set.
func quotaState(q *wekaapi.Quota) (string, wait.Outcome) {
	switch q.Status {
	case "ACTIVE":
		return q.Status, wait.Done
	case "ERROR", "DELETING":
		return q.Status, wait.Failed
	}
	return q.Status, wait.Running
}
