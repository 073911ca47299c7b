package specs

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var secretName = regexp.MustCompile(`(?i)password|secret|api_?key|private_?key`)

// adopt makes a schema of ours of one of the site's that has no counterpart. name is
// the type that it would become if it is an object or an enumeration.
func (m *merger) adopt(theirs Object, d direction, name string) Object {
	if siteName, ok := strings.CutPrefix(text(theirs["$ref"]), schemaPrefix); ok {
		return Object{"$ref": schemaPrefix + m.component(siteName, d)}
	}
	out := maps.Clone(theirs)
	switch {
	case out["properties"] != nil:
		if item := m.pageOf(theirs, d); item != "" {
			return Object{"$ref": schemaPrefix + m.page(theirs, d, item)}
		}
		m.names.take(name)
		m.adoptMembers(out, theirs, d, name)
	case out["items"] != nil:
		out["items"] = m.adopt(object(out["items"]), d, singular(name))
	case out["additionalProperties"] != nil:
		out["additionalProperties"] = m.adopt(object(out["additionalProperties"]), d, singular(name))
	case out["enum"] != nil:
		if !m.names.takeEnumeration(name, list(out["enum"])) {
			delete(out, "enum")
		}
	case text(out["type"]) == "string" && secretName.MatchString(name):
		out["format"] = "password"
	}
	return out
}

func (m *merger) adoptMembers(out, theirs Object, d direction, name string) {
	properties, fields := Object{}, map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(object(theirs["properties"]))) {
		if elsewhere(object(object(theirs["properties"])[key]), d) {
			continue
		}
		if err := checkFieldName(name, key, Object{}, fields); err != nil {
			m.say("left out: %s.%s: %v", name, key, err)
			continue
		}
		adopted := m.adopt(object(object(theirs["properties"])[key]), d, name+GoName(key))
		adopted["x-provenance"] = provenanceDocumented
		properties[key] = adopted
	}
	out["properties"] = properties
	var required []any
	for _, key := range list(theirs["required"]) {
		if properties[text(key)] != nil {
			required = append(required, key)
		}
	}
	delete(out, "required")
	if required != nil {
		out["required"] = required
	}
}

// elsewhere tells a member that this side of an operation does not have: one that is
// only answered, or only sent.
func elsewhere(property Object, d direction) bool {
	return d == sending && property["readOnly"] == true || d == answering && property["writeOnly"] == true
}

// component is our name of a component of the site on one side: the one that it was
// matched with there, or else a new component's. Each side has its own, since a
// generator of the site describes both by one, with members that only one side has.
func (m *merger) component(siteName string, d direction) string {
	key := string(d) + siteName
	if name := m.typeOf[key]; name != "" {
		return name
	}
	theirs := m.site.object(siteName)
	if item := m.pageOf(theirs, d); item != "" {
		m.typeOf[key] = m.page(theirs, d, item)
		return m.typeOf[key]
	}
	proposed := typeName(siteName, d)
	if answered := m.typeOf[string(answering)+siteName]; d == sending && answered != "" {
		proposed = answered + "Input"
	}
	name := m.names.free(proposed)
	m.typeOf[key] = name
	adopted := Object{"type": "object"}
	m.define(name, adopted)
	m.adoptMembers(adopted, theirs, d, name)
	return name
}

func (m *merger) define(name string, schema Object) {
	components := object(m.ours["components"])
	if components["schemas"] == nil {
		components["schemas"] = Object{}
	}
	object(components["schemas"])[name] = schema
}

// pageOf gives our name of the items where an object is a page of them.
func (m *merger) pageOf(theirs Object, d direction) string {
	properties := object(theirs["properties"])
	items := object(object(properties["results"])["items"])
	siteName, ok := strings.CutPrefix(text(items["$ref"]), schemaPrefix)
	if !ok || properties["count"] == nil || properties["next"] == nil {
		return ""
	}
	return m.component(siteName, d)
}

// page is the component for pages of an item: drf-yasg describes each in its place,
// drf-spectacular as a component, and both get the same name here.
func (m *merger) page(theirs Object, d direction, item string) string {
	name := item + "Page"
	if existing := object(schemas(m.ours)[name]); existing != nil && object(existing["properties"])["results"] != nil {
		return name
	}
	name = m.names.free(name)
	adopted := Object{"type": "object"}
	m.define(name, adopted)
	m.adoptMembers(adopted, theirs, d, name)
	return name
}
