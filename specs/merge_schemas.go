package specs

import (
	"maps"
	"slices"
	"strings"
)

// A direction says on which side of an operation a schema stands.
type direction string

const (
	sending   direction = "sent "
	answering direction = "answered "
)

// pair compares a schema of ours with the site's schema of the same place, adds what
// ours lacks and says what contradicts.
func (m *merger) pair(ours, theirs Object, d direction, where string) {
	if theirs == nil || ours == nil {
		return
	}
	ourName, named := strings.CutPrefix(text(ours["$ref"]), schemaPrefix)
	siteName, siteNamed := strings.CutPrefix(text(theirs["$ref"]), schemaPrefix)
	nullable := theirs["nullable"] == true
	if named {
		where = ourName
		ours = object(schemas(m.ours)[ourName])
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
func kindOf(schema Object) string {
	switch kind := text(schema["type"]); {
	case schema["$ref"] != nil || schema["properties"] != nil:
		return "object"
	case kind == "object":
		return mapKind
	default:
		return kind
	}
}

func (m *merger) pairInside(ours, theirs Object, d direction, where string) {
	switch {
	case ours["properties"] != nil:
		m.members(ours, theirs, d, where)
	case ours["items"] != nil:
		m.pair(object(ours["items"]), object(theirs["items"]), d, where+"[]")
	case ours["additionalProperties"] != nil:
		m.pair(object(ours["additionalProperties"]), object(theirs["additionalProperties"]), d, where+"[]")
	case list(ours["enum"]) != nil:
		m.values(ours, theirs, where)
	}
}

// members compares the members of two objects.
func (m *merger) members(ours, theirs Object, d direction, where string) {
	own, site := object(ours["properties"]), object(theirs["properties"])
	fields := map[string]string{}
	for key, property := range own {
		fields[fieldName(key, object(property))] = key
	}
	for _, key := range slices.Sorted(maps.Keys(site)) {
		property, at := object(site[key]), where+"."+key
		if existing := object(own[key]); existing != nil {
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
		if err := checkFieldName(where, key, Object{}, fields); err != nil {
			m.say("left out: %s: %v", at, err)
			continue
		}
		if d == sending && slices.Contains(list(theirs["required"]), any(key)) {
			m.contradicts(at, "it is new and required in the document; it is optional here")
		}
		if m.add(at) {
			adopted := m.adopt(property, d, m.owner(where)+GoName(key))
			adopted["x-provenance"] = provenanceDocumented
			own[key] = adopted
		}
	}
}

// owner is the Go name of the type whose member is at a place, as far as one can say.
func (m *merger) owner(where string) string {
	if schemas(m.ours)[where] != nil {
		return GoName(where)
	}
	return GoName(strings.NewReplacer(", body", "Body", ", answer", "").Replace(where))
}

func (m *merger) required(ours, theirs Object, key, at string) {
	here, there := slices.Contains(list(ours["required"]), any(key)), slices.Contains(list(theirs["required"]), any(key))
	if here != there {
		m.contradicts(at, "it is %s in the document", requiredOrNot(there))
	}
}

// values adds to an enumeration of ours what the site's has more.
func (m *merger) values(ours, theirs Object, where string) {
	for _, value := range list(theirs["enum"]) {
		known := list(ours["enum"])
		if slices.Contains(known, value) {
			continue
		}
		if _, err := constantsOf(append(slices.Clone(known), value), object(ours["x-enum-names"])); err != nil {
			m.say("left out: the value %q of %s: %v", text(value), where, err)
			continue
		}
		if m.add("the value " + text(value) + " of " + where) {
			ours["enum"] = append(known, value)
		}
	}
}
