package ngeneatest_test

import (
	"encoding/json"
	"testing"
)

func TestSubmitRefuses(t *testing.T) {
	c := start(t)
	for member, test := range map[string]struct {
		value any
		text  string
	}{
		"workflow":  {"nope", `{"workflow":["Object with name=nope does not exist."]}`},
		"site":      {"nope", `{"site":["Object with name=nope does not exist."]}`},
		"paths":     {[]any{}, `{"paths":["This list may not be empty."]}`},
		"discovery": {"x", `{"discovery":["\"x\" is not a valid choice."]}`},
	} {
		body := submission()
		body[member] = test.value
		c.wantText(400, test.text, "POST", "/file/workflow/", body)
	}
	if n := len(c.srv.Objects("/jobs/")); n != 0 {
		t.Errorf("there are %d jobs", n)
	}
}

func TestSubmission(t *testing.T) {
	c := start(t)
	id := c.submit()
	body := c.srv.Submission(id)
	if discovery, given := body["discovery"]; !given || discovery != nil || body["workflow"] != "migrate" {
		t.Errorf("kept %v", body)
	}
}

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
