package ngeneatest

import (
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// workflowMembers are the members of a body that a Hub stores.
var workflowMembers = []string{
	"name", "label", "icon_classes", "filter_rules", "fields", "discovery", "discovery_options", "enabled", "visible",
}

// optionalMembers are the values of a workflow's optional members that are absent.
var optionalMembers = map[string]any{"discovery": nil, "discovery_options": nil, "enabled": true, "visible": true}

// workflowOf lays the members of a body over others. It returns the errors of each field;
// the workflow replaces another unless that is nil.
func (h *hub) workflowOf(r *simulator.Request, over map[string]any, replaced *item) (members, fields map[string]any) {
	members = maps.Clone(over)
	body, _ := r.Body.(map[string]any)
	for name, value := range body {
		if slices.Contains(workflowMembers, name) {
			members[name] = value
		}
	}
	return members, h.workflowErrors(body, replaced)
}

func (h *hub) createWorkflow(r *simulator.Request) simulator.Response {
	members, fields := h.workflowOf(r, optionalMembers, nil)
	if len(fields) > 0 {
		return invalid(fields)
	}
	return h.respond(h.workflows, r, h.workflows.add(members, nil, nil))
}

func (h *hub) updateWorkflow(r *simulator.Request, it *item) simulator.Response {
	return h.storeWorkflow(r, it, it.members)
}

func (h *hub) replaceWorkflow(r *simulator.Request, it *item) simulator.Response {
	return h.storeWorkflow(r, it, optionalMembers)
}

func (h *hub) storeWorkflow(r *simulator.Request, it *item, over map[string]any) simulator.Response {
	members, fields := h.workflowOf(r, over, it)
	if len(fields) > 0 {
		return invalid(fields)
	}
	members["id"] = it.members["id"]
	it.members = members
	return h.respond(h.workflows, r, it)
}

// workflowErrors returns the errors of each member of a workflow that replaces another,
// or none if that is nil.
func (h *hub) workflowErrors(members map[string]any, replaced *item) map[string]any {
	fields := map[string]any{}
	for _, member := range []string{"name", "label"} {
		text, given := members[member].(string)
		switch {
		case !given:
		case strings.TrimSpace(text) == "":
			fields[member] = []any{"This field may not be blank."}
		case member == "name" && strings.Contains(text, " "):
			fields[member] = []any{"This field may not contain spaces."}
		case member == "name":
			if other := h.workflows.find("name", text); other != nil && other != replaced {
				fields[member] = []any{"workflow with this name already exists."}
			}
		}
	}
	checkDiscovery(fields, members["discovery"])
	list, _ := members["filter_rules"].([]any)
	rules, wrong := make([]any, len(list)), false
	for i, rule := range list {
		rules[i] = map[string]any{}
		members, _ := rule.(map[string]any)
		switch members["type"] {
		case "all", "file", "directory", "symlink":
		default:
			rules[i], wrong = map[string]any{"type": []any{notAChoice(members["type"])}}, true
		}
	}
	if wrong {
		fields["filter_rules"] = rules
	}
	return fields
}

func checkDiscovery(fields map[string]any, discovery any) {
	switch discovery {
	case nil, "recursive", "snapdiff":
	default:
		fields["discovery"] = []any{notAChoice(discovery)}
	}
}

func (h *hub) submit(r *simulator.Request) simulator.Response {
	fields := map[string]any{}
	if paths, _ := r.Member("paths").([]any); len(paths) == 0 {
		fields["paths"] = []any{"This list may not be empty."}
	}
	if workflow := h.workflows.find("name", r.Member("workflow")); workflow == nil || workflow.members["enabled"] == false {
		fields["workflow"] = []any{noObject(r.Member("workflow"))}
	}
	if h.sites.find("name", r.Member("site")) == nil {
		fields["site"] = []any{noObject(r.Member("site"))}
	}
	checkDiscovery(fields, r.Member("discovery"))
	if len(fields) > 0 {
		return invalid(fields)
	}
	it := h.addJob(map[string]any{"type": r.Member("workflow"), "site": r.Member("site")}, caller(r), r.Time)
	it.hidden.(*job).submission, _ = r.Body.(map[string]any)
	return h.created(h.jobs, r, it)
}
