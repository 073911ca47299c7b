package weka

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// Overview is what [Client.GetOverview] found of a cluster. A part that could not be had
// is nil; one that is empty is not.
type Overview struct {
	Cluster    *wekaapi.ClusterStatus  // release, status, capacity in bytes
	Containers []wekaapi.Container     // hosts before release 4.2
	Drives     []wekaapi.Drive         // sizes in bytes
	Alerts     []wekaapi.Alert         // from severity warning on, as the cluster counts them
	Events     []wekaapi.Event         // since the time that was asked for
	Stats      []wekaapi.RealTimeStats // of now, a row a process
}

// OverviewError says which parts an [Overview] lacks: an [Error] each, in the order of
// its fields.
type OverviewError struct {
	Failures []error
}

// Error names each part with its reason, in one line.
func (e *OverviewError) Error() string {
	texts := make([]string, len(e.Failures))
	for i, failure := range e.Failures {
		texts[i] = failure.Error()
	}
	return "weka: the overview is not complete: " + strings.Join(texts, "; ")
}

// Unwrap gives the failures, for errors.Is and errors.As.
func (e *OverviewError) Unwrap() []error { return e.Failures }

// GetOverview asks for the state of the cluster, all at once: its status, containers,
// drives, alerts, the events since a time, and figures of now (operations
// getClusterStatus, getContainers, getDrives, getAlerts, getEvents, getRealTimeStats).
// It always gives an Overview. Where parts could not be had, the others are there, and
// the error is an [OverviewError]. A zero since asks for no events.
func (c *Client) GetOverview(ctx context.Context, since time.Time) (*Overview, error) {
	var o Overview
	parts := []func() error{
		func() (err error) { o.Cluster, err = c.Cluster.GetClusterStatus(ctx); return err },
		func() (err error) { o.Containers, err = filled(c.ListContainers(ctx)); return err },
		func() (err error) { o.Drives, err = filled(c.Drive.GetDrives(ctx, nil)); return err },
		func() (err error) { o.Alerts, err = filled(c.Alerts.GetAlerts(ctx, nil)); return err },
		func() (err error) { o.Events, err = c.eventsSince(ctx, since); return err },
		func() (err error) { o.Stats, err = filled(c.Stats.GetRealTimeStats(ctx)); return err },
	}
	failures := make([]error, len(parts))
	var group sync.WaitGroup
	for i, part := range parts {
		group.Go(func() { failures[i] = part() })
	}
	group.Wait()
	var failed OverviewError
	for _, failure := range failures {
		if failure != nil {
			failed.Failures = append(failed.Failures, failure)
		}
	}
	if len(failed.Failures) == 0 {
		return &o, nil
	}
	return &o, &failed
}

// eventsSince gives all or none: a part of them would pass for all.
func (c *Client) eventsSince(ctx context.Context, since time.Time) ([]wekaapi.Event, error) {
	events := []wekaapi.Event{}
	if since.IsZero() {
		return events, nil
	}
	for event, err := range c.AllEvents(ctx, EventsSince(since)) {
		if err != nil {
			return nil, err
		}
		events = append(events, event)
	}
	return events, nil
}

// filled makes an empty list of one that came as null.
func filled[T any](list []T, err error) ([]T, error) {
	if err == nil && list == nil {
		list = []T{}
	}
	return list, err
}
