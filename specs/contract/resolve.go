package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// maxChain bounds how many references may follow each other.
const maxChain = 100

// A resolver replaces the references of a document that no later step follows by what they
// refer to: path items, parameters, request bodies, and schemas at a place without a name.
// References to schemas and responses of the components stay.
type resolver struct {
	document document.Object
	left     int // how many references may still be replaced
	err      error
}

// maxResolved bounds what nested references can make of a small document.
const maxResolved = 200_000

// resolve resolves the references of a document in place.
func resolve(doc document.Object) error {
	r := &resolver{document: doc, left: maxResolved}
	paths := doc.Object("paths")
	for _, path := range paths.Keys() {
		item := r.target(paths.Object(path))
		if item == nil {
			continue // Strip reports it
		}
		paths[path] = item
		r.list(item)
		for _, method := range document.Methods {
			if o := item.Object(method); o != nil {
				r.list(o)
				if body := o.Object("requestBody"); body != nil {
					o["requestBody"] = r.target(body)
				}
			}
		}
	}
	for _, kind := range []string{"parameters", "requestBodies", "pathItems"} {
		if components := doc.Object("components"); len(components.Object(kind)) > 0 {
			delete(components, kind)
		}
	}
	document.Walk(doc, func(p document.Place) { r.unnamedSchemas(p, nil) })
	return r.err
}

func (r *resolver) list(owner document.Object) {
	for i, parameter := range owner.List("parameters") {
		if parameter := document.AsObject(parameter); parameter != nil {
			owner.List("parameters")[i] = r.target(parameter)
		}
	}
}

// target returns a copy of what an object refers to, with the members beside the reference
// in place of those of the target, or the object itself.
func (r *resolver) target(o document.Object) document.Object {
	seen := map[string]bool{}
	for o.Text("$ref") != "" && r.err == nil {
		reference := o.Text("$ref")
		r.left--
		switch target, ok := document.LookUp(r.document, reference); {
		case !strings.HasPrefix(reference, "#/"):
			r.err = fmt.Errorf("%q refers outside the document: remote references are refused", reference)
		case !ok || document.AsObject(target) == nil:
			r.err = fmt.Errorf("%q refers to nothing in the document", reference)
		case seen[reference] || len(seen) > maxChain || r.left < 0:
			r.err = fmt.Errorf("%q refers to itself, in a circle or a chain without an end", reference)
		default:
			seen[reference] = true
			found := document.AsObject(document.Clone(target))
			for key, value := range o {
				if key != "$ref" {
					found[key] = value
				}
			}
			o = found
		}
	}
	return o
}

// unnamedSchemas resolves the references to schemas that are not components, such as
// "#/paths/~1things/get/responses/200/content/application~1json/schema". within are those
// that are being resolved.
func (r *resolver) unnamedSchemas(p document.Place, within []string) {
	reference := p.Object.Text("$ref")
	name, named := p.Object.SchemaRef()
	if p.Rule != document.SchemaRule || reference == "" || named && !strings.Contains(name, "/") || r.err != nil {
		return
	}
	if slices.Contains(within, reference) {
		r.err = fmt.Errorf("%q refers to itself and is not a component: no type can be named after it", reference)
		return
	}
	target := r.target(document.AsObject(document.Clone(p.Object)))
	clear(p.Object)
	maps.Copy(p.Object, target)
	document.WalkFrom(p, func(inner document.Place) { r.unnamedSchemas(inner, append(slices.Clip(within), reference)) })
}

// leaveOut removes what a generated method has no place for, and says so: parameters in headers
// and cookies, of which those that are required stay in the contract, and the requests that the
// server makes itself.
func leaveOut(doc document.Object) (lines []string) {
	left := map[string][]string{} // by what, the routes
	filter := func(owner document.Object, route string) {
		kept := []any{}
		for _, value := range owner.List("parameters") {
			parameter := document.AsObject(value)
			in, name := parameter.Text("in"), parameter.Text("name")
			switch {
			case in != "header" && in != "cookie":
				kept = append(kept, value)
			case in == "header" && isFromElsewhere(name):
			case parameter["required"] == true: // the comment of the method names it
				kept = append(kept, value)
				what := fmt.Sprintf("the required %s parameter %q, which a call option has to give,", in, name)
				left[what] = append(left[what], route)
			default:
				what := fmt.Sprintf("the optional %s parameter %q", in, name)
				left[what] = append(left[what], route)
			}
		}
		if _, ok := owner["parameters"].([]any); ok {
			owner["parameters"] = kept
		}
	}
	paths := doc.Object("paths")
	for _, path := range paths.Keys() {
		filter(paths.Object(path), path)
	}
	for _, o := range document.Operations(doc) {
		filter(o.Object, o.Name())
		if len(o.Object.Object("callbacks")) > 0 {
			left[callbacks] = append(left[callbacks], o.Name())
		}
		delete(o.Object, "callbacks")
	}
	if hooks := doc.Object("webhooks"); len(hooks) > 0 {
		left[webhooks] = hooks.Keys()
	}
	delete(doc, "webhooks")
	for _, what := range slices.Sorted(maps.Keys(left)) {
		lines = append(lines, "left out: "+what+" of "+some(left[what]))
	}
	return lines
}

const (
	callbacks = "callbacks, which the server sends,"
	webhooks  = "webhooks, which the server sends,"
)

// isFromElsewhere reports whether OpenAPI ignores a parameter for this header, because media
// types and security schemes describe it.
func isFromElsewhere(header string) bool {
	return slices.Contains([]string{"accept", "content-type", "authorization"}, strings.ToLower(header))
}

// some names the first of many.
func some(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
