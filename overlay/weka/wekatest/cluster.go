package wekatest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// driveCapacity is the capacity of the cluster in bytes: an exbibyte, for tests with sizes
// beyond 2^53.
const driveCapacity int64 = 1 << 60

// cluster is the state of a simulated cluster. It has no lock: use it in a handler or in
// Engine.Exclusive. Objects are stored as the JSON members of responses.
type cluster struct {
	set       settings
	sessions  sessions
	lockout   lockoutPolicy
	endpoints []simulator.Endpoint
	isUp      func(endpoint int) bool
	status    map[string]any // a sample of getClusterStatus with the seed of it
	store     *simulator.Store
	s3        s3State
	attached  map[string][]string // security policies, by holder
	lastInode uint64
	lastEvent time.Time
}

func newCluster(document *simulator.Document, set settings) (*cluster, error) {
	c := &cluster{
		set: set, lockout: defaultLockout, attached: map[string][]string{}, lastInode: firstInode - 1,
		isUp: func(int) bool { return true },
		s3:   s3State{policies: map[string]any{}, attached: map[string]any{}},
	}
	c.sessions.Mint, c.sessions.Rotation = set.mint, set.Rotation
	c.sessions.SetLifetimes(simulator.Lifetimes{Access: set.AccessTTL, Refresh: set.RefreshTTL})
	_, sample, _ := simulator.Sampler{Full: true}.Response(document.Operation("getClusterStatus"))
	c.status = merge(sample.(map[string]any)["data"].(map[string]any), seeds["status"])
	var err error
	if c.store, err = simulator.NewStore(document, policy{c}, c.behaviors()); err != nil {
		return nil, err
	}
	for alias, of := range map[string]string{
		"/organizations": "/tenants", "/hosts": "/containers", "/nodes": "/processes",
	} {
		c.store.Alias(alias, of)
	}
	start := time.Now()
	c.seed("/tenants", map[string]any{"name": rootOrganization, "id": int64(0)}, start)
	for _, a := range set.accounts {
		c.addAccount(a, start)
	}
	c.seed("/fileSystemGroups", map[string]any{"name": "default"}, start)
	c.seed("/interfaceGroups", map[string]any{
		"name": "default", "gateway": "192.0.2.254", "subnet_mask": "255.255.255.0", "ips": []any{"192.0.2.101", "192.0.2.102"},
	}, start)
	c.addBackends(set.Endpoints, start)
	return c, nil
}

// nullWhenEmpty are the lists that are null when they are empty.
var nullWhenEmpty = []string{"getAlerts", "getTasks", "getEvents"}

// around does what every operation does: it finishes work whose time is over before, and
// adds an event after a change.
func (c *cluster) around(handler simulator.Handler) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		c.settle(r.Time)
		response := handler(r)
		if response.Status < http.StatusBadRequest {
			c.addEvent(r)
		}
		body, isObject := response.Body.(map[string]any)
		if list, isList := body["data"].([]any); isObject && isList && len(list) == 0 &&
			slices.Contains(nullWhenEmpty, r.Operation.ID) {
			body["data"] = nil
		}
		return response
	}
}

// settle finishes the tasks and the removals whose time is over.
func (c *cluster) settle(now time.Time) {
	c.settleTasks(now)
	for _, o := range c.of("/fileSystems").All() {
		if f := filesystemOf(o); !f.gone.IsZero() && !now.Before(f.gone) {
			c.removeFilesystem(o)
		}
	}
	for _, o := range c.of("/snapshots").All() {
		if s := snapshotOf(o); !s.gone.IsZero() && !now.Before(s.gone) {
			c.of("/snapshots").Remove(o)
		}
	}
}

func (c *cluster) of(path string) *simulator.Collection { return c.store.Collection(path) }

// on makes a handler of a function for the object of a collection that the path of the request
// identifies by uid.
func (c *cluster) on(collection string, next func(*simulator.Request, *simulator.Object) simulator.Response) simulator.Handler {
	return c.store.With(c.of(collection), "uid", next)
}

func (c *cluster) seed(path string, members map[string]any, now time.Time) *simulator.Object {
	return c.store.Add(c.of(path), members, now)
}

// number returns the number in the uid of an object.
func number(o *simulator.Object) int64 {
	n, _ := strconv.ParseInt(o.Text("uid")[:8], 16, 64)
	return n
}

// serial returns that number as in ids, in hexadecimal digits.
func serial(o *simulator.Object) string { return cmp.Or(strings.TrimLeft(o.Text("uid")[:8], "0"), "0") }

// idOf returns the id of an object of a kind, such as FSId<1f>.
func idOf(kind string, o *simulator.Object) string { return kind + "<" + serial(o) + ">" }

// setDefaults sets members that are "", or a list without items.
func setDefaults(o *simulator.Object, defaults map[string]any) {
	for member, value := range defaults {
		if _, isList := value.([]any); o.Members[member] == "" || isList && len(listIn(o, member)) == 0 {
			o.Members[member] = value
		}
	}
}

// Seed adds objects to a collection without the checks of a request, by the path of its
// list ("/alerts", "/tasks", "/events", "/fileSystems"). Each has the members that
// responses show (a filesystem total_budget, not total_capacity); the others are those of
// a new object. A seeded task runs until it is aborted. Seed returns the uids. It panics
// for a collection of which the simulator keeps no state.
func (s *Server) Seed(collection string, objects ...map[string]any) []string {
	var uids []string
	s.engine.Exclusive(func() {
		found := s.mustHave(collection)
		for _, members := range objects {
			o := s.cluster.store.Add(found, simulator.Clone(members), s.clock.Now())
			uids = append(uids, o.Text("uid"))
		}
	})
	return uids
}

// Objects returns copies of all objects of a collection, by the path of its list, in their
// present state. It panics for a collection of which the simulator keeps no state.
func (s *Server) Objects(collection string) []map[string]any {
	var all []map[string]any
	s.engine.Exclusive(func() {
		found, now := s.mustHave(collection), s.clock.Now()
		s.cluster.settle(now)
		for _, o := range found.All() {
			all = append(all, simulator.Clone(found.Show(o, now)))
		}
	})
	return all
}

func (s *Server) mustHave(collection string) *simulator.Collection {
	found := s.cluster.of(collection)
	if found == nil {
		panic(fmt.Sprintf("wekatest: the simulator keeps no state of %q", collection))
	}
	return found
}
