package contract

import (
	"maps"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A siteDocument is a site's document in a simple form, whichever generator wrote it: paths
// relative to the root of the API, references only to objects, no combined schemas.
type siteDocument struct {
	operations []document.Operation
	elsewhere  []string                   // operations that are not below the root
	raw        document.Object            // the schemas of the document
	plain      map[string]document.Object // those that are objects, simplified
	left       int                        // how many schemas may still be simplified
}

// maxSchemas bounds the schemas that nested combinations of references stand for.
const maxSchemas = 200_000

// readSite simplifies a document. Operations that read come first: their responses, and not
// those of requests that change something, say what an object is.
func readSite(doc, ours document.Object) *siteDocument {
	s := &siteDocument{raw: document.Schemas(doc), plain: map[string]document.Object{}, left: maxSchemas}
	all := document.Operations(doc)
	base := ""
	if servers := doc.List("servers"); len(servers) > 0 {
		if address, err := url.Parse(document.AsObject(servers[0]).Text("url")); err == nil {
			base = strings.TrimSuffix(address.Path, "/")
		}
	}
	for i := range all {
		all[i].Path = base + all[i].Path
	}
	root := rootOf(all, ours)
	for _, o := range all {
		path, below := strings.CutPrefix(o.Path, root)
		if !below || !strings.HasPrefix(path, "/") {
			s.elsewhere = append(s.elsewhere, o.Name()+": it is not below "+root)
			continue
		}
		o.Path = path
		o.Object = s.plainOperation(o, doc.Object("components"))
		o.Shared = nil
		s.operations = append(s.operations, o)
	}
	slices.SortStableFunc(s.operations, func(a, b document.Operation) int {
		if reads := a.Method == http.MethodGet; reads != (b.Method == http.MethodGet) {
			return map[bool]int{true: -1, false: 1}[reads]
		}
		return strings.Compare(a.Path, b.Path)
	})
	for _, o := range s.operations {
		if s.repeatsObject(o) {
			delete(o.Object, "requestBody")
		}
	}
	return s
}

// rootOf returns the path below which most operations of ours are: that of the server
// (drf-yasg), the beginning of each path (drf-spectacular), whatever it is called.
func rootOf(all []document.Operation, ours document.Object) string {
	known := map[string]bool{}
	for _, o := range document.Operations(ours) {
		known[o.Method+" "+pathOutline(o.Path)] = true
	}
	counts, best := map[string]int{}, ""
	for _, o := range all {
		for at, r := range o.Path {
			if r == '/' && known[o.Method+" "+pathOutline(o.Path[at:])] {
				counts[o.Path[:at]]++
			}
		}
	}
	for _, root := range slices.Sorted(maps.Keys(counts)) {
		if counts[root] > counts[best] {
			best = root
		}
	}
	return best
}

// repeatsObject reports whether the body of an action such as POST /jobs/{id}/pause/ is the
// object itself: drf-spectacular describes it where a view has no serializer for the action,
// which reads nothing.
func (s *siteDocument) repeatsObject(o document.Operation) bool {
	parent, _ := path.Split(strings.TrimSuffix(o.Path, "/"))
	name, ok := jsonBody(o).Object("schema").SchemaRef()
	if !ok || o.Method != http.MethodPost || !document.IsParameter(path.Base(parent)) {
		return false
	}
	own := regexp.MustCompile("^(Patched)?" + regexp.QuoteMeta(strings.TrimSuffix(name, "Request")) + "$")
	return slices.ContainsFunc(s.operations, func(other document.Operation) bool {
		shown, ok := other.ResponseSchema().SchemaRef()
		return ok && other.Method == http.MethodGet && pathOutline(other.Path) == pathOutline(parent) && own.MatchString(shown)
	})
}

func (s *siteDocument) plainOperation(o document.Operation, components document.Object) document.Object {
	out := document.Object{"operationId": o.Object["operationId"], "deprecated": o.Object["deprecated"]}
	var parameters []any
	for _, parameter := range o.Parameters() {
		parameter = component(components, "parameters", parameter)
		schema := parameter.Object("schema")
		if content := document.JSONContent(parameter); content != nil {
			schema = content.Object("schema")
		}
		plain := maps.Clone(parameter)
		plain["schema"] = s.simple(schema, nil)
		parameters = append(parameters, plain)
	}
	out["parameters"] = parameters
	if body := o.Object.Object("requestBody"); body != nil {
		plain := s.plainContent(component(components, "requestBodies", body))
		if content := document.JSONContent(plain); content != nil && o.Method == http.MethodPatch {
			content["schema"] = s.partial(content.Object("schema"))
		}
		out["requestBody"] = plain
	}
	responses := document.Object{}
	for status, response := range o.Object.Object("responses") {
		responses[status] = s.plainContent(component(components, "responses", document.AsObject(response)))
	}
	out["responses"] = responses
	return out
}

// partial makes the body of a PATCH, in which nothing is required. drf-spectacular has a
// component Patched… for it; drf-yasg refers to the whole object. An inline body was
// described by hand for this method, and stays.
func (s *siteDocument) partial(schema document.Object) document.Object {
	name, ok := schema.SchemaRef()
	if !ok || strings.HasPrefix(name, "Patched") {
		return schema
	}
	partial := "Patched" + name
	if s.raw[partial] == nil {
		whole := maps.Clone(s.object(name))
		delete(whole, "required")
		s.plain[partial] = whole
	}
	return document.RefTo(partial)
}

// component follows a reference to a parameter, body or response.
func component(components document.Object, kind string, o document.Object) document.Object {
	if name, ok := strings.CutPrefix(o.Text("$ref"), "#/components/"+kind+"/"); ok {
		return components.Object(kind, name)
	}
	return o
}

func (s *siteDocument) plainContent(o document.Object) document.Object {
	out := document.Object{}
	content := o.Object("content")
	found := false
	for _, media := range content.Keys() {
		if media == "*/*" || strings.HasPrefix(media, "application/json") || strings.HasSuffix(media, "+json") {
			if !found || media == "application/json" {
				schema := s.simple(content.Object(media, "schema"), nil)
				out["content"] = document.Object{"application/json": document.Object{"schema": schema}}
			}
			found = true
		}
	}
	if len(content) > 0 && !found {
		out["content"] = content
	}
	return out
}

// object simplifies a component that is an object, once.
func (s *siteDocument) object(name string) document.Object {
	if plain, ok := s.plain[name]; ok {
		return plain
	}
	out := document.Object{}
	s.plain[name] = out
	maps.Copy(out, s.inline(s.raw.Object(name), []string{name}))
	return out
}

// simple simplifies a schema. A reference to an object stays; a reference to anything else
// is replaced by its target. within are the components that are being replaced: one that
// contains itself becomes free-form.
func (s *siteDocument) simple(schema document.Object, within []string) document.Object {
	if s.left--; s.left < 0 {
		return document.Object{}
	}
	name, ok := schema.SchemaRef()
	if !ok {
		return s.inline(schema, within)
	}
	target := s.raw.Object(name)
	if target["properties"] != nil {
		return document.RefTo(name)
	}
	if slices.Contains(within, name) {
		return document.Object{}
	}
	return s.inline(target, append(slices.Clone(within), name))
}

func (s *siteDocument) inline(schema document.Object, within []string) document.Object {
	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		if parts := schema.List(key); parts != nil {
			return s.combined(key, schema, parts, within)
		}
	}
	out := flagsOf(schema)
	switch {
	case schema.Text("$ref") != "":
		return s.simple(schema, within)
	case schema["properties"] != nil:
		s.members(out, schema, within)
	case schema["items"] != nil:
		out["type"], out["items"] = "array", s.simple(schema.Object("items"), within)
	case schema.Text("type") == "array":
		out["type"], out["items"] = "array", document.Object{}
	case len(schema.Object("additionalProperties")) > 0:
		out["type"], out["additionalProperties"] = "object", s.simple(schema.Object("additionalProperties"), within)
	default:
		plainValue(out, schema)
	}
	return out
}

// members copies the members of an object. A read-only member is not required, because it
// would be sent as zero where the same object is sent.
func (s *siteDocument) members(out, schema document.Object, within []string) {
	properties := document.Object{}
	for key, property := range schema.Object("properties") {
		properties[key] = s.simple(document.AsObject(property), within)
	}
	out["type"], out["properties"] = "object", properties
	var required []any
	for _, key := range schema.List("required") {
		if property := properties.Object(document.AsText(key)); property != nil && property["readOnly"] != true && !slices.Contains(required, key) {
			required = append(required, key)
		}
	}
	if required != nil {
		out["required"] = required
	}
}

// plainValue copies a single value. Of the formats only date-time and password stay.
func plainValue(out, schema document.Object) {
	kind := schema.Text("type")
	if values := schema.List("enum"); kind == "" && len(values) > 0 && document.AsText(values[0]) == values[0] {
		kind = "string"
	}
	switch kind {
	case "string", "integer", "number", "boolean":
		out["type"] = kind
	default:
		return
	}
	if kind != "string" {
		return
	}
	if format := schema.Text("format"); format == "date-time" || format == "password" {
		out["format"] = format
	}
	var values []any
	for _, value := range schema.List("enum") {
		switch v := value.(type) {
		case nil:
			out["nullable"] = true
		case string:
			values = append(values, v)
		}
	}
	if values != nil {
		out["enum"] = values
	}
}

// combined makes one schema of several: the only part, the values of enumerations (which
// drf-spectacular combines with an empty and a null one), or the members of objects.
// Anything else becomes free-form.
func (s *siteDocument) combined(key string, schema document.Object, parts []any, within []string) document.Object {
	if len(within) > 20 {
		return document.Object{}
	}
	var found []document.Object
	flags := flagsOf(schema)
	for _, part := range parts {
		if isNullOnly(s.target(document.AsObject(part))) {
			flags["nullable"] = true
			continue
		}
		found = append(found, s.simple(document.AsObject(part), within))
	}
	var out document.Object
	switch {
	case len(found) == 1:
		out = found[0]
	case key == "allOf":
		out = s.joined(found)
	default:
		out = union(found)
	}
	out = maps.Clone(out)
	if out["$ref"] == nil {
		maps.Copy(out, flags)
	} else if flags["readOnly"] == true {
		out["readOnly"] = true // dropped when the schema is adopted
	}
	return out
}

// flagsOf returns the members of a schema that apply to its use.
func flagsOf(schema document.Object) document.Object {
	flags := document.Object{}
	for _, key := range []string{"nullable", "readOnly", "writeOnly", "deprecated"} {
		if schema[key] == true {
			flags[key] = true
		}
	}
	return flags
}

func (s *siteDocument) target(schema document.Object) document.Object {
	if name, ok := schema.SchemaRef(); ok {
		return s.raw.Object(name)
	}
	return schema
}

func isNullOnly(schema document.Object) bool {
	values := schema.List("enum")
	return len(values) == 1 && values[0] == nil
}

// joined returns an object with the members of all parts.
func (s *siteDocument) joined(parts []document.Object) document.Object {
	properties := document.Object{}
	var required []any
	for _, part := range parts {
		if name, ok := part.SchemaRef(); ok {
			part = s.object(name)
		}
		maps.Copy(properties, part.Object("properties"))
		required = append(required, part.List("required")...)
	}
	if len(properties) == 0 {
		return document.Object{}
	}
	out := document.Object{"type": "object", "properties": properties}
	if required != nil {
		out["required"] = required
	}
	return out
}

func union(parts []document.Object) document.Object {
	var values []any
	for _, part := range parts {
		enum := part.List("enum")
		if enum == nil {
			return document.Object{}
		}
		for _, value := range enum {
			if !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
	}
	if values == nil {
		return document.Object{}
	}
	return document.Object{"type": "string", "enum": values}
}
