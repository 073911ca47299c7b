package ngeneatest_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestWorkflows(t *testing.T) {
	c := start(t)
	body := object{
		"name": "overwrite", "label": "Overwrite", "icon_classes": []any{"fa fa-cog"}, "fields": []any{},
		"discovery": "recursive",
		"filter_rules": []any{object{
			"state": "all", "type": "file", "action": []any{object{"name": "dynamo.tasks.recall", "site": "other", "skip_hash": true}},
		}},
	}
	made := c.want(201, "POST", "/workflows/", body)
	if made["id"] != json.Number("6") || made["enabled"] != true || made["discovery_options"] != nil {
		t.Errorf("made %v", made)
	}
	changed := c.want(200, "PATCH", "/workflows/6/", object{"label": "Other", "discovery": nil})
	if changed["label"] != "Other" || changed["discovery"] != nil || changed["name"] != "overwrite" {
		t.Errorf("changed to %v", changed)
	}
	body["label"] = "Again"
	delete(body, "discovery")
	if replaced := c.want(200, "PUT", "/workflows/6/", body); replaced["label"] != "Again" || replaced["discovery"] != nil {
		t.Errorf("replaced by %v", replaced)
	}
	c.want(200, "PATCH", "/workflows/6/", object{"enabled": false})
	submitted := submission()
	submitted["workflow"] = "overwrite"
	c.want(400, "POST", "/file/workflow/", submitted)
	c.want(200, "PATCH", "/workflows/6/", object{"enabled": true})
	c.want(201, "POST", "/file/workflow/", submitted)
	if page := c.want(200, "GET", "/workflows/", nil); page["count"] != json.Number("6") {
		t.Errorf("there are %v", page["count"])
	}
	c.wantText(204, "", "DELETE", "/workflows/6/", nil)
	c.want(404, "GET", "/workflows/6/", nil)
}

func TestSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, ngeneatest.WithTransitionTime(time.Second))
		c.srv.AddSite("other")
		c.srv.AddFile("other", "/mmfs1/data/deep/cat.jpg", 7)
		found := func(body object) (counts []int) {
			made := c.want(201, "POST", "/search/", body)
			path := "/search/" + made["id"].(json.Number).String() + "/"
			if made["url"] != c.srv.URL+"/api"+path {
				t.Errorf("url is %v", made["url"])
			}
			for range 3 {
				counts = append(counts, len(c.want(200, "GET", path, nil)["results"].([]any)))
				time.Sleep(time.Second)
			}
			return counts
		}
		for _, row := range []struct {
			body object
			want []int
		}{
			{object{"path": "/mmfs1", "recursive": true}, []int{0, 1, 3}},
			{object{"path": "/mmfs1/data"}, []int{0, 1, 2}},
			{object{"path": "/mmfs1", "recursive": true, "sites": []any{"other"}}, []int{0, 2, 2}},
			{object{"path": "/mmfs1", "recursive": true, "filters": object{"core.filename": "*.jpg"}}, []int{0, 0, 1}},
			{object{"path": "/mmfs1", "recursive": true, "filters": object{"core.filename": []any{"x", "cat.jpg"}}}, []int{0, 0, 1}},
			{object{"path": "/mmfs1", "recursive": true, "filters": object{"hsm.status": "migrated"}}, []int{0, 0, 0}},
		} {
			if got := found(row.body); !reflect.DeepEqual(got, row.want) {
				t.Errorf("%v found %v, want %v", row.body, got, row.want)
			}
		}
		c.want(400, "POST", "/search/", object{"path": "/", "sites": []any{"nope"}})
	})
}

func TestBrowse(t *testing.T) {
	c := start(t)
	c.srv.AddFile("dfoster1", "/mmfs1/readme", 7)
	got := c.want(200, "GET", "/file/?path=mmfs1&site=dfoster1", nil)
	if got["type"] != "directory" || got["path"] != "mmfs1" || got["url"] != c.srv.URL+"/api/file/?path=mmfs1&site=dfoster1" {
		t.Errorf("got %v", got)
	}
	if n := len(got["children"].([]any)); n != 2 {
		t.Errorf("%d children", n)
	}
	only := c.want(200, "GET", "/file/?path=mmfs1&site=dfoster1&type=file", nil)["children"].([]any)
	if len(only) != 1 || only[0].(object)["path"] != "mmfs1/readme" || only[0].(object)["size"] != json.Number("7") {
		t.Errorf("files: %v", only)
	}
	c.want(404, "GET", "/file/?path=nothing&site=dfoster1", nil)
	c.want(400, "GET", "/file/?path=mmfs1&site=nowhere", nil)
}

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
	c.wantText(200, "["+encode(t, alert)+"]", "GET", "/alerts/?severity=INFO&suppressed=false", nil)
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

		got := c.do("PATCH", "/features/searchui/", object{"enabled": false}).body.([]any)
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
