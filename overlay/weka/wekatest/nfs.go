package wekatest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

func (c *cluster) clientGroupBehavior() simulator.Behavior {
	return simulator.Behavior{
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			o.Members["id"] = "NfsClientGroupId<" + serial(o) + ">"
		},
		Create: wantName,
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
		Unique: []string{"filesystem", "path", "group"},
		Complete: func(o *simulator.Object, r *simulator.Request, _ time.Time) {
			c.completePermission(o, r)
		},
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			uid := r.Query.Get("fs_uid")
			f := c.filesystem(r, o.Text("filesystem"))
			return f != nil && (uid == "" || uid == f.Text("uid"))
		},
		Create: func(r *simulator.Request) *simulator.Response {
			filesystem, _ := r.Member("filesystem").(string)
			group, _ := r.Member("group").(string)
			switch {
			case c.filesystem(r, filesystem) == nil:
				return new(noFilesystem())
			case c.store.Get(c.of("/nfs/clientGroups"), r, group) == nil:
				return new(exception("Client group does not exist", "ClientGroupDoesNotExistException"))
			}
			return nil
		},
		Changed: permissionMembers,
	}
}

// completePermission gives a permission what a cluster gives one of which nothing
// is said, and the names and ids of what it joins.
func (c *cluster) completePermission(o *simulator.Object, r *simulator.Request) {
	o.Members["id"] = "NfsExportId<" + serial(o) + ">"
	defaults := map[string]any{
		"path": "/", "permission_type": "RW", "squash_mode": "none", "anon_uid": "65534", "anon_gid": "65534",
		"mount_options": "readcache",
	}
	for member, value := range defaults {
		if o.Members[member] == "" {
			o.Members[member] = value
		}
	}
	for member, value := range map[string][]any{"supported_versions": {"V3"}, "enable_auth_types": {"NONE", "SYS"}} {
		if list, _ := o.Members[member].([]any); len(list) == 0 {
			o.Members[member] = value
		}
	}
	if r == nil {
		return
	}
	filesystem, _ := r.Member("filesystem").(string)
	if f := c.filesystem(r, filesystem); f != nil {
		o.Members["filesystem"], o.Members["filesystem_id"] = f.Members["name"], f.Members["id"]
	}
	group, _ := r.Member("group").(string)
	if g := c.store.Get(c.of("/nfs/clientGroups"), r, group); g != nil {
		o.Members["group"], o.Members["group_id"] = g.Members["name"], g.Members["id"]
	}
}

// permissionMembers keeps what requests say otherwise than answers show it: ids as
// numbers, and who is squashed.
func permissionMembers(r *simulator.Request, o *simulator.Object) {
	for _, member := range []string{"anon_uid", "anon_gid"} {
		if id, given := integer(r.Member(member)); given {
			o.Members[member] = strconv.FormatInt(id, 10)
		}
	}
	o.Members["root_squashing"] = o.Members["squash_mode"] != "none"
}

func (c *cluster) nfsHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"addNfsPermission":      c.addPermission,
		"updateNfsPermission":   c.updatePermission,
		"addClientGroupRule":    c.addRule,
		"deleteClientGroupRule": c.deleteRule,
	}
}

// addPermission answers with the number of the export alone.
func (c *cluster) addPermission(r *simulator.Request) simulator.Response {
	permissions := c.of("/nfs/permissions")
	answer := c.store.Create(permissions, r)
	if answer.Status >= 400 {
		return answer
	}
	all := permissions.All()
	number, _ := strconv.ParseInt(serial(all[len(all)-1]), 16, 64)
	return r.Success(map[string]any{"exportId": number, "container_restart_needed": false})
}

func (c *cluster) updatePermission(r *simulator.Request) simulator.Response {
	permissions := c.of("/nfs/permissions")
	answer := c.store.With(permissions, "uid", func(r *simulator.Request, o *simulator.Object) simulator.Response {
		return c.store.Update(permissions, r, o)
	})(r)
	if answer.Status >= 400 {
		return answer
	}
	return r.Success(map[string]any{"container_restart_needed": false})
}

// rules are those of a client group.
func rules(group *simulator.Object) []any {
	list, _ := group.Members["rules"].([]any)
	return list
}

func (c *cluster) addRule(r *simulator.Request) simulator.Response {
	uid := r.PathValues["uid"]
	group := c.store.Get(c.of("/nfs/clientGroups"), r, uid)
	if group == nil {
		return notFound("uid", uid)
	}
	kind, rule := "IP", r.Member("ip")
	if dns := r.Member("dns"); dns != nil {
		kind, rule = "DNS", dns
	}
	if rule == nil {
		return missingParameters("ip", "dns")
	}
	for _, other := range rules(group) {
		if other.(map[string]any)["rule"] == rule {
			return badRequest(fmt.Sprintf("Could not add rule: %v already exists in the client group", rule), nil)
		}
	}
	ruleUID, number := c.store.NewUID()
	group.Members["rules"] = append(slices.Clip(rules(group)), map[string]any{
		"uid": ruleUID, "id": fmt.Sprintf("NfsClientGroupRuleId<%d>", number), "type": kind, "rule": rule,
	})
	return success(nil)
}

func (c *cluster) deleteRule(r *simulator.Request) simulator.Response {
	uid, ruleUID := r.PathValues["uid"], r.PathValues["rule_uid"]
	group := c.store.Get(c.of("/nfs/clientGroups"), r, uid)
	if group == nil {
		return notFound("uid", uid)
	}
	left := slices.DeleteFunc(slices.Clone(rules(group)), func(rule any) bool {
		return rule.(map[string]any)["uid"] == ruleUID
	})
	if len(left) == len(rules(group)) {
		return notFound("rule_uid", ruleUID)
	}
	group.Members["rules"] = left
	return success(nil)
}
