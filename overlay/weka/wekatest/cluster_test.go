package wekatest_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Clients see seeded objects, and Objects shows those that clients created.
func TestSeedAndObjects(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	uids := srv.Seed("/fileSystems", object{"name": "fs1", "total_budget": int64(1) << 40},
		object{"name": "fs2", "obs_buckets": []object{{"name": "cold"}}})
	c := login(t, srv)
	got := c.want(200, "GET", "/fileSystems/"+uids[0], nil).(object)
	if got["name"] != "fs1" || got["total_budget"] != json.Number("1099511627776") || got["group_name"] != "default" {
		t.Errorf("got %v", got)
	}
	c.wantBody(200, `"obs_buckets":[{"name":"cold"}]`, "GET", "/fileSystems/"+uids[1], nil)
	c.filesystem("fs3")
	var names []any
	for _, fs := range srv.Objects("/fileSystems") {
		names = append(names, fs["name"])
	}
	if !slices.Equal(names, []any{"fs1", "fs2", "fs3"}) {
		t.Errorf("got %v", names)
	}
	for name, call := range map[string]func(){
		"seed":      func() { srv.Seed("/nothing", object{}) },
		"objects":   func() { srv.Objects("/nothing") },
		"directory": func() { srv.MakeDirectory("none", "/a", 0) },
		"fault":     func() { srv.On("nothing").Reset() },
		"times":     func() { srv.On("").Times(0) },
		"chance":    func() { srv.On("").Chance(0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// A collection without a behavior keeps its objects.
func TestGenericCollection(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	if list := c.want(200, "GET", "/snapshotPolicy", nil).([]any); len(list) != 0 {
		t.Errorf("got %v, want none", list)
	}
	made := c.want(200, "POST", "/snapshotPolicy", object{"name": "daily", "description": "d", "enable": true}).(object)
	path := "/snapshotPolicy/" + made["uid"].(string)
	c.wantBody(400, "Could not create snapshot policy: Name already in use.", "POST", "/snapshotPolicy", object{"name": "daily"})
	c.want(200, "PUT", path, object{"new_name": "nightly", "enable": false})
	got := c.want(200, "GET", path, nil).(object)
	if got["name"] != "nightly" || got["description"] != "d" || got["enable"] != false {
		t.Errorf("got %v", got)
	}
	c.want(200, "DELETE", path, nil)
	c.wantBody(404, "not found", "GET", path, nil)
	c.wantBody(404, "not found", "PUT", path, object{})
}

// The members of a seeded object win over those of a new one.
func TestSeedOverridesDefaults(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	uid := srv.Seed("/fileSystems", object{"name": "full", "total_budget": 1 << 40, "used_total": 1 << 39})[0]
	got := login(t, srv).want(200, "GET", "/fileSystems/"+uid, nil).(object)
	if got["used_total"] != json.Number("549755813888") || got["total_budget"] != json.Number("1099511627776") {
		t.Errorf("got %v", got)
	}
}
