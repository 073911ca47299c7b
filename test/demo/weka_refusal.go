package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// missUnknown reads and deletes what is not there: a cluster says so in two ways,
// the SDK in one.
func (s *wekaStory) missUnknown(ctx context.Context) (string, error) {
	const unknown = "00000000-0000-4000-8000-00000000dead"
	_, err := s.client.Filesystem.GetFileSystem(ctx, unknown, nil)
	read, err := refused(err, "ErrNotFound", weka.ErrNotFound)
	if err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	err = s.client.Filesystem.DeleteFileSystem(ctx, unknown, nil)
	deleted, err := refused(err, "ErrNotFound", weka.ErrNotFound)
	if err != nil {
		return "", fmt.Errorf("delete: %w", err)
	}
	return fmt.Sprintf("ErrNotFound, from a %d for a read and a %d for a delete", read.Status, deleted.Status), nil
}

func (s *wekaStory) repeatName(ctx context.Context) (string, error) {
	_, err := s.client.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName, GroupName: groupName, TotalCapacity: firstSize,
	})
	return told(err, "ErrAlreadyExists", weka.ErrAlreadyExists)
}

func (s *wekaStory) sendBadValue(ctx context.Context) (string, error) {
	_, err := s.client.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{
		Name: filesystemName + "-too-small", GroupName: groupName, TotalCapacity: 1,
	})
	return told(err, "ErrValidation", weka.ErrValidation)
}

// receiveHTML is what a proxy's page under a 200 must not become: a filesystem
// without a name.
func (s *wekaStory) receiveHTML(ctx context.Context) (string, error) {
	s.cluster.Fail("getFileSystem", 1, http.StatusOK, "<html><body>Welcome</body></html>")
	got, err := s.client.Filesystem.GetFileSystem(ctx, s.filesystem.UID, nil)
	if got != nil {
		return "", fmt.Errorf("the page was taken for a filesystem: %+v", *got)
	}
	if _, err := refused(err, "ErrMalformedAnswer", weka.ErrMalformedAnswer); err != nil {
		return "", err
	}
	return "ErrMalformedAnswer, from a 200 with a page in it", nil
}
