package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// typesAreDescribed notes on every type where it is used, as x-comment: the
// description of a type is also that of every member that refers to it.
func typesAreDescribed(r *repairing) error {
	uses := usesOfTypes(r.document)
	all := document.Schemas(r.document)
	for _, name := range all.Keys() {
		schema := all.Object(name)
		comment := uses.of(name)
		if comment == "" {
			return fmt.Errorf("the type %s is used nowhere", name)
		}
		schema["x-comment"] = comment
	}
	return nil
}

// uses collects, for each type, the operations that send or answer it, and the
// types that have a member of it.
type uses struct {
	answered, sent, member map[string][]string
}

func usesOfTypes(doc document.Object) uses {
	u := uses{map[string][]string{}, map[string][]string{}, map[string][]string{}}
	collect := func(into map[string][]string, start document.Place, user string) {
		document.WalkFrom(start, func(p document.Place) {
			if name, ok := p.Object.SchemaRef(); ok && !slices.Contains(into[name], user) {
				into[name] = append(into[name], user)
			}
		})
	}
	all := document.Operations(doc)
	slices.SortStableFunc(all, func(a, b document.Operation) int { return cmp.Compare(deprecated(a), deprecated(b)) })
	for _, o := range all {
		method := "[" + o.Object.Text("x-service") + "Service." + o.Object.Text("x-method") + "]"
		for _, start := range document.Requests(o) {
			collect(u.sent, start, method)
		}
		for _, start := range document.Responses(o) {
			collect(u.answered, start, method)
		}
	}
	types := document.Schemas(doc)
	for _, name := range types.Keys() {
		properties := types.Object(name, "properties")
		for _, key := range properties.Keys() {
			property := properties.Object(key)
			collect(u.member, document.Place{Object: property, Rule: document.SchemaRule, Key: key}, name+"."+document.FieldName(key, property))
		}
		if properties == nil {
			collect(u.member, document.Place{Object: types.Object(name), Rule: document.SchemaRule, Key: name}, name)
		}
	}
	return u
}

// deprecated sorts what is deprecated last: a type is better known by what is not.
func deprecated(o document.Operation) int {
	if o.Object["deprecated"] == true {
		return 1
	}
	return 0
}

// of says in one sentence where a type is used.
func (u uses) of(name string) string {
	answered, sent, member := u.answered[name], u.sent[name], u.member[name]
	var parts []string
	if len(answered) > 0 {
		parts = append(parts, "what "+some(answered)+verb(answered, " answers", " answer"))
	}
	if len(sent) > 0 {
		parts = append(parts, "what "+some(sent)+verb(sent, " sends", " send"))
	}
	if len(member) > 0 {
		parts = append(parts, "held by "+some(member))
	}
	if len(parts) == 0 {
		return ""
	}
	return "is " + strings.Join(parts, ", and is ") + "."
}

func verb(users []string, singular, plural string) string {
	if len(users) == 1 {
		return singular
	}
	return plural
}

// some names the first few users.
func some(users []string) string {
	const most = 4
	users = slices.Clone(users)
	if more := len(users) - most; more > 0 {
		return strings.Join(users[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	if len(users) == 1 {
		return users[0]
	}
	last := len(users) - 1
	return strings.Join(users[:last], ", ") + " and " + users[last]
}
