package main

import (
	"net/http"
	"slices"
	"testing"
)

// golden is an answer as the facts print it, to an operation.
type golden struct{ operation, body string }

// goldens are by contract.
var goldens = map[string][]golden{
	"ngenea": {
		{"createToken", `{"access":"a.b.c","refresh":"d.e.f"}`},
		{"refreshToken", `{"access":"a.b.c"}`},
		{"refreshToken", `{"access":"a.b.c","refresh":"d.e.f"}`},
		{"createClientKey", `{"id":1,"name":"my_automation_key","url":"http://localhost:8000/api/auth/clientkeys/1/","api_key":"x.y"}`},
		{"listJobs", `{"count":0,"next":null,"previous":null,"results":[],"stats":{
			"type":{"migrate":0,"premigrate":0,"recall":0},
			"state":{"SUCCESS":0,"FAILURE":0,"STARTED":0,"PENDING":0,"ERROR":0},"created":{},"site":{}}}`},
		{"browseFiles", `{"url":"http://localhost:8000/api/file/?path=mmfs1&site=siteA","site":"siteA","path":"mmfs1","type":"directory",
			"size":262144,"ctime":"2025-05-14T12:01:11.995371Z","mtime":"2025-05-14T12:01:11.995371Z"}`},
		{"createSearch", `{"id":1,"url":"http://example.com/api/search/1/"}`},
		{"getConfigurations", `{"jobs_ttl":90,"search_backend":"pixstor_search","search_max_results":200,"search_result_ttl":7,
			"snapshot_create_delete_retry_timeout":1000,"stat_timeout":10,"stat_refresh_period":30,"task_invalidation_timeout":3600,
			"snapdiff_stream_timeout":10,"force_local_managed_users":false,"custom_statistics_tasks":[],"analytics_timeout":10,
			"maximum_external_results":100,"node_health_last_heartbeat_interval":120,"initial_uid":100000,"initial_gid":100000,
			"schedules_enabled":true,"salt_task_timeout":60}`},
		// One of two, without previous: the example is as careless.
		{"listFeatures", `{"count":1,"next":null,"results":[{"name":"searchui","description":"x","enabled":true},
			{"name":"bandwidth_controls","description":"y","enabled":false}]}`},
		{"updateFeature", `[{"name":"searchui","description":"x","enabled":true}]`},
		{"updateFeature", `{"name":"searchui","description":"x","enabled":true}`}, // what the framework would say
		{"runAction", `{"id":12345}`},
		{"getAction", `{"action":"discover_nodes","user":"dfoster","state":"SUCCESS","results":{}}`},
		{"getAction", `{"action":"discover_nodes","user":7,"state":"SUCCESS","results":{"nodes":[18446744073709551615]}}`},
		{"getHealth", `{"overall_health":"ok","hub_status":{"health":"ok"},
			"site_status":[{"site":"s","health":"warning","nodes":[{"name":"n","health":"critical","online":false}]}]}`},
		{"getSiteHealth", `{"site":"s","health":"ok","nodes":[{"name":"n","health":"ok","online":true}]}`},
		{"listAlerts", `[{"id":99,"site":"testexample","name":"SiteHealth","node":null,"queue":null,
			"created":"2025-07-03T14:33:00.031598Z","timestamp":"2025-08-07T12:16:00.018308Z",
			"severity":"INFO","summary":"No workers are joined","suppressed":false}]`},
	},
}

// TestGolden shows that the answers which the facts print come out whole.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, c := range contracts {
		p, err := open(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range goldens[c.name] {
			i := slices.IndexFunc(p.document.operations, func(op *operation) bool { return op.id == g.operation })
			if i < 0 {
				t.Fatalf("%s has no operation %s", c.name, g.operation)
			}
			op := p.document.operations[i]
			m, err := find(p.client, p.rows[op.id], op)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := parse([]byte(g.body))
			if err != nil {
				t.Fatal(err)
			}
			r, err := op.reply(http.StatusText(op.status), answer)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range p.exchange(t.Context(), m, op.sampleRequest(requestCases[0].sampler), r) {
				t.Errorf("%s: %s: %s", g.operation, f.rule, f.detail)
			}
		}
		p.close()
	}
}
