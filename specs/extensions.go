package specs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// extensions are those that the steps and the templates read, by the kind of object
// that carries them, each with the values that it may have (any if there are none).
var extensions = map[*rule]map[string][]any{
	documentRule: {"x-open-answers": {true}},
	operationRule: {
		"x-vendor-id": nil, "x-note": nil, "x-page": nil, "x-since": nil, "x-deprecated-reason": nil, "x-removed": nil,
		"x-class": {"safe", "idempotent", "once"}, "x-auth": {"basic", "jwt", "none"}, "x-result": {resultData, resultBody, resultNone},
		"x-provenance": provenances,
		"x-service":    nil, "x-opens-service": nil, "x-method": nil, "x-shape": nil, "x-takes-body": nil, "x-takes-params": nil,
		"x-body-type": nil, "x-result-type": nil, "x-result-pointer": nil,
	},
	parameterRule: {"x-go-name": nil, "x-deprecated-reason": nil, "x-provenance": provenances},
	schemaRule: {
		"x-comment": nil, "x-deprecated-reason": nil, "x-enum-varnames": nil, "x-go-name": nil,
		"x-go-type": goTypes, "x-go-type-skip-optional-pointer": nil, "x-omitempty": nil, "x-omitzero": nil,
		"x-provenance": provenances, "x-known-values": nil, "x-constants": nil, "x-sends-null": {true},
	},
}

var (
	provenances = []any{"documented", inferred}
	goTypes     = []any{"json.RawMessage", "api.SecretJSON", "uint64", "string", nullable("string"), nullable("int64"), nullable("bool"), nullable(freeObject)}
)

// inferred is the x-provenance of what no documentation shows.
const inferred = "inferred"

// checkExtensions refuses an extension that nothing reads where it stands: a
// misspelt x-class would otherwise leave an operation to its method's class, and an
// x-type-name that names no type would be forgotten.
func checkExtensions(document Object) error {
	var err error
	walk(document, func(p place) {
		for _, key := range slices.Sorted(maps.Keys(p.object)) {
			if err != nil || !strings.HasPrefix(key, "x-") {
				continue
			}
			values, known := extensions[p.rule][key]
			switch {
			case !known:
				err = fmt.Errorf("%s has no effect at %q: it is misspelt, or on an object that does not take it", key, p.key)
			case values != nil && !slices.Contains(values, p.object[key]):
				err = fmt.Errorf("%s at %q is %v, and must be one of %v", key, p.key, p.object[key], values)
			}
		}
	})
	for _, o := range operations(document) {
		if err == nil {
			err = checkPage(document, o)
		}
	}
	return err
}

// checkPage proves that the cursor of a page and its items exist in the answer, and
// what takes the cursor back in the request.
func checkPage(document Object, o operation) error {
	if o.Object["x-page"] == nil {
		return nil
	}
	page := object(o.Object["x-page"])
	cursor, parameter := text(page["cursor"]), text(page["parameter"])
	if cursorOf(document, o) == nil {
		return fmt.Errorf("%s: x-page names the cursor %q, which the answer does not have", o.name(), cursor)
	}
	whole := resolved(document, answerSchema(success(o)))
	if items := text(page["items"]); items != "" && object(whole["properties"])[items] == nil {
		return fmt.Errorf("%s: x-page names the items %q, which the answer does not have", o.name(), items)
	}
	body := resolved(document, object(jsonContent(object(o.Object["requestBody"]))["schema"]))
	isParameter := slices.ContainsFunc(o.parameters(), func(p Object) bool { return text(p["name"]) == parameter })
	if !isParameter && object(body["properties"])[parameter] == nil {
		return fmt.Errorf("%s: x-page names the parameter %q, which the request does not have", o.name(), parameter)
	}
	return nil
}

// cursorOf is the schema of the member that x-page calls the cursor: of the answer, or
// of the object in its data; nil if there is none.
func cursorOf(document Object, o operation) Object {
	cursor := text(object(o.Object["x-page"])["cursor"])
	whole := object(resolved(document, answerSchema(success(o)))["properties"])
	inData := object(resolved(document, object(whole["data"]))["properties"])
	if found := object(whole[cursor]); found != nil {
		return found
	}
	return object(inData[cursor])
}

// resolved follows a reference to a component's schema.
func resolved(document, schema Object) Object {
	if name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix); ok {
		return object(schemas(document)[name])
	}
	return schema
}
