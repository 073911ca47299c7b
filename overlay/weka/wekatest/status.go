package wekatest

import (
	_ "embed"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// clusterGUID is the id of the simulated cluster.
const clusterGUID = "9d0c5b1e-3f6a-4c7e-8a52-1b7e6f0d2c34"

//go:embed seeds.json
var seedsJSON string

// seeds are the members of a small healthy cluster that neither the time nor its objects
// change: of the status, and of each container, process and drive; the defaults of events and
// of NFS permissions; and the events that operations add.
var seeds = simulator.Seeds[map[string]any](seedsJSON)

func apiHealth(*simulator.Request) simulator.Response {
	return simulator.Response{Status: http.StatusOK, Body: "ok"}
}

func (c *cluster) getStatus(r *simulator.Request) simulator.Response {
	up := 0
	for _, o := range c.of("/containers").All() {
		if _, _, status := c.address(o.Hidden); status == "UP" {
			up++
		}
	}
	servers := c.of("/containers").Len()
	return success(merge(c.status, map[string]any{
		"guid": clusterGUID, "release": c.set.release.String(),
		"capacity": map[string]any{"total_bytes": driveCapacity, "unprovisioned_bytes": c.free()},
		"hosts": map[string]any{
			"total_count": servers, "active_count": up, "backends": map[string]any{"active": up, "total": servers},
		},
		"drives": counted(c.of("/drives").Len()), "io_nodes": counted(2 * servers),
		"nodes":               map[string]any{"total": c.of("/processes").Len()},
		"active_alerts_count": c.of("/alerts").Len(),
		"time":                map[string]any{"cluster_time": r.Time.UTC().Format(time.RFC3339Nano)},
	}))
}

func counted(n int) map[string]any { return map[string]any{"active": n, "total": n} }

// merge returns a copy of a sample with the given members, object by object.
func merge(sample, members map[string]any) map[string]any {
	merged := maps.Clone(sample)
	for name, value := range members {
		old, isObject := merged[name].(map[string]any)
		if object, ok := value.(map[string]any); ok && isObject {
			value = merge(old, object)
		}
		merged[name] = value
	}
	return merged
}

// stats has one record for each category of the query: an idle cluster.
func (c *cluster) stats(r *simulator.Request) simulator.Response {
	categories := r.Query["category"]
	if len(categories) == 0 {
		categories = []string{"ops"}
	}
	byCategory := map[string]any{}
	for _, category := range categories {
		figures := map[string]any{}
		for _, stat := range r.Query["stat"] {
			figures[stat] = 0
		}
		byCategory[category] = []any{map[string]any{
			"timestamp": r.Time.UTC().Format(time.RFC3339), "resolution": 60, "stats": figures,
		}}
	}
	return r.Success(map[string]any{"all": byCategory})
}

// realTimeStats has a row for each process that is not for management.
func (c *cluster) realTimeStats(r *simulator.Request) simulator.Response {
	rows := []any{}
	for _, o := range c.of("/processes").All() {
		if roles, _ := o.Members["roles"].([]any); len(roles) > 0 && roles[0] == "MANAGEMENT" {
			continue
		}
		row := map[string]any{"id": o.Members["id"], "hostname": o.Members["hostname"], "cpu_utilization_percentage": 1.5}
		for _, figure := range []string{"ops_per_second", "reads_per_second", "writes_per_second", "read_bytes_per_second", "write_bytes_per_second"} {
			row[figure] = 0.0
		}
		rows = append(rows, row)
	}
	return r.Success(rows)
}

func (c *cluster) mute(on bool) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		for _, o := range c.of("/alerts").All() {
			if o.Members["type"] == r.PathValues["alert_type"] {
				o.Members["muted"] = on
			}
		}
		return success(nil)
	}
}

// backends is the smallest number of servers of a cluster; there is one for each endpoint.
const backends = 6

// backend is the endpoint of a container or a process. With fewer endpoints than backends,
// several share one.
type backend struct{ endpoint int }

// addBackends adds the servers, each with a container, a drive, and processes for
// management, drives and compute.
func (c *cluster) addBackends(endpoints int, now time.Time) {
	started := now.Add(-24 * time.Hour).UTC().Format(time.RFC3339)
	for i := range max(backends, endpoints) {
		at := backend{endpoint: i % endpoints}
		host, id := fmt.Sprintf("weka-%d", i+1), fmt.Sprintf("HostId<%d>", i)
		domain, domainID := fmt.Sprintf("DOM-%03d", i), fmt.Sprintf("FailureDomainId<%d>", i)
		release, leadership := c.set.release.String(), "MEMBER"
		if i == 0 {
			leadership = "LEADER"
		}
		container := c.seed("/containers", merge(seeds["container"], map[string]any{
			"id": id, "hostname": host, "added_time": started, "start_time": started, "state_changed_time": started,
			"failure_domain": domain, "failure_domain_id": domainID, "sw_version": release, "sw_release_string": release,
			"member_of_leadership": i < 5, "leadership_role": leadership,
		}), now)
		container.Hidden = at
		container.Members["server_identifier"] = container.Members["uid"]
		container.Members["machine_identifier"] = container.Members["uid"]
		for slot, role := range []string{"MANAGEMENT", "DRIVES", "COMPUTE"} {
			c.seed("/processes", merge(seeds["process"], map[string]any{
				"id": fmt.Sprintf("NodeId<%d>", 20*i+slot), "container_id": id, "host_id": id, "hostname": host,
				"roles": []any{role}, "slot": slot, "up_since": started, "sw_version": release, "leadership_role": leadership,
			}), now).Hidden = at
		}
		drive := c.seed("/drives", merge(seeds["drive"], map[string]any{
			"id": fmt.Sprintf("DiskId<%d>", i), "hostname": host, "host_id": id, "node_id": fmt.Sprintf("NodeId<%d>", 20*i+1),
			"size_bytes": driveCapacity / backends, "added_time": started, "state_change_time": started,
			"failure_domain": domainID, "failure_domain_name": domain,
		}), now)
		drive.Members["uuid"] = drive.Members["uid"]
	}
}

// address returns the address of a backend and whether it is UP or DOWN.
func (c *cluster) address(at any) (ip string, port int, status string) {
	b, ok := at.(backend)
	if !ok || b.endpoint >= len(c.endpoints) {
		return "192.0.2.1", 14000, "UP"
	}
	e := c.endpoints[b.endpoint]
	if c.isUp(b.endpoint) {
		return e.IP, e.Port, "UP"
	}
	return e.IP, e.Port, "DOWN"
}

// showBackend returns a container or a process with the address of its endpoint.
func (c *cluster) showBackend(o *simulator.Object, _ time.Time) map[string]any {
	shown := maps.Clone(o.Members)
	ip, port, status := c.address(o.Hidden)
	maps.Copy(shown, map[string]any{
		"ips": []any{ip}, "mgmt_port": port, "status": status,
		"container_ip": ip, "host_ip": ip, "mgmt_ips": []any{ip},
	})
	return shown
}

func (c *cluster) containerBehavior() simulator.Behavior {
	return simulator.Behavior{
		Show:   c.showBackend,
		Unique: []string{"uid"},
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			o.Members["id"] = idOf("HostId", o)
		},
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			switch filter := r.Query.Get("filter_type"); filter {
			case "ByContainer":
				return hasNumber(o.Text("id"), r.Query["container_ids"])
			case "Leadership":
				return o.Members["member_of_leadership"] == true
			default:
				return isOfKind(o, filter)
			}
		},
	}
}

func (c *cluster) processBehavior() simulator.Behavior {
	return simulator.Behavior{
		Show: c.showBackend,
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			switch filter := r.Query.Get("filter_type"); filter {
			case "ByContainerOrProcess":
				return hasNumber(o.Text("container_id"), r.Query["container_ids"]) ||
					hasNumber(o.Text("id"), r.Query["process_ids"])
			case "Roles":
				return slices.ContainsFunc(r.Query["roles"], func(role string) bool {
					return slices.Contains(listIn(o, "roles"), any(strings.ToUpper(role)))
				})
			default:
				return isOfKind(o, filter)
			}
		},
	}
}

// isOfKind applies the values of filter_type that containers and processes share.
func isOfKind(o *simulator.Object, filter string) bool {
	switch filter {
	case "Backends":
		return o.Members["mode"] == "backend"
	case "Clients":
		return o.Members["mode"] == "client"
	case "Leader":
		return o.Members["leadership_role"] == "LEADER"
	}
	return true
}

// hasNumber reports whether the number in an id such as HostId<9> is one of these.
func hasNumber(id string, numbers []string) bool {
	_, rest, _ := strings.Cut(id, "<")
	return slices.Contains(numbers, strings.TrimSuffix(rest, ">"))
}
