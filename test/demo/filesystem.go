package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	filesystemName = "demo"
	groupName      = "default"

	// Sizes in bytes that no float64 holds: on the way through one they lose the
	// last byte.
	firstSize  int64 = 1<<53 + 1
	secondSize int64 = 1<<54 + 1

	// settleBound is how long a filesystem may take to appear or to go.
	settleBound = 5 * time.Second
)

func (s *story) readStatus(ctx context.Context) (string, error) {
	status, err := s.client.Cluster.GetClusterStatus(ctx)
	if err != nil {
		return "", err
	}
	if status.Status != "OK" || status.IOStatus != "STARTED" {
		return "", fmt.Errorf("the cluster is %q and its IO %q: want OK and STARTED", status.Status, status.IOStatus)
	}
	return describeStatus(status), nil
}

func (s *story) listGroups(ctx context.Context) (string, error) {
	groups, err := s.client.FilesystemGroup.GetFileSystemGroups(ctx)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(groups, func(g wekaapi.FileSystemGroup) bool { return g.Name == groupName }) {
		return "", fmt.Errorf("%d groups, none of which is named %q", len(groups), groupName)
	}
	return names(groups, func(g wekaapi.FileSystemGroup) string { return g.Name }), nil
}

func (s *story) create(ctx context.Context) (string, error) {
	made, err := s.client.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName, GroupName: groupName, TotalCapacity: firstSize,
	})
	if err != nil {
		return "", err
	}
	s.filesystem = made
	if made.Name != filesystemName || made.UID == "" || made.Status != "CREATING" {
		return "", fmt.Errorf("got %q with uid %q, %s: want %q, CREATING", made.Name, made.UID, made.Status, filesystemName)
	}
	return fmt.Sprintf("%q is %s, uid %s", made.Name, made.Status, made.UID), nil
}

func (s *story) waitUntilReady(ctx context.Context) (string, error) {
	asked := 0
	err := poll(ctx, s.printer, settleBound, func(ctx context.Context) (string, bool, error) {
		asked++
		return s.status(ctx)
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, asked %d times", s.filesystem.Status, asked), nil
}

// status looks at the filesystem once, for poll.
func (s *story) status(ctx context.Context) (state string, ready bool, err error) {
	now, err := s.client.Filesystem.GetFileSystem(ctx, s.filesystem.UID, nil)
	if err != nil {
		return "", false, err
	}
	s.filesystem = now
	return now.Status, now.Status == "READY", nil
}

func (s *story) findByName(ctx context.Context) (string, error) {
	all, err := s.client.Filesystem.GetFileSystems(ctx, nil)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(f wekaapi.FileSystem) bool { return f.Name == filesystemName })
	if i < 0 {
		return "", fmt.Errorf("%d filesystems, none of which is named %q", len(all), filesystemName)
	}
	found := all[i]
	if found.UID != s.filesystem.UID {
		return "", fmt.Errorf("found the uid %s: want %s", found.UID, s.filesystem.UID)
	}
	return fmt.Sprintf("%q is %s, of %d in the list", found.Name, found.UID, len(all)), nil
}

func (s *story) read(ctx context.Context) (string, error) {
	now, err := s.client.Filesystem.GetFileSystem(ctx, s.filesystem.UID, nil)
	if err != nil {
		return "", err
	}
	if now.Name != filesystemName || now.GroupName != groupName || now.TotalBudget != firstSize {
		return "", fmt.Errorf("got %q in group %q with %d bytes: want %q, %q, %d",
			now.Name, now.GroupName, now.TotalBudget, filesystemName, groupName, firstSize)
	}
	return fmt.Sprintf("%d bytes in group %q, exact to the byte", now.TotalBudget, now.GroupName), nil
}

func (s *story) resize(ctx context.Context) (string, error) {
	uid := s.filesystem.UID
	if _, err := s.client.Filesystem.UpdateFileSystem(ctx, uid, wekaapi.UpdateFileSystemBody{TotalCapacity: new(secondSize)}); err != nil {
		return "", err
	}
	now, err := s.client.Filesystem.GetFileSystem(ctx, uid, &wekaapi.GetFileSystemParams{ForceFresh: new(true)})
	if err != nil {
		return "", err
	}
	s.filesystem = now
	if now.TotalBudget != secondSize {
		return "", fmt.Errorf("it has %d bytes: want %d", now.TotalBudget, secondSize)
	}
	return fmt.Sprintf("%d to %d bytes, read back", firstSize, now.TotalBudget), nil
}

// keepID sends the largest id there is in a path and reads it back from an answer.
func (s *story) keepID(ctx context.Context) (string, error) {
	const id uint64 = math.MaxUint64
	if _, err := s.client.Quota.PutQuota(ctx, s.filesystem.UID, id, wekaapi.PutQuotaBody{HardLimitBytes: uint64(firstSize)}); err != nil {
		return "", err
	}
	quota, err := s.client.Quota.GetQuota(ctx, s.filesystem.UID, id)
	if err != nil {
		return "", err
	}
	text := strconv.FormatUint(id, 10)
	sent := func(r wekatest.Request) bool { return r.Operation == "getQuota" && strings.HasSuffix(r.Path, "/"+text) }
	if !slices.ContainsFunc(s.cluster.Requests(), sent) {
		return "", fmt.Errorf("no path with %s reached the cluster", text)
	}
	if quota.InodeID != id {
		return "", fmt.Errorf("the answer read as %d: want %d", quota.InodeID, id)
	}
	return text + " in the path and in the answer", nil
}

func (s *story) deleteAndWait(ctx context.Context) (string, error) {
	uid := s.filesystem.UID
	if err := s.client.Filesystem.DeleteFileSystem(ctx, uid, nil); err != nil {
		return "", err
	}
	asked := 0
	err := poll(ctx, s.printer, settleBound, func(ctx context.Context) (string, bool, error) {
		asked++
		state, _, err := s.status(ctx)
		if errors.Is(err, weka.ErrNotFound) {
			return "gone", true, nil
		}
		return state, false, err
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("REMOVING, then gone, asked %d times", asked), nil
}
