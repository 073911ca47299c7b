package specs

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// checkReferences refuses a contract with a reference that leads nowhere, or round
// in a circle without meeting a schema: no generator copes with either.
func checkReferences(contract Object) error {
	var err error
	walk(contract, func(p place) {
		reference := text(p.object["$ref"])
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
			target, ok := lookUp(contract, next)
			if !ok {
				err = fmt.Errorf("%q refers to nothing in the document", next)
				return
			}
			next = text(object(target)["$ref"])
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

func lookUp(document Object, reference string) (any, bool) {
	var value any = document
	pointer, err := url.PathUnescape(strings.TrimPrefix(reference, "#/"))
	if err != nil {
		return nil, false
	}
	for step := range strings.SplitSeq(pointer, "/") {
		member, ok := object(value)[pointerUnescapes.Replace(step)]
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
		if name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix); ok {
			switch state[name] {
			case open:
				return fmt.Errorf("the schema %q is a combination of itself", name)
			case done:
				return nil
			}
			state[name] = open
			err := visit(object(schemas(contract)[name]))
			state[name] = done
			return err
		}
		for _, key := range []string{"allOf", "oneOf", "anyOf"} {
			for _, part := range list(schema[key]) {
				if err := visit(object(part)); err != nil {
					return err
				}
			}
		}
		return visitNot(schema, visit)
	}
	for _, name := range slices.Sorted(maps.Keys(schemas(contract))) {
		if err := visit(Object{"$ref": schemaPrefix + name}); err != nil {
			return err
		}
	}
	return nil
}

func visitNot(schema Object, visit func(Object) error) error {
	if not := object(schema["not"]); not != nil {
		return visit(not)
	}
	return nil
}
