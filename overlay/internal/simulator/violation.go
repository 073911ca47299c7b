package simulator

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Rule is the kind of rule that a value broke.
type Rule int

// The rules that products answer differently.
const (
	// Invalid is a value of a wrong type, range, format or form.
	Invalid Rule = iota
	// Missing is a required parameter or member that was not given.
	Missing
	// Unknown is a parameter or member that the document does not have.
	Unknown
	// MediaType is a body of a type that the operation does not take.
	MediaType
	// Malformed is a body that cannot be decoded.
	Malformed
)

// Violation is one way in which a request, or an answer, breaks the document.
type Violation struct {
	// In is "path", "query" or "body".
	In string
	// Name is the parameter, or the member of the body with dots between the
	// levels ("limits.soft", "ips.0"); "" is the body as a whole.
	Name string
	Rule Rule
	// Detail says what is wrong in a few words, without the value.
	Detail string
}

// String names the place, the member and what is wrong with it.
func (v Violation) String() string {
	return strings.TrimSpace(v.In+" "+v.Name) + ": " + v.Detail
}

// sorted puts violations in a fixed order, each one once.
func sorted(found []Violation) []Violation {
	slices.SortFunc(found, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.In, b.In), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(found)
}

// collect translates what the validator found. The prefix is the name of the
// value that was checked.
func collect(in, prefix string, err error) []Violation {
	switch err := err.(type) { //nolint:errorlint // errors.As would find one of a MultiError
	case nil:
		return nil
	case openapi3.MultiError:
		var all []Violation
		for _, e := range err {
			all = append(all, collect(in, prefix, e)...)
		}
		return all
	case *openapi3filter.RequestError:
		return collect(in, prefix, err.Err)
	case *openapi3.SchemaError:
		return collectSchema(in, prefix, err)
	case *openapi3filter.ParseError:
		return []Violation{{In: in, Name: prefix, Detail: cmp.Or(err.Reason, "cannot be read")}}
	}
	if errors.Is(err, openapi3filter.ErrInvalidRequired) {
		return []Violation{{In: in, Name: prefix, Rule: Missing, Detail: "is required"}}
	}
	return []Violation{{In: in, Name: prefix, Detail: err.Error()}}
}

func collectSchema(in, prefix string, err *openapi3.SchemaError) []Violation {
	name := dotted(prefix, err.JSONPointer()...)
	switch err.SchemaField {
	case "required":
		return []Violation{{In: in, Name: name, Rule: Missing, Detail: "is required"}}
	case "properties":
		var all []Violation
		members, _ := err.Value.(map[string]any)
		for member := range members {
			if err.Schema.Properties[member] == nil {
				all = append(all, Violation{In: in, Name: dotted(name, member), Rule: Unknown, Detail: "is not known"})
			}
		}
		return all
	}
	detail := err.Reason
	if detail == "" && err.Origin != nil {
		detail = err.Origin.Error()
	}
	return []Violation{{In: in, Name: name, Detail: cmp.Or(detail, "does not fit "+err.SchemaField)}}
}

// dotted joins the levels of a name, without the empty ones.
func dotted(prefix string, levels ...string) string {
	all := append([]string{prefix}, levels...)
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), ".")
}
