package weka

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// Operation describes an operation of the API, such as its method and path.
type Operation = api.Operation

// Operations returns all operations of the services, by path and method. Since returns
// the first release that is known to have an operation, such as "5.1", from the vendor's
// lists of routes since 3.14; the operation may be older. The slice is the caller's.
func Operations() []*Operation { return wekaapi.Operations() }

// releaseOperation returns the release, and its failure must not cause another call of it.
var releaseOperation = wekaapi.OpGetClusterStatus

// releaseAge is how long a release is cached: clusters are upgraded while clients run.
const releaseAge = time.Hour

// releaseCache holds the release of a cluster, nil before the client has asked for it.
type releaseCache struct{ last atomic.Pointer[cachedRelease] }

type cachedRelease struct {
	number string
	asked  time.Time
}

// known returns the release if it is cached, "" otherwise.
func (r *releaseCache) known() string {
	if last := r.last.Load(); last != nil && time.Since(last.asked) < releaseAge {
		return last.number
	}
	return ""
}

// releaseLearner makes the calls of the services, and caches the release of every cluster
// status among their results.
type releaseLearner struct {
	*call.Client
	release *releaseCache
}

// Call implements api.Caller.
func (l *releaseLearner) Call(ctx context.Context, operation *api.Operation, path []any, params api.Params, body, result any, options ...CallOption) error {
	err := l.Client.Call(ctx, operation, path, params, body, result, options...)
	if status, ok := result.(*wekaapi.ClusterStatus); ok && err == nil && status.Release != "" {
		l.release.last.Store(&cachedRelease{status.Release, time.Now()})
	}
	return err
}

// Release returns the release that the cluster runs, such as "5.1.0.605" (operation
// getClusterStatus). It is cached for an hour.
func (c *Client) Release(ctx context.Context) (string, error) {
	if number := c.release.known(); number != "" {
		return number, nil
	}
	status, err := c.Cluster.GetStatus(ctx)
	if err != nil {
		return "", err
	}
	return status.Release, nil
}

// Overview is the state of a cluster: see [Client.GetOverview]. A part that could not be
// read is nil; an empty one is not.
type Overview struct {
	Cluster    *wekaapi.ClusterStatus  // release, status, capacity in bytes
	Containers []wekaapi.Container     // hosts before release 4.2
	Drives     []wekaapi.Drive         // sizes in bytes
	Alerts     []wekaapi.Alert         // of severity warning and above
	Events     []wekaapi.Event         // since the time that was asked for
	Stats      []wekaapi.RealTimeStats // current, one row a process
}

// OverviewError has the errors of the parts that an [Overview] lacks, each an [Error], in
// the order of its fields.
type OverviewError struct {
	Failures []error
}

// Error returns the failures in one line.
func (e *OverviewError) Error() string {
	texts := make([]string, len(e.Failures))
	for i, failure := range e.Failures {
		texts[i] = failure.Error()
	}
	return "weka: the overview is incomplete: " + strings.Join(texts, "; ")
}

// Unwrap returns the failures, for errors.Is and errors.As.
func (e *OverviewError) Unwrap() []error { return e.Failures }

// GetOverview reads the state of the cluster with concurrent calls: status, containers,
// drives, alerts, events since a time, and current figures (operations getClusterStatus,
// getContainers, getDrives, getAlerts, getEvents, getRealTimeStats). A zero since reads no
// events. It always returns an Overview. If parts of it could not be read, the error is an
// [OverviewError].
func (c *Client) GetOverview(ctx context.Context, since time.Time) (*Overview, error) {
	var o Overview
	parts := []func() error{
		func() (err error) { o.Cluster, err = c.Cluster.GetStatus(ctx); return err },
		func() (err error) { o.Containers, err = notNil(c.ListContainers(ctx)); return err },
		func() (err error) { o.Drives, err = notNil(c.Drives.List(ctx, nil)); return err },
		func() (err error) { o.Alerts, err = notNil(c.Alerts.List(ctx, nil)); return err },
		func() (err error) { o.Events, err = c.eventsSince(ctx, since); return err },
		func() (err error) { o.Stats, err = notNil(c.Stats.GetRealTimeStats(ctx)); return err },
	}
	failures := make([]error, len(parts))
	var group sync.WaitGroup
	for i, part := range parts {
		group.Go(func() { failures[i] = part() })
	}
	group.Wait()
	failures = slices.DeleteFunc(failures, func(err error) bool { return err == nil })
	if len(failures) > 0 {
		return &o, &OverviewError{failures}
	}
	return &o, nil
}

// eventsSince returns all events or an error: some of them would be taken for all.
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

func notNil[T any](list []T, err error) ([]T, error) {
	if err == nil && list == nil {
		list = []T{}
	}
	return list, err
}

// withOldName makes a call, and if the release does not have the route, the one that it
// had before. A missing route has done nothing, so calls that change something are safe.
func withOldName[T any](now, before func() (T, error)) (T, error) {
	result, err := now()
	if !errors.Is(err, ErrRouteMissing) {
		return result, err
	}
	if old, oldErr := before(); !errors.Is(oldErr, ErrRouteMissing) {
		return old, oldErr
	}
	return result, err
}

// ListContainers returns the containers of the cluster, including those of clients
// (operation getContainers; getHosts before release 4.2).
func (c *Client) ListContainers(ctx context.Context, options ...CallOption) ([]wekaapi.Container, error) {
	return withOldName(
		func() ([]wekaapi.Container, error) { return c.Containers.List(ctx, nil, options...) },
		func() ([]wekaapi.Container, error) {
			var hosts []wekaapi.Container
			err := c.api.Call(ctx, wekaapi.OpGetHosts, nil, nil, nil, &hosts, options...)
			for i := range hosts {
				h := &hosts[i]
				take(h.AdditionalProperties, "host_ip", &h.ContainerIP)
				take(h.AdditionalProperties, "io_nodes", &h.IOProcesses)
				take(h.AdditionalProperties, "machine_identifier", &h.ServerIdentifier)
			}
			return hosts, err
		})
}

// take moves an unknown member with an old name into the field of the new one.
func take(unknown map[string]json.RawMessage, name string, field any) {
	if value, ok := unknown[name]; ok && json.Unmarshal(value, field) == nil {
		delete(unknown, name)
	}
}

// ListProcesses returns the processes of the containers (operation getProcesses; getNodes
// before release 4.2).
func (c *Client) ListProcesses(ctx context.Context, options ...CallOption) ([]wekaapi.Process, error) {
	return withOldName(
		func() ([]wekaapi.Process, error) { return c.Processes.List(ctx, nil, options...) },
		func() ([]wekaapi.Process, error) {
			var nodes []struct {
				wekaapi.Process
				HostID string `json:"host_id"`
			}
			err := c.api.Call(ctx, wekaapi.OpGetNodes, nil, nil, nil, &nodes, options...)
			var processes []wekaapi.Process
			for _, n := range nodes {
				n.ContainerID = n.HostID
				processes = append(processes, n.Process)
			}
			return processes, err
		})
}
