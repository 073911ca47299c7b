package wekatest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// driveCapacity is what the filesystems of a simulated cluster share, in bytes:
// an exbibyte, so that sizes beyond 2^53 can be tried.
const driveCapacity int64 = 1 << 60

// cluster is the state of a simulated cluster. Objects are kept as the JSON
// members that an answer shows. Handlers run one at a time, so it has no lock.
type cluster struct {
	transition time.Duration
	pageSize   int
	anyPath    bool
	loginShape LoginShape
	release    release
	endpoints  []simulator.Endpoint
	isUp       func(endpoint int) bool
	sessions   *sessions
	lockout    lockoutPolicy
	status     map[string]any // the answer to getClusterStatus that never changes
	store      *simulator.Store
	s3         s3State
	attached   map[string][]string // security policies, by what holds them
	inode      uint64              // of the directory that was made last
	lastEvent  time.Time
}

// newCluster makes a cluster that serves from so many endpoints.
func newCluster(document *simulator.Document, set settings, sessions *sessions) (*cluster, error) {
	_, sample, _ := simulator.Sampler{Full: true}.Response(document.Operation("getClusterStatus"))
	c := &cluster{
		transition: set.Transition, pageSize: set.PageSize, anyPath: set.anyPath, loginShape: set.loginShape, release: set.release,
		isUp: func(int) bool { return true }, sessions: sessions, lockout: defaultLockout,
		attached: map[string][]string{},
	}
	envelope, _ := sample.(map[string]any)
	c.status, _ = envelope["data"].(map[string]any)
	var err error
	if c.store, err = simulator.NewStore(document, policy{c}, c.manners()); err != nil {
		return nil, err
	}
	for old, present := range map[string]string{
		"/organizations": "/tenants", "/hosts": "/containers", "/nodes": "/processes",
	} {
		c.store.Alias(old, present)
	}
	c.furnish(set)
	return c, nil
}

// furnish puts in what a new cluster has.
func (c *cluster) furnish(set settings) {
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
}

// manners are what a cluster does beyond creating, listing, reading, updating and
// deleting, by collection. Those under an old name share the newer one's.
func (c *cluster) manners() map[string]simulator.Behavior {
	return map[string]simulator.Behavior{
		"/fileSystems":        c.filesystemBehavior(),
		"/fileSystemGroups":   c.groupBehavior(),
		"/objectStoreBuckets": c.objectStoreBehavior(),
		"/snapshots":          c.snapshotBehavior(),
		"/tenants":            c.tenantBehavior(),
		"/organizations":      {},
		"/users":              c.userBehavior(),
		"/nfs/permissions":    c.permissionBehavior(),
		"/nfs/clientGroups":   c.clientGroupBehavior(),
		"/interfaceGroups":    c.interfaceGroupBehavior(),
		"/containers":         c.containerBehavior(),
		"/hosts":              {},
		"/processes":          c.processBehavior(),
		"/nodes":              {},
		"/drives":             {},
		"/alerts":             {},
		"/events":             c.eventBehavior(),
		"/tasks":              c.taskBehavior(),
		"/s3/buckets":         c.bucketBehavior(),
		"/security/policies": {
			Names: map[string]string{"ip": "ips", "role": "roles"},
		},
		"/s3/serviceAccounts": {
			Complete: c.completeServiceAccount,
		},
	}
}

// handlers are the operations that the state answers.
func (c *cluster) handlers() map[string]simulator.Handler {
	all := c.store.Handlers()
	for _, some := range []map[string]simulator.Handler{
		c.overviewHandlers(), c.filesystemHandlers(), c.tieringHandlers(), c.quotaHandlers(), c.defaultQuotaHandlers(),
		c.snapshotHandlers(), c.taskHandlers(),
		c.tenantHandlers(), c.userHandlers(), c.nfsHandlers(), c.interfaceGroupHandlers(), c.eventHandlers(),
		c.catalogHandlers(), c.s3Handlers(), c.securityHandlers(), c.securityPolicyHandlers(),
	} {
		maps.Copy(all, some)
	}
	for operation, handler := range all {
		all[operation] = c.attended(handler)
	}
	return all
}

// nullWhenEmpty are the lists that are null, not empty, when there is nothing in
// them; a client must take both.
var nullWhenEmpty = []string{"getAlerts", "getTasks", "listQuotas", "getEvents"}

// attended does what goes with every operation: work that has ended is settled
// before, and an event tells of a change afterwards.
func (c *cluster) attended(handler simulator.Handler) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		if names := c.release.unknown(r); len(names) > 0 {
			return unknownParameters(names)
		}
		c.settle(r.Time)
		answer := handler(r)
		if answer.Status < http.StatusBadRequest {
			c.tell(r)
		}
		body, isObject := answer.Body.(map[string]any)
		if list, isList := body["data"].([]any); isObject && isList && len(list) == 0 &&
			slices.Contains(nullWhenEmpty, r.Operation.ID) {
			body["data"] = nil
		}
		return answer
	}
}

// settle ends what has run its time: tasks, and removals.
func (c *cluster) settle(now time.Time) {
	c.settleTasks(now)
	for _, o := range c.of("/fileSystems").All() {
		if f := filesystemOf(o); !f.gone.IsZero() && !now.Before(f.gone) {
			c.forget(o)
		}
	}
	for _, o := range c.of("/snapshots").All() {
		if s := snapshotOf(o); !s.gone.IsZero() && !now.Before(s.gone) {
			c.of("/snapshots").Remove(o)
		}
	}
}

// of is the collection with that path.
func (c *cluster) of(path string) *simulator.Collection { return c.store.Collection(path) }

// seed puts an object into a collection, past the checks that a request meets.
func (c *cluster) seed(path string, members map[string]any, now time.Time) *simulator.Object {
	return c.store.Add(c.of(path), members, now)
}

// serial is the number in the uid of an object, for the ids that carry one.
func serial(o *simulator.Object) string {
	digits := strings.TrimLeft(o.Text("uid")[:8], "0")
	if digits == "" {
		return "0"
	}
	return digits
}
