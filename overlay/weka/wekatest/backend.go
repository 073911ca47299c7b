package wekatest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// backends is how many servers a simulated cluster has at least; one more for
// each endpoint beyond.
const backends = 6

// backend is what a container or a process is found by: the endpoint that it
// serves. Where there are fewer endpoints than backends, several share one.
type backend struct{ endpoint int }

// addBackends adds servers, each with a container, a drive, and a process for
// management, for drives and for computing.
func (c *cluster) addBackends(endpoints int, now time.Time) {
	for i := range max(backends, endpoints) {
		at := backend{endpoint: i % endpoints}
		host := fmt.Sprintf("weka-%d", i+1)
		started := now.Add(-24 * time.Hour).UTC().Format(time.RFC3339)
		container := c.seed("/containers", map[string]any{
			"container_name": "default", "hostname": host, "mode": "backend", "state": "ACTIVE",
			"added_time": started, "start_time": started, "state_changed_time": started,
			"cores": 3, "cores_ids": []any{1, 2, 3}, "drives_dedicated_cores": 1, "io_processes": 2,
			"memory": 8 << 30, "is_dedicated": true, "member_of_leadership": i < 5, "bandwidth": 0,
			"failure_domain": fmt.Sprintf("DOM-%03d", i), "failure_domain_id": fmt.Sprintf("FailureDomainId<%d>", i),
			"failure_domain_type": "AUTO", "leadership_role": leadership(i), "auto_remove_timeout": nil,
			"requested_action": "NONE", "sw_version": c.release.full(), "sw_release_string": c.release.full(),
			"last_failure_time": nil, "requested_action_failure_time": nil,
		}, now)
		id := fmt.Sprintf("HostId<%d>", i)
		container.Hidden, container.Members["id"] = at, id
		container.Members["server_identifier"] = container.Members["uid"]
		container.Members["machine_identifier"] = container.Members["uid"]
		container.Members["io_nodes"] = 2
		for slot, role := range []string{"MANAGEMENT", "DRIVES", "COMPUTE"} {
			process := c.seed("/processes", map[string]any{
				"container_name": "default", "container_id": id, "host_id": id, "hostname": host,
				"mode": "backend", "roles": []any{role}, "slot": slot, "network_mode": "UDP",
				"memory": 2 << 30, "up_since": started, "sw_version": c.release.full(),
				"last_fencing_reason": "INVALID", "last_join_reject_reason": "NONE", "lowest_node_path_issue": "NodeId<INVALID>",
				"leadership_role": leadership(i), "last_fencing_time": nil,
			}, now)
			process.Hidden, process.Members["id"] = at, fmt.Sprintf("NodeId<%d>", 20*i+slot)
		}
		drive := c.seed("/drives", map[string]any{
			"hostname": host, "host_id": id, "node_id": fmt.Sprintf("NodeId<%d>", 20*i+1), "status": "ACTIVE",
			"attachment": "OK", "should_be_active": true, "block_size": 512, "size_bytes": driveCapacity / backends,
			"device_path": "0000:00:1e.0", "location": "Slot 1", "vendor": "SIMULATED", "model": "Simulated NVMe",
			"failure_domain": fmt.Sprintf("FailureDomainId<%d>", i), "failure_domain_name": fmt.Sprintf("DOM-%03d", i),
			"added_time": started, "state_change_time": started, "spares_remaining": 100, "firmware": "0",
		}, now)
		drive.Members["id"], drive.Members["uuid"] = fmt.Sprintf("DiskId<%d>", i), drive.Members["uid"]
	}
}

func leadership(i int) string {
	if i == 0 {
		return "LEADER"
	}
	return "MEMBER"
}

// address is where a backend is reached, and whether it is up.
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

// located shows a container or a process with the address of its endpoint.
func (c *cluster) located(o *simulator.Object, _ time.Time) map[string]any {
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
		Show:   c.located,
		Unique: []string{"uid"},
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			o.Members["id"] = "HostId<" + serial(o) + ">"
		},
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			switch r.Query.Get("filter_type") {
			case "ByContainer":
				return numbered(o.Text("id"), r.Query["container_ids"])
			case "Backends":
				return o.Members["mode"] == "backend"
			case "Clients":
				return o.Members["mode"] == "client"
			case "Leadership":
				return o.Members["member_of_leadership"] == true
			case "Leader":
				return o.Members["leadership_role"] == "LEADER"
			}
			return true
		},
	}
}

func (c *cluster) processBehavior() simulator.Behavior {
	return simulator.Behavior{
		Show: c.located,
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			switch r.Query.Get("filter_type") {
			case "ByContainerOrProcess":
				return numbered(o.Text("container_id"), r.Query["container_ids"]) ||
					numbered(o.Text("id"), r.Query["process_ids"])
			case "Roles":
				roles, _ := o.Members["roles"].([]any)
				return slices.ContainsFunc(r.Query["roles"], func(role string) bool {
					return slices.Contains(roles, any(strings.ToUpper(role)))
				})
			case "Backends":
				return o.Members["mode"] == "backend"
			case "Clients":
				return o.Members["mode"] == "client"
			case "Leader":
				return o.Members["leadership_role"] == "LEADER"
			}
			return true
		},
	}
}

// numbered says whether the number of an id, as in HostId<9>, is one of these.
func numbered(id string, numbers []string) bool {
	_, rest, _ := strings.Cut(id, "<")
	return slices.Contains(numbers, strings.TrimSuffix(rest, ">"))
}
