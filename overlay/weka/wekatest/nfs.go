package wekatest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

func (c *cluster) clientGroupBehavior() simulator.Behavior {
	return simulator.Behavior{
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			o.Members["id"] = idOf("NfsClientGroupId", o)
		},
		Create: requireName,
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			name := r.Query.Get("name")
			return name == "" || name == o.Text("name")
		},
		Delete: func(_ *simulator.Request, o *simulator.Object) *simulator.Response {
			if c.of("/nfs/permissions").Find("group", o.Members["name"]) != nil {
				return new(badRequest("Client group is in use by a permission", nil))
			}
			return nil
		},
	}
}

func (c *cluster) permissionBehavior() simulator.Behavior {
	return simulator.Behavior{
		Unique:   []string{"filesystem", "path", "group"},
		Complete: c.completePermission,
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			uid := r.Query.Get("fs_uid")
			f := c.filesystem(r, o.Text("filesystem"))
			return f != nil && (uid == "" || uid == f.Text("uid"))
		},
		Create: func(r *simulator.Request) *simulator.Response {
			switch {
			case c.filesystem(r, r.Text("filesystem")) == nil:
				return new(noFilesystem())
			case c.store.Get(c.of("/nfs/clientGroups"), r, r.Text("group")) == nil:
				return new(exception("Client group does not exist", "ClientGroupDoesNotExistException"))
			}
			return nil
		},
		Changed: changedPermission,
	}
}

// completePermission sets the defaults of a permission, and the names and ids of its
// filesystem and its client group.
func (c *cluster) completePermission(o *simulator.Object, r *simulator.Request, _ time.Time) {
	o.Members["id"] = idOf("NfsExportId", o)
	setDefaults(o, seeds["permission"])
	if r == nil {
		return
	}
	if f := c.filesystem(r, r.Text("filesystem")); f != nil {
		o.Members["filesystem"], o.Members["filesystem_id"] = f.Members["name"], f.Members["id"]
	}
	if g := c.store.Get(c.of("/nfs/clientGroups"), r, r.Text("group")); g != nil {
		o.Members["group"], o.Members["group_id"] = g.Members["name"], g.Members["id"]
	}
}

// changedPermission sets the members whose form in responses differs: ids are text.
func changedPermission(r *simulator.Request, o *simulator.Object) {
	for _, member := range []string{"anon_uid", "anon_gid"} {
		if id, given := integer(r.Member(member)); given {
			o.Members[member] = strconv.FormatInt(id, 10)
		}
	}
	o.Members["root_squashing"] = o.Members["squash_mode"] != "none"
}

// addPermission responds with the number of the export alone.
func (c *cluster) addPermission(r *simulator.Request) simulator.Response {
	permissions := c.of("/nfs/permissions")
	response := c.store.Create(permissions, r)
	if response.Status >= http.StatusBadRequest {
		return response
	}
	all := permissions.All()
	return r.Success(map[string]any{"exportId": number(all[len(all)-1]), "container_restart_needed": false})
}

func (c *cluster) updatePermission(r *simulator.Request, o *simulator.Object) simulator.Response {
	response := c.store.Update(c.of("/nfs/permissions"), r, o)
	if response.Status >= http.StatusBadRequest {
		return response
	}
	return r.Success(map[string]any{"container_restart_needed": false})
}

func listIn(o *simulator.Object, member string) []any {
	list, _ := o.Members[member].([]any)
	return list
}

func appendTo(o *simulator.Object, member string, item any) simulator.Response {
	o.Members[member] = append(slices.Clip(listIn(o, member)), item)
	return success(nil)
}

// removeFrom removes items from a member that is a list, or responds that the value of a
// parameter was not found.
func removeFrom(o *simulator.Object, member string, remove func(any) bool, parameter, value string) simulator.Response {
	left := slices.DeleteFunc(slices.Clone(listIn(o, member)), remove)
	if len(left) == len(listIn(o, member)) {
		return notFound(parameter, value)
	}
	o.Members[member] = left
	return success(nil)
}

func (c *cluster) addRule(r *simulator.Request, group *simulator.Object) simulator.Response {
	kind, rule := "IP", r.Text("ip")
	if dns := r.Text("dns"); dns != "" {
		kind, rule = "DNS", dns
	}
	if rule == "" {
		return missingParameters("ip", "dns")
	}
	for _, other := range listIn(group, "rules") {
		if other.(map[string]any)["rule"] == rule {
			return badRequest(fmt.Sprintf("Could not add rule: %s already exists in the client group", rule), nil)
		}
	}
	uid, number := c.store.NewUID()
	return appendTo(group, "rules", map[string]any{
		"uid": uid, "id": fmt.Sprintf("NfsClientGroupRuleId<%d>", number), "type": kind, "rule": rule,
	})
}

func deleteRule(r *simulator.Request, group *simulator.Object) simulator.Response {
	uid := r.PathValues["rule_uid"]
	return removeFrom(group, "rules", func(rule any) bool { return rule.(map[string]any)["uid"] == uid }, "rule_uid", uid)
}

func (c *cluster) interfaceGroupBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names: map[string]string{"subnet": "subnet_mask"},
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			o.Members["type"], o.Members["status"] = "NFS", "OK"
		},
		Create: requireName,
	}
}

// onInterfaceGroup makes a handler of a function for the interface group that the path or
// the body identifies by uid.
func (c *cluster) onInterfaceGroup(next func(*simulator.Request, *simulator.Object) simulator.Response) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		uid := cmp.Or(r.PathValues["uid"], r.Text("uid"))
		if group := c.of("/interfaceGroups").Find("uid", uid); group != nil {
			return next(r, group)
		}
		return notFound("uid", uid)
	}
}

// addIPs adds addresses and ranges of addresses, separated by commas.
func addIPs(r *simulator.Request, group *simulator.Object) simulator.Response {
	ips := slices.Clone(listIn(group, "ips"))
	for ip := range strings.SplitSeq(r.Text("ips"), ",") {
		if slices.Contains(ips, any(ip)) {
			return badRequest("Could not add IPs: "+ip+" already exists in the interface group", nil)
		}
		ips = append(ips, ip)
	}
	group.Members["ips"] = ips
	return success(nil)
}

func deleteIPs(r *simulator.Request, group *simulator.Object) simulator.Response {
	ips := r.PathValues["ips"]
	return removeFrom(group, "ips", func(ip any) bool { return ip == ips }, "ips", ips)
}

// addPort adds a port of the container that the path or the body identifies by uid.
func (c *cluster) addPort(r *simulator.Request, group *simulator.Object) simulator.Response {
	uid := cmp.Or(r.PathValues["container_uid"], r.Text("host_uid"))
	container := c.of("/containers").Find("uid", uid)
	if container == nil {
		return notFound("container_uid", uid)
	}
	return appendTo(group, "ports", map[string]any{
		"host_uid": uid, "host_id": container.Members["id"], "port": r.Member("port"), "status": "OK",
	})
}

func deletePort(r *simulator.Request, group *simulator.Object) simulator.Response {
	return removeFrom(group, "ports", func(port any) bool {
		members := port.(map[string]any)
		return members["host_uid"] == r.PathValues["container_uid"] && members["port"] == r.PathValues["port"]
	}, "port", r.PathValues["port"])
}

// assignments gives each address of a group to one of its ports, in turn.
func (c *cluster) assignments(r *simulator.Request) simulator.Response {
	rows := []any{}
	for _, group := range c.of("/interfaceGroups").All() {
		ports := listIn(group, "ports")
		if len(ports) == 0 {
			continue
		}
		for i, ip := range listIn(group, "ips") {
			port := ports[i%len(ports)].(map[string]any)
			rows = append(rows, map[string]any{
				"group": group.Members["name"], "uid": group.Members["uid"], "ip": ip,
				"port": port["port"], "host_id": port["host_id"],
			})
		}
	}
	return r.Success(rows)
}
