package main

import (
	"slices"
	"testing"
)

// golden is a response of a real server to an operation.
type golden struct {
	operation, body string
	result          string // the expected result, in JSON; "" is the response without its envelope
}

func success(operation, body string) golden { return golden{operation, body, ""} }

// The sentinels for "unlimited" and an inode, as clusters send them.
const (
	noLimit = "18446744073709551615"
	inode   = "11326619722725392385"
)

// goldens are by contract.
var goldens = map[string][]golden{
	"weka": {
		success("login", `{"data":{"access_token":"a","token_type":"Bearer","expires_in":300,"refresh_token":"r","password_change_required":true}}`),
		success("login", `{"data":{"access_token":"a","token_type":"Bearer"}}`), // expires_in may be absent
		success("login", `{"data":{"access_token":"a","expires_in":null}}`),
		{"login", `{"access_token":"a","token_type":"Bearer","expires_in":300}`, `{"access_token":"a","token_type":"Bearer","expires_in":300}`},
		success("refreshToken", `{"data":{"access_token":"a","token_type":"Bearer","expires_in":9223372036854775807,"refresh_token":"r"}}`),
		success("getApiHealth", `"ok"`),
		success("getFileSystems", `{"data":null}`),
		success("getFileSystems", `{"data":[{"id":"FSId<0>","uid":"2b0f3e5a-6c1d-4f7e-9a8b-3c4d5e6f7a8b","name":"fs1",
			"status":"CREATING","is_creating":true,"is_ready":false,"is_removing":false,"obs_buckets":null}]}`),
		success("getProcesses", `{"data":[{"id":"NodeId<81>","uid":"u","roles":["MANAGEMENT"],"mode":"backend","mgmt_port":14000}]}`),
		success("resolvePath", `{"data":{"inode_id":"`+inode+`"}}`),
		success("resolvePath", `{"data":{"inode_id":`+inode+`}}`),
		success("getQuota", `{"data":{"inode_id":`+inode+`,"used_bytes":4096,"hard_limit_bytes":`+noLimit+`,"soft_limit_bytes":null,"grace_seconds":null,"status":"ADDING"}}`),
		success("getQuota", `{"data":{"inode_id":1,"hard_limit_bytes":0,"soft_limit_bytes":`+noLimit+`,"grace_seconds":4294967295,"status":"ACTIVE"}}`),
		success("listQuotas", `{"data":[{"inode_id":`+inode+`,"total_bytes":4096}],"next_token":""}`),
		success("listQuotas", `{"data":null,"next_token":null}`),
		{"listQuotas", `{"data":[{"inode_id":1}],"next_token":` + inode + `}`, `{"data":[{"inode_id":1}],"next_token":"` + inode + `"}`},
		success("getEvents", `{"data":[{"params":{"hostId":9}}],"next_token":"2025-07-03T14:33:00.031598Z"}`),
		success("getQuotaDeprecated", `{"data":{"0x9d302e4ad7000000:0":{"inodeId":`+inode+`,"grace_seconds":4294967295}}}`),
		success("getQuotaBatch", `{"data":{"0x1:0":{"inodeId":1}}}`),
		success("getSnapshot", `{"data":{"isRemoving":false,"stowStatus":"UPLOADING","localStowInfo":{"stowStatus":"UPLOADING","stowProgress":"33%"},
			"remoteStowInfo":{"stowStatus":"NONE","stowProgress":"N/A","locator":"StowVersion<INVALID>"}}}`),
		success("getTasks", `{"data":[{"type":"QUOTA_COLORING","state":"RUNNING","progress":33.3}]}`),
		success("getTokensExpiry", `{"data":{"access_token_expiry":300,"refresh_token_expiry":31536000}}`),
		success("getLicense", `{"data":{"limits":{"usable_capacity_gb":`+noLimit+`}}}`),
		success("getServers", `{"data":[{"primary_port":"14000","load":"0.5","ram_allocated":"1024","up_since_time":{"usecs":-1}}]}`),
		success("getS3ContainersAreReady", `{"data":{"2b0f3e5a-6c1d-4f7e-9a8b-3c4d5e6f7a8b":true}}`),
		success("getCloud", `{"data":{"hosts":{"HostId<0>":{"load":"0.25"}}}}`),
		success("getStats", `{"data":{"all":{"rpc":[{"stats":{"CALLS":0.5}}]}}}`),
		success("getS3Policy", `{"data":{"policy":{"Version":"2012-10-17"}}}`),
	},
	"ngenea": {
		success("createToken", `{"access":"a.b.c","refresh":"d.e.f"}`),
		success("refreshToken", `{"access":"a.b.c"}`),
		success("refreshToken", `{"access":"a.b.c","refresh":"d.e.f"}`),
		success("createClientKey", `{"id":1,"name":"my_automation_key","url":"http://localhost:8000/api/auth/clientkeys/1/","api_key":"x.y"}`),
		success("listJobs", `{"count":0,"next":null,"previous":null,"results":[],"stats":{
			"type":{"migrate":0,"premigrate":0,"recall":0},
			"state":{"SUCCESS":0,"FAILURE":0,"STARTED":0,"PENDING":0,"ERROR":0},"created":{},"site":{}}}`),
		success("browseFiles", `{"url":"http://localhost:8000/api/file/?path=mmfs1&site=siteA","site":"siteA","path":"mmfs1","type":"directory",
			"size":262144,"ctime":"2025-05-14T12:01:11.995371Z","mtime":"2025-05-14T12:01:11.995371Z"}`),
		success("createSearch", `{"id":1,"url":"http://example.com/api/search/1/"}`),
		success("getConfigurations", `{"jobs_ttl":90,"search_backend":"pixstor_search","search_max_results":200,"search_result_ttl":7,
			"snapshot_create_delete_retry_timeout":1000,"stat_timeout":10,"stat_refresh_period":30,"task_invalidation_timeout":3600,
			"snapdiff_stream_timeout":10,"force_local_managed_users":false,"custom_statistics_tasks":[],"analytics_timeout":10,
			"maximum_external_results":100,"node_health_last_heartbeat_interval":120,"initial_uid":100000,"initial_gid":100000,
			"schedules_enabled":true,"salt_task_timeout":60}`),
		// The documentation's example: it counts one of two, and has no previous.
		success("listFeatures", `{"count":1,"next":null,"results":[{"name":"searchui","description":"x","enabled":true},
			{"name":"bandwidth_controls","description":"y","enabled":false}]}`),
		success("updateFeature", `[{"name":"searchui","description":"x","enabled":true}]`),
		success("updateFeature", `{"name":"searchui","description":"x","enabled":true}`), // as the framework would send it
		success("runAction", `{"id":12345}`),
		success("getAction", `{"action":"discover_nodes","user":"dfoster","state":"SUCCESS","results":{}}`),
		success("getAction", `{"action":"discover_nodes","user":7,"state":"SUCCESS","results":{"nodes":[18446744073709551615]}}`),
		success("getHealth", `{"overall_health":"ok","hub_status":{"health":"ok"},
			"site_status":[{"site":"s","health":"warning","nodes":[{"name":"n","health":"critical","online":false}]}]}`),
		success("getSiteHealth", `{"site":"s","health":"ok","nodes":[{"name":"n","health":"ok","online":true}]}`),
		success("listAlerts", `[{"id":99,"site":"testexample","name":"SiteHealth","node":null,"queue":null,
			"created":"2025-07-03T14:33:00.031598Z","timestamp":"2025-08-07T12:16:00.018308Z",
			"severity":"INFO","summary":"No workers are joined","suppressed":false}]`),
	},
}

// Real responses are decoded completely.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, c := range contracts {
		p, err := open(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range goldens[c.name] {
			m := p.method(t, g.operation)
			for _, f := range p.exchange(t.Context(), m, m.op.sampleRequest(requestCases[0].sampler), g.served(t, m.op)) {
				t.Errorf("%s: %s: %s", g.body, f.rule, f.detail)
			}
		}
		p.close()
	}
}

func (g golden) served(t *testing.T, op *operation) response {
	t.Helper()
	if g.result != "" {
		return response{name: g.body, status: op.status, body: []byte(g.body), result: parsed(t, g.result)}
	}
	return op.newResponse(g.body, parsed(t, g.body))
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	value, err := parse([]byte(text))
	if err != nil {
		t.Fatal(text, err)
	}
	return value
}

// method finds the method of an operation.
func (p *proof) method(t *testing.T, id string) *method {
	t.Helper()
	i := slices.IndexFunc(p.document.operations, func(op *operation) bool { return op.id == id })
	if i < 0 {
		t.Fatalf("%s has no operation %s", p.contract.name, id)
	}
	m, err := find(p.client, p.rows[id], p.document.operations[i])
	if err != nil {
		t.Fatal(err)
	}
	return m
}
