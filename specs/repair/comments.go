package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// typesAreDescribed writes into every type where it is used, as x-comment: the description
// of a type is also that of every member that refers to it.
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

// uses lists for each type the operations that send or return it, and the members that have
// it.
type uses struct {
	returned, sent, member map[string][]string
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
			collect(u.returned, start, method)
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

// deprecated sorts deprecated operations last.
func deprecated(o document.Operation) int {
	if o.Object["deprecated"] == true {
		return 1
	}
	return 0
}

// of returns a sentence that says where a type is used, "" if nowhere.
func (u uses) of(name string) string {
	var parts []string
	for _, use := range []struct {
		verb string
		by   []string
	}{{"returned by ", u.returned[name]}, {"sent by ", u.sent[name]}, {"used in ", u.member[name]}} {
		if len(use.by) > 0 {
			parts = append(parts, use.verb+some(use.by))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "is " + strings.Join(parts, ", and ") + "."
}

// some names the first few users.
func some(users []string) string {
	const most = 4
	last := len(users) - 1
	switch {
	case last == 0:
		return users[0]
	case last >= most:
		return fmt.Sprintf("%s and %d more", strings.Join(users[:most], ", "), len(users)-most)
	}
	return strings.Join(users[:last], ", ") + " and " + users[last]
}
