package contract

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A direction says on which side of an operation a schema stands.
type direction string

const (
	sending   direction = "sent "
	answering direction = "answered "
)

// pair compares a schema of ours with the site's schema of the same place, adds what
// ours lacks and says what contradicts.
func (m *merger) pair(ours, theirs document.Object, d direction, where string) {
	if theirs == nil || ours == nil {
		return
	}
	ourName, named := strings.CutPrefix(ours.Text("$ref"), document.SchemaPrefix)
	siteName, siteNamed := strings.CutPrefix(theirs.Text("$ref"), document.SchemaPrefix)
	nullable := theirs["nullable"] == true
	if named {
		where = ourName
		ours = document.Schemas(m.ours).Object(ourName)
	}
	if siteNamed {
		theirs = m.site.object(siteName)
	}
	if named && siteNamed {
		if key := string(d) + siteName; m.typeOf[key] == "" {
			m.typeOf[key] = ourName
		}
		key := string(d) + ourName + " " + siteName
		if m.paired[key] {
			return
		}
		m.paired[key] = true
	}
	a, b := kindOf(ours), kindOf(theirs)
	switch {
	case a == "" || b == "":
		return // free-form on one side: nothing contradicts
	case a == mapKind && b == "object" || a == "object" && b == mapKind:
		return
	case a != b:
		m.contradicts(where, "it is %s in the document, and %s here", b, a)
		return
	}
	if nullable && ours["nullable"] != true && d == answering && !named {
		m.contradicts(where, "it may be null in the document")
	}
	m.pairInside(ours, theirs, d, where)
}

const mapKind = "a map"

// kindOf is the type of a schema as far as the Go type depends on it; "" if it is free-form.
func kindOf(schema document.Object) string {
	switch kind := schema.Text("type"); {
	case schema["$ref"] != nil || schema["properties"] != nil:
		return "object"
	case kind == "object":
		return mapKind
	default:
		return kind
	}
}

func (m *merger) pairInside(ours, theirs document.Object, d direction, where string) {
	switch {
	case ours["properties"] != nil:
		m.members(ours, theirs, d, where)
	case ours["items"] != nil:
		m.pair(ours.Object("items"), theirs.Object("items"), d, where+"[]")
	case ours["additionalProperties"] != nil:
		m.pair(ours.Object("additionalProperties"), theirs.Object("additionalProperties"), d, where+"[]")
	case ours.List("enum") != nil:
		m.values(ours, theirs, where)
	}
}

// members compares the members of two objects.
func (m *merger) members(ours, theirs document.Object, d direction, where string) {
	own, site := ours.Object("properties"), theirs.Object("properties")
	fields := map[string]string{}
	for key, property := range own {
		fields[document.FieldName(key, document.AsObject(property))] = key
	}
	for _, key := range slices.Sorted(maps.Keys(site)) {
		property, at := site.Object(key), where+"."+key
		if existing := own.Object(key); existing != nil {
			m.confirm(existing, at)
			m.pair(existing, property, d, at)
			if d == sending && property["readOnly"] != true {
				m.required(ours, theirs, key, at)
			}
			continue
		}
		if elsewhere(property, d) {
			continue
		}
		if err := document.CheckField(where, key, document.Object{}, fields); err != nil {
			m.say("left out: %s: %v", at, err)
			continue
		}
		if d == sending && slices.Contains(theirs.List("required"), any(key)) {
			m.contradicts(at, "it is new and required in the document; it is optional here")
		}
		if m.add(at) {
			adopted := m.adopt(property, d, m.owner(where)+document.GoName(key))
			adopted["x-provenance"] = document.Documented
			own[key] = adopted
		}
	}
}

// owner is the Go name of the type whose member is at a place, as far as one can say.
func (m *merger) owner(where string) string {
	if document.Schemas(m.ours)[where] != nil {
		return document.GoName(where)
	}
	return document.GoName(strings.NewReplacer(", body", "Body", ", answer", "").Replace(where))
}

func (m *merger) required(ours, theirs document.Object, key, at string) {
	here, there := slices.Contains(ours.List("required"), any(key)), slices.Contains(theirs.List("required"), any(key))
	if here != there {
		m.contradicts(at, "it is %s in the document", requiredOrNot(there))
	}
}

// values adds to an enumeration of ours what the site's has more.
func (m *merger) values(ours, theirs document.Object, where string) {
	for _, value := range theirs.List("enum") {
		known := ours.List("enum")
		if slices.Contains(known, value) {
			continue
		}
		if _, err := document.Constants(append(slices.Clone(known), value), ours.Object("x-enum-names")); err != nil {
			m.say("left out: the value %q of %s: %v", document.AsText(value), where, err)
			continue
		}
		if m.add("the value " + document.AsText(value) + " of " + where) {
			ours["enum"] = append(known, value)
		}
	}
}

var secretName = regexp.MustCompile(`(?i)password|secret|api_?key|private_?key`)

// adopt makes a schema of ours of one of the site's that has no counterpart. name is
// the type that it would become if it is an object or an enumeration.
func (m *merger) adopt(theirs document.Object, d direction, name string) document.Object {
	if siteName, ok := strings.CutPrefix(theirs.Text("$ref"), document.SchemaPrefix); ok {
		return document.Object{"$ref": document.SchemaPrefix + m.component(siteName, d)}
	}
	out := maps.Clone(theirs)
	switch {
	case out["properties"] != nil:
		if item := m.pageOf(theirs, d); item != "" {
			return document.Object{"$ref": document.SchemaPrefix + m.page(theirs, d, item)}
		}
		m.names.take(name)
		m.adoptMembers(out, theirs, d, name)
	case out["items"] != nil:
		out["items"] = m.adopt(out.Object("items"), d, document.Singular(name))
	case out["additionalProperties"] != nil:
		out["additionalProperties"] = m.adopt(out.Object("additionalProperties"), d, document.Singular(name))
	case out["enum"] != nil:
		if !m.names.takeEnumeration(name, out.List("enum")) {
			delete(out, "enum")
		}
	case out.Text("type") == "string" && secretName.MatchString(name):
		out["format"] = "password"
	}
	return out
}

func (m *merger) adoptMembers(out, theirs document.Object, d direction, name string) {
	properties, fields := document.Object{}, map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(theirs.Object("properties"))) {
		if elsewhere(theirs.Object("properties", key), d) {
			continue
		}
		if err := document.CheckField(name, key, document.Object{}, fields); err != nil {
			m.say("left out: %s.%s: %v", name, key, err)
			continue
		}
		adopted := m.adopt(theirs.Object("properties", key), d, name+document.GoName(key))
		adopted["x-provenance"] = document.Documented
		properties[key] = adopted
	}
	out["properties"] = properties
	var required []any
	for _, key := range theirs.List("required") {
		if properties[document.AsText(key)] != nil {
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
func elsewhere(property document.Object, d direction) bool {
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
	adopted := document.Object{"type": "object"}
	m.define(name, adopted)
	m.adoptMembers(adopted, theirs, d, name)
	return name
}

func (m *merger) define(name string, schema document.Object) {
	components := m.ours.Object("components")
	if components["schemas"] == nil {
		components["schemas"] = document.Object{}
	}
	components.Object("schemas")[name] = schema
}

// pageOf gives our name of the items where an object is a page of them.
func (m *merger) pageOf(theirs document.Object, d direction) string {
	properties := theirs.Object("properties")
	items := properties.Object("results", "items")
	siteName, ok := strings.CutPrefix(items.Text("$ref"), document.SchemaPrefix)
	if !ok || properties["count"] == nil || properties["next"] == nil {
		return ""
	}
	return m.component(siteName, d)
}

// page is the component for pages of an item: drf-yasg describes each in its place,
// drf-spectacular as a component, and both get the same name here.
func (m *merger) page(theirs document.Object, d direction, item string) string {
	name := item + "Page"
	if existing := document.Schemas(m.ours).Object(name); existing != nil && existing.Object("properties")["results"] != nil {
		return name
	}
	name = m.names.free(name)
	adopted := document.Object{"type": "object"}
	m.define(name, adopted)
	m.adoptMembers(adopted, theirs, d, name)
	return name
}
