package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
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

	// Sizes in bytes that a float64 cannot hold.
	firstSize  int64 = 1<<53 + 1
	secondSize int64 = 1<<54 + 1

	// settleBound is the longest wait for a filesystem or a quota.
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

// keepID sends the largest id in a path and reads it from a response.
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
		return "", fmt.Errorf("the response has %d: want %d", quota.InodeID, id)
	}
	return text + " in the path and in the response", nil
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
	if _, err := wantError(err, "ErrNotFound", weka.ErrNotFound); err != nil {
		return "", err
	}
	if seen == 0 {
		return "", errors.New("it was gone at once: want REMOVING first")
	}
	return "REMOVING, then gone: FindFileSystem says ErrNotFound", nil
}

// directory has files, so that its quota is ADDING before it is ACTIVE.
const (
	directory             = "/home/alice"
	filesBelow            = 12
	quotaBytes     uint64 = 100 << 30
	quotaSoftBytes uint64 = 90 << 30
)

func (s *wekaStory) setQuota(ctx context.Context) (string, error) {
	s.cluster.MakeDirectory(s.filesystem.UID, directory, filesBelow)
	var states []string
	quota, err := s.client.SetQuotaAndWait(ctx, s.filesystem.UID, directory, weka.QuotaLimits{Hard: quotaBytes, Soft: quotaSoftBytes},
		settleBound, weka.OnProgress(func(now *wekaapi.Quota) {
			states = append(states, now.Status)
			s.printer.progress(now.Status)
		}))
	if err != nil {
		return "", err
	}
	if quota.HardLimitBytes != quotaBytes || quota.SoftLimitBytes != quotaSoftBytes {
		return "", fmt.Errorf("the limits are %d and %d bytes: want %d and %d",
			quota.HardLimitBytes, quota.SoftLimitBytes, quotaBytes, quotaSoftBytes)
	}
	return fmt.Sprintf("%s has %s, by its path; %s", directory, size(int64(quotaBytes)), strings.Join(states, ", then ")), nil
}

func (s *wekaStory) restoreSnapshot(ctx context.Context) (string, error) {
	const name = "before-upgrade"
	taken, err := s.client.TakeSnapshot(ctx, s.filesystem.UID, name)
	if err != nil {
		return "", err
	}
	restored, err := s.client.RestoreFileSystem(ctx, s.filesystem.UID, name)
	if err != nil {
		return "", err
	}
	if restored.UID != taken.UID {
		return "", fmt.Errorf("restored %s: want %s", restored.UID, taken.UID)
	}
	return fmt.Sprintf("%q, found by its name, uid %s", name, taken.UID), nil
}

// walkEvents reads the events of the steps before.
func (s *wekaStory) walkEvents(ctx context.Context) (string, error) {
	before := s.cluster.Count("getEvents")
	var types []string
	for event, err := range s.client.AllEvents(ctx, nil) {
		if err != nil {
			return "", err
		}
		types = append(types, event.Type)
	}
	pages := s.cluster.Count("getEvents") - before
	if len(types) <= eventsPerPage || pages < 2 {
		return "", fmt.Errorf("%d events in %d pages: want several pages", len(types), pages)
	}
	return fmt.Sprintf("%d pages, %s", pages, names(types, func(t string) string { return t })), nil
}

// readUnknown reads and deletes what does not exist: a cluster has two responses for it, the
// SDK one class.
func (s *wekaStory) readUnknown(ctx context.Context) (string, error) {
	const unknown = "00000000-0000-4000-8000-00000000dead"
	_, err := s.client.Filesystem.GetFileSystem(ctx, unknown, nil)
	read, err := wantError(err, "ErrNotFound", weka.ErrNotFound)
	if err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	err = s.client.Filesystem.DeleteFileSystem(ctx, unknown, nil)
	deleted, err := wantError(err, "ErrNotFound", weka.ErrNotFound)
	if err != nil {
		return "", fmt.Errorf("delete: %w", err)
	}
	return fmt.Sprintf("ErrNotFound, from a %d for a read and a %d for a delete", read.Status, deleted.Status), nil
}

func (s *wekaStory) createDuplicate(ctx context.Context) (string, error) {
	_, err := s.client.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName, GroupName: groupName, TotalCapacity: firstSize,
	})
	return describeError(err, "ErrAlreadyExists", weka.ErrAlreadyExists)
}

func (s *wekaStory) createTooSmall(ctx context.Context) (string, error) {
	_, err := s.client.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName + "-too-small", GroupName: groupName, TotalCapacity: 1,
	})
	return describeError(err, "ErrValidation", weka.ErrValidation)
}

// receiveHTML checks that a proxy's page with status 200 does not become a filesystem
// without a name.
func (s *wekaStory) receiveHTML(ctx context.Context) (string, error) {
	s.cluster.Fail("getFileSystem", 1, http.StatusOK, "<html><body>Welcome</body></html>")
	got, err := s.client.Filesystem.GetFileSystem(ctx, s.filesystem.UID, nil)
	if got != nil {
		return "", fmt.Errorf("the page became a filesystem: %+v", *got)
	}
	if _, err := wantError(err, "ErrMalformedAnswer", weka.ErrMalformedAnswer); err != nil {
		return "", err
	}
	return "ErrMalformedAnswer, from a 200 with a page in it", nil
}
