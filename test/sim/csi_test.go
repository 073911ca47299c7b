package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The simulator works with the requests of the CSI driver, a public client.
func TestCSIDriver(t *testing.T) {
	p := start(t, "-plain", "-transition", "10ms")
	p.login()
	csiReadsCluster(t, p)
	p.want("POST", "fileSystems", object{"name": "csi", "group_name": "default", "total_capacity": 1 << 30})
	filesystem := p.want("GET", "fileSystems?name=csi", nil).([]any)[0].(object)
	path := "fileSystems/" + filesystem["uid"].(string)
	csiSetsQuota(t, p, path)
	csiExportsNFS(t, p)
	csiRestoresSnapshot(t, p, filesystem["uid"].(string))
	p.want("GET", path+"/mountToken", nil)
}

func csiReadsCluster(t *testing.T, p *process) {
	t.Helper()
	lives := p.want("GET", "security/defaultTokensExpiry", nil).(object)
	if lives["access_token_expiry"] != 300.0 {
		t.Errorf("got %v", lives)
	}
	if who := p.want("GET", "users/whoami", nil).(object); who["role"] != "ClusterAdmin" || who["org_name"] != "Root" {
		t.Errorf("got %v", who)
	}
	managing := 0
	for _, node := range p.want("GET", "processes", nil).([]any) {
		members := node.(object)
		if members["roles"].([]any)[0] == "MANAGEMENT" && members["mode"] == "backend" &&
			p.url == fmt.Sprintf("http://%v:%v", members["ips"].([]any)[0], members["mgmt_port"]) {
			managing++
		}
	}
	if managing != 6 {
		t.Errorf("%d processes have the simulator's address, want 6", managing)
	}
	for _, container := range p.want("GET", "containers", nil).([]any) {
		for _, name := range []string{"added_time", "start_time", "state_changed_time"} {
			if _, err := time.Parse(time.RFC3339, container.(object)[name].(string)); err != nil {
				t.Error(err)
			}
		}
	}
}

func csiSetsQuota(t *testing.T, p *process, path string) {
	t.Helper()
	inode, ok := p.want("GET", path+"/resolvePath?path=/csi-volumes/pvc-1", nil).(object)["inode_id"].(string)
	if !ok {
		t.Fatal("the inode is not a string")
	}
	if status, response, _ := p.call("GET", path+"/quota/"+inode, nil); status != 500 || response["message"] != "Directory has no quota" {
		t.Errorf("got %d %v", status, response)
	}
	p.want("PUT", path+"/quota/"+inode, object{"hard_limit_bytes": 1 << 20, "soft_limit_bytes": 1 << 20, "grace_seconds": 0})
	if list := p.want("GET", strings.Replace(path, "S", "s", 1)+"/quota", nil).([]any); len(list) != 1 {
		t.Errorf("got %v", list)
	}
	p.want("DELETE", path+"/quotas/"+inode, nil)
}

func csiExportsNFS(t *testing.T, p *process) {
	t.Helper()
	p.want("POST", "nfs/clientGroups", object{"name": "WekaCSIPluginClients"})
	group := p.want("GET", "nfs/clientGroups?name=WekaCSIPluginClients", nil).([]any)[0].(object)
	p.want("POST", "nfs/clientGroups/"+group["uid"].(string)+"/rules", object{"ip": "10.0.0.1/255.255.255.255"})
	p.want("POST", "nfs/permissions", object{
		"filesystem": "csi", "group": "WekaCSIPluginClients", "path": "/", "permission_type": "RW", "squash_mode": "none",
		"anon_uid": 65534, "anon_gid": 65534, "supported_versions": []string{"V3", "V4"}, "priority": 0,
	})
	if got := p.want("GET", "nfs/permissions", nil).([]any)[0].(object); got["anon_uid"] != "65534" || got["squash_mode"] != "none" {
		t.Errorf("got %v", got)
	}
	if got := p.want("GET", "interfaceGroups", nil).([]any)[0].(object); got["type"] != "NFS" || len(got["ips"].([]any)) == 0 {
		t.Errorf("got %v", got)
	}
}

func csiRestoresSnapshot(t *testing.T, p *process, filesystem string) {
	t.Helper()
	snapshot := p.want("POST", "snapshots", object{"fs_uid": filesystem, "name": "s", "access_point": "s"}).(object)
	if _, err := time.Parse(time.RFC3339, snapshot["creationTime"].(string)); err != nil {
		t.Error(err)
	}
	p.want("POST", "snapshots/"+filesystem+"/"+snapshot["uid"].(string)+"/restore", nil)
}
