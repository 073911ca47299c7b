package specs

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// added takes over an operation that only the site has.
func (m *merger) added(theirs operation) {
	path := m.ownPath(theirs.Path)
	what := theirs.Method + " " + path
	if reason := unfit(theirs, path); reason != "" {
		m.say("left out: %s: %s", what, reason)
		return
	}
	id, ok := m.names.operation(identifierOf(m.site, theirs, path))
	if !ok {
		m.say("left out: %s: no name is free for it", what)
		return
	}
	m.offered = append(m.offered, what)
	if !m.accept(what) {
		return
	}
	service := m.service(path)
	operation := Object{
		"operationId": id, "tags": []any{service}, "x-provenance": provenanceDocumented,
		"responses": m.addedAnswer(theirs, id),
	}
	if theirs.Object["deprecated"] == true {
		operation["deprecated"] = true
	}
	if parameters := m.addedParameters(theirs, path, id); parameters != nil {
		operation["parameters"] = parameters
	}
	if content := jsonContent(object(theirs.Object["requestBody"])); content != nil && m.sendsMembers(object(content["schema"])) {
		schema := m.adopt(object(content["schema"]), sending, GoName(id)+"Body")
		operation["requestBody"] = Object{"required": true, "content": Object{"application/json": Object{"schema": schema}}}
	}
	paths := object(m.ours["paths"])
	if paths[path] == nil {
		paths[path] = Object{}
	}
	object(paths[path])[strings.ToLower(theirs.Method)] = operation
	m.say("added: %s as %s.%s", what, GoName(service), GoName(id))
}

// sendsMembers tells a body from one that a generator of the site put there although
// all its members are only answered.
func (m *merger) sendsMembers(schema Object) bool {
	if name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix); ok {
		schema = m.site.object(name)
	}
	if schema["properties"] == nil {
		return true
	}
	for _, property := range object(schema["properties"]) {
		if !elsewhere(object(property), sending) {
			return true
		}
	}
	return false
}

// unfit says why an operation cannot be generated, or "".
func unfit(theirs operation, path string) string {
	switch answer := success(theirs); {
	case !pathShape.MatchString(path) || strings.ContainsAny(path, "?#\"`\\"):
		return "its path holds what no path should"
	case !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, theirs.Method):
		return "its method is not one of the API's"
	case answer == nil:
		return "it describes no answer of a success"
	case len(object(answer["content"])) > 0 && jsonContent(answer) == nil:
		return "it answers something other than JSON"
	case theirs.Object["requestBody"] != nil && jsonContent(object(theirs.Object["requestBody"])) == nil:
		return "it sends something other than JSON"
	}
	return ""
}

// ownPath is the path with the parameters' names of a path of ours that has the same
// outline, or begins with the same one, and otherwise with names that Go can have.
func (m *merger) ownPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if !isParameter(segment) {
			continue
		}
		before := strings.Join(segments[:i], "/")
		segments[i] = m.parameterName(before, segment)
	}
	own := strings.Join(segments, "/")
	return own
}

var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func (m *merger) parameterName(before, segment string) string {
	for _, o := range operations(m.ours) {
		if rest, ok := strings.CutPrefix(o.Path, before+"/"); ok {
			if next, _, _ := strings.Cut(rest, "/"); isParameter(next) {
				return next
			}
		}
	}
	name := segment[1 : len(segment)-1]
	variable := strings.ToLower(GoName(name))
	switch {
	case !plainName.MatchString(name):
		name = "id"
	case slices.Contains(argumentNames, variable) || token.IsKeyword(variable) || types.Universe.Lookup(variable) != nil:
		name += "_name"
	}
	for strings.Contains(before, "{"+name+"}") {
		name = "inner_" + name
	}
	return "{" + name + "}"
}

// kindOnPath is the type that a parameter of the path has in operations of ours whose
// paths begin alike.
func (m *merger) kindOnPath(path, name string) string {
	before, _, _ := strings.Cut(path, "{"+name+"}")
	for _, o := range operations(m.ours) {
		if strings.HasPrefix(o.Path, before+"{"+name+"}") {
			return text(object(parameterOf(o, "path", name)["schema"])["type"])
		}
	}
	return ""
}

func (m *merger) addedParameters(theirs operation, path, id string) []any {
	var parameters []any
	others := templateNames(theirs.Path)
	for i, name := range templateNames(path) {
		kind := "string"
		if site := parameterOf(theirs, "path", others[i]); text(object(site["schema"])["type"]) == "integer" {
			kind = "integer"
		}
		kind = cmp.Or(m.kindOnPath(path, name), kind)
		parameters = append(parameters, Object{
			"in": "path", "name": name, "required": true, "schema": Object{"type": kind}, "x-provenance": provenanceDocumented,
		})
	}
	fields := map[string]string{}
	for _, parameter := range theirs.parameters() {
		name, in := text(parameter["name"]), text(parameter["in"])
		where := theirs.Method + " " + path + ", parameter " + name
		if in == "path" {
			continue
		}
		if in != "query" {
			m.say("left out: %s: it is in %s", where, in)
			continue
		}
		if err := checkFieldName(where, name, Object{}, fields); err != nil {
			m.say("left out: %s: %v", where, err)
			continue
		}
		own := m.queryParameter(id, parameter)
		if parameter["required"] == true {
			own["required"] = true
		}
		parameters = append(parameters, own)
	}
	return parameters
}

func (m *merger) addedAnswer(theirs operation, id string) Object {
	status := successStatus(theirs)
	response := Object{"description": http.StatusText(http.StatusOK)}
	if schema := answerSchema(success(theirs)); len(schema) > 0 && status != "204" {
		adopted := m.adopt(schema, answering, GoName(id)+"Answer")
		delete(adopted, "nullable")
		if text(adopted["format"]) == "date-time" || adopted["enum"] != nil {
			adopted = Object{"type": "string"}
		}
		response["content"] = Object{"application/json": Object{"schema": adopted}}
	}
	return Object{status: response}
}

// service is the tag of the operations of ours whose paths begin with the same
// segment, or else that segment.
func (m *merger) service(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	counts, best := map[string]int{}, ""
	for _, o := range operations(m.ours) {
		tag := text(list(o.Object["tags"])[0])
		if segment, _, _ := strings.Cut(strings.TrimPrefix(o.Path, "/"), "/"); segment == first {
			counts[tag]++
			if counts[tag] > counts[best] {
				best = tag
			}
		}
	}
	if best != "" {
		return best
	}
	tag := m.names.service(GoName(first))
	m.ours["tags"] = append(list(m.ours["tags"]), Object{"name": tag})
	return tag
}

// summaryOfAdded stands on an operation that has no summary of ours, since a site's
// own document brought it.
func summaryOfAdded(o operation) string {
	return fmt.Sprintf("calls %s, which this site's own document describes", o.name())
}
