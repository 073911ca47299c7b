package specs

import (
	"strings"
)

// pathParameters compares those in the path by their order: names may differ.
func (m *merger) pathParameters(own, theirs operation) {
	names, others := templateNames(own.Path), templateNames(theirs.Path)
	for i := range names {
		ours, site := parameterOf(own, "path", names[i]), parameterOf(theirs, "path", others[i])
		if ours == nil || site == nil {
			continue
		}
		m.confirm(ours, own.name()+", parameter "+names[i])
		m.pair(object(ours["schema"]), object(site["schema"]), sending, own.name()+", parameter "+names[i])
	}
}

func templateNames(path string) []string {
	var names []string
	for segment := range strings.SplitSeq(path, "/") {
		if isParameter(segment) {
			names = append(names, segment[1:len(segment)-1])
		}
	}
	return names
}

func parameterOf(o operation, in, name string) Object {
	for _, parameter := range o.parameters() {
		if text(parameter["in"]) == in && text(parameter["name"]) == name {
			return parameter
		}
	}
	return nil
}

// parameter compares one in the query, or adds it as an optional one.
func (m *merger) parameter(own operation, theirs Object) {
	name, in := text(theirs["name"]), text(theirs["in"])
	where := own.name() + ", parameter " + name
	ours := parameterOf(own, in, name)
	switch {
	case in == "path":
	case in != "query":
		m.say("left out: %s: it is in %s", where, in)
	case ours != nil:
		m.confirm(ours, where)
		m.pair(object(ours["schema"]), object(theirs["schema"]), sending, where)
		if (ours["required"] == true) != (theirs["required"] == true) {
			m.contradicts(where, "it is %s in the document", requiredOrNot(theirs["required"] == true))
		}
	default:
		if theirs["required"] == true {
			m.contradicts(where, "it is new and required in the document; it is optional here")
		}
		m.addParameter(own, theirs, where)
	}
}

func requiredOrNot(required bool) string {
	if required {
		return "required"
	}
	return "optional"
}

func (m *merger) addParameter(own operation, theirs Object, where string) {
	fields := map[string]string{}
	for _, parameter := range own.parameters() {
		if text(parameter["in"]) == "query" {
			fields[fieldName(text(parameter["name"]), parameter)] = text(parameter["name"])
		}
	}
	if err := checkFieldName(own.name(), text(theirs["name"]), Object{}, fields); err != nil {
		m.say("left out: %s: %v", where, err)
		return
	}
	if m.add(where) {
		own.Object["parameters"] = append(list(own.Object["parameters"]), m.queryParameter(own.id(), theirs))
	}
}

// queryParameter makes a parameter of ours of one of the site's.
func (m *merger) queryParameter(id string, theirs Object) Object {
	name := text(theirs["name"])
	out := Object{"in": "query", "name": name, "x-provenance": provenanceDocumented}
	for _, key := range []string{"style", "explode"} {
		if theirs[key] != nil {
			out[key] = theirs[key]
		}
	}
	schema := m.adopt(object(theirs["schema"]), sending, GoName(id)+GoName(name))
	if !isPlain(schema) && !isPlain(object(schema["items"])) {
		schema = Object{"type": "string"}
	}
	out["schema"] = schema
	return out
}

// isPlain tells a single value from an object or a list.
func isPlain(schema Object) bool {
	switch text(schema["type"]) {
	case "string", "integer", "number", "boolean":
		return true
	}
	return false
}
