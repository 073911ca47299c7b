package document

import (
	"fmt"
	"iter"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// SchemaPrefix begins a reference to a schema of the components.
const SchemaPrefix = "#/components/schemas/"

// RefTo returns a reference to a schema of the components.
func RefTo(name string) Object { return Object{"$ref": SchemaPrefix + name} }

// Schemas returns the schemas of the components. They may be changed.
func Schemas(document Object) Object { return document.Object("components", "schemas") }

// Resolve returns the component schema that a schema refers to, or the schema itself.
func Resolve(document, schema Object) Object {
	if name, ok := schema.SchemaRef(); ok {
		return Schemas(document).Object(name)
	}
	return schema
}

// Reachable returns the names of the component schemas that the operations of a document
// use on one side, directly or through other components.
func Reachable(document Object, side Side) map[string]bool {
	var start []Place
	for _, o := range Operations(document) {
		start = append(start, side(o)...)
	}
	return ReachableFrom(document, start)
}

// ReachableFrom returns the names of the component schemas that some places use, directly or
// through other components.
func ReachableFrom(document Object, start []Place) map[string]bool {
	found := map[string]bool{}
	var follow func(Place)
	follow = func(from Place) {
		WalkFrom(from, func(p Place) {
			name, ok := p.Object.SchemaRef()
			if !ok || found[name] {
				return
			}
			found[name] = true
			follow(Place{Schemas(document).Object(name), SchemaRule, name})
		})
	}
	for _, from := range start {
		follow(from)
	}
	return found
}

// References lists the references in a value, members in the order of their names.
func References(value any) []string {
	var found []string
	switch v := value.(type) {
	case Object:
		for _, key := range v.Keys() {
			if reference, ok := v[key].(string); ok && key == "$ref" {
				found = append(found, reference)
			}
			found = append(found, References(v[key])...)
		}
	case []any:
		for _, item := range v {
			found = append(found, References(item)...)
		}
	}
	return found
}

var pointerUnescapes = strings.NewReplacer("~1", "/", "~0", "~")

// LookUp follows a reference within a document, and reports whether it leads to something.
func LookUp(document Object, reference string) (any, bool) {
	var value any = document
	pointer, err := url.PathUnescape(strings.TrimPrefix(reference, "#/"))
	if err != nil {
		return nil, false
	}
	for step := range strings.SplitSeq(pointer, "/") {
		member, ok := AsObject(value)[pointerUnescapes.Replace(step)]
		if !ok {
			return nil, false
		}
		value = member
	}
	return value, true
}

// maxChain bounds how many references may follow each other.
const maxChain = 100

// CheckReferences returns an error if a reference leads nowhere, references form a circle
// without a schema, or a schema is a combination of itself. No generator handles these.
func CheckReferences(document Object) error {
	var err error
	Walk(document, func(p Place) {
		reference := p.Object.Text("$ref")
		if err != nil || reference == "" {
			return
		}
		seen := map[string]bool{}
		for next := reference; next != ""; {
			if seen[next] || len(seen) > maxChain {
				err = fmt.Errorf("%q refers to itself, in a circle or a chain without a schema", reference)
				return
			}
			seen[next] = true
			target, ok := LookUp(document, next)
			if !ok {
				err = fmt.Errorf("%q refers to nothing in the document", next)
				return
			}
			next = AsObject(target).Text("$ref")
		}
	})
	if err != nil {
		return err
	}
	return checkCombinations(document)
}

// checkCombinations returns an error if a schema is a combination of itself.
func checkCombinations(document Object) error {
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(schema Object) error
	visit = func(schema Object) error {
		if name, ok := schema.SchemaRef(); ok {
			switch state[name] {
			case open:
				return fmt.Errorf("the schema %q is a combination of itself", name)
			case done:
				return nil
			}
			state[name] = open
			err := visit(Schemas(document).Object(name))
			state[name] = done
			return err
		}
		var parts []any
		if not := schema.Object("not"); not != nil {
			parts = append(parts, not)
		}
		for _, key := range []string{"allOf", "oneOf", "anyOf"} {
			parts = append(parts, schema.List(key)...)
		}
		for _, part := range parts {
			if err := visit(AsObject(part)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range Schemas(document).Keys() {
		if err := visit(RefTo(name)); err != nil {
			return err
		}
	}
	return nil
}

// PointersTo returns where some objects are in a document, these very ones, as JSON pointers in
// the order of the document: "#/paths/~1things/get". Each comes with its index in targets.
func PointersTo(document Object, targets []Object) iter.Seq2[int, string] {
	wanted := map[uintptr]int{}
	for i, target := range targets {
		wanted[reflect.ValueOf(target).Pointer()] = i
	}
	return func(yield func(int, string) bool) {
		var visit func(value any, at string) bool
		visit = func(value any, at string) bool {
			switch v := value.(type) {
			case Object:
				if i, ok := wanted[reflect.ValueOf(v).Pointer()]; ok && !yield(i, at) {
					return false
				}
				for _, key := range v.Keys() {
					if !visit(v[key], at+"/"+EscapePointer(key)) {
						return false
					}
				}
			case []any:
				for i, item := range v {
					if !visit(item, at+"/"+strconv.Itoa(i)) {
						return false
					}
				}
			}
			return true
		}
		if len(targets) > 0 {
			visit(document, "#")
		}
	}
}

// EscapePointer writes a member name as a step of a JSON pointer.
func EscapePointer(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }
