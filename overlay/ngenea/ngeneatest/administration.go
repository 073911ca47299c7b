package ngeneatest

import (
	"fmt"
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// AddSite adds a site with one online node and the file /mmfs1/data/sample_data.tgz. The
// site dfoster1 always exists.
func (s *Server) AddSite(name string) {
	s.engine.Exclusive(func() { s.hub.addSite(name, s.clock.Now()) })
}

// SetNode takes a node offline or brings it online again, which changes the health of its
// site. It panics if there is no such node.
func (s *Server) SetNode(name string, online bool) {
	s.engine.Exclusive(func() {
		it := s.hub.of("/nodes/").find("name", name)
		if it == nil {
			panic(fmt.Sprintf("ngeneatest: there is no node %q", name))
		}
		it.hidden.(*worker).online = online
	})
}

func (h *hub) addSite(name string, now time.Time) {
	h.sites.add(map[string]any{"name": name, "bandwidth": 1000}, nil, nil)
	h.of("/nodes/").add(map[string]any{"name": name + "-1"}, &worker{site: name, online: true}, nil)
	h.addFile(name, "/mmfs1/data/sample_data.tgz", 1<<20, now)
}

// updateSite is PATCH /sites/{id}/, which changes the bandwidth alone.
func (h *hub) updateSite(r *simulator.Request, it *item) simulator.Response {
	if bandwidth := r.Member("bandwidth"); bandwidth != nil {
		it.members["bandwidth"] = bandwidth
	}
	return h.respond(h.sites, r, it)
}

// worker is the service of a node.
type worker struct {
	site   string
	online bool
}

// healthOf returns the health of a site: ok if all of its nodes are online, critical if
// none is.
func (h *hub) healthOf(site any) map[string]any {
	nodes, up := []any{}, 0
	for _, it := range h.of("/nodes/").items {
		w, ok := it.hidden.(*worker)
		if !ok || w.site != site {
			continue
		}
		health := "critical"
		if w.online {
			health = "ok"
			up++
		}
		nodes = append(nodes, map[string]any{"name": it.members["name"], "health": health, "online": w.online})
	}
	health := "warning"
	switch {
	case up == len(nodes):
		health = "ok"
	case up == 0:
		health = "critical"
	}
	return map[string]any{"site": site, "health": health, "nodes": nodes}
}

// health is GET /health: that of the worst site.
func (h *hub) health(r *simulator.Request) simulator.Response {
	overall, sites := "ok", []any{}
	for _, it := range h.sites.items {
		site := h.healthOf(it.members["name"])
		if overall != "critical" && site["health"] != "ok" {
			overall = site["health"].(string)
		}
		sites = append(sites, site)
	}
	return r.Success(map[string]any{
		"overall_health": overall,
		"hub_status":     map[string]any{"health": "ok"},
		"site_status":    sites,
	})
}

func (h *hub) siteHealth(r *simulator.Request, it *item) simulator.Response {
	return r.Success(h.healthOf(it.members["name"]))
}

func (h *hub) getConfigurations(r *simulator.Request) simulator.Response {
	return r.Success(maps.Clone(h.configurations))
}

// updateConfigurations is PATCH /configurations/, which ignores unknown settings.
func (h *hub) updateConfigurations(r *simulator.Request) simulator.Response {
	body, _ := r.Body.(map[string]any)
	switch backend := body["search_backend"]; backend {
	case nil, "analytics", "pixstor_search":
	default:
		return invalidField("search_backend", notAChoice(backend))
	}
	for name, value := range body {
		if _, ok := h.configurations[name]; ok {
			h.configurations[name] = value
		}
	}
	return h.getConfigurations(r)
}

// updateFeature is PATCH /features/{name}/, which returns a list in the documentation.
func (h *hub) updateFeature(r *simulator.Request, it *item) simulator.Response {
	it.members["enabled"] = r.Member("enabled")
	return r.Success([]any{maps.Clone(it.members)})
}

// createDatastore is POST /datastores/. It stores no secret.
func (h *hub) createDatastore(r *simulator.Request) simulator.Response {
	datastores := h.of("/datastores/")
	if datastores.find("name", r.Member("name")) != nil {
		return invalidField("name", "datastore with this name already exists.")
	}
	members := map[string]any{"name": r.Member("name"), "type": r.Member("type")}
	if bucket := r.Member("bucket"); bucket != nil {
		members["bucket"] = bucket
	}
	return h.respond(datastores, r, datastores.add(members, nil, nil))
}

// runAction is POST /actions/. The documentation has one action.
func (h *hub) runAction(r *simulator.Request) simulator.Response {
	if name := r.Member("action"); name != "discover_nodes" {
		return invalidField("action", notAChoice(name))
	}
	running := &job{step: h.set.Transition, begun: r.Time, outcome: Succeeds}
	actions := h.of("/actions/")
	members := map[string]any{"action": "discover_nodes", "user": caller(r).user}
	return h.respond(actions, r, actions.add(members, running, caller(r)))
}

// showAction returns the state of an action. The results of discover_nodes are not
// documented.
func showAction(it *item, now time.Time) map[string]any {
	running, ok := it.hidden.(*job)
	if !ok {
		return map[string]any{} // seeded
	}
	return map[string]any{"state": running.state(now), "results": map[string]any{}}
}

// listAlerts is GET /alerts/: a list without pages, filtered by the members in the query.
func (h *hub) listAlerts(r *simulator.Request) simulator.Response {
	all := []any{}
	for _, it := range h.of("/alerts/").items {
		fits := true
		for _, name := range []string{"name", "site", "node", "severity", "summary", "timestamp", "suppressed"} {
			if wanted := r.Query.Get(name); wanted != "" {
				fits = fits && it.members[name] != nil && wanted == fmt.Sprint(it.members[name])
			}
		}
		if fits {
			all = append(all, maps.Clone(it.members))
		}
	}
	return r.Success(all)
}
