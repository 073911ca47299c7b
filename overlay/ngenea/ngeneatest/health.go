package ngeneatest

import (
	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// worker is the service of a node: the site it serves, and whether it is up.
type worker struct {
	site   string
	online bool
}

// ofSite is the health of a site by that of its nodes: ok if all are up, critical
// if none is.
func (h *hub) ofSite(site any) map[string]any {
	nodes, up := []any{}, 0
	for _, it := range h.nodes.items {
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

// health is GET /health: as bad as the worst site.
func (h *hub) health(r *simulator.Request) simulator.Answer {
	overall, sites := "ok", []any{}
	for _, it := range h.sites.items {
		site := h.ofSite(it.members["name"])
		if overall != "critical" && site["health"] != "ok" {
			overall = site["health"].(string)
		}
		sites = append(sites, site)
	}
	return r.Operation.Answer(map[string]any{
		"overall_health": overall,
		"hub_status":     map[string]any{"health": "ok"},
		"site_status":    sites,
	})
}

// siteHealth is GET /sites/{id}/health/.
func (h *hub) siteHealth(r *simulator.Request, it *item) simulator.Answer {
	return r.Operation.Answer(h.ofSite(it.members["name"]))
}
