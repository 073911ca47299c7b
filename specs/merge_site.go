package specs

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A siteDocument is a site's document made plain: paths relative to the API's root,
// no reference but to objects, and no combination of schemas, whichever generator
// wrote it.
type siteDocument struct {
	operations []operation
	raw        Object            // schemas as they stand in the document
	plain      map[string]Object // objects among them, made plain
	left       int               // how many schemas may still be made plain
}

// maxSchemas bounds what references to combinations of references can stand for.
const maxSchemas = 200_000

// root is the path below which our contract's paths begin.
const root = "/api"

func readSite(document Object) *siteDocument {
	s := &siteDocument{raw: schemas(document), plain: map[string]Object{}, left: maxSchemas}
	components := object(document["components"])
	server, _ := list(document["servers"]), ""
	base := ""
	if len(server) > 0 {
		if address, err := url.Parse(text(object(server[0])["url"])); err == nil {
			base = strings.TrimSuffix(address.Path, "/")
		}
	}
	for _, o := range operations(document) {
		o.Path = belowRoot(base, o.Path)
		o.Object = s.plainOperation(o, components)
		o.shared = nil
		s.operations = append(s.operations, o)
	}
	slices.SortStableFunc(s.operations, func(a, b operation) int { return strings.Compare(a.Path, b.Path) })
	return s
}

// belowRoot drops the API's root, which stands in the path (drf-spectacular), in the
// server's address (drf-yasg), or nowhere.
func belowRoot(base, path string) string {
	if rest, ok := strings.CutPrefix(path, root+"/"); ok {
		return "/" + rest
	}
	if before, after, ok := strings.Cut(base+"/", root+"/"); ok && !strings.Contains(before, root+"/") {
		return strings.TrimSuffix("/"+after, "/") + path
	}
	return base + path
}

func (s *siteDocument) plainOperation(o operation, components Object) Object {
	out := Object{"operationId": o.Object["operationId"], "deprecated": o.Object["deprecated"]}
	var parameters []any
	for _, parameter := range o.parameters() {
		parameter = component(components, "parameters", parameter)
		schema := object(parameter["schema"])
		if content := jsonContent(parameter); content != nil {
			schema = object(content["schema"])
		}
		plain := maps.Clone(parameter)
		plain["schema"] = s.simple(schema, nil)
		parameters = append(parameters, plain)
	}
	out["parameters"] = parameters
	if body := object(o.Object["requestBody"]); body != nil {
		plain := s.plainContent(component(components, "requestBodies", body))
		if content := jsonContent(plain); content != nil && o.Method == http.MethodPatch {
			content["schema"] = s.partial(object(content["schema"]))
		}
		out["requestBody"] = plain
	}
	responses := Object{}
	for status, response := range object(o.Object["responses"]) {
		responses[status] = s.plainContent(component(components, "responses", object(response)))
	}
	out["responses"] = responses
	return out
}

// partial is the body of a PATCH, in which nothing is required. drf-spectacular has a
// component Patched… for it; drf-yasg refers to the whole object. A body that is written
// out was described by hand, for this method, and is taken at its word.
func (s *siteDocument) partial(schema Object) Object {
	name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix)
	if !ok || strings.HasPrefix(name, "Patched") {
		return schema
	}
	partial := "Patched" + name
	if s.raw[partial] == nil {
		whole := maps.Clone(s.object(name))
		delete(whole, "required")
		s.plain[partial] = whole
	}
	return Object{"$ref": schemaPrefix + partial}
}

// component follows a reference to a parameter, body or response.
func component(components Object, kind string, o Object) Object {
	if name, ok := strings.CutPrefix(text(o["$ref"]), "#/components/"+kind+"/"); ok {
		return object(object(components[kind])[name])
	}
	return o
}

func (s *siteDocument) plainContent(o Object) Object {
	out := Object{}
	content := object(o["content"])
	found := false
	for _, media := range slices.Sorted(maps.Keys(content)) {
		if media == "*/*" || strings.HasPrefix(media, "application/json") || strings.HasSuffix(media, "+json") {
			if !found || media == "application/json" {
				schema := s.simple(object(object(content[media])["schema"]), nil)
				out["content"] = Object{"application/json": Object{"schema": schema}}
			}
			found = true
		}
	}
	if len(content) > 0 && !found {
		out["content"] = content
	}
	return out
}
