package wekatest

import (
	"maps"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// clusterGUID names the simulated cluster.
const clusterGUID = "9d0c5b1e-3f6a-4c7e-8a52-1b7e6f0d2c34"

// overviewHandlers are the cluster's status and its figures.
func (c *cluster) overviewHandlers() map[string]simulator.Handler {
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

// getStatus is a sample with everything in it that a reader would act on put
// right: a small healthy cluster.
func (c *cluster) getStatus(r *simulator.Request) simulator.Response {
	free, now := c.free(), r.Time.UTC().Format(time.RFC3339Nano)
	up := 0
	for _, o := range c.of("/containers").All() {
		if _, _, status := c.address(o.Hidden); status == "UP" {
			up++
		}
	}
	servers := c.of("/containers").Len()
	return success(over(c.status, map[string]any{
		"name": "simulated", "guid": clusterGUID,
		"status": "OK", "io_status": "STARTED", "init_stage": "INITIALIZED", "is_cluster": true,
		"release": c.release.full(), "release_hash": "0000000000000000000000000000000000000000",
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

// over lays members over a sample, object by object, and leaves both as they
// are.
func over(sample, members map[string]any) map[string]any {
	laid := maps.Clone(sample)
	for name, value := range members {
		below, isObject := laid[name].(map[string]any)
		if above, ok := value.(map[string]any); ok && isObject {
			value = over(below, above)
		}
		laid[name] = value
	}
	return laid
}

// stats answers with one record for each category that was asked for: a cluster
// at rest.
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

// realTimeStats has a row for each process that does I/O.
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

// mute sets whether the alerts of a type are muted.
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
