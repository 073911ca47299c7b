package specs

import (
	"fmt"
	"maps"
	"slices"
)

// knownValuesGetNames makes constants of the words that overlay.yaml knows
// (x-known-values) and of those that the document lists, for the template to print.
// The enumeration goes: a word beside the constants is as good as any.
func knownValuesGetNames(name string, schema Object) error {
	known := list(schema["x-known-values"])
	if known == nil {
		return nil
	}
	for _, value := range list(schema["enum"]) {
		if !slices.Contains(known, value) {
			known = append(known, value)
		}
	}
	names, err := constantsOf(known, object(schema["x-enum-names"]))
	if err != nil {
		return fmt.Errorf("%s: %w: name its values by x-enum-names in overlay.yaml", name, err)
	}
	for _, key := range []string{"x-enum-names", "x-known-values", "enum"} {
		delete(schema, key)
	}
	constants := make([]any, 0, len(known))
	for i, value := range known {
		constants = append(constants, Object{"name": name + text(names[i]), "value": value})
	}
	schema["x-constants"] = constants
	return nil
}

// answersStayOpen lets every described object of an answer have members that the
// document does not name. Nothing is done unless overlay.yaml asks for it at the root.
// An object with a secret stays closed: what it does not name might be another one.
func answersStayOpen(r *repairing) error {
	if r.document["x-open-answers"] != true {
		return nil
	}
	answered := reachable(r.document, answers)
	for _, name := range slices.Sorted(maps.Keys(answered)) {
		schema := object(schemas(r.document)[name])
		properties := object(schema["properties"])
		if properties != nil && schema["additionalProperties"] == nil && !holdsSecret(properties) {
			schema["additionalProperties"] = Object{}
		}
	}
	return nil
}

func holdsSecret(properties Object) bool {
	for _, property := range properties {
		if object(property)["format"] == "password" {
			return true
		}
	}
	return false
}
