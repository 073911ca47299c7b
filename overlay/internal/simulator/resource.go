package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// resource is a collection as the document describes it: its operations and the schemas
// of its items.
type resource struct {
	path    string // of the collection
	id      string // the member that identifies an item in a path
	list    *Operation
	create  *Operation
	get     *Operation
	updates []*Operation
	remove  *Operation
	addable bool        // objects can be created, and identified
	aliases []*resource // the same items at other paths
	// shapes are the schemas of an item, the fullest first.
	shapes []*openapi3.Schema
}

// deriveResources derives the collections of the document: every path with a list or
// with readable items. The result is shared; copy a resource before you change it.
func (d *Document) deriveResources() []*resource {
	var all []*resource
	for _, path := range slices.Sorted(maps.Keys(d.byPath)) {
		if strings.HasSuffix(strings.TrimSuffix(path, "/"), "}") {
			continue
		}
		here := d.byPath[path]
		r := &resource{path: path, list: here["GET"], create: here["POST"]}
		if put := here["PUT"]; r.create == nil && put != nil && strings.HasPrefix(put.ID, "create") {
			r.create = put
		}
		parameter := r.findItems(d.byPath)
		if r.list == nil && r.get == nil {
			continue
		}
		r.collectShapes()
		r.chooseID(parameter)
		r.addable = r.create != nil && parameter != "" && len(r.shapes) > 0
		all = append(all, r)
	}
	return all
}

// findItems sets the operations on single items and returns the path parameter that
// identifies one, "" if there are none.
func (r *resource) findItems(byPath map[string]map[string]*Operation) string {
	prefix := strings.TrimSuffix(r.path, "/") + "/{"
	for path, there := range byPath {
		last, ok := strings.CutPrefix(strings.TrimSuffix(path, "/"), prefix)
		if !ok || strings.Contains(last, "/") {
			continue
		}
		r.get, r.remove = there["GET"], there["DELETE"]
		for _, method := range []string{"PUT", "PATCH", "POST"} {
			if there[method] != nil {
				r.updates = append(r.updates, there[method])
			}
		}
		return strings.TrimSuffix(last, "}")
	}
	return ""
}

func (r *resource) collectShapes() {
	add := func(ref *openapi3.SchemaRef) {
		if ref != nil && len(ref.Value.Properties) > 0 {
			r.shapes = append(r.shapes, ref.Value)
		}
	}
	if r.get != nil {
		add(r.get.result())
	}
	if r.list != nil {
		add(itemsOf(r.list.result()))
	}
	if r.create != nil && r.create.result() != nil && itemsOf(r.create.result()) == nil {
		add(r.create.result())
	}
}

func (r *resource) chooseID(parameter string) {
	for _, candidate := range []string{parameter, "uid", "id", parameter + "_name", "name"} {
		if r.member(candidate) != nil {
			r.id = candidate
			return
		}
	}
	r.id = parameter
}

// member returns the schema of an item's member, nil if no response has it.
func (r *resource) member(name string) *openapi3.SchemaRef {
	for _, shape := range r.shapes {
		if member := shape.Properties[name]; member != nil {
			return member
		}
	}
	return nil
}

// accepts reports whether a response may have a value as a member.
func (r *resource) accepts(name string, value any) bool {
	member := r.member(name)
	return member != nil && member.Value.VisitJSON(value, openapi3.VisitAsResponse()) == nil
}

// blank returns the members of a new item.
func (r *resource) blank() map[string]any {
	members := map[string]any{}
	for _, shape := range slices.Backward(r.shapes) {
		object, _ := Sampler{Full: true, Blank: true}.Value("", shape.NewRef()).(map[string]any)
		maps.Copy(members, object)
	}
	return members
}

// itemsOf returns the schema of the items of a list, a map or a page; nil for any other
// schema.
func itemsOf(schema *openapi3.SchemaRef) *openapi3.SchemaRef {
	switch {
	case schema == nil:
		return nil
	case schema.Value.Type.Is(openapi3.TypeArray):
		return schema.Value.Items
	case len(schema.Value.Properties) == 0:
		return schema.Value.AdditionalProperties.Schema
	}
	if member := listMember(schema.Value); member != "" {
		return itemsOf(schema.Value.Properties[member])
	}
	return nil
}

// listMember returns the member of a page that holds the list, "" if there is none.
func listMember(page *openapi3.Schema) string {
	for _, name := range []string{"data", "results", "items"} {
		if page.Properties[name] != nil {
			return name
		}
	}
	found := ""
	for name, member := range page.Properties {
		if member.Value.Type.Is(openapi3.TypeArray) {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// wrapList puts a list into the shape of its schema: a list, a map by id, or a page
// whose other members are blank.
func wrapList(schema *openapi3.SchemaRef, id string, list []any) any {
	if schema == nil || schema.Value.Type.Is(openapi3.TypeArray) {
		return list
	}
	if member := listMember(schema.Value); member != "" {
		page, _ := Sampler{Full: true, Blank: true}.Value("", schema).(map[string]any)
		page[member] = wrapList(schema.Value.Properties[member], id, list)
		return page
	}
	if schema.Value.AdditionalProperties.Schema == nil {
		return list // the schema allows anything
	}
	byID := map[string]any{}
	for _, item := range list {
		members, _ := item.(map[string]any)
		byID[fmt.Sprint(members[id])] = item
	}
	return byID
}

// project returns the members that a schema lists, with a blank value for a required
// one that is absent. A schema without members returns all.
func project(schema *openapi3.SchemaRef, members map[string]any) map[string]any {
	if schema == nil || len(schema.Value.Properties) == 0 {
		return maps.Clone(members)
	}
	shown := map[string]any{}
	for name, member := range schema.Value.Properties {
		value, ok := members[name]
		switch {
		case ok:
			shown[name] = value
		case slices.Contains(schema.Value.Required, name):
			shown[name] = Sampler{Full: true, Blank: true}.Value(name, member)
		}
	}
	return shown
}
