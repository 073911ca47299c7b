package contract

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A direction says whether a schema is of a request or of a response.
type direction string

const (
	sending   direction = "sent "
	receiving direction = "received "
)

// pair compares a schema of ours with the site's schema at the same place, adds what ours
// lacks, and reports what contradicts.
func (m *merger) pair(ours, theirs document.Object, d direction, where string) {
	if theirs == nil || ours == nil {
		return
	}
	ourName, named := ours.SchemaRef()
	siteName, siteNamed := theirs.SchemaRef()
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
		return // one of them is free-form
	case a == mapKind && b == "object" || a == "object" && b == mapKind:
		return
	case a != b:
		m.contradicts(where, "it is %s in the document, and %s here", b, a)
		return
	}
	if nullable && ours["nullable"] != true && d == receiving && !named {
		m.contradicts(where, "it may be null in the document")
	}
	m.pairInside(ours, theirs, d, where)
}

const mapKind = "a map"

// kindOf returns the type of a schema as far as the Go type depends on it, "" if it is
// free-form.
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
	for _, key := range site.Keys() {
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
		if d == sending && theirs.Requires(key) {
			m.contradicts(at, "it is new and required in the document; it is optional here")
		}
		if m.add(at) {
			adopted := m.adopt(property, d, m.owner(where)+document.GoName(key))
			mayBeSecret(adopted, property, key)
			adopted["x-provenance"], adopted["x-added"] = document.Documented, true
			own[key] = adopted
		}
	}
}

// owner returns the Go name of the type that has a member at a place.
func (m *merger) owner(where string) string {
	if document.Schemas(m.ours)[where] != nil {
		return document.GoName(where)
	}
	return document.GoName(strings.NewReplacer(", body", "Body", ", response", "").Replace(where))
}

func (m *merger) required(ours, theirs document.Object, key, at string) {
	here, there := ours.Requires(key), theirs.Requires(key)
	if here != there {
		m.contradicts(at, "it is %s in the document", requiredOrNot(there))
	}
}

// values adds to an enumeration of ours the values that only the site has.
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

var secretName = regexp.MustCompile(`(?i)passw|passphrase|secret|token$|_key$|api_?key|access_?key|private_?key|credential|connection_?string`)

// mayBeSecret makes a secret of a text that is one by its name, or that is never received.
func mayBeSecret(schema, theirs document.Object, key string) {
	if schema.Text("type") == "string" && schema["enum"] == nil && schema["format"] == nil &&
		(theirs["writeOnly"] == true || secretName.MatchString(key)) {
		schema["format"] = "password"
	}
}

// adopt makes a schema of ours from one that only the site has. name is the name of its type
// if it is an object or an enumeration.
func (m *merger) adopt(theirs document.Object, d direction, name string) document.Object {
	if siteName, ok := theirs.SchemaRef(); ok {
		return document.RefTo(m.component(siteName, d))
	}
	out := maps.Clone(theirs)
	switch {
	case out["properties"] != nil:
		if item := m.pageOf(theirs, d); item != "" {
			return document.RefTo(m.page(theirs, d, item))
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
	}
	return out
}

func (m *merger) adoptMembers(out, theirs document.Object, d direction, name string) {
	properties, fields := document.Object{}, map[string]string{}
	for _, key := range theirs.Object("properties").Keys() {
		if elsewhere(theirs.Object("properties", key), d) {
			continue
		}
		if err := document.CheckField(name, key, document.Object{}, fields); err != nil {
			m.say("left out: %s.%s: %v", name, key, err)
			continue
		}
		property := theirs.Object("properties", key)
		adopted := m.adopt(property, d, name+document.GoName(key))
		mayBeSecret(adopted, property, key)
		if d == sending && theirs["required"] == nil && canSendNull(adopted) {
			adopted["x-sends-null"] = true
		}
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

// canSendNull reports whether a member of a partial body is sent as null, which differs from
// its absence there.
func canSendNull(schema document.Object) bool {
	plain := slices.Contains([]string{"string", "integer", "boolean"}, schema.Text("type"))
	return schema["nullable"] == true && plain && schema["format"] == nil && schema["enum"] == nil
}

// elsewhere reports whether a member belongs to the other direction: it is read-only in a
// request, or write-only in a response.
func elsewhere(property document.Object, d direction) bool {
	return d == sending && property["readOnly"] == true || d == receiving && property["writeOnly"] == true
}

// component returns our name for a component of the site in one direction: that of the
// component that it was matched with, or of a new one. Each direction has its own component;
// the site's generator describes both by one, with members that only one of them has.
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
	if received := m.typeOf[string(receiving)+siteName]; d == sending && received != "" {
		proposed = received + "Input"
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

// pageOf returns our name for the items of a page, or "" if an object is not a page.
func (m *merger) pageOf(theirs document.Object, d direction) string {
	properties := theirs.Object("properties")
	items := properties.Object("results", "items")
	siteName, ok := items.SchemaRef()
	if !ok || properties["count"] == nil || properties["next"] == nil {
		return ""
	}
	return m.component(siteName, d)
}

// page returns the name of the component for pages of an item. drf-yasg describes pages
// inline, drf-spectacular as components.
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
