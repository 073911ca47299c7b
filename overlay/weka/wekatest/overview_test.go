package wekatest_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The backends are where the endpoints are, under the new names and the old, and
// one that was stopped is DOWN.
func TestBackends(t *testing.T) {
	srv := wekatest.New(t, wekatest.Endpoints(2), wekatest.Plain())
	c := login(t, srv)
	containers := c.want(200, "GET", "/containers?filter_type=Backends", nil).([]any)
	hosts := c.want(200, "GET", "/hosts", nil).([]any)
	if len(containers) != 6 || len(hosts) != 6 {
		t.Fatalf("got %d containers and %d hosts, want 6", len(containers), len(hosts))
	}
	second := containers[1].(object)
	at := fmt.Sprintf("http://%s:%s", second["ips"].([]any)[0], second["mgmt_port"])
	if at != srv.URLs()[1] || hosts[1].(object)["host_ip"] != second["container_ip"] || hosts[1].(object)["uid"] != second["uid"] {
		t.Errorf("the second is at %s, want %s; the host is %v", at, srv.URLs()[1], hosts[1])
	}
	managing := c.want(200, "GET", "/processes?filter_type=Roles&roles=Management", nil).([]any)
	nodes := c.want(200, "GET", "/nodes", nil).([]any)
	if len(managing) != 6 || len(nodes) != 18 || nodes[0].(object)["host_id"] != "HostId<0>" ||
		managing[1].(object)["mgmt_port"] != second["mgmt_port"] {
		t.Errorf("got %d of %d processes: %v", len(managing), len(nodes), managing[1])
	}
	one := c.want(200, "GET", "/containers?filter_type=ByContainer&container_ids=3", nil).([]any)
	if len(one) != 1 || one[0].(object)["id"] != "HostId<3>" {
		t.Errorf("got %v, want HostId<3>", one)
	}
	if drives := c.want(200, "GET", "/drives", nil).([]any); len(drives) != 6 {
		t.Errorf("got %d drives, want 6", len(drives))
	}
	srv.StopEndpoint(1)
	hosted := c.want(200, "GET", "/cluster", nil).(object)["hosts"].(object)
	if second = c.want(200, "GET", "/containers/"+second["uid"].(string), nil).(object); second["status"] != "DOWN" || hosted["active_count"] != json.Number("3") {
		t.Errorf("the container is %v, the cluster has %v", second["status"], hosted)
	}
}

// Events come in pages whose cursor is a UUID, or a time where they are local.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithPageSize(2))
		c := login(t, srv)
		time.Sleep(time.Second) // the login is an event too
		since := time.Now().UTC().Format(time.RFC3339Nano)
		for i := range 4 {
			c.filesystem(fmt.Sprintf("fs%d", i))
		}
		c.want(200, "POST", "/events/custom", object{"message": "hello"})
		for path, cursorLike := range map[string]string{"/events?": "-4000-8000-", "/events/local?": "T"} {
			found, query := []any{}, "start_time="+url.QueryEscape(since)
			for range 3 {
				status, answer := c.do("GET", path+query, nil)
				if status != 200 {
					t.Fatalf("got %d %v", status, answer)
				}
				found = append(found, answer.(object)["data"].([]any)...)
				next, _ := answer.(object)["next_token"].(string)
				query = "start_time=" + url.QueryEscape(since) + "&next_token=" + url.QueryEscape(next)
				if len(found) < 5 && len(next) < 20 {
					t.Errorf("%s: the cursor is %q, want one like %s", path, next, cursorLike)
				}
			}
			if len(found) != 5 {
				t.Errorf("%s: found %d events, want 5", path, len(found))
			}
		}
		newest := c.want(200, "GET", "/events?num_results=1", nil).([]any)[0].(object)
		if newest["type"] != "CustomEvent" || newest["description"] != "hello" {
			t.Errorf("got %v, want the newest", newest)
		}
		c.wantBody(200, "FilesystemAdded", "GET", "/events?type_list=FilesystemAdded&sort_order=asc", nil)
		c.wantBody(200, `{"data":null}`, "GET", "/events?severity=critical", nil)
		c.wantBody(400, `"param":"start_time"`, "GET", "/events?start_time=yesterday", nil)
	})
}

func TestAlertsAndStats(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	c.wantBody(200, `{"data":null}`, "GET", "/alerts", nil)
	srv.Seed("/alerts", object{"type": "DriveDown", "title": "Drive down"})
	c.want(200, "PUT", "/alerts/DriveDown/mute", object{"duration": 60})
	alert := c.want(200, "GET", "/alerts", nil).([]any)[0].(object)
	if alert["title"] != "Drive down" || alert["muted"] != true {
		t.Errorf("got %v", alert)
	}
	if n := c.want(200, "GET", "/cluster", nil).(object)["active_alerts_count"]; n != json.Number("1") {
		t.Errorf("the cluster has %v alerts", n)
	}
	c.wantBody(200, `"ops":[{`, "GET", "/stats?category=ops&stat=READS", nil)
	if rows := c.want(200, "GET", "/stats/realtime", nil).([]any); len(rows) != 12 {
		t.Errorf("got %d rows, want 12", len(rows))
	}
}

func TestS3(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	fs := c.filesystem("fs1")[len("/fileSystems/"):]
	c.wantBody(200, `"active":false`, "GET", "/s3", nil)
	cluster := object{"config_fs_name": "fs1", "default_fs_name": "fs1", "key": "k", "secret": "s"}
	c.want(200, "POST", "/s3", cluster)
	c.want(400, "POST", "/s3", cluster)

	c.want(200, "POST", "/s3/buckets", object{"bucket_name": "b1", "fs_uid": fs, "hard_quota": "10MB", "policy": "Public"})
	c.wantBody(400, "already in use", "POST", "/s3/buckets", object{"bucket_name": "b1"})
	c.wantBody(400, `"param":"hard_quota"`, "POST", "/s3/buckets", object{"bucket_name": "b2", "hard_quota": "much"})
	c.wantBody(200, `"buckets":[{"fs":"fs1","hard_limit_bytes":10000000,"name":"b1","path":"/b1","used_bytes":0}]`, "GET", "/s3/buckets", nil)
	c.wantBody(200, `"policy":"Public"`, "GET", "/s3/buckets/b1/policy", nil)
	c.want(200, "PUT", "/s3/buckets/b1/policyJson", object{"policy_file_content": object{"Version": "2012-10-17"}})
	c.wantBody(200, `{\"Version\":\"2012-10-17\"}`, "GET", "/s3/buckets/b1/policyJson", nil)
	c.want(200, "PUT", "/s3/buckets/b1/quota", object{"hard_quota": "1GiB"})
	c.wantBody(200, "1073741824", "GET", "/s3/buckets", nil)
	c.wantBody(404, `bucket: 'b2' not found`, "GET", "/s3/buckets/b2/policy", nil)

	c.want(200, "POST", "/s3/policies", object{"policy_name": "p1", "policy_file_content": object{"x": 1}})
	c.want(400, "POST", "/s3/policies", object{"policy_name": "p1", "policy_file_content": object{"x": 1}})
	c.wantBody(200, `"p1"`, "GET", "/s3/policies", nil)
	c.wantBody(200, `"x":1`, "GET", "/s3/policies/p1", nil)
	c.want(200, "POST", "/s3/policies/attach", object{"policy_name": "p1", "user_name": "admin"})
	c.wantBody(200, `"users":{"admin":"p1"}`, "GET", "/s3/userPolicies", nil)
	c.want(200, "POST", "/s3/policies/detach", object{"user_name": "admin"})
	c.want(200, "DELETE", "/s3/policies/p1", nil)
	c.want(404, "GET", "/s3/policies/p1", nil)

	status, key := c.do("POST", "/s3/serviceAccounts", object{})
	access, _ := key.(object)["access_key"].(string)
	if status != 200 || access == "" || key.(object)["secret_key"] == nil {
		t.Fatalf("got %d %v", status, key)
	}
	c.wantBody(200, `"access_key":"`+access+`"`, "GET", "/s3/serviceAccounts", nil)
	c.wantBody(200, `"parent_user":"admin"`, "GET", "/s3/serviceAccounts/"+access, nil)
	c.want(200, "DELETE", "/s3/serviceAccounts/"+access, nil)
	c.want(404, "GET", "/s3/serviceAccounts/"+access, nil)
	c.want(200, "DELETE", "/s3/buckets/b1", nil)
}
