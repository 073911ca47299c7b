package repair

import (
	"fmt"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/hotcold-go/hotcold/specs/document"
)

// fieldsAreMarked decides for each member of a type whether its Go field is a value or a
// pointer. The marks are on the members: a mark on a type would apply to every member that
// refers to it.
func fieldsAreMarked(r *repairing) error {
	received := document.Reachable(r.document, document.Responses)
	all := document.Schemas(r.document)
	for _, name := range all.Keys() {
		schema := all.Object(name)
		properties := schema.Object("properties")
		if schema["oneOf"] != nil {
			defer describeAlternatives(r.document, schema) // when their fields are marked
		}
		fields := map[string]string{}
		if schema["additionalProperties"] != nil {
			fields["AdditionalProperties"], fields["AsPlain"] = "the unknown members", "the generated method"
		}
		for _, key := range properties.Keys() {
			if err := document.CheckField(name, key, properties.Object(key), fields); err != nil {
				return err
			}
			property := properties.Object(key)
			nameField(key, property)
			sendsNull := property["x-sends-null"] == true
			delete(property, "x-sends-null")
			optional := !schema.Requires(key)
			switch {
			case received[name]:
				markReceived(r.document, property, name)
				continue
			case sendsNull:
				markNullable(r.document, property)
			default:
				markSent(r.document, property, optional)
			}
			if optional {
				property["x-omitzero"] = true
			}
		}
	}
	return nil
}

// describeAlternatives tells the templates which types a schema with a discriminator stands
// for, and which field of each says so.
func describeAlternatives(doc, schema document.Object) {
	mapping, key := schema.Object("discriminator", "mapping"), schema.Text("discriminator", "propertyName")
	of := []any{}
	for _, part := range schema.List("oneOf") {
		name, _ := document.AsObject(part).SchemaRef()
		one := document.Object{"type": name}
		target := document.Schemas(doc).Object(name)
		for _, value := range mapping.Keys() {
			property := target.Object("properties", key)
			kind := goType(doc, property).name
			if mapping[value] != document.SchemaPrefix+name || document.Resolve(doc, property)["type"] != "string" {
				continue
			}
			one["value"], one["field"], one["kind"] = value, document.FieldName(key, property), kind
			one["pointer"] = property["x-go-type-skip-optional-pointer"] != true && (!target.Requires(key) || property["nullable"] == true)
		}
		of = append(of, one)
	}
	schema["x-of"] = of
}

// markReceived makes a plain value of a field of a response: absent is zero. It stays a
// pointer if null means something, or if a type contains itself.
//
// A marshalled result shows a zero number, string or object. It omits nil pointers, lists
// and maps, zero times, dates and the like, alternatives, and secrets.
func markReceived(doc, property document.Object, owner string) {
	isPointer := property["nullable"] == true && !isContainer(doc, property) ||
		property.Text("$ref") != "" && contains(doc, property, owner, map[string]bool{})
	if explicit := property["x-go-type-skip-optional-pointer"] == true; explicit || !isPointer {
		property["x-go-type-skip-optional-pointer"], isPointer = true, false
	}
	if isPointer || isContainer(doc, property) || property["x-go-type"] == "api.SecretJSON" || hasNoZero(document.Resolve(doc, property)) {
		property["x-omitzero"] = true
	}
}

// hasNoZero reports whether the zero value of the Go type has no JSON, or shows what no server
// sent: a time, a date, an e-mail address, alternatives.
func hasNoZero(schema document.Object) bool {
	name := goTypeOf["string "+schema.Text("format")]
	return schema["type"] == "string" && name != "" && name != "[]byte" && schema["x-go-type"] == nil || schema["oneOf"] != nil
}

// markSent keeps a pointer for an optional scalar, so that false and 0 can be sent. Lists,
// maps and raw JSON distinguish absent from empty without one. A required list that is nil
// is not sent, and the server reports that it is missing.
func markSent(doc, property document.Object, optional bool) {
	if !isContainer(doc, property) {
		return
	}
	property["x-go-type-skip-optional-pointer"] = true
	if !optional {
		property["x-omitzero"] = true
	}
}

// markNullable makes a field that can be omitted, null, or a value, where x-sends-null says
// that the three differ.
func markNullable(doc, property document.Object) {
	property["x-go-type"] = nullable(goType(doc, property).name)
	property["x-go-type-skip-optional-pointer"] = true
}

func nullable(goType string) string { return "nullable.Nullable[" + goType + "]" }

func isContainer(doc, schema document.Object) bool {
	if name, ok := schema.SchemaRef(); ok {
		schema = document.Schemas(doc).Object(name)
	}
	if schema["properties"] != nil {
		return false
	}
	return schema["items"] != nil || schema["additionalProperties"] != nil || schema.Text("type") == "object" ||
		schema.Text("x-go-type") == "json.RawMessage"
}

// contains reports whether a schema contains a type directly, which a struct cannot do.
func contains(doc, schema document.Object, name string, seen map[string]bool) bool {
	target, ok := schema.SchemaRef()
	if !ok || seen[target] {
		return false
	}
	if target == name {
		return true
	}
	seen[target] = true
	for _, property := range document.Schemas(doc).Object(target, "properties") {
		if contains(doc, document.AsObject(property), name, seen) {
			return true
		}
	}
	return false
}

// nameField states the Go name of a member that begins with a sign, which the generator would
// write out, as in UnderscoreType.
func nameField(key string, property document.Object) {
	if first, _ := utf8.DecodeRuneInString(key); !unicode.IsLetter(first) {
		property["x-go-name"] = document.FieldName(key, property)
	}
}

// enumValuesGetNames sets the Go names of constants, made of their values; the generator
// writes the type in front. x-enum-names has other names, by value.
func enumValuesGetNames(r *repairing) error {
	for _, name := range document.Schemas(r.document).Keys() {
		schema := document.Schemas(r.document).Object(name)
		if err := knownValuesGetNames(name, schema); err != nil {
			return err
		}
		if len(schema.List("enum")) == 0 {
			continue
		}
		constants, err := document.Constants(schema.List("enum"), schema.Object("x-enum-names"))
		if err != nil {
			return fmt.Errorf("%s: %w: name its values by x-enum-names in overlay-names.yaml", name, err)
		}
		delete(schema, "x-enum-names")
		schema["x-enum-varnames"] = constants
	}
	return nil
}

// knownValuesGetNames makes constants of the known values of an open set (x-known-values) and
// of those that the document lists. The enumeration is removed, because other values are
// possible.
func knownValuesGetNames(name string, schema document.Object) error {
	known := schema.List("x-known-values")
	if known == nil {
		return nil
	}
	for _, value := range schema.List("enum") {
		if !slices.Contains(known, value) {
			known = append(known, value)
		}
	}
	names, err := document.Constants(known, schema.Object("x-enum-names"))
	if err != nil {
		return fmt.Errorf("%s: %w: name its values by x-enum-names in overlay-names.yaml", name, err)
	}
	for _, key := range []string{"x-enum-names", "x-known-values", "enum"} {
		delete(schema, key)
	}
	constants := make([]any, 0, len(known))
	for i, value := range known {
		constants = append(constants, document.Object{"name": name + document.AsText(names[i]), "value": value})
	}
	schema["x-constants"] = constants
	return nil
}

// responsesStayOpen lets the objects of responses keep unknown members, if x-open-responses is
// set at the root, or else those of the schemas that have it, with what is in them. An object
// with a secret stays closed: an unknown member could be another.
func responsesStayOpen(r *repairing) error {
	received := document.Reachable(r.document, document.Responses)
	if all := document.Schemas(r.document); r.document["x-open-responses"] != true {
		var marked []document.Place
		open := map[string]bool{}
		for _, name := range all.Keys() {
			if schema := all.Object(name); schema["x-open-responses"] == true {
				delete(schema, "x-open-responses")
				open[name] = received[name]
				marked = append(marked, document.Place{Object: schema, Rule: document.SchemaRule, Key: name})
			}
		}
		maps.Copy(open, document.ReachableFrom(r.document, marked))
		received = open
	}
	for _, name := range slices.Sorted(maps.Keys(received)) {
		schema := document.Schemas(r.document).Object(name)
		properties := schema.Object("properties")
		if properties != nil && schema["additionalProperties"] == nil && !holdsSecret(properties) {
			schema["additionalProperties"] = document.Object{}
		}
	}
	return nil
}

func holdsSecret(properties document.Object) bool {
	for _, property := range properties {
		if document.AsObject(property)["format"] == "password" {
			return true
		}
	}
	return false
}
