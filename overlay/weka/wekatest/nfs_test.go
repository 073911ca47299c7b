package wekatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

func TestNFS(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	fs := c.filesystem("fs1")
	group := c.want(200, "POST", "/nfs/clientGroups", object{"name": "clients"}).(object)
	groupPath := "/nfs/clientGroups/" + group["uid"].(string)
	c.wantBody(400, "already in use", "POST", "/nfs/clientGroups", object{"name": "clients"})
	c.want(200, "POST", groupPath+"/rules", object{"ip": "10.0.0.0/8"})
	c.want(200, "POST", groupPath+"/rules", object{"dns": "*.example.com"})
	c.want(400, "POST", groupPath+"/rules", object{"ip": "10.0.0.0/8"})
	rules := c.want(200, "GET", groupPath, nil).(object)["rules"].([]any)
	if len(rules) != 2 || rules[0].(object)["type"] != "IP" || rules[1].(object)["rule"] != "*.example.com" {
		t.Fatalf("got %v", rules)
	}
	c.want(200, "DELETE", groupPath+"/rules/"+rules[0].(object)["uid"].(string), nil)
	c.want(404, "DELETE", groupPath+"/rules/none", nil)

	permission := object{"filesystem": "fs1", "group": "clients", "squash_mode": "root", "anon_uid": 1000, "supported_versions": []string{"V3", "V4"}}
	if got := c.want(200, "POST", "/nfs/permissions", permission).(object); got["exportId"] == nil {
		t.Errorf("got %v", got)
	}
	c.wantBody(400, "already in use", "POST", "/nfs/permissions", permission)
	c.wantBody(400, "FilesystemDoesNotExistException", "POST", "/nfs/permissions", object{"filesystem": "none", "group": "clients"})
	c.wantBody(400, "ClientGroupDoesNotExistException", "POST", "/nfs/permissions", object{"filesystem": "fs1", "group": "none"})
	list := c.want(200, "GET", "/nfs/permissions?fs_uid="+fs[len("/fileSystems/"):], nil).([]any)
	got := list[0].(object)
	if len(list) != 1 || got["path"] != "/" || got["permission_type"] != "RW" || got["anon_uid"] != "1000" || got["anon_gid"] != "65534" ||
		got["root_squashing"] != true || got["group_id"] != group["id"] {
		t.Errorf("got %v", list)
	}
	path := "/nfs/permissions/" + got["uid"].(string)
	c.want(200, "PUT", path, object{"permission_type": "RO", "squash_mode": "none"})
	if got := c.want(200, "GET", path, nil).(object); got["permission_type"] != "RO" || got["root_squashing"] != false {
		t.Errorf("got %v", got)
	}
	c.wantBody(400, `"exceptionClass":["FilesystemInUseByNFSException"]`, "DELETE", fs, nil)
	c.wantBody(400, "in use", "DELETE", groupPath, nil)
	c.want(200, "DELETE", path, nil)
	c.wantBody(400, `"exceptionClass":["PermissionDoesNotExistException"]`, "DELETE", path, nil)
	c.want(200, "DELETE", groupPath, nil)
	c.wantBody(404, "not found", "GET", groupPath, nil)
}

func TestInterfaceGroups(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	group := c.want(200, "POST", "/interfaceGroups", object{"name": "ig", "type": "NFS", "subnet": "255.255.255.0", "gateway": "10.0.0.1"}).(object)
	path := "/interfaceGroups/" + group["uid"].(string)
	container := c.want(200, "GET", "/containers", nil).([]any)[0].(object)
	c.want(200, "POST", path+"/ips", object{"ips": "10.0.0.5-10.0.0.9"})
	c.wantBody(400, "already exists", "POST", path+"/ips", object{"ips": "10.0.0.5-10.0.0.9"})
	port := path + "/ports/" + container["uid"].(string)
	c.want(200, "POST", port, object{"port": "eth0"})
	c.wantBody(200, `"port":"eth0"`, "GET", "/interfaceGroups/listAssignment", nil)
	got := c.want(200, "GET", path, nil).(object)
	if got["subnet_mask"] != "255.255.255.0" || got["ips"].([]any)[0] != "10.0.0.5-10.0.0.9" ||
		got["ports"].([]any)[0].(object)["host_id"] != container["id"] {
		t.Errorf("got %v", got)
	}
	c.want(200, "PUT", path, object{"gateway": "10.0.0.2"})
	c.want(200, "DELETE", port+"/eth0", nil)
	c.want(404, "DELETE", port+"/eth0", nil)
	c.want(200, "DELETE", path+"/ips/10.0.0.5-10.0.0.9", nil)
	c.want(200, "DELETE", path, nil)
	c.want(404, "GET", path, nil)
}
