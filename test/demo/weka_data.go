package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// directory has files in it, so that a quota counts them before it is ACTIVE.
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

func (s *wekaStory) goBack(ctx context.Context) (string, error) {
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
		return "", fmt.Errorf("went back to %s: want %s", restored.UID, taken.UID)
	}
	return fmt.Sprintf("%q, found by its name, uid %s", name, taken.UID), nil
}

// walkEvents reads what the steps before have left, whose pages are short.
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
