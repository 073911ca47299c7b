package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// defect adds to a defect where it is in the document, and the action that repairs it, if one
// follows from the document.
func (a adviser) defect(d repair.Defect) string {
	lines := []string{d.Says}
	if len(d.Operations) > 0 {
		operation := d.Operations[0]
		lines = append(lines, "at "+target(operation))
		for _, kind := range kindsOfDefects {
			if found := kind.says.FindStringSubmatch(d.Says); found != nil {
				lines = append(lines, kind.actions(a, operation, found)...)
				break
			}
		}
	}
	return strings.Join(lines, "\n")
}

// kindsOfDefects are those for which an action can be proposed.
var kindsOfDefects = []struct {
	says    *regexp.Regexp
	actions func(a adviser, operation string, found []string) []string
}{
	{regexp.MustCompile(`have one operationId|would both be the method|no operationId|the operationId "|has no tag|has the tag "`), adviser.identify},
	{regexp.MustCompile(`has the members "([^"]+)" and "([^"]+)"`), adviser.removeMember},
	{regexp.MustCompile(`has a member ("(?:[^"\\]|\\.)*")`), adviser.removeMember},
	{regexp.MustCompile(`^step names: \S+ /\S+ and \S+ /\S+ would both be called`), adviser.nameType},
	{regexp.MustCompile(`the values "([^"]+)" and "([^"]+)" would have one constant`), adviser.nameValue},
	{regexp.MustCompile(`conflicting paths "([^"]+)" and "([^"]+)"`), adviser.joinPaths},
}

// identify proposes an id and a tag for an operation that lacks them.
func (a adviser) identify(operation string, found []string) []string {
	at := slices.IndexFunc(a.places, func(o document.Operation) bool { return o.Name() == operation })
	o := a.places[at]
	for _, other := range a.places {
		if other.Method == o.Method && other.Path != o.Path && parameter.ReplaceAllString(other.Path, "{}") == parameter.ReplaceAllString(o.Path, "{}") {
			return a.joinPaths("", []string{"", o.Path, other.Path})
		}
	}
	var update []string
	isUsed := slices.ContainsFunc(a.places, func(other document.Operation) bool { return other.ID() == o.ID() && other.Name() != operation })
	if isUsed || !document.IsOperationID(o.ID()) || strings.HasPrefix(found[0], "would both") {
		update = append(update, "operationId: "+a.newID(o))
		if o.ID() != "" {
			update = append(update, "x-vendor-id: "+scalar(o.ID()))
		}
	}
	if tags := o.Object.List("tags"); len(tags) == 0 || !document.Exported(document.GoName(document.AsText(tags[0]))) {
		update = append(update, "tags: ["+scalar(a.nearestTag(o))+"]")
	}
	reason := "the document has no id and no tag that give Go names"
	if isUsed {
		reason = "the document has the id twice"
	}
	return []string{action(target(operation), reason, "update: {"+strings.Join(update, ", ")+"}")}
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// newID makes an id of the method and the path: getRehearsalLog of GET /rehearsals/{uid}/log.
func (a adviser) newID(o document.Operation) string {
	verbs := map[string]string{"GET": "get", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete", "HEAD": "head"}
	words := []string{cmp.Or(verbs[o.Method], strings.ToLower(o.Method))}
	segments := strings.Split(strings.Trim(o.Path, "/"), "/")
	for i, segment := range segments {
		if document.IsParameter(segment) {
			continue
		}
		if i+1 < len(segments) && document.IsParameter(segments[i+1]) {
			segment = document.Singular(segment)
		}
		words = append(words, document.GoName(segment))
	}
	id := strings.Join(words, "")
	for slices.ContainsFunc(a.places, func(other document.Operation) bool { return other.ID() == id }) {
		id += "At" + document.GoName(segments[len(segments)-1])
	}
	return id
}

// nearestTag returns the tag of the operation whose path has the most in common.
func (a adviser) nearestTag(o document.Operation) string {
	best, tag := -1, document.GoName(strings.Split(o.Path, "/")[1])
	for _, other := range a.places {
		tags := other.Object.List("tags")
		if len(tags) == 0 || !document.Exported(document.GoName(document.AsText(tags[0]))) {
			continue
		}
		common := 0
		for common < min(len(o.Path), len(other.Path)) && o.Path[common] == other.Path[common] {
			common++
		}
		if common > best && common > 1 {
			best, tag = common, document.AsText(tags[0])
		}
	}
	return tag
}

// removeMember proposes to remove the members with the last of the names, where all are
// members of one object.
func (a adviser) removeMember(operation string, found []string) []string {
	names := found[1:]
	for i, name := range names {
		if text, err := strconv.Unquote(name); err == nil {
			names[i] = text
		}
	}
	var actions []string
	propose := func(object document.Object, at string) {
		properties := object.Object("properties")
		if properties != nil && !slices.ContainsFunc(names, func(name string) bool { return properties[name] == nil }) {
			reason := "its Go name is that of another member, or none"
			actions = append(actions, action(at+".properties"+step(names[len(names)-1]), reason, "remove: true"))
		}
	}
	a.look(document.Find(a.Preview, operation), target(operation), propose)
	if actions == nil {
		a.look(a.Preview.Object("components"), "$.components", propose)
	}
	return actions
}

// step is a step of a JSONPath to a member.
func step(name string) string {
	if plainStep.MatchString(name) {
		return "." + name
	}
	return "['" + name + "']"
}

var plainStep = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// nameType proposes the id of the operation for the type of its result.
func (a adviser) nameType(operation string, _ []string) []string {
	o := document.Operation{Object: document.Find(a.Preview, operation)}
	schema, at := o.ResponseSchema(), target(operation)+".responses"+step(o.SuccessStatus())+".content['application/json'].schema"
	for _, inner := range []string{"properties.data", "items"} {
		if next := schema.Object(strings.Split(inner, ".")...); next != nil {
			schema, at = next, at+"."+inner
		}
	}
	if schema["properties"] == nil {
		return nil
	}
	name := document.GoName(o.ID()) + "Result"
	return []string{action(at, "another operation has a result of that name and other members", "update: {x-type-name: "+name+"}")}
}

// nameValue proposes a constant for the second of two values.
func (a adviser) nameValue(operation string, found []string) []string {
	var actions []string
	a.look(document.Find(a.Preview, operation), target(operation), func(object document.Object, at string) {
		values := object.List("enum")
		if slices.Contains(values, any(found[1])) && slices.Contains(values, any(found[2])) {
			names := "update: {x-enum-names: {" + strconv.Quote(found[2]) + ": " + document.GoName(found[2]) + "2}}"
			actions = append(actions, action(at, "two of its values would have one constant", names))
		}
	})
	return actions
}

// look visits each object of a value with its JSONPath.
func (a adviser) look(value any, at string, visit func(document.Object, string)) {
	switch v := value.(type) {
	case document.Object:
		visit(v, at)
		for _, key := range v.Keys() {
			a.look(v[key], at+step(key), visit)
		}
	case []any:
		for i, item := range v {
			a.look(item, fmt.Sprintf("%s[%d]", at, i), visit)
		}
	}
}

// joinPaths proposes to keep one of two paths that differ in the name of a parameter: the one
// that has all operations of the other.
func (a adviser) joinPaths(_ string, found []string) []string {
	gone, stays := found[1], found[2]
	hasAll := func(path, of string) bool {
		return !slices.ContainsFunc(a.places, func(o document.Operation) bool {
			return o.Path == of && document.Find(a.Preview, o.Method+" "+path) == nil
		})
	}
	if !hasAll(stays, gone) {
		gone, stays = stays, gone
	}
	if !hasAll(stays, gone) {
		return nil
	}
	actions := []string{action("$.paths['"+gone+"']", "it differs from its twin in the name of a parameter only", "remove: true")}
	for _, o := range a.places {
		twin := o.Method + " " + gone
		if o.Path == stays && document.Find(a.Preview, twin) != nil {
			actions = append(actions, action(target(o.Name()), "it stands for its twin too", `update: {x-note: "also `+twin+`"}`))
		}
	}
	return actions
}
