package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// success is the lowest success of an operation: its status and the schema of its
// content, nil where the document gives none.
func (o *Operation) success() (int, *openapi3.SchemaRef) {
	if o.undocumented {
		return 200, nil
	}
	for _, code := range slices.Sorted(maps.Keys(o.responses.Map())) {
		if code[0] != '2' {
			continue
		}
		status, _ := strconv.Atoi(code)
		if status == 0 {
			status = 200 // a range such as 2XX
		}
		media := o.responses.Value(code).Value.Content.Get(mediaJSON)
		if media == nil {
			return status, nil
		}
		return status, media.Schema
	}
	return 200, nil
}

// result is the schema of what an operation is about, without the envelope; nil
// where it answers nothing.
func (o *Operation) result() *openapi3.SchemaRef {
	_, schema := o.success()
	if schema != nil && o.inData {
		return schema.Value.Properties["data"]
	}
	return schema
}

// itemsOf is the schema of the items of a list, however the list is wrapped; nil
// for what is no list.
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

// listMember is the member of a page that holds the list, "" if none does.
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

// placed puts a list where an answer has it: as it is, by id in a map, or in a
// page whose other members are blank.
func placed(schema *openapi3.SchemaRef, id string, list []any) any {
	if schema == nil || schema.Value.Type.Is(openapi3.TypeArray) {
		return list
	}
	if member := listMember(schema.Value); member != "" {
		page, _ := Sampler{Full: true, Blank: true}.Value("", schema).(map[string]any)
		page[member] = placed(schema.Value.Properties[member], id, list)
		return page
	}
	if schema.Value.AdditionalProperties.Schema == nil {
		return list // anything may stand here
	}
	byID := map[string]any{}
	for _, item := range list {
		members, _ := item.(map[string]any)
		byID[fmt.Sprint(members[id])] = item
	}
	return byID
}

// project returns the members that a schema shows, and a blank one for those that
// it requires and members lack. A schema without members shows all.
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
