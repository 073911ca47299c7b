package wekatest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// newGroup gives a filesystem group with the policy that a cluster starts with:
// a day on the drives, ten seconds before cold data is copied.
func (c *cluster) newGroup(name string) map[string]any {
	uid, serial := c.newUID()
	return map[string]any{
		"uid": uid, "id": fmt.Sprintf("FSGroupId<%d>", serial), "name": name,
		"target_ssd_retention": json.Number("86400"), "start_demote": json.Number("10"),
	}
}

func (c *cluster) groupBy(member, value string) map[string]any {
	i := slices.IndexFunc(c.groups, func(g map[string]any) bool { return g[member] == value })
	if i < 0 {
		return nil
	}
	return c.groups[i]
}

func (c *cluster) listGroups(*simulator.Request) simulator.Answer {
	shown := make([]any, len(c.groups))
	for i, group := range c.groups {
		shown[i] = maps.Clone(group)
	}
	return success(shown)
}

func (c *cluster) getGroup(r *simulator.Request) simulator.Answer {
	uid := r.PathValues["uid"]
	group := c.groupBy("uid", uid)
	if group == nil {
		return notFound(uid)
	}
	return success(maps.Clone(group))
}

func (c *cluster) createGroup(r *simulator.Request) simulator.Answer {
	name, _ := r.Member("name").(string)
	switch {
	case name == "":
		return badParameter("name", "must not be empty")
	case c.groupBy("name", name) != nil:
		return nameInUse("create filesystem group")
	}
	group := c.newGroup(name)
	setPolicy(group, r)
	c.groups = append(c.groups, group)
	return success(maps.Clone(group))
}

func (c *cluster) updateGroup(r *simulator.Request) simulator.Answer {
	uid := r.PathValues["uid"]
	group := c.groupBy("uid", uid)
	if group == nil {
		return notFound(uid)
	}
	if name, given := r.Member("new_name").(string); given {
		if other := c.groupBy("name", name); other != nil && other["uid"] != uid {
			return nameInUse("update filesystem group")
		}
		group["name"] = name
		for _, f := range c.filesystems {
			if f.members["group_id"] == group["id"] {
				f.members["group_name"] = name
			}
		}
	}
	setPolicy(group, r)
	return success(maps.Clone(group))
}

// setPolicy keeps the tiering policy of a body, in seconds.
func setPolicy(group map[string]any, r *simulator.Request) {
	for _, member := range []string{"target_ssd_retention", "start_demote"} {
		if value := r.Member(member); value != nil {
			group[member] = value
		}
	}
}

func (c *cluster) deleteGroup(r *simulator.Request) simulator.Answer {
	uid := r.PathValues["uid"]
	group := c.groupBy("uid", uid)
	if group == nil {
		return exception("Filesystem group does not exist", "FilesystemGroupDoesNotExistException")
	}
	if c.filesystemBy("group_id", fmt.Sprint(group["id"])) != nil {
		return badRequest("Filesystem group is in use by a filesystem", nil)
	}
	c.groups = slices.DeleteFunc(c.groups, func(g map[string]any) bool { return g["uid"] == uid })
	return success(nil)
}
