package ngeneatest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// firstWorkflows are those that every Hub has.
var firstWorkflows = []map[string]any{
	builtIn("migrate", "Migrate", "recursive"),
	builtIn("premigrate", "Premigrate", "recursive"),
	builtIn("recall", "Recall", "recursive"),
	builtIn("send", "Send", "recursive"),
	builtIn("site_sync", "Site Sync", "snapdiff"),
}

func builtIn(name, label, discovery string) map[string]any {
	return map[string]any{
		"name": name, "label": label, "discovery": discovery, "discovery_options": nil,
		"icon_classes": []any{"fa fa-cog fa-stack-2x text-primary"}, "enabled": true, "visible": true,
		"fields": []any{},
		"filter_rules": []any{map[string]any{
			"state": "all", "type": "all", "action": []any{map[string]any{"name": "dynamo.tasks." + name}},
		}},
	}
}

// workflowMembers are what a body says of a workflow; a Hub ignores the rest.
var workflowMembers = []string{
	"name", "label", "icon_classes", "filter_rules", "fields", "discovery", "discovery_options", "enabled", "visible",
}

func keptOfWorkflow(r *simulator.Request) map[string]any {
	body, _ := r.Body.(map[string]any)
	kept := maps.Clone(body)
	maps.DeleteFunc(kept, func(name string, _ any) bool { return !slices.Contains(workflowMembers, name) })
	return kept
}

// optionalOfWorkflow is what a workflow has that a body does not say.
func optionalOfWorkflow() map[string]any {
	return map[string]any{"discovery": nil, "discovery_options": nil, "enabled": true, "visible": true}
}

// createWorkflow is POST /workflows/.
func (h *hub) createWorkflow(r *simulator.Request) simulator.Answer {
	kept := keptOfWorkflow(r)
	if fields := h.wrongWorkflow(kept, nil); len(fields) > 0 {
		return invalid(fields)
	}
	members := optionalOfWorkflow()
	maps.Copy(members, kept)
	return h.about(h.workflows, r, h.workflows.add(members, nil, nil))
}

func (h *hub) updateWorkflow(r *simulator.Request, it *item) simulator.Answer {
	kept := keptOfWorkflow(r)
	if fields := h.wrongWorkflow(kept, it); len(fields) > 0 {
		return invalid(fields)
	}
	maps.Copy(it.members, kept)
	return h.about(h.workflows, r, it)
}

func (h *hub) replaceWorkflow(r *simulator.Request, it *item) simulator.Answer {
	kept := keptOfWorkflow(r)
	if fields := h.wrongWorkflow(kept, it); len(fields) > 0 {
		return invalid(fields)
	}
	id := it.members["id"]
	it.members = optionalOfWorkflow()
	maps.Copy(it.members, kept)
	it.members["id"] = id
	return h.about(h.workflows, r, it)
}

// wrongWorkflow says what is wrong with the members of a workflow, which is to
// replace those of another unless that is nil.
func (h *hub) wrongWorkflow(members map[string]any, own *item) map[string]any {
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
			if other := h.workflows.find("name", text); other != nil && other != own {
				fields[member] = []any{"workflow with this name already exists."}
			}
		}
	}
	if wrong := wrongDiscovery(members["discovery"]); wrong != nil {
		fields["discovery"] = wrong
	}
	if wrong := wrongRules(members["filter_rules"]); wrong != nil {
		fields["filter_rules"] = wrong
	}
	return fields
}

func wrongDiscovery(discovery any) []any {
	switch discovery {
	case nil, "recursive", "snapdiff":
		return nil
	}
	return []any{fmt.Sprintf("\"%v\" is not a valid choice.", discovery)}
}

// wrongRules says for each rule what is wrong with it, nil if all are right.
func wrongRules(rules any) []any {
	list, _ := rules.([]any)
	wrong, found := make([]any, len(list)), false
	for i, rule := range list {
		wrong[i] = map[string]any{}
		members, _ := rule.(map[string]any)
		switch members["type"] {
		case "all", "file", "directory", "symlink":
		default:
			wrong[i], found = map[string]any{"type": []any{fmt.Sprintf("\"%v\" is not a valid choice.", members["type"])}}, true
		}
	}
	if !found {
		return nil
	}
	return wrong
}

// submit is POST /file/workflow/.
func (h *hub) submit(r *simulator.Request) simulator.Answer {
	fields := map[string]any{}
	paths, _ := r.Member("paths").([]any)
	if len(paths) == 0 {
		fields["paths"] = []any{"This list may not be empty."}
	}
	workflow := h.workflows.find("name", r.Member("workflow"))
	if workflow == nil || workflow.members["enabled"] == false {
		fields["workflow"] = []any{fmt.Sprintf("Object with name=%v does not exist.", r.Member("workflow"))}
	}
	if h.sites.find("name", r.Member("site")) == nil {
		fields["site"] = []any{fmt.Sprintf("Object with name=%v does not exist.", r.Member("site"))}
	}
	if wrong := wrongDiscovery(r.Member("discovery")); wrong != nil {
		fields["discovery"] = wrong
	}
	if len(fields) > 0 {
		return invalid(fields)
	}
	who, _ := r.Identity.(*account)
	it := h.addJob(map[string]any{"type": r.Member("workflow"), "site": r.Member("site")}, who, r.Time)
	it.hidden.(*job).submission, _ = r.Body.(map[string]any)
	return h.created(h.jobs, r, it)
}
