package specs

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

func objectsHaveType(r *repairing) error {
	walkSchemas(r.document, func(schema Object, _ string) {
		if schema["properties"] != nil && schema["type"] == nil {
			schema["type"] = "object"
		}
	})
	return nil
}

var exampleKey = regexp.MustCompile(`^(\d+|0x[0-9a-f:]+|.*<.*>.*)$`)

func exampleKeysAreMaps(r *repairing) error {
	walkSchemas(r.document, func(schema Object, _ string) {
		properties := object(schema["properties"])
		if len(properties) == 0 {
			return
		}
		keys := slices.Sorted(maps.Keys(properties))
		for _, key := range keys {
			if !exampleKey.MatchString(key) {
				return
			}
		}
		delete(schema, "properties")
		delete(schema, "required")
		schema["additionalProperties"] = properties[keys[0]]
	})
	return nil
}

func numbersHaveFormat(r *repairing) error {
	numbers := &r.product.numbers
	settle := func(schema Object, name string) {
		kind := text(schema["type"])
		if kind != "number" && kind != "integer" || schema["x-go-type"] != nil {
			return
		}
		switch {
		case kind == "number" && text(schema["format"]) == "double":
			return
		case numbered(numbers.Float64, name), kind == "number" && numbers.Number == "float64":
			schema["type"], schema["format"] = "number", "double"
		case numbered(numbers.Uint64, name):
			schema["type"], schema["format"] = "integer", "uint64"
		default:
			schema["type"], schema["format"] = "integer", "int64"
		}
		dropUnsafeLimits(schema)
	}
	walk(r.document, func(p place) {
		switch p.rule {
		case parameterRule:
			name := text(p.object["name"])
			settle(object(p.object["schema"]), name)
			settle(object(object(p.object["schema"])["items"]), name)
		case schemaRule:
			for _, name := range slices.Sorted(maps.Keys(object(p.object["properties"]))) {
				property := object(object(p.object["properties"])[name])
				settle(property, name)
				settle(object(property["items"]), name)
				settle(object(property["additionalProperties"]), name)
			}
		}
	})
	walkSchemas(r.document, func(schema Object, key string) { settle(schema, key) })
	return nil
}

func numbered(names []numberName, name string) bool {
	return slices.ContainsFunc(names, func(n numberName) bool { return n.matches(name) })
}

// dropUnsafeLimits removes a limit that a tool on the way rounded to a float: it
// would refuse correct values near the ends of the range.
func dropUnsafeLimits(schema Object) {
	for _, limit := range []string{"minimum", "maximum"} {
		if number, ok := schema[limit].(json.Number); ok {
			if _, err := number.Int64(); err != nil && !strings.ContainsAny(number.String(), ".eE") {
				delete(schema, limit)
			}
		}
	}
}

func cursorsAreText(r *repairing) error {
	for _, o := range operations(r.document) {
		cursor := cursorOf(r.document, o)
		if cursor == nil || cursor["description"] != nil { // what overlay.yaml describes is settled there
			continue
		}
		clear(cursor)
		cursor["x-go-type"] = "string"
		cursor["description"] = "Cursor of the next page, as text whatever its JSON type; empty on the last page."
	}
	return nil
}

// freeFormStaysRaw marks, in what is answered, each schema that says nothing of its shape.
func freeFormStaysRaw(r *repairing) error {
	answered := reachable(r.document, answers)
	mark := func(schema Object) {
		if schema["x-go-type"] != nil || schema["$ref"] != nil || schema["enum"] != nil ||
			schema["properties"] != nil || schema["additionalProperties"] != nil || schema["items"] != nil {
			return
		}
		if kind := text(schema["type"]); kind == "" || kind == "object" {
			schema["x-go-type"] = "json.RawMessage"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(answered)) {
		schema := object(schemas(r.document)[name])
		walkFrom(place{schema, schemaRule, name}, func(p place) { mark(p.object) })
	}
	for _, o := range operations(r.document) {
		walkFrom(place{success(o), responseRule, ""}, func(p place) {
			if p.rule == schemaRule {
				mark(p.object)
			}
		})
	}
	return nil
}
