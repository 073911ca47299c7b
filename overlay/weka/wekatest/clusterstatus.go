package wekatest

import (
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// release is the release that the simulated cluster runs.
const release = "5.1.0"

// getStatus is a sample with everything in it that a reader would act on put
// right: a small healthy cluster.
func (c *cluster) getStatus(r *simulator.Request) simulator.Answer {
	free, now := c.free(), r.Time.UTC().Format(time.RFC3339Nano)
	return success(over(c.status, map[string]any{
		"name": "simulated", "guid": "9d0c5b1e-3f6a-4c7e-8a52-1b7e6f0d2c34",
		"status": "OK", "io_status": "STARTED", "init_stage": "INITIALIZED", "is_cluster": true,
		"release": release, "release_hash": "0000000000000000000000000000000000000000",
		"last_init_failure": "", "last_init_failure_code": "", "last_init_failure_time": "", "upgrade": "",
		"capacity": map[string]any{
			"total_bytes": driveCapacity, "hot_spare_bytes": 0, "unprovisioned_bytes": free,
		},
		"hosts": map[string]any{
			"total_count": 6, "active_count": 6,
			"backends": counted(6), "clients": counted(0),
		},
		"drives": counted(6), "io_nodes": counted(6), "nodes": map[string]any{"total": 18, "blacklisted": 0},
		"hot_spare": 1, "stripe_data_drives": 3, "stripe_protection_drives": 2,
		"active_alerts_count": 0,
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
