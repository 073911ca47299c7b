package wekatest

import (
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// groupManners give a filesystem group the policy that a cluster starts with: a
// day on the drives, ten seconds before cold data is copied.
func (c *cluster) groupBehavior() simulator.Behavior {
	return simulator.Behavior{
		Complete: func(o *simulator.Object, r *simulator.Request, _ time.Time) {
			o.Members["id"] = "FSGroupId<" + serial(o) + ">"
			for member, value := range map[string]int64{"target_ssd_retention": 86400, "start_demote": 10} {
				if r == nil || r.Member(member) == nil {
					o.Members[member] = value
				}
			}
		},
		Create: wantName,
		Changed: func(_ *simulator.Request, group *simulator.Object) {
			for _, o := range c.of("/fileSystems").All() {
				if o.Members["group_id"] == group.Members["id"] {
					o.Members["group_name"] = group.Members["name"]
				}
			}
		},
		Delete: func(_ *simulator.Request, group *simulator.Object) *simulator.Response {
			if c.of("/fileSystems").Find("group_id", group.Members["id"]) == nil {
				return nil
			}
			return new(badRequest("Filesystem group is in use by a filesystem", nil))
		},
	}
}

// wantName refuses to create what has an empty name.
func wantName(r *simulator.Request) *simulator.Response {
	if name, given := r.Member("name").(string); given && name == "" {
		return new(badParameter("name", "must not be empty"))
	}
	return nil
}
