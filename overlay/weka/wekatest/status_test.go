package wekatest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The backends have the addresses of the endpoints, at the new routes and the old ones; one
// that is stopped is DOWN.
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

func TestCluster(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.Release("5.1")))
	got := c.want(200, "GET", "/cluster", nil).(object)
	if got["status"] != "OK" || got["io_status"] != "STARTED" || got["release"] != "5.1.0" {
		t.Errorf("got %v", got)
	}
}
