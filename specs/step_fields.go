package specs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fieldsAreMarked decides for each member of a named type whether its Go field is
// a value or a pointer. The marks go on the members, never on the types: a mark on
// a type would reach every member that refers to it.
func fieldsAreMarked(r *repairing) error {
	answered := reachable(r.document, answers)
	all := schemas(r.document)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		schema := object(all[name])
		properties := object(schema["properties"])
		fields := map[string]string{}
		if schema["additionalProperties"] != nil {
			fields["AdditionalProperties"] = "what has no name"
		}
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			if err := checkFieldName(name, key, object(properties[key]), fields); err != nil {
				return err
			}
			property := object(properties[key])
			nameField(key, property)
			sendsNull := property["x-sends-null"] == true
			delete(property, "x-sends-null")
			optional := !slices.Contains(list(schema["required"]), any(key))
			switch {
			case answered[name]:
				markAnswered(r.document, property, name)
			case sendsNull:
				markNullable(r.document, property)
			default:
				markSent(r.document, property, optional)
			}
			if optional {
				property["x-omitempty"], property["x-omitzero"] = false, true
			}
		}
	}
	return nil
}

// markAnswered makes a plain value of a field that is read: absent is zero. It
// stays a pointer where null means something, and where a type contains itself.
func markAnswered(document, property Object, owner string) {
	if property["nullable"] == true && !isContainer(document, property) || text(property["$ref"]) != "" && contains(document, property, owner, map[string]bool{}) {
		return
	}
	property["x-go-type-skip-optional-pointer"] = true
}

// markSent keeps a pointer for an optional scalar, so that false and 0 can be
// sent; lists, maps and raw JSON tell absent from empty without one. A required
// list left nil is not sent, and the server says what is missing.
func markSent(document, property Object, optional bool) {
	if !isContainer(document, property) {
		return
	}
	property["x-go-type-skip-optional-pointer"] = true
	if !optional {
		property["x-omitempty"], property["x-omitzero"] = false, true
	}
}

// markNullable makes a field that can be left out, sent as null, or sent with a value:
// overlay.yaml says by x-sends-null where the three differ.
func markNullable(document, property Object) {
	property["x-go-type"] = nullable(goType(document, property).name)
	property["x-go-type-skip-optional-pointer"] = true
}

func nullable(goType string) string { return "nullable.Nullable[" + goType + "]" }

func isContainer(document, schema Object) bool {
	if name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix); ok {
		schema = object(schemas(document)[name])
	}
	if schema["properties"] != nil {
		return false
	}
	return schema["items"] != nil || schema["additionalProperties"] != nil || text(schema["type"]) == "object" ||
		text(schema["x-go-type"]) == "json.RawMessage"
}

// contains tells whether a value of the schema holds a value of the named type
// directly, so that a struct would have no end.
func contains(document, schema Object, name string, seen map[string]bool) bool {
	target, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix)
	if !ok || seen[target] {
		return false
	}
	if target == name {
		return true
	}
	seen[target] = true
	for _, property := range object(object(schemas(document)[target])["properties"]) {
		if contains(document, object(property), name, seen) {
			return true
		}
	}
	return false
}

// unsafeInTag are the characters that would end a struct tag, or the name in it: in
// the generated Go a hostile name could continue as code.
const unsafeInTag = "\"`\\,"

// fieldName is the Go field of a member or parameter.
func fieldName(key string, described Object) string {
	if explicit := text(described["x-go-name"]); explicit != "" {
		return GoName(explicit)
	}
	return GoName(key)
}

// nameField states the Go name of a member that begins with a sign: the generator would
// spell the sign, as in UnderscoreType, and the names were settled without.
func nameField(key string, property Object) {
	if first, _ := utf8.DecodeRuneInString(key); !unicode.IsLetter(first) {
		property["x-go-name"] = fieldName(key, property)
	}
}

// checkFieldName refuses a member or parameter that gives no Go identifier, or that
// of another, or whose name cannot stand in a struct tag.
func checkFieldName(owner, key string, described Object, fields map[string]string) error {
	if key == "-" || strings.ContainsAny(key, unsafeInTag) || strings.ContainsFunc(key, unicode.IsControl) {
		return fmt.Errorf("%s has a member %q, whose name cannot stand in Go source: remove it in overlay.yaml", owner, key)
	}
	field := fieldName(key, described)
	if !exported(field) {
		return fmt.Errorf("%s has a member %q that gives no Go identifier: give it an x-go-name in overlay.yaml", owner, key)
	}
	if before, ok := fields[field]; ok {
		return fmt.Errorf("%s has the members %q and %q, which would both be %s: give one of them an x-go-name in overlay.yaml", owner, before, key, field)
	}
	fields[field] = key
	return nil
}

// enumValuesGetNames sets the Go names of constants, after their values; the
// generator puts the type in front. x-enum-names in overlay.yaml names a value
// otherwise; it goes by value, since the order of a set may change.
func enumValuesGetNames(r *repairing) error {
	for _, name := range slices.Sorted(maps.Keys(schemas(r.document))) {
		schema := object(schemas(r.document)[name])
		if err := knownValuesGetNames(name, schema); err != nil {
			return err
		}
		if len(list(schema["enum"])) == 0 {
			continue
		}
		constants, err := constantsOf(list(schema["enum"]), object(schema["x-enum-names"]))
		if err != nil {
			return fmt.Errorf("%s: %w: name its values by x-enum-names in overlay.yaml", name, err)
		}
		delete(schema, "x-enum-names")
		schema["x-enum-varnames"] = constants
	}
	return nil
}

func constantsOf(values []any, given Object) ([]any, error) {
	var constants []any
	taken := map[string]any{}
	for _, value := range values {
		constant := text(given[fmt.Sprint(value)])
		if constant == "" {
			constant = constantName(fmt.Sprint(value))
		}
		if before, ok := taken[constant]; ok {
			return nil, fmt.Errorf("the values %q and %q would have one constant", before, value)
		}
		if constant == "" {
			return nil, fmt.Errorf("the value %q gives no constant", value)
		}
		taken[constant] = value
		constants = append(constants, constant)
	}
	for value := range given {
		if !slices.ContainsFunc(values, func(v any) bool { return fmt.Sprint(v) == value }) {
			return nil, fmt.Errorf("%q is named and is none of the values", value)
		}
	}
	return constants, nil
}

// constantName reads SHOUTED_WORDS as words: BACKEND becomes Backend, DIR_CREATE
// DirCreate. A short one that stands alone, or has digits, is taken for an
// abbreviation and stays: RW, KRB5. The other values of the set do not count, so a
// release that adds one renames none.
func constantName(value string) string {
	if value == "" {
		return "Empty"
	}
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		if word == strings.ToUpper(word) && (len(word) > 3 || len(words) > 1) && !strings.ContainsAny(word, "0123456789") {
			words[i] = strings.ToLower(word)
		}
	}
	return GoName(strings.Join(words, "_"))
}
