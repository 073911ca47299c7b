package specs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// typesAreDescribed notes on every type where it is used, as x-comment: the
// description of a type is also that of every member that refers to it.
func typesAreDescribed(r *repairing) error {
	uses := usesOfTypes(r.document)
	all := schemas(r.document)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		schema := object(all[name])
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

func usesOfTypes(document Object) uses {
	u := uses{map[string][]string{}, map[string][]string{}, map[string][]string{}}
	collect := func(into map[string][]string, start place, user string) {
		walkFrom(start, func(p place) {
			if name, ok := strings.CutPrefix(text(p.object["$ref"]), schemaPrefix); ok && !slices.Contains(into[name], user) {
				into[name] = append(into[name], user)
			}
		})
	}
	for _, o := range operations(document) {
		method := GoName(o.id())
		for _, start := range requests(o) {
			collect(u.sent, start, method)
		}
		for _, start := range answers(o) {
			collect(u.answered, start, method)
		}
	}
	all := schemas(document)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		properties := object(object(all[name])["properties"])
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			collect(u.member, place{object(properties[key]), schemaRule, key}, name+"."+GoName(key))
		}
		if properties == nil {
			collect(u.member, place{object(all[name]), schemaRule, name}, name)
		}
	}
	return u
}

func (u uses) of(name string) string {
	switch {
	case len(u.answered[name]) > 0 && len(u.sent[name]) > 0:
		return "is answered by " + some(u.answered[name]) + " and sent by " + some(u.sent[name]) + "."
	case len(u.answered[name]) > 0:
		return "is what " + some(u.answered[name]) + verb(u.answered[name], " answers.", " answer.")
	case len(u.sent[name]) > 0:
		return "is what " + some(u.sent[name]) + verb(u.sent[name], " sends.", " send.")
	case len(u.member[name]) > 0:
		return "is held by " + some(u.member[name]) + "."
	default:
		return ""
	}
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
