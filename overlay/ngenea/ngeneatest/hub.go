package ngeneatest

import (
	"fmt"
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// hub is the state of a Hub. It has no lock: use it in a handler or in exclusive.
type hub struct {
	set            settings
	sessions       sessions
	throttle       *throttle
	clientKeys     *collection
	workflows      *collection
	jobs           *collection
	searches       *collection
	actions        *collection
	alerts         *collection
	sites          *collection
	nodes          *collection
	features       *collection
	datastores     *collection
	configurations map[string]any
	files          map[string][]*file // by site
	outcomes       []Outcome          // of the next jobs

	exclusive func(func()) // of the engine
}

// newHub returns a Hub with one site and what every Hub starts with.
func newHub(set settings, now time.Time) *hub {
	h := &hub{
		set:            set,
		throttle:       &throttle{rate: set.throttle, admitted: map[*account][]time.Time{}},
		clientKeys:     &collection{path: "/auth/clientkeys/", key: "id", linked: true},
		workflows:      &collection{path: "/workflows/", key: "id"},
		jobs:           &collection{path: "/jobs/", key: "id", linked: true, newestFirst: true, show: showJob},
		searches:       &collection{path: "/search/", key: "id", linked: true},
		actions:        &collection{path: "/actions/", key: "id", show: showAction},
		alerts:         &collection{path: "/alerts/", key: "id"},
		sites:          &collection{path: "/sites/", key: "id"},
		nodes:          &collection{path: "/nodes/", key: "id"},
		features:       &collection{path: "/features/", key: "name"},
		datastores:     &collection{path: "/datastores/", key: "id"},
		configurations: maps.Clone(firstConfigurations),
		files:          map[string][]*file{},
	}
	h.sessions.Mint, h.sessions.Rotation = newMint(), set.Rotation
	h.sessions.SetLifetimes(simulator.Lifetimes{Access: set.AccessTTL, Refresh: set.RefreshTTL})
	h.searches.show = h.showSearch
	for _, members := range firstWorkflows {
		h.workflows.add(members, nil, nil)
	}
	for _, members := range firstFeatures {
		h.features.add(members, nil, nil)
	}
	h.addSite("dfoster1", now)
	return h
}

// of returns the collection with that path, nil if there is none.
func (h *hub) of(path string) *collection {
	for _, c := range []*collection{
		h.clientKeys, h.workflows, h.jobs, h.searches, h.actions, h.alerts, h.sites, h.nodes, h.features, h.datastores,
	} {
		if c.path == path {
			return c
		}
	}
	return nil
}

func (h *hub) handlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"createToken": h.login, "refreshToken": h.refresh,
		"listClientKeys": h.list(h.clientKeys), "createClientKey": h.createClientKey,
		"getClientKey": h.get(h.clientKeys), "revokeClientKey": h.remove(h.clientKeys),
		"listWorkflows": h.list(h.workflows), "createWorkflow": h.createWorkflow,
		"getWorkflow": h.get(h.workflows), "deleteWorkflow": h.remove(h.workflows),
		"updateWorkflow": h.with(h.workflows, h.updateWorkflow), "replaceWorkflow": h.with(h.workflows, h.replaceWorkflow),
		"submitWorkflow": h.submit, "listJobs": h.listJobs, "getJob": h.get(h.jobs), "cancelJob": h.with(h.jobs, cancelJob),
		"browseFiles": h.browse, "createSearch": h.createSearch, "getSearch": h.get(h.searches),
		"runAction": h.runAction, "getAction": h.get(h.actions), "listAlerts": h.listAlerts,
		"listSites": h.list(h.sites), "getSite": h.get(h.sites), "updateSite": h.with(h.sites, h.updateSite),
		"getHealth": h.health, "getSiteHealth": h.with(h.sites, h.siteHealth), "listNodes": h.list(h.nodes),
		"listFeatures": h.list(h.features), "getFeature": h.get(h.features),
		"updateFeature": h.with(h.features, h.updateFeature), "createDatastore": h.createDatastore,
		"getConfigurations": h.getConfigurations, "updateConfigurations": h.updateConfigurations,
	}
}

// Seed adds objects to a collection without the checks of a request, by the path of its
// list ("/alerts/", "/jobs/", "/features/"). Each has the members that responses show, and
// may have undocumented ones. A job changes its state by the clock, unless it is seeded
// with a state, which it keeps. A node may have a site, and online. Seed returns the ids,
// 0 for an object without one. It panics for a collection that a Hub does not have.
func (s *Server) Seed(collection string, objects ...map[string]any) []int64 {
	var ids []int64
	s.engine.Exclusive(func() {
		c := s.mustHave(collection)
		for _, members := range objects {
			it := s.hub.seed(c, simulator.Clone(members), s.clock.Now())
			id, _ := it.members["id"].(int64)
			ids = append(ids, id)
		}
	})
	return ids
}

func (h *hub) seed(c *collection, members map[string]any, now time.Time) *item {
	if id, ok := members["id"].(int); ok {
		members["id"] = int64(id)
	}
	if id, ok := members["id"].(int64); ok {
		c.serial = max(c.serial, id)
	}
	switch c {
	case h.jobs:
		created := members["created"]
		it := h.addJob(members, nil, now)
		if created != nil {
			it.members["created"] = created
		}
		it.hidden.(*job).fixed, _ = members["state"].(string)
		return it
	case h.nodes:
		site, _ := members["site"].(string)
		online, given := members["online"].(bool)
		delete(members, "site")
		delete(members, "online")
		return c.add(members, &worker{site: site, online: online || !given}, nil)
	}
	return c.add(members, nil, nil)
}

// Objects returns copies of all objects of a collection, by the path of its list, in their
// present state, oldest first. It panics for a collection that a Hub does not have.
func (s *Server) Objects(collection string) []map[string]any {
	var all []map[string]any
	s.engine.Exclusive(func() {
		c := s.mustHave(collection)
		for _, it := range c.items {
			all = append(all, simulator.Clone(c.view(it, s.URL, s.clock.Now())))
		}
	})
	return all
}

func (s *Server) mustHave(path string) *collection {
	found := s.hub.of(path)
	if found == nil {
		panic(fmt.Sprintf("ngeneatest: a Hub has no collection %q", path))
	}
	return found
}
