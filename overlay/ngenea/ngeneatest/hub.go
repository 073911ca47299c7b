package ngeneatest

import (
	_ "embed"
	"fmt"
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// hub is the state of a Hub. It has no lock: use it in a handler or in exclusive.
type hub struct {
	set            settings
	sessions       sessions
	collections    map[string]*collection // by path
	clientKeys     *collection
	workflows      *collection
	jobs           *collection
	sites          *collection
	configurations map[string]any
	files          map[string][]*file // by site
	outcomes       []Outcome          // of the next jobs

	exclusive func(func()) // of the engine
}

//go:embed seeds.json
var seedsJSON string

// seeds are what every Hub starts with. The configurations are those of the vendor's
// documentation, the features the two in it.
var seeds = simulator.Seeds[[]map[string]any](seedsJSON)

// newHub returns a Hub with one site and what every Hub starts with.
func newHub(set settings, now time.Time) *hub {
	h := &hub{
		set:            set,
		collections:    map[string]*collection{},
		configurations: maps.Clone(seeds["configurations"][0]),
		files:          map[string][]*file{},
	}
	for _, c := range []collection{
		{path: "/auth/clientkeys/", key: "id", linked: true},
		{path: "/workflows/", key: "id"},
		{path: "/jobs/", key: "id", linked: true, newestFirst: true, show: showJob},
		{path: "/search/", key: "id", linked: true, show: h.showSearch},
		{path: "/actions/", key: "id", show: showAction},
		{path: "/alerts/", key: "id"},
		{path: "/sites/", key: "id"},
		{path: "/nodes/", key: "id"},
		{path: "/features/", key: "name"},
		{path: "/datastores/", key: "id"},
	} {
		h.collections[c.path] = &c
	}
	h.clientKeys, h.workflows, h.jobs, h.sites = h.of("/auth/clientkeys/"), h.of("/workflows/"), h.of("/jobs/"), h.of("/sites/")
	h.sessions.Mint, h.sessions.Rotation = newMint(), set.Rotation
	h.sessions.SetLifetimes(simulator.Lifetimes{Access: set.AccessTTL, Refresh: set.RefreshTTL})
	for _, seed := range seeds["workflows"] {
		h.workflows.add(seed, nil, nil)
	}
	for _, seed := range seeds["features"] {
		h.of("/features/").add(seed, nil, nil)
	}
	h.addSite("dfoster1", now)
	return h
}

// of returns the collection with that path, nil if there is none.
func (h *hub) of(path string) *collection { return h.collections[path] }

func (h *hub) handlers() map[string]simulator.Handler {
	features := h.of("/features/")
	return map[string]simulator.Handler{
		"createToken": h.login, "refreshToken": h.refresh,
		"listClientKeys": h.list(h.clientKeys), "createClientKey": h.createClientKey,
		"getClientKey": h.get(h.clientKeys), "revokeClientKey": h.remove(h.clientKeys),
		"listWorkflows": h.list(h.workflows), "createWorkflow": h.createWorkflow,
		"getWorkflow": h.get(h.workflows), "deleteWorkflow": h.remove(h.workflows),
		"updateWorkflow": h.with(h.workflows, h.updateWorkflow), "replaceWorkflow": h.with(h.workflows, h.replaceWorkflow),
		"submitWorkflow": h.submit, "listJobs": h.listJobs, "getJob": h.get(h.jobs), "cancelJob": h.with(h.jobs, cancelJob),
		"browseFiles": h.browse, "createSearch": h.createSearch, "getSearch": h.get(h.of("/search/")),
		"runAction": h.runAction, "getAction": h.get(h.of("/actions/")), "listAlerts": h.listAlerts,
		"listSites": h.list(h.sites), "getSite": h.get(h.sites), "updateSite": h.with(h.sites, h.updateSite),
		"getHealth": h.health, "getSiteHealth": h.with(h.sites, h.siteHealth), "listNodes": h.list(h.of("/nodes/")),
		"listFeatures": h.list(features), "getFeature": h.get(features),
		"updateFeature": h.with(features, h.updateFeature), "createDatastore": h.createDatastore,
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
	switch c.path {
	case "/jobs/":
		created := members["created"]
		it := h.addJob(members, nil, now)
		if created != nil {
			it.members["created"] = created
		}
		it.hidden.(*job).fixed, _ = members["state"].(string)
		return it
	case "/nodes/":
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
