package contract

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// identifiers proposes operationIds, the best first: listSchedules, getSchedule,
// createSchedule, replaceSchedule, updateSchedule, deleteSchedule, and pauseJob for
// POST /jobs/{id}/pause/.
func identifiers(site *siteDocument, o document.Operation, path string) []string {
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(segments) == 0 {
		return nil
	}
	last := segments[len(segments)-1]
	var nouns []string
	for _, segment := range segments[:len(segments)-1] {
		if !document.IsParameter(segment) {
			nouns = append(nouns, document.Singular(document.GoName(segment)))
		}
	}
	prefix := strings.Join(nouns, "")
	verb := map[string]string{"GET": "get", "POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}[o.Method]
	noun := prefix
	switch isList := returnsList(site, o); {
	case document.IsParameter(last) && o.Method == http.MethodPost:
		verb = "post"
	case o.Method == http.MethodPost && len(segments) > 1 && segments[len(segments)-2] == "token": // verify, blacklist
		verb, noun = strings.ToLower(document.GoName(last)), "Token"
	case document.IsParameter(last):
	case o.Method == http.MethodGet && isList:
		verb, noun = "list", prefix+document.GoName(last)
	case o.Method == http.MethodGet:
		noun = prefix + document.GoName(last)
	case o.Method == http.MethodPost && len(segments) > 1 && document.IsParameter(segments[len(segments)-2]) && !site.has(http.MethodGet, o.Path):
		verb = strings.ToLower(document.GoName(last)[:1]) + document.GoName(last)[1:]
	default:
		noun = prefix + document.Singular(document.GoName(last))
	}
	proposals := []string{verb + noun}
	var all strings.Builder
	for _, segment := range segments {
		all.WriteString(document.GoName(strings.Trim(segment, "{}")))
	}
	return append(proposals, strings.ToLower(o.Method)+all.String())
}

func returnsList(site *siteDocument, o document.Operation) bool {
	schema := o.ResponseSchema()
	if name, ok := schema.SchemaRef(); ok {
		schema = site.object(name)
	}
	return schema["items"] != nil || schema.Object("properties")["results"] != nil
}

func (s *siteDocument) has(method, path string) bool {
	return slices.ContainsFunc(s.operations, func(o document.Operation) bool { return o.Method == method && o.Path == path })
}

// takenNames are the identifiers of the generated package, and the operationIds.
type takenNames struct {
	types map[string]bool
	ids   map[string]bool // as Go names
}

// namesOf collects the names of an effective document.
func namesOf(effective document.Object) *takenNames {
	n := &takenNames{map[string]bool{}, map[string]bool{}}
	for _, name := range document.ReservedNames(effective) {
		n.take(name)
	}
	for name, schema := range document.Schemas(effective) {
		n.take(name)
		for _, key := range []string{"x-enum-varnames", "x-constants"} {
			for _, constant := range document.AsObject(schema).List(key) {
				n.take(name + document.AsText(constant))
			}
		}
	}
	for _, o := range document.Operations(effective) {
		n.ids[document.GoName(o.ID())] = true
	}
	return n
}

func (n *takenNames) take(name string) { n.types[name] = true }

var endingNumber = regexp.MustCompile(`\d+$`)

// free takes the name of a type, or a similar one that is free. Names that differ only in a
// number count as the same.
func (n *takenNames) free(name string) string {
	if !document.Exported(name) {
		name = "Object" + name
	}
	for _, ending := range []string{"", "Record", "Entry", "Details", "Resource"} {
		wanted := name + ending
		numbered := endingNumber.MatchString(wanted) && n.types[endingNumber.ReplaceAllString(wanted, "")]
		if !numbered && !n.types[wanted] {
			n.take(wanted)
			return wanted
		}
	}
	return n.free(name + "Other")
}

// takeEnumeration takes the names of an enumeration and its constants if all are free.
func (n *takenNames) takeEnumeration(name string, values []any) bool {
	constants, err := document.Constants(values, nil)
	if err != nil || n.types[name] {
		return false
	}
	for _, constant := range constants {
		if n.types[name+document.AsText(constant)] || !document.Exported(name+document.AsText(constant)) {
			return false
		}
	}
	n.take(name)
	for _, constant := range constants {
		n.take(name + document.AsText(constant))
	}
	return true
}

// operation takes the first operationId that is free.
func (n *takenNames) operation(proposals []string) (string, bool) {
	for _, id := range proposals {
		name := document.GoName(id)
		if document.IsOperationID(id) && !n.ids[name] && !n.types[name+"Params"] {
			n.ids[name] = true
			n.take(name + "Params")
			return id, true
		}
	}
	return "", false
}

// service takes the name of a new service.
func (n *takenNames) service(name string) string {
	if !document.Exported(name) {
		name = "Other" + name
	}
	for n.types[name+"Service"] {
		name += "Other"
	}
	n.take(name + "Service")
	return name
}

var serializer = regexp.MustCompile(`Serializer$`)

// typeName returns our name for a component of the site: ScheduleChanges for
// PatchedSchedule; for ScheduleSerializer, Schedule in a response and ScheduleInput in a
// request.
func typeName(siteName string, d direction) string {
	name := serializer.ReplaceAllString(document.GoName(siteName), "")
	if d == receiving {
		return name
	}
	if rest, ok := strings.CutSuffix(name, "Request"); ok && rest != "" {
		name = rest
	}
	if rest, ok := strings.CutPrefix(name, "Patched"); ok && rest != "" {
		return rest + "Changes"
	}
	return name + "Input"
}
