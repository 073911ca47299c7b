package repair

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// numberNames is numbers.yaml: the exceptions to the rule that numbers are int64.
type numberNames struct {
	Number  string       `yaml:"number"` // "float64" if the type number has fractions, otherwise int64
	Uint64  []numberName `yaml:"uint64"`
	Float64 []numberName `yaml:"float64"`
}

type numberName struct {
	Name     string `yaml:"name"`
	Pattern  string `yaml:"pattern"`
	Evidence string `yaml:"evidence"`
	matches  func(string) bool
}

func (n numberName) String() string { return n.Name + n.Pattern }

// ReadNumbers reads numbers.yaml.
func (rules *Rules) ReadNumbers(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&rules.numbers); err != nil {
		return err
	}
	for _, names := range [][]numberName{rules.numbers.Uint64, rules.numbers.Float64} {
		for i, n := range names {
			if strings.TrimSpace(n.Evidence) == "" {
				return fmt.Errorf("%s has no evidence", n)
			}
			if (n.Name == "") == (n.Pattern == "") {
				return fmt.Errorf("%s must have either a name or a pattern", n)
			}
			pattern, err := regexp.Compile(cmp.Or(n.Pattern, "^"+regexp.QuoteMeta(n.Name)+"$"))
			if err != nil {
				return err
			}
			names[i].matches = pattern.MatchString
		}
	}
	return nil
}

func numbersHaveFormat(r *repairing) error {
	numbers := &r.rules.numbers
	settle := func(schema document.Object, name string) {
		kind := schema.Text("type")
		if kind != "number" && kind != "integer" || schema["x-go-type"] != nil {
			return
		}
		format := schema.Text("format")
		switch evident := document.NumberFormat(schema); {
		case kind == "number" && (format == "double" || format == "float" || evident == document.Fractional),
			numbered(numbers.Float64, name), kind == "number" && numbers.Number == "float64":
			schema["type"], schema["format"] = "number", "double"
		case numbered(numbers.Uint64, name), format == "uint64", evident == document.Unsigned, wideName(name) && format != "int32":
			schema["type"], schema["format"] = "integer", "uint64"
		default:
			schema["type"], schema["format"] = "integer", "int64"
		}
		dropUnsafeLimits(schema)
	}
	document.Walk(r.document, func(p document.Place) {
		switch p.Rule {
		case document.ParameterRule:
			name := p.Object.Text("name")
			schema, _ := document.ParameterSchema(p.Object)
			settle(schema, name)
			settle(schema.Object("items"), name)
		case document.SchemaRule:
			for _, name := range p.Object.Object("properties").Keys() {
				property := p.Object.Object("properties", name)
				settle(property, name)
				settle(property.Object("items"), name)
				settle(property.Object("additionalProperties"), name)
			}
		}
	})
	document.WalkSchemas(r.document, func(schema document.Object, key string) { settle(schema, key) })
	return nil
}

// wideName reports whether a number of this name can use all 64 bits, as inodes, cookies and
// hashes do: a real cluster listed inode 11326619722725392385.
func wideName(name string) bool {
	words := document.Words(name)
	if n := len(words) - 1; n > 0 && slices.Contains([]string{"id", "ids"}, strings.ToLower(words[n])) {
		words = words[:n]
	}
	return len(words) > 0 && slices.Contains([]string{"inode", "cookie", "hash"}, strings.ToLower(document.Singular(words[len(words)-1])))
}

func numbered(names []numberName, name string) bool {
	return slices.ContainsFunc(names, func(n numberName) bool { return n.matches(name) })
}

// dropUnsafeLimits removes a limit that was rounded to a float, and would reject correct
// values near the ends of the range.
func dropUnsafeLimits(schema document.Object) {
	for _, limit := range []string{"minimum", "maximum"} {
		if number, ok := schema[limit].(json.Number); ok {
			if _, err := number.Int64(); err != nil && !strings.ContainsAny(number.String(), ".eE") {
				delete(schema, limit)
			}
		}
	}
}

// CheckNumbers returns an error if an entry of numbers.yaml names no number of the effective
// document.
func (rules *Rules) CheckNumbers(effective document.Object) error {
	idle := slices.Concat(rules.numbers.Uint64, rules.numbers.Float64)
	used := func(name string, schema document.Object) {
		kind := schema.Text("type")
		if kind == "number" || kind == "integer" {
			idle = slices.DeleteFunc(idle, func(n numberName) bool { return n.matches(name) })
		}
	}
	document.Walk(effective, func(p document.Place) {
		if p.Rule == document.ParameterRule {
			schema, _ := document.ParameterSchema(p.Object)
			used(p.Object.Text("name"), schema)
		}
		if p.Rule == document.SchemaRule {
			used(p.Key, p.Object)
		}
	})
	if len(idle) > 0 {
		return fmt.Errorf("numbers.yaml names %s, and no number is called that", idle[0])
	}
	return nil
}
