package contract

import (
	"cmp"
	"go/token"
	"go/types"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// operations compares the operations of both, then adds those that only the site has.
func (m *merger) operations() {
	ours := map[string]document.Operation{}
	for _, o := range document.Operations(m.ours) {
		ours[o.Method+" "+pathOutline(o.Path)] = o
	}
	for _, what := range m.site.elsewhere {
		m.say("left out: %s", what)
	}
	var alone []document.Operation
	seen := map[string]bool{}
	for _, o := range m.site.operations {
		key := o.Method + " " + pathOutline(o.Path)
		own, matched := ours[key]
		switch {
		case seen[key]:
			m.say("left out: %s: the document has two operations with this method and path", o.Name())
		case matched:
			m.matched(own, o)
			m.matches++
		default:
			alone = append(alone, o)
		}
		seen[key] = true
	}
	for _, o := range alone {
		m.added(o)
	}
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		if o := ours[key]; !seen[key] {
			m.say("not in the document: %s (%s): ours stays", o.Name(), o.Object.Text("x-provenance"))
		}
	}
}

// pathOutline returns a path without the names of its parameters and its trailing slash.
func pathOutline(path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range segments {
		if document.IsParameter(segment) {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

// matched compares an operation of ours with that of the site.
func (m *merger) matched(own, theirs document.Operation) {
	m.confirm(own.Object, own.Name())
	if own.Path != theirs.Path && strings.HasSuffix(own.Path, "/") != strings.HasSuffix(theirs.Path, "/") {
		m.contradicts(own.Name(), "its path is %s in the document, which differs in the trailing slash", theirs.Path)
	}
	m.pathParameters(own, theirs)
	for _, parameter := range theirs.Parameters() {
		m.parameter(own, parameter)
	}
	m.body(own, theirs)
	m.response(own, theirs)
}

func (m *merger) body(own, theirs document.Operation) {
	ours := jsonBody(own)
	site := jsonBody(theirs)
	switch {
	case ours == nil && site == nil:
	case ours == nil:
		m.contradicts(own.Name(), "it takes a body in the document")
	case site == nil:
		m.contradicts(own.Name(), "it takes no JSON body in the document")
	default:
		m.pair(ours.Object("schema"), site.Object("schema"), sending, own.Name()+", body")
	}
}

func (m *merger) response(own, theirs document.Operation) {
	ours, site := own.ResponseSchema(), theirs.ResponseSchema()
	switch {
	case ours == nil: // nothing is read of it
	case site == nil:
		m.say("not described: %s: its response; ours stays", own.Name())
	default:
		m.pair(ours, site, receiving, own.Name()+", response")
	}
}

// pathParameters compares the parameters of the path by position: their names may differ.
func (m *merger) pathParameters(own, theirs document.Operation) {
	names, others := templateNames(own.Path), templateNames(theirs.Path)
	for i := range names {
		ours, site := parameterOf(own, "path", names[i]), parameterOf(theirs, "path", others[i])
		if ours == nil || site == nil {
			continue
		}
		m.confirm(ours, own.Name()+", parameter "+names[i])
		m.pair(ours.Object("schema"), site.Object("schema"), sending, own.Name()+", parameter "+names[i])
	}
}

func templateNames(path string) []string {
	var names []string
	for segment := range strings.SplitSeq(path, "/") {
		if document.IsParameter(segment) {
			names = append(names, segment[1:len(segment)-1])
		}
	}
	return names
}

func parameterOf(o document.Operation, in, name string) document.Object {
	for _, parameter := range o.Parameters() {
		if parameter.Text("in") == in && parameter.Text("name") == name {
			return parameter
		}
	}
	return nil
}

// parameter compares a query parameter, or adds it as an optional one.
func (m *merger) parameter(own document.Operation, theirs document.Object) {
	name, in := theirs.Text("name"), theirs.Text("in")
	where := own.Name() + ", parameter " + name
	ours := parameterOf(own, in, name)
	switch {
	case in == "path":
	case in != "query":
		m.say("left out: %s: it is in %s", where, in)
	case ours != nil:
		m.confirm(ours, where)
		m.pair(ours.Object("schema"), theirs.Object("schema"), sending, where)
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

func (m *merger) addParameter(own document.Operation, theirs document.Object, where string) {
	fields := map[string]string{}
	for _, parameter := range own.Parameters() {
		if parameter.Text("in") == "query" {
			fields[document.FieldName(parameter.Text("name"), parameter)] = parameter.Text("name")
		}
	}
	if err := document.CheckField(own.Name(), theirs.Text("name"), document.Object{}, fields); err != nil {
		m.say("left out: %s: %v", where, err)
		return
	}
	if m.add(where) {
		own.Object["parameters"] = append(own.Object.List("parameters"), m.queryParameter(own.ID(), theirs))
	}
}

// queryParameter makes a parameter of ours from one of the site.
func (m *merger) queryParameter(id string, theirs document.Object) document.Object {
	name := theirs.Text("name")
	out := document.Object{"in": "query", "name": name, "x-provenance": document.Documented}
	for _, key := range []string{"style", "explode"} {
		if theirs[key] != nil {
			out[key] = theirs[key]
		}
	}
	schema := m.adopt(theirs.Object("schema"), sending, document.GoName(id)+document.GoName(name))
	if !isPlain(schema) && !isPlain(schema.Object("items")) {
		schema = document.Object{"type": "string"}
	}
	out["schema"] = schema
	return out
}

// isPlain reports whether a schema is a single value.
func isPlain(schema document.Object) bool {
	return slices.Contains([]string{"string", "integer", "number", "boolean"}, schema.Text("type"))
}

// added adds an operation that only the site has.
func (m *merger) added(theirs document.Operation) {
	path := m.ownPath(theirs.Path)
	what := theirs.Method + " " + path
	if reason := unusable(theirs, path); reason != "" {
		m.say("left out: %s: %s", what, reason)
		return
	}
	id, ok := m.names.operation(identifiers(m.site, theirs, path))
	if !ok {
		m.say("left out: %s: no name is free for it", what)
		return
	}
	m.offered = append(m.offered, what)
	if !m.accept(what) {
		return
	}
	service := m.service(path)
	operation := document.Object{
		"operationId": id, "tags": []any{service}, "x-provenance": document.Documented,
		"responses": m.addedResponse(theirs, id),
	}
	if theirs.Object["deprecated"] == true {
		operation["deprecated"] = true
	}
	if parameters := m.addedParameters(theirs, path, id); parameters != nil {
		operation["parameters"] = parameters
	}
	if content := jsonBody(theirs); content != nil && m.sendsMembers(content.Object("schema")) {
		schema := m.adopt(content.Object("schema"), sending, document.GoName(id)+"Body")
		operation["requestBody"] = document.Object{"required": true, "content": document.Object{"application/json": document.Object{"schema": schema}}}
	}
	paths := m.ours.Object("paths")
	if paths[path] == nil {
		paths[path] = document.Object{}
	}
	paths.Object(path)[strings.ToLower(theirs.Method)] = operation
	m.unnamed[what] = len(m.lines)
	m.say("added: %s", what)
}

// sendsMembers reports whether a body has a member to send. Some generators write a body
// whose members are all read-only.
func (m *merger) sendsMembers(schema document.Object) bool {
	if name, ok := schema.SchemaRef(); ok {
		schema = m.site.object(name)
	}
	if schema["properties"] == nil {
		return true
	}
	for _, property := range schema.Object("properties") {
		if !elsewhere(document.AsObject(property), sending) {
			return true
		}
	}
	return false
}

// unusable says why an operation cannot be generated, or returns "".
func unusable(theirs document.Operation, path string) string {
	switch response := theirs.Success(); {
	case !document.IsPath(path) || strings.ContainsAny(path, "?#\"`\\"):
		return "its path has characters that no path should have"
	case slices.ContainsFunc(strings.Split(path, "/"), func(segment string) bool { return strings.Contains(segment, "{") && !document.IsParameter(segment) }):
		return "a parameter is a part of a segment of its path"
	case !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, theirs.Method):
		return "its method is not one of the API"
	case response == nil:
		return "it describes no successful response"
	case len(response.Object("content")) > 0 && document.JSONContent(response) == nil:
		return "its response is not JSON"
	case theirs.Object["requestBody"] != nil && jsonBody(theirs) == nil:
		return "its request body is not JSON"
	}
	return ""
}

// ownPath returns a path of the site with our names of parameters: those of a path of ours
// with the same beginning, or names that are possible in Go.
func (m *merger) ownPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if !document.IsParameter(segment) {
			continue
		}
		before := strings.Join(segments[:i], "/")
		segments[i] = m.parameterName(before, segment)
	}
	return strings.Join(segments, "/")
}

var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func (m *merger) parameterName(before, segment string) string {
	for _, o := range document.Operations(m.ours) {
		if rest, ok := strings.CutPrefix(o.Path, before+"/"); ok {
			if next, _, _ := strings.Cut(rest, "/"); document.IsParameter(next) {
				return next
			}
		}
	}
	name := segment[1 : len(segment)-1]
	variable := strings.ToLower(document.GoName(name))
	switch {
	case !plainName.MatchString(name):
		name = "id"
	case slices.Contains(document.ArgumentNames, variable) || token.IsKeyword(variable) || types.Universe.Lookup(variable) != nil:
		name += "_name"
	}
	for strings.Contains(before, "{"+name+"}") {
		name = "inner_" + name
	}
	return "{" + name + "}"
}

// kindOnPath returns the type that a path parameter has in operations of ours whose paths
// have the same beginning.
func (m *merger) kindOnPath(path, name string) string {
	before, _, _ := strings.Cut(path, "{"+name+"}")
	for _, o := range document.Operations(m.ours) {
		if strings.HasPrefix(o.Path, before+"{"+name+"}") {
			return parameterOf(o, "path", name).Text("schema", "type")
		}
	}
	return ""
}

func (m *merger) addedParameters(theirs document.Operation, path, id string) []any {
	var parameters []any
	others := templateNames(theirs.Path)
	for i, name := range templateNames(path) {
		kind := "string"
		if site := parameterOf(theirs, "path", others[i]); site.Text("schema", "type") == "integer" {
			kind = "integer"
		}
		kind = cmp.Or(m.kindOnPath(path, name), kind)
		parameters = append(parameters, document.Object{
			"in": "path", "name": name, "required": true, "schema": document.Object{"type": kind}, "x-provenance": document.Documented,
		})
	}
	fields := map[string]string{}
	for _, parameter := range theirs.Parameters() {
		name, in := parameter.Text("name"), parameter.Text("in")
		where := theirs.Method + " " + path + ", parameter " + name
		if in == "path" {
			continue
		}
		if in != "query" {
			m.say("left out: %s: it is in %s", where, in)
			continue
		}
		if err := document.CheckField(where, name, document.Object{}, fields); err != nil {
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

func (m *merger) addedResponse(theirs document.Operation, id string) document.Object {
	status := theirs.SuccessStatus()
	response := document.Object{"description": http.StatusText(http.StatusOK)}
	schema, content := theirs.ResponseSchema(), document.JSONContent(theirs.Success())
	switch {
	case status == "204":
	case len(schema) > 0 || content != nil || theirs.Method == http.MethodGet:
		if len(schema) == 0 {
			m.say("not described: %s: its response, which is raw JSON", theirs.Name())
		}
		adopted := m.adopt(schema, receiving, document.GoName(id)+"Response")
		delete(adopted, "nullable")
		if adopted.Text("format") == "date-time" || adopted["enum"] != nil {
			adopted = document.Object{"type": "string"}
		}
		response["content"] = document.Object{"application/json": document.Object{"schema": adopted}}
	default:
		m.say("not described: %s: its response, of which nothing is read", theirs.Name())
	}
	return document.Object{status: response}
}

// service returns the tag of the operations of ours whose paths share most segments with
// one, the most frequent of them, or else its first segment.
func (m *merger) service(path string) string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	counts, best, most := map[string]int{}, "", 0
	for _, o := range document.Operations(m.ours) {
		tag, shared := document.AsText(o.Object.List("tags")[0]), 0
		for i, segment := range strings.Split(strings.Trim(o.Path, "/"), "/") {
			if i == len(segments) || segment != segments[i] {
				break
			}
			shared++
		}
		if shared > most {
			counts, best, most = map[string]int{}, "", shared
		}
		if shared == most && shared > 0 {
			if counts[tag]++; counts[tag] > counts[best] {
				best = tag
			}
		}
	}
	if best != "" {
		return best
	}
	tag := m.names.service(document.GoName(segments[0]))
	m.ours["tags"] = append(m.ours.List("tags"), document.Object{"name": tag})
	return tag
}

// jsonBody returns the JSON content of the request body, or nil.
func jsonBody(o document.Operation) document.Object {
	return document.JSONContent(o.Object.Object("requestBody"))
}
