package wekatest

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// maxEvents bounds the events that a cluster keeps.
const maxEvents = 10000

func (c *cluster) eventBehavior() simulator.Behavior {
	return simulator.Behavior{Complete: func(o *simulator.Object, _ *simulator.Request, now time.Time) {
		uid, _ := c.store.NewUID()
		o.Members["guid"] = uid
		if o.Text("timestamp") == "" {
			o.Members["timestamp"] = c.nextEventTime(now).Format(time.RFC3339Nano)
		}
		setDefaults(o, seeds["event"])
		setDefaults(o, map[string]any{"cloud_id": clusterGUID})
		o.Members["is_backend"] = true
	}}
}

// nextEventTime returns unique times, since a time is the cursor of local events.
func (c *cluster) nextEventTime(now time.Time) time.Time {
	if now = now.UTC(); !now.After(c.lastEvent) {
		now = c.lastEvent.Add(time.Microsecond)
	}
	c.lastEvent = now
	return now
}

// addEvent adds the event of an operation that succeeded.
func (c *cluster) addEvent(r *simulator.Request) {
	event, ok := seeds["eventsByOperation"][r.Operation.ID].(map[string]any)
	if !ok {
		return
	}
	c.seed("/events", merge(event, map[string]any{
		"description": cmp.Or(r.Text("message"), event["type"].(string)), "params": map[string]any{"name": r.Text("name")},
	}), r.Time)
	if events := c.of("/events"); events.Len() > maxEvents {
		events.Remove(events.All()[0])
	}
}

// severities, from the lowest.
var severities = []string{"DEBUG", "INFO", "WARNING", "MINOR", "MAJOR", "CRITICAL"}

// selectEvents returns the events that a query selects, oldest first.
func (c *cluster) selectEvents(query url.Values) ([]*simulator.Object, *simulator.Response) {
	var bounds [2]time.Time
	for i, name := range []string{"start_time", "end_time"} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		var err error
		if bounds[i], err = time.Parse(time.RFC3339, text); err != nil {
			return nil, new(badParameter(name, "is not a time"))
		}
	}
	lowest := slices.Index(severities, strings.ToUpper(query.Get("severity")))
	listed := func(names []string, value string) bool { return len(names) == 0 || slices.Contains(names, value) }
	var found []*simulator.Object
	for _, o := range c.of("/events").All() {
		at, _ := time.Parse(time.RFC3339, o.Text("timestamp"))
		if !at.Before(bounds[0]) && (bounds[1].IsZero() || !at.After(bounds[1])) &&
			slices.Index(severities, o.Text("severity")) >= lowest &&
			listed(query["type_list"], o.Text("type")) && listed(query["category_list"], o.Text("category")) {
			found = append(found, o)
		}
	}
	return found, nil
}

// listEvents responds with a page of the events that a query selects. It begins with the one
// whose member is the cursor of the request; the next cursor is that member of the first event
// on the next page.
func (c *cluster) listEvents(r *simulator.Request, newestFirst bool, member string, size int, row func(*simulator.Object) any) simulator.Response {
	events, rejection := c.selectEvents(r.Query)
	if rejection != nil {
		return *rejection
	}
	if newestFirst {
		slices.Reverse(events)
	}
	if cursor := r.Query.Get("next_token"); cursor != "" {
		i := slices.IndexFunc(events, func(o *simulator.Object) bool { return o.Text(member) == cursor })
		if i < 0 {
			return badCursor("next_token")
		}
		events = events[i:]
	}
	var next any
	if len(events) > size {
		events, next = events[:size], events[size].Text(member)
	}
	rows := []any{}
	for _, o := range events {
		rows = append(rows, row(o))
	}
	return paged(rows, next)
}

// events is GET /events: newest first by default; the cursor is a UUID.
func (c *cluster) events(r *simulator.Request) simulator.Response {
	size := c.set.PageSize
	if n, err := strconv.Atoi(r.Query.Get("num_results")); err == nil && n > 0 {
		size = min(size, n)
	}
	newestFirst := r.Query.Get("sort_order") != "asc"
	return c.listEvents(r, newestFirst, "guid", size, func(o *simulator.Object) any { return o.Members })
}

// localEvents is GET /events/local, the events of one server; the cursor is a time.
func (c *cluster) localEvents(r *simulator.Request) simulator.Response {
	return c.listEvents(r, false, "timestamp", c.set.PageSize, func(o *simulator.Object) any {
		row := map[string]any{"time": o.Members["timestamp"], "eventFields": o.Members["params"], "hash": 0}
		for _, same := range []string{"entity", "severity", "permission", "category", "description", "type", "nid"} {
			row[same] = o.Members[same]
		}
		return row
	})
}
