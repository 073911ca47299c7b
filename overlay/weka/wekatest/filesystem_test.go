package wekatest_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A filesystem is CREATING, READY, renamed and resized, REMOVING and gone.
func TestFilesystemLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithTransitionTime(10*time.Second))
		c := login(t, srv)
		status := func(path, want string) {
			t.Helper()
			got := c.want(200, "GET", path, nil).(object)
			if got["status"] != want || got["is_creating"] != (want == "CREATING") ||
				got["is_ready"] != (want == "READY") || got["is_removing"] != (want == "REMOVING") {
				t.Errorf("got %v, want %s", got, want)
			}
		}
		created := c.want(200, "POST", "/fileSystems", newFilesystem("fs1", 1<<40)).(object)
		path := "/fileSystems/" + created["uid"].(string)
		status(path, "CREATING")
		time.Sleep(10 * time.Second)
		status(path, "READY")

		c.want(200, "PUT", path, object{"new_name": "fs2", "total_capacity": 2 << 40, "auth_required": true})
		c.want(200, "PUT", path, object{"new_name": "fs2"})
		list := c.want(200, "GET", "/fileSystems", nil).([]any)
		if got := list[0].(object); len(list) != 1 || got["name"] != "fs2" || got["auth_required"] != true ||
			got["total_budget"] != json.Number("2199023255552") || got["group_name"] != "default" {
			t.Errorf("got %v", list)
		}

		c.want(200, "DELETE", path+"?purge_from_obs=true", nil)
		status(path, "REMOVING")
		srv.Advance(10 * time.Second)
		c.wantBody(404, fmt.Sprintf(`{"message":"uid: '%s' not found"}`, created["uid"]), "GET", path, nil)
		c.wantBody(404, "not found", "PUT", path, object{"new_name": "fs3"})
		c.wantBody(400, `"exceptionClass":["FilesystemDoesNotExistException"]`, "DELETE", path, nil)
		if list := c.want(200, "GET", "/fileSystems", nil).([]any); len(list) != 0 {
			t.Errorf("got %v, want none", list)
		}
	})
}

func TestFilesystemErrors(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	c.want(200, "POST", "/fileSystems", newFilesystem("fs1", 1<<40))
	second := c.want(200, "POST", "/fileSystems", newFilesystem("fs2", 1<<40)).(object)["uid"].(string)

	c.wantBody(400, "Could not create filesystem: Name already in use.", "POST", "/fileSystems", newFilesystem("fs1", 1<<40))
	c.wantBody(400, "Could not update filesystem: Name already in use.", "PUT", "/fileSystems/"+second, object{"new_name": "fs1"})
	c.wantBody(400, `Not enough available drive capacity for filesystem. requested \"1.15 EB\", but only \"1.15 EB\" are free`,
		"POST", "/fileSystems", newFilesystem("fs3", 1<<60))
	c.wantBody(400, "Not enough available drive capacity", "PUT", "/fileSystems/"+second, object{"total_capacity": json.Number("9223372036854775807")})
	c.wantBody(400, `"exceptionClass":["FilesystemGroupDoesNotExistException"]`, "POST", "/fileSystems",
		object{"name": "fs3", "group_name": "none", "total_capacity": 1 << 40})
	c.wantBody(400, `"param":"total_capacity"`, "POST", "/fileSystems", newFilesystem("fs3", 1))
	c.wantBody(400, `"param":"ssd_capacity"`, "PUT", "/fileSystems/"+second, object{"ssd_capacity": 2 << 40})
	c.wantBody(400, `"param":"name"`, "POST", "/fileSystems", newFilesystem("", 1<<40))
	c.wantBody(400, `"missing_params":["group_name","total_capacity"]`, "POST", "/fileSystems", object{"name": "fs3"})
	c.wantBody(400, `"unknown_params":["size"]`, "POST", "/fileSystems", object{"name": "fs3", "size": 1})
	c.wantBody(400, `"unknown_params":["fresh"]`, "GET", "/fileSystems?fresh=true", nil)
	c.wantBody(400, `"param":"force_fresh"`, "GET", "/fileSystems?force_fresh=maybe", nil)
	c.wantBody(400, `"param":"total_capacity"`, "POST", "/fileSystems", newFilesystem("fs3", "1 T"))
}

// Sizes beyond 2^53 are exact in responses, and so is the cluster's free capacity.
func TestLargeNumbers(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	c.want(200, "POST", "/fileSystems", newFilesystem("fs1", json.Number("9007199254740993")))
	list := c.want(200, "GET", "/fileSystems", nil).([]any)
	if got := list[0].(object)["total_budget"]; got != json.Number("9007199254740993") {
		t.Errorf("total_budget is %v", got)
	}
	capacity := c.want(200, "GET", "/cluster", nil).(object)["capacity"].(object)
	if got := capacity["unprovisioned_bytes"]; got != json.Number("1143914305352105983") {
		t.Errorf("unprovisioned_bytes is %v", got)
	}
}

// A filesystem uses only its SSD capacity of the drives.
func TestTieredFilesystem(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	whole := newFilesystem("fs1", 1<<60)
	whole["ssd_capacity"] = 1 << 40
	c.want(200, "POST", "/fileSystems", whole)
	second := c.want(200, "POST", "/fileSystems", newFilesystem("fs2", 1<<59)).(object)["uid"].(string)
	c.want(200, "PUT", "/fileSystems/"+second, object{"total_capacity": 1<<59 + 1<<58})
}

func TestFilesystemGroups(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	list := c.want(200, "GET", "/fileSystemGroups", nil).([]any)
	if len(list) != 1 || list[0].(object)["name"] != "default" {
		t.Fatalf("a new cluster has the groups %v, want default", list)
	}
	uid := c.want(200, "POST", "/fileSystemGroups", object{"name": "cold", "start_demote": 60}).(object)["uid"].(string)
	path := "/fileSystemGroups/" + uid
	c.wantBody(400, "already in use", "POST", "/fileSystemGroups", object{"name": "cold"})
	c.wantBody(400, "already in use", "PUT", path, object{"new_name": "default"})
	fs := c.want(200, "POST", "/fileSystems", object{"name": "fs1", "group_name": "cold", "total_capacity": 1 << 40}).(object)

	c.want(200, "PUT", path, object{"new_name": "colder", "target_ssd_retention": 5})
	c.want(200, "PUT", path, object{"new_name": "colder"})
	got := c.want(200, "GET", path, nil).(object)
	if got["name"] != "colder" || got["start_demote"] != json.Number("60") || got["target_ssd_retention"] != json.Number("5") {
		t.Errorf("got %v", got)
	}
	fs = c.want(200, "GET", "/fileSystems/"+fs["uid"].(string), nil).(object)
	if fs["group_name"] != "colder" || fs["group_id"] != got["id"] {
		t.Errorf("the filesystem is in %v (%v), want colder", fs["group_name"], fs["group_id"])
	}
	c.wantBody(400, "in use", "DELETE", path, nil)
	c.want(200, "DELETE", "/fileSystems/"+fs["uid"].(string), nil)
	c.srv.Advance(time.Minute)
	c.want(200, "DELETE", path, nil)
	c.wantBody(404, "uid: '"+uid+"' not found", "GET", path, nil)
	c.wantBody(404, "not found", "PUT", path, object{"new_name": "x"})
	c.wantBody(400, `"exceptionClass":["FilesystemGroupDoesNotExistException"]`, "DELETE", path, nil)
}

// A cluster accepts sizes as text where its document has a number.
func TestSizesAsText(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	for _, size := range []struct {
		given any
		bytes json.Number // "" is rejected
	}{
		{"10GB", "10000000000"}, {"1.5 TiB", "1649267441664"}, {"1eib", ""}, {"8KB", "8000"},
		{"1048576", "1048576"}, {"2048 B", ""}, {"much", ""}, {"1e9", ""}, {"-1GB", ""}, {true, ""},
	} {
		body := object{"name": fmt.Sprint(size.given), "group_name": "default", "total_capacity": size.given}
		if size.bytes == "" {
			c.want(400, "POST", "/fileSystems", body)
			continue
		}
		if made := c.want(200, "POST", "/fileSystems", body).(object); made["total_budget"] != size.bytes {
			t.Errorf("%v: got %v, want %s bytes", size.given, made, size.bytes)
		}
	}
}
