package wekatest

import (
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

func (c *cluster) statusHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"getApiHealth": func(*simulator.Request) simulator.Response {
			return simulator.Response{Status: http.StatusOK, Body: "ok"}
		},
		"getClusterStatus": c.getStatus,
		"getStats":         c.stats,
		"getRealTimeStats": c.realTimeStats,
		"muteAlertByType":  c.mute(true), "unmuteAlertByType": c.mute(false),
	}
}

// getStatus is a sample whose important members are those of a small healthy cluster.
func (c *cluster) getStatus(r *simulator.Request) simulator.Response {
	free, now := c.free(), r.Time.UTC().Format(time.RFC3339Nano)
	up := 0
	for _, o := range c.of("/containers").All() {
		if _, _, status := c.address(o.Hidden); status == "UP" {
			up++
		}
	}
	servers := c.of("/containers").Len()
	return success(merge(c.status, map[string]any{
		"name": "simulated", "guid": clusterGUID,
		"status": "OK", "io_status": "STARTED", "init_stage": "INITIALIZED", "is_cluster": true,
		"release": c.set.release.String(), "release_hash": "0000000000000000000000000000000000000000",
		"last_init_failure": "", "last_init_failure_code": "", "last_init_failure_time": "", "upgrade": "",
		"capacity": map[string]any{
			"total_bytes": driveCapacity, "hot_spare_bytes": 0, "unprovisioned_bytes": free,
		},
		"hosts": map[string]any{
			"total_count": servers, "active_count": up,
			"backends": map[string]any{"active": up, "total": servers}, "clients": counted(0),
		},
		"drives": counted(c.of("/drives").Len()), "io_nodes": counted(2 * servers),
		"nodes":     map[string]any{"total": c.of("/processes").Len(), "blacklisted": 0},
		"hot_spare": 1, "stripe_data_drives": 3, "stripe_protection_drives": 2,
		"active_alerts_count": c.of("/alerts").Len(),
		"activity": map[string]any{
			"num_ops": 0, "num_reads": 0, "num_writes": 0, "sum_bytes_read": 0, "sum_bytes_written": 0,
			"obs_download_bytes_per_second": 0, "obs_upload_bytes_per_second": 0,
		},
		"rebuild": map[string]any{
			"progressPercent": 0, "unavailablePercent": 0, "unavailableMiB": 0,
			"totalCopiesMiB": 0, "totalCopiesDoneMiB": 0, "enoughActiveFDs": true,
			"numActiveFDs": 6, "requiredFDsForRebuild": 4, "stripeDisks": 5,
			"protectionState": []any{map[string]any{"numFailures": 0, "percent": 100, "MiB": driveCapacity >> 20}},
		},
		"time": map[string]any{
			"cluster_time": now, "cluster_local_utc_offset": "+00:00",
			"cluster_local_utc_offset_seconds": 0, "allowed_clock_skew_secs": 60,
		},
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

// mute mutes or unmutes the alerts of a type.
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
			"requested_action": "NONE", "sw_version": c.set.release.String(), "sw_release_string": c.set.release.String(),
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
				"memory": 2 << 30, "up_since": started, "sw_version": c.set.release.String(),
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
			o.Members["id"] = "HostId<" + serial(o) + ">"
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
				roles, _ := o.Members["roles"].([]any)
				return slices.ContainsFunc(r.Query["roles"], func(role string) bool {
					return slices.Contains(roles, any(strings.ToUpper(role)))
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
