package ngeneatest_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestHealth(t *testing.T) {
	c := start(t)
	c.srv.AddSite("other")
	c.srv.Seed("/nodes/", object{"name": "other-2", "site": "other"})
	for _, step := range []struct{ down, overall, site string }{
		{"", "ok", "ok"}, {"other-1", "warning", "warning"}, {"other-2", "critical", "critical"},
	} {
		if step.down != "" {
			c.srv.SetNode(step.down, false)
		}
		if got := c.want(200, "GET", "/health", nil); got["overall_health"] != step.overall {
			t.Errorf("without %s the Hub is %v", step.down, got)
		}
		if got := c.want(200, "GET", "/sites/2/health/", nil); got["health"] != step.site || got["site"] != "other" {
			t.Errorf("without %s the site is %v", step.down, got)
		}
	}
}

func TestAlerts(t *testing.T) {
	c := start(t)
	c.wantText(200, "[]", "GET", "/alerts/", nil)
	alert := object{
		"id": 99, "site": "testexample", "name": "SiteHealth", "node": nil, "queue": nil,
		"created": "2025-07-03T14:33:00.031598Z", "timestamp": "2025-08-07T12:16:00.018308Z",
		"severity": "INFO", "summary": "No workers are joined", "suppressed": false,
	}
	c.srv.Seed("/alerts/", alert, object{"severity": "CRITICAL"})
	c.wantText(200, "["+simulatortest.Encode(t, alert)+"]", "GET", "/alerts/?severity=INFO&suppressed=false", nil)
	c.wantText(200, "[]", "GET", "/alerts/?site=none", nil)
}

func TestAdministration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, ngeneatest.WithTransitionTime(time.Second))
		if got := c.want(200, "PATCH", "/configurations/", object{"jobs_ttl": 30}); got["jobs_ttl"] != json.Number("30") || got["stat_timeout"] != json.Number("10") {
			t.Errorf("configurations are %v", got)
		}
		c.wantText(400, `{"search_backend":["\"x\" is not a valid choice."]}`, "PATCH", "/configurations/", object{"search_backend": "x"})
		c.wantText(400, `{"jobs_ttl":["A valid integer is required."]}`, "PATCH", "/configurations/", object{"jobs_ttl": "x"})

		got := c.Do("PATCH", "/features/searchui/", object{"enabled": false}).Body.([]any)
		if len(got) != 1 || got[0].(object)["enabled"] != false || c.want(200, "GET", "/features/searchui/", nil)["enabled"] != false {
			t.Errorf("the feature is %v", got)
		}
		c.want(404, "GET", "/features/none/", nil)

		if site := c.want(200, "PATCH", "/sites/1/", object{"bandwidth": 5}); site["bandwidth"] != json.Number("5") || site["name"] != "dfoster1" {
			t.Errorf("the site is %v", site)
		}
		store := object{"name": "s", "type": "S3", "bucket": "b", "accesskey": "a", "secretaccesskey": "c"}
		c.wantText(201, `{"bucket":"b","id":1,"name":"s","type":"S3"}`, "POST", "/datastores/", store)
		c.want(400, "POST", "/datastores/", store)

		action := c.want(201, "POST", "/actions/", object{"action": "discover_nodes"})
		time.Sleep(2 * time.Second)
		done := c.want(200, "GET", "/actions/"+action["id"].(json.Number).String()+"/", nil)
		if action["state"] != "PENDING" || done["state"] != "SUCCESS" || done["user"] != "dfoster" {
			t.Errorf("was %v, is %v", action, done)
		}
		c.wantText(400, `{"action":["\"x\" is not a valid choice."]}`, "POST", "/actions/", object{"action": "x"})
	})
}
