package main

import (
	"context"
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
	"github.com/hotcold-go/hotcold/test/must"
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

func (s *wekaStory) readStatus(ctx context.Context) string {
	status := must.Get(s.client.Cluster.GetStatus(ctx))
	must.Hold(status.Status == "OK" && status.IOStatus == "STARTED",
		"the cluster is %q and its IO %q: want OK and STARTED", status.Status, status.IOStatus)
	return describeStatus(status)
}

func (s *wekaStory) listGroups(ctx context.Context) string {
	groups := must.Get(s.client.FileSystemGroups.List(ctx))
	must.Hold(slices.ContainsFunc(groups, func(g wekaapi.FileSystemGroup) bool { return g.Name == groupName }),
		"%d groups, none of which is named %q", len(groups), groupName)
	return names(groups, func(g wekaapi.FileSystemGroup) string { return g.Name })
}

func (s *wekaStory) create(ctx context.Context) string {
	var states []string
	s.filesystem = must.Get(s.client.CreateFileSystemAndWait(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName, GroupName: groupName, TotalCapacity: firstSize,
	}, settleBound, weka.OnProgress(func(now *wekaapi.FileSystem) {
		states = append(states, now.Status)
		s.printer.progress(now.Status)
	})))
	made := s.filesystem
	must.Hold(made.Name == filesystemName && made.UID != "" && states[0] == "CREATING" && made.Status == "READY",
		"got %q with uid %q, %s: want %q, CREATING, then READY",
		made.Name, made.UID, strings.Join(states, ", then "), filesystemName)
	return fmt.Sprintf("%q is %s, uid %s", made.Name, strings.Join(states, ", then "), made.UID)
}

func (s *wekaStory) findByName(ctx context.Context) string {
	found := must.Get(s.client.FindFileSystem(ctx, filesystemName))
	must.Hold(found.UID == s.filesystem.UID, "found the uid %s: want %s", found.UID, s.filesystem.UID)
	return fmt.Sprintf("%q is %s", found.Name, found.UID)
}

func (s *wekaStory) read(ctx context.Context) string {
	now := must.Get(s.client.FileSystems.Get(ctx, s.filesystem.UID, nil))
	must.Hold(now.Name == filesystemName && now.GroupName == groupName && now.TotalBudget == firstSize,
		"got %q in group %q with %d bytes: want %q, %q, %d",
		now.Name, now.GroupName, now.TotalBudget, filesystemName, groupName, firstSize)
	return fmt.Sprintf("%d bytes in group %q, exact to the byte", now.TotalBudget, now.GroupName)
}

func (s *wekaStory) resize(ctx context.Context) string {
	uid := s.filesystem.UID
	must.Get(s.client.ResizeFileSystem(ctx, uid, secondSize))
	now := must.Get(s.client.FileSystems.Get(ctx, uid, &wekaapi.GetFileSystemParams{ForceFresh: new(true)}))
	s.filesystem = now
	must.Hold(now.TotalBudget == secondSize, "it has %d bytes: want %d", now.TotalBudget, secondSize)
	return fmt.Sprintf("%d to %d bytes, read back", firstSize, now.TotalBudget)
}

// keepID sends the largest id in a path and reads it from a response.
func (s *wekaStory) keepID(ctx context.Context) string {
	const id uint64 = math.MaxUint64
	must.Get(s.client.Quotas.Put(ctx, s.filesystem.UID, id, wekaapi.PutQuotaBody{HardLimitBytes: uint64(firstSize)}))
	quota := must.Get(s.client.Quotas.Get(ctx, s.filesystem.UID, id))
	text := strconv.FormatUint(id, 10)
	sent := func(r wekatest.Request) bool { return r.Operation == "getQuota" && strings.HasSuffix(r.Path, "/"+text) }
	must.Hold(slices.ContainsFunc(s.cluster.Requests(), sent), "no path with %s reached the cluster", text)
	must.Hold(quota.InodeID == id, "the response has %d: want %d", quota.InodeID, id)
	return text + " in the path and in the response"
}

func (s *wekaStory) deleteAndWait(ctx context.Context) string {
	seen := 0
	must.Succeed(s.client.DeleteFileSystemAndWait(ctx, s.filesystem.UID, nil, settleBound, weka.OnProgress(func(now *wekaapi.FileSystem) {
		seen++
		s.printer.progress(now.Status)
	})))
	_, err := s.client.FindFileSystem(ctx, filesystemName)
	wantClass(err, "ErrNotFound", weka.ErrNotFound)
	must.Hold(seen != 0, "it was gone at once: want REMOVING first")
	return "REMOVING, then gone: FindFileSystem says ErrNotFound"
}

// directory has files, so that its quota is ADDING before it is ACTIVE.
const (
	directory             = "/home/alice"
	filesBelow            = 12
	quotaBytes     uint64 = 100 << 30
	quotaSoftBytes uint64 = 90 << 30
)

func (s *wekaStory) setQuota(ctx context.Context) string {
	s.cluster.MakeDirectory(s.filesystem.UID, directory, filesBelow)
	var states []string
	quota := must.Get(s.client.SetQuotaAndWait(ctx, s.filesystem.UID, directory, weka.QuotaLimits{Hard: quotaBytes, Soft: quotaSoftBytes},
		settleBound, weka.OnProgress(func(now *wekaapi.Quota) {
			states = append(states, now.Status)
			s.printer.progress(now.Status)
		})))
	must.Hold(quota.HardLimitBytes == quotaBytes && quota.SoftLimitBytes == quotaSoftBytes,
		"the limits are %d and %d bytes: want %d and %d",
		quota.HardLimitBytes, quota.SoftLimitBytes, quotaBytes, quotaSoftBytes)
	return fmt.Sprintf("%s has %s, by its path; %s", directory, size(int64(quotaBytes)), strings.Join(states, ", then "))
}

func (s *wekaStory) restoreSnapshot(ctx context.Context) string {
	const name = "before-upgrade"
	taken := must.Get(s.client.TakeSnapshot(ctx, s.filesystem.UID, name))
	restored := must.Get(s.client.RestoreFileSystem(ctx, s.filesystem.UID, name))
	must.Hold(restored.UID == taken.UID, "restored %s: want %s", restored.UID, taken.UID)
	return fmt.Sprintf("%q, found by its name, uid %s", name, taken.UID)
}

// walkEvents reads the events of the steps before.
func (s *wekaStory) walkEvents(ctx context.Context) string {
	before := s.cluster.Count("getEvents")
	events := collect(s.client.AllEvents(ctx, nil))
	pages := s.cluster.Count("getEvents") - before
	must.Hold(len(events) > eventsPerPage && pages >= 2, "%d events in %d pages: want several pages", len(events), pages)
	return fmt.Sprintf("%d pages, %s", pages, names(events, func(e wekaapi.Event) string { return e.Type }))
}

// readUnknown reads and deletes what does not exist: a cluster has two responses for it, the
// SDK one class.
func (s *wekaStory) readUnknown(ctx context.Context) string {
	const unknown = "00000000-0000-4000-8000-00000000dead"
	_, err := s.client.FileSystems.Get(ctx, unknown, nil)
	read := wantError(err, "ErrNotFound for a read", weka.ErrNotFound)
	err = s.client.FileSystems.Delete(ctx, unknown, nil)
	deleted := wantError(err, "ErrNotFound for a delete", weka.ErrNotFound)
	return fmt.Sprintf("ErrNotFound, from a %d for a read and a %d for a delete", read.Status, deleted.Status)
}

func (s *wekaStory) createDuplicate(ctx context.Context) string {
	_, err := s.client.FileSystems.Create(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName, GroupName: groupName, TotalCapacity: firstSize,
	})
	return describeError(err, "ErrAlreadyExists", weka.ErrAlreadyExists)
}

func (s *wekaStory) createTooSmall(ctx context.Context) string {
	_, err := s.client.FileSystems.Create(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName + "-too-small", GroupName: groupName, TotalCapacity: 1,
	})
	return describeError(err, "ErrValidation", weka.ErrValidation)
}

// receiveHTML checks that a proxy's page with status 200 does not become a filesystem
// without a name.
func (s *wekaStory) receiveHTML(ctx context.Context) string {
	s.cluster.Fail("getFileSystem", 1, http.StatusOK, "<html><body>Welcome</body></html>")
	got, err := s.client.FileSystems.Get(ctx, s.filesystem.UID, nil)
	must.Hold(got == nil, "the page became a filesystem: %+v", got)
	response := wantError(err, "ErrMalformedResponse", weka.ErrMalformedResponse)
	return fmt.Sprintf("ErrMalformedResponse, from a %d with a page in it", response.Status)
}
