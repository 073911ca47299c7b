package wekatest

import (
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

func (c *cluster) interfaceGroupBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names: map[string]string{"subnet": "subnet_mask"},
		Complete: func(o *simulator.Object, _ *simulator.Request, _ time.Time) {
			o.Members["type"], o.Members["status"] = "NFS", "OK"
		},
		Create: wantName,
	}
}

func (c *cluster) interfaceGroupHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"createInterfaceGroupIp":           c.addIPs,
		"deleteIpRangeFromInterfaceGroup":  c.deleteIPs,
		"addPortToInterfaceGroup":          c.addPort,
		"addInterfaceGroupPort":            c.addPort,
		"deletePortFromInterfaceGroup":     c.deletePort,
		"getInterfaceGroupsListAssignment": c.assignments,
	}
}

// interfaceGroup returns the one that a request means, by its path or its body.
func (c *cluster) interfaceGroup(r *simulator.Request) (*simulator.Object, *simulator.Response) {
	uid, inPath := r.PathValues["uid"]
	if !inPath {
		uid, _ = r.Member("uid").(string)
	}
	if o := c.of("/interfaceGroups").Find("uid", uid); o != nil {
		return o, nil
	}
	return nil, new(notFound("uid", uid))
}

// entries is a list that an interface group has.
func entries(group *simulator.Object, member string) []any {
	list, _ := group.Members[member].([]any)
	return list
}

// addIPs takes one address or a range, as it is written.
func (c *cluster) addIPs(r *simulator.Request) simulator.Response {
	group, refusal := c.interfaceGroup(r)
	if refusal != nil {
		return *refusal
	}
	ips := entries(group, "ips")
	for ip := range strings.SplitSeq(r.Member("ips").(string), ",") {
		if slices.Contains(ips, any(ip)) {
			return badRequest("Could not add IPs: "+ip+" already exists in the interface group", nil)
		}
		ips = append(slices.Clip(ips), ip)
	}
	group.Members["ips"] = ips
	return success(nil)
}

func (c *cluster) deleteIPs(r *simulator.Request) simulator.Response {
	group, refusal := c.interfaceGroup(r)
	if refusal != nil {
		return *refusal
	}
	return c.without(group, "ips", func(ip any) bool { return ip == r.PathValues["ips"] }, "ips", r.PathValues["ips"])
}

// without takes an entry out of a list of an interface group.
func (c *cluster) without(group *simulator.Object, member string, gone func(any) bool, parameter, value string) simulator.Response {
	left := slices.DeleteFunc(slices.Clone(entries(group, member)), gone)
	if len(left) == len(entries(group, member)) {
		return notFound(parameter, value)
	}
	group.Members[member] = left
	return success(nil)
}

// portContainer is the container whose port a request is about.
func (c *cluster) portContainer(r *simulator.Request) (*simulator.Object, *simulator.Response) {
	uid, inPath := r.PathValues["container_uid"]
	if !inPath {
		uid, _ = r.Member("host_uid").(string)
	}
	if o := c.of("/containers").Find("uid", uid); o != nil {
		return o, nil
	}
	return nil, new(notFound("container_uid", uid))
}

func (c *cluster) addPort(r *simulator.Request) simulator.Response {
	group, refusal := c.interfaceGroup(r)
	if refusal != nil {
		return *refusal
	}
	container, refusal := c.portContainer(r)
	if refusal != nil {
		return *refusal
	}
	group.Members["ports"] = append(slices.Clip(entries(group, "ports")), map[string]any{
		"host_uid": container.Members["uid"], "host_id": container.Members["id"],
		"port": r.Member("port"), "status": "OK",
	})
	return success(nil)
}

func (c *cluster) deletePort(r *simulator.Request) simulator.Response {
	group, refusal := c.interfaceGroup(r)
	if refusal != nil {
		return *refusal
	}
	return c.without(group, "ports", func(port any) bool {
		members := port.(map[string]any)
		return members["host_uid"] == r.PathValues["container_uid"] && members["port"] == r.PathValues["port"]
	}, "port", r.PathValues["port"])
}

// assignments gives each port of a group one of its addresses, in turn.
func (c *cluster) assignments(r *simulator.Request) simulator.Response {
	rows := []any{}
	for _, group := range c.of("/interfaceGroups").All() {
		ports := entries(group, "ports")
		for i, ip := range entries(group, "ips") {
			if len(ports) == 0 {
				break
			}
			port := ports[i%len(ports)].(map[string]any)
			rows = append(rows, map[string]any{
				"group": group.Members["name"], "uid": group.Members["uid"], "ip": ip,
				"port": port["port"], "host_id": port["host_id"],
			})
		}
	}
	return r.Success(rows)
}
