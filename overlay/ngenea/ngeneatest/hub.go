package ngeneatest

import (
	"maps"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// hub is the state of a Hub. It has no lock: the engine runs one handler at a
// time, and whoever else reads or changes it asks the engine for that.
type hub struct {
	set            settings
	sessions       *sessions
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
	outcomes       []Outcome          // of the jobs to come

	exclusive func(func()) // that of the engine
}

// newHub is a Hub with one site, its worker, and what every Hub begins with.
func newHub(set settings, now time.Time) *hub {
	h := &hub{
		set:            set,
		sessions:       newSessions(set),
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

// addSite adds a site with a worker that is online and one file.
func (h *hub) addSite(name string, now time.Time) {
	h.sites.add(map[string]any{"name": name, "bandwidth": 1000}, nil, nil)
	h.nodes.add(map[string]any{"name": name + "-1"}, &worker{site: name, online: true}, nil)
	h.addFile(name, "/mmfs1/data/sample_data.tgz", 1<<20, now)
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

// mayKnow says whether a request may know of an object: a client key is for
// administrators and for whoever made it.
func (h *hub) mayKnow(r *simulator.Request, c *collection, it *item) bool {
	who, _ := r.Identity.(*account)
	return c != h.clientKeys || who == nil || who.administrator || it.owner == who
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
		"listSites": h.list(h.sites), "getSite": h.get(h.sites), "updateSite": h.update(h.sites, "bandwidth"),
		"getHealth": h.health, "getSiteHealth": h.with(h.sites, h.siteHealth), "listNodes": h.list(h.nodes),
		"listFeatures": h.list(h.features), "getFeature": h.get(h.features),
		"updateFeature": h.with(h.features, h.updateFeature), "createDatastore": h.createDatastore,
		"getConfigurations": h.getConfigurations, "updateConfigurations": h.updateConfigurations,
	}
}

// iso8601 is how the Hub writes a time: UTC, with microseconds.
func iso8601(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// created answers a request that made an object with its id and its address.
func (h *hub) created(c *collection, r *simulator.Request, it *item) simulator.Answer {
	shown := c.view(it, h.origin(r.HTTP), r.Time)
	return simulator.Answer{Status: http.StatusCreated, Body: map[string]any{"id": shown["id"], "url": shown["url"]}}
}
