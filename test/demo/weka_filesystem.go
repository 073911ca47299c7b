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

func (s *wekaStory) readStatus(ctx context.Context) (string, error) {
	status, err := s.client.Cluster.GetClusterStatus(ctx)
	if err != nil {
		return "", err
	}
	if status.Status != "OK" || status.IOStatus != "STARTED" {
		return "", fmt.Errorf("the cluster is %q and its IO %q: want OK and STARTED", status.Status, status.IOStatus)
	}
	return describeStatus(status), nil
}

func (s *wekaStory) listGroups(ctx context.Context) (string, error) {
	groups, err := s.client.FilesystemGroup.GetFileSystemGroups(ctx)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(groups, func(g wekaapi.FileSystemGroup) bool { return g.Name == groupName }) {
		return "", fmt.Errorf("%d groups, none of which is named %q", len(groups), groupName)
	}
	return names(groups, func(g wekaapi.FileSystemGroup) string { return g.Name }), nil
}

func (s *wekaStory) create(ctx context.Context) (string, error) {
	var states []string
	made, err := s.client.CreateFileSystemAndWait(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName, GroupName: groupName, TotalCapacity: firstSize,
	}, settleBound, weka.OnProgress(func(now *wekaapi.FileSystem) {
		states = append(states, now.Status)
		s.printer.progress(now.Status)
	}))
	if err != nil {
		return "", err
	}
	s.filesystem = made
	if made.Name != filesystemName || made.UID == "" || states[0] != "CREATING" || made.Status != "READY" {
		return "", fmt.Errorf("got %q with uid %q, %s: want %q, CREATING, then READY",
			made.Name, made.UID, strings.Join(states, ", then "), filesystemName)
	}
	return fmt.Sprintf("%q is %s, uid %s", made.Name, strings.Join(states, ", then "), made.UID), nil
}

func (s *wekaStory) findByName(ctx context.Context) (string, error) {
	found, err := s.client.FindFileSystem(ctx, filesystemName)
	if err != nil {
		return "", err
	}
	if found.UID != s.filesystem.UID {
		return "", fmt.Errorf("found the uid %s: want %s", found.UID, s.filesystem.UID)
	}
	return fmt.Sprintf("%q is %s", found.Name, found.UID), nil
}

func (s *wekaStory) read(ctx context.Context) (string, error) {
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

func (s *wekaStory) resize(ctx context.Context) (string, error) {
	uid := s.filesystem.UID
	if _, err := s.client.ResizeFileSystem(ctx, uid, secondSize); err != nil {
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
func (s *wekaStory) keepID(ctx context.Context) (string, error) {
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

func (s *wekaStory) deleteAndWait(ctx context.Context) (string, error) {
	seen := 0
	err := s.client.DeleteFileSystemAndWait(ctx, s.filesystem.UID, nil, settleBound, weka.OnProgress(func(now *wekaapi.FileSystem) {
		seen++
		s.printer.progress(now.Status)
	}))
	if err != nil {
		return "", err
	}
	_, err = s.client.FindFileSystem(ctx, filesystemName)
	if _, err := refused(err, "ErrNotFound", weka.ErrNotFound); err != nil {
		return "", err
	}
	if seen == 0 {
		return "", errors.New("it was gone at once: want REMOVING first")
	}
	return "REMOVING, then gone: FindFileSystem says ErrNotFound", nil
}
