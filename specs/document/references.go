package document

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// checkReferences refuses a contract with a reference that leads nowhere, or round
// in a circle without meeting a schema: no generator copes with either.
func CheckReferences(contract Object) error {
	var err error
	Walk(contract, func(p Place) {
		reference := p.Object.Text("$ref")
		if err != nil || reference == "" {
			return
		}
		seen := map[string]bool{}
		for next := reference; next != ""; {
			if seen[next] || len(seen) > maxChain {
				err = fmt.Errorf("%q refers to itself, in a circle or a chain that holds no schema", reference)
				return
			}
			seen[next] = true
			target, ok := LookUp(contract, next)
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
	return checkCombinations(contract)
}

// maxChain is how many references may lead to each other before a schema comes.
const maxChain = 100

var pointerUnescapes = strings.NewReplacer("~1", "/", "~0", "~")

// LookUp follows a reference within the document, and reports whether it leads to something.
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

// checkCombinations refuses a schema that is a combination of itself.
func checkCombinations(contract Object) error {
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(schema Object) error
	visit = func(schema Object) error {
		if name, ok := strings.CutPrefix(schema.Text("$ref"), SchemaPrefix); ok {
			switch state[name] {
			case open:
				return fmt.Errorf("the schema %q is a combination of itself", name)
			case done:
				return nil
			}
			state[name] = open
			err := visit(Schemas(contract).Object(name))
			state[name] = done
			return err
		}
		for _, key := range []string{"allOf", "oneOf", "anyOf"} {
			for _, part := range schema.List(key) {
				if err := visit(AsObject(part)); err != nil {
					return err
				}
			}
		}
		return visitNot(schema, visit)
	}
	for _, name := range slices.Sorted(maps.Keys(Schemas(contract))) {
		if err := visit(Object{"$ref": SchemaPrefix + name}); err != nil {
			return err
		}
	}
	return nil
}

func visitNot(schema Object, visit func(Object) error) error {
	if not := schema.Object("not"); not != nil {
		return visit(not)
	}
	return nil
}

// SchemaPrefix begins a reference to a schema of the components.
const SchemaPrefix = "#/components/schemas/"

// Schemas returns the schemas of the components, which may be changed.
func Schemas(document Object) Object {
	return document.Object("components", "schemas")
}

// reachable names the components that the operations need on one side, directly
// or through other components.
func Reachable(document Object, s side) map[string]bool {
	var start []Place
	for _, o := range Operations(document) {
		start = append(start, s(o)...)
	}
	return ReachableFrom(document, start)
}

// ReachableFrom returns the names of the component schemas that some places need, directly
// or through other components.
func ReachableFrom(document Object, start []Place) map[string]bool {
	found := map[string]bool{}
	var follow func(Place)
	follow = func(from Place) {
		WalkFrom(from, func(p Place) {
			name, ok := strings.CutPrefix(p.Object.Text("$ref"), SchemaPrefix)
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

// resolved follows a reference to a component's schema.
func Resolve(document, schema Object) Object {
	if name, ok := strings.CutPrefix(schema.Text("$ref"), SchemaPrefix); ok {
		return Schemas(document).Object(name)
	}
	return schema
}

// References lists every reference below a value, members in the order of their names.
func References(value any) []string {
	var found []string
	switch v := value.(type) {
	case Object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
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
