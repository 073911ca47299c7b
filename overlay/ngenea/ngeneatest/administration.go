package ngeneatest

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// firstConfigurations are the settings that the vendor's documentation shows.
var firstConfigurations = map[string]any{
	"jobs_ttl": 90, "search_backend": "pixstor_search", "search_max_results": 200, "search_result_ttl": 7,
	"snapshot_create_delete_retry_timeout": 1000, "stat_timeout": 10, "stat_refresh_period": 30,
	"task_invalidation_timeout": 3600, "snapdiff_stream_timeout": 10, "force_local_managed_users": false,
	"custom_statistics_tasks": []any{}, "analytics_timeout": 10, "maximum_external_results": 100,
	"node_health_last_heartbeat_interval": 120, "initial_uid": 100000, "initial_gid": 100000,
	"schedules_enabled": true, "salt_task_timeout": 60,
}

// firstFeatures are the two that the documentation names.
var firstFeatures = []map[string]any{
	{"name": "searchui", "description": "Search in the web interface", "enabled": true},
	{"name": "bandwidth_controls", "description": "Bandwidth of sites", "enabled": true},
}

func (h *hub) getConfigurations(r *simulator.Request) simulator.Answer {
	return r.Operation.Answer(maps.Clone(h.configurations))
}

// updateConfigurations is PATCH /configurations/: it takes the settings that there
// are, and ignores others.
func (h *hub) updateConfigurations(r *simulator.Request) simulator.Answer {
	body, _ := r.Body.(map[string]any)
	switch backend := body["search_backend"]; backend {
	case nil, "analytics", "pixstor_search":
	default:
		return invalid(map[string]any{"search_backend": []any{fmt.Sprintf("\"%v\" is not a valid choice.", backend)}})
	}
	for name, value := range body {
		if _, ok := h.configurations[name]; ok {
			h.configurations[name] = value
		}
	}
	return h.getConfigurations(r)
}

// updateFeature is PATCH /features/{name}/, whose answer the documentation prints
// as a list.
func (h *hub) updateFeature(r *simulator.Request, it *item) simulator.Answer {
	it.members["enabled"] = r.Member("enabled")
	return r.Operation.Answer([]any{maps.Clone(it.members)})
}

// createDatastore is POST /datastores/. It keeps no secret.
func (h *hub) createDatastore(r *simulator.Request) simulator.Answer {
	if h.datastores.find("name", r.Member("name")) != nil {
		return invalid(map[string]any{"name": []any{"datastore with this name already exists."}})
	}
	members := map[string]any{"name": r.Member("name"), "type": r.Member("type")}
	if bucket := r.Member("bucket"); bucket != nil {
		members["bucket"] = bucket
	}
	return h.about(h.datastores, r, h.datastores.add(members, nil, nil))
}

// runAction is POST /actions/. One action is documented.
func (h *hub) runAction(r *simulator.Request) simulator.Answer {
	if name := r.Member("action"); name != "discover_nodes" {
		return invalid(map[string]any{"action": []any{fmt.Sprintf("\"%v\" is not a valid choice.", name)}})
	}
	who, _ := r.Identity.(*account)
	doing := &job{step: h.set.transition, begun: r.Time, outcome: Succeeds}
	members := map[string]any{"action": "discover_nodes", "user": who.user}
	return h.about(h.actions, r, h.actions.add(members, doing, who))
}

// showAction is an action at a time. Nobody says what the results of
// discover_nodes hold.
func showAction(it *item, now time.Time) map[string]any {
	doing, ok := it.hidden.(*job)
	if !ok {
		return map[string]any{} // a seeded one is as it was given
	}
	return map[string]any{"state": doing.state(now), "results": map[string]any{}}
}

// listAlerts is GET /alerts/, a list without pages; what a query says has to be
// what the alert says.
func (h *hub) listAlerts(r *simulator.Request) simulator.Answer {
	all := []any{}
	for _, it := range h.alerts.items {
		fits := true
		for _, name := range []string{"name", "site", "node", "severity", "summary", "timestamp", "suppressed"} {
			if wanted := r.Query.Get(name); wanted != "" {
				fits = fits && wanted == text(it.members[name])
			}
		}
		if fits {
			all = append(all, maps.Clone(it.members))
		}
	}
	return r.Operation.Answer(all)
}

func text(member any) string {
	switch member := member.(type) {
	case bool:
		return strconv.FormatBool(member)
	case string:
		return member
	}
	return ""
}
