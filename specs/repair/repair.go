// Package repair makes the effective document of a contract: it applies the actions of
// the overlay, then the general [Steps], and checks that each of them is needed.
package repair

import (
	"fmt"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Rules are what is stated about a contract besides the contract itself, as far as the
// effective document depends on it.
type Rules struct {
	overlays  []overlayFile
	numbers   numberNames
	Summaries map[document.Route]Summary   // our own line on each operation; nil if there is no summaries.tsv
	Releases  map[document.Route]string    // the first release known to have a route
	Names     Names                        // names.yaml
	Committed map[document.Route]Committed // what stays of operations
	Merged    bool                         // a site's document was merged into the contract: actions need not fit
	fitting   bool                         // see Fit
}

// A Repair is a stated change from the contract to the effective document: an action of the
// overlay, or a general step.
type Repair struct {
	Name   string // "overlay.yaml: action 12 ($.paths…)" or "step: numbers"
	Reason string
}

// A Step is a general repair: its rule holds for the whole document.
type Step struct {
	Name, Reason string
	apply        func(*repairing) error
}

// repairing is a document during the steps.
type repairing struct {
	document document.Object
	rules    *Rules
}

// Steps are the general repairs in the order in which they run, after the overlay. Types must
// be known before they are named, and named before fields that refer to them are marked.
var Steps = []Step{
	{"combinations", "a schema is one Go type: parts of allOf are joined, alternatives of constraints or of one scalar type are that type, the others are raw JSON; an enumeration has no null", combinedSchemasAreOne},
	{"requests", "parameters of a path belong to each of its operations, and a body or a result has one media type", requestsAreUniform},
	{"objects", "a schema with properties and without a type is an object; generator and validator disagree about it", objectsHaveType},
	{"maps", "example keys declared as properties (\"0\", \"HostId<0>\", \"0x1f:0\") are the keys of a map", exampleKeysAreMaps},
	{"numbers", "\"number\" without a format would be float32, which is wrong from 16 MiB on: numbers are int64, or what numbers.yaml says", numbersHaveFormat},
	{"cursors", "a page cursor (x-page) is a UUID, a timestamp or a number, and is sent back as text: it is decoded as a string", cursorsAreText},
	{"responses", "responses have their status as a name, which is not an identifier", responsesHaveNames},
	{"errors", "error bodies differ from the document (data is a string, object, list or null): the error type of overlay/call reads them, not a generated one", errorsAreFreeForm},
	{"successes", "a successful response that refers to the component of an error has no content", successesAreNoErrors},
	{"envelopes", "every enveloped response has data, and a list in it may be null", envelopesHaveData},
	{"unused", "components without a reference would become unused types", unusedComponentsGo},
	{"methods", "services and methods have Go names: names.yaml respells the words of ids, and a method does not repeat the noun of its service", operationsGetNames},
	{"names", "inline objects and enumerations become named components; otherwise they would be anonymous structs", inlineTypesGetNames},
	{"directions", "a component that is both sent and returned becomes two types: only in requests does absent differ from zero", sharedTypesSplit},
	{"open", "responses keep unknown members where the contract cannot be complete (x-open-responses)", responsesStayOpen},
	{"free-form", "a response without a described shape stays raw JSON; float64 would lose digits beyond 2^53", freeFormStaysRaw},
	{"fields", "members of responses are plain values, optional members of requests are pointers, and what is not set is not sent", fieldsAreMarked},
	{"enumerations", "constants of an enumeration get Go names", enumValuesGetNames},
	{"operations", "the templates write service, class, release, shape and result of each operation", operationsAreDescribed},
	{"comments", "the comment of a type says where it is used", typesAreDescribed},
}

// Repairs lists every repair of the product with its reason, in the order of application.
func (rules *Rules) Repairs() []Repair {
	var out []Repair
	for _, o := range rules.overlays {
		for i, action := range o.Actions {
			out = append(out, Repair{fmt.Sprintf("%s: action %d (%s)", o.name, i+1, action.Target), action.Description})
		}
	}
	for _, step := range Steps {
		out = append(out, Repair{"step: " + step.Name, step.Reason})
	}
	return out
}

// Apply makes the effective document of a contract. An error names the repair that found no
// place, changed nothing, or met a collision of names.
func (rules *Rules) Apply(contract document.Object) (document.Object, error) {
	planned, err := rules.plan(contract, rules.Merged)
	if err != nil {
		return nil, err
	}
	return rules.repair(planned, none)
}

// Misfits lists the actions of the overlay that do not fit a contract, because they find more
// or fewer places than they state, or have no effect. Apply stops at the first. A later action
// may be a misfit because an earlier one is.
func (rules *Rules) Misfits(contract document.Object) ([]string, error) {
	planned, err := rules.plan(contract, true)
	if err != nil {
		return nil, err
	}
	return planned.misfits, nil
}

// Preview returns a contract after the actions of the overlay that fit it, without the general
// steps.
func (rules *Rules) Preview(contract document.Object) (document.Object, error) {
	planned, err := rules.plan(contract, true)
	if err != nil {
		return nil, err
	}
	return planned.without(none)
}

const none = -1 // leaves out no repair

func (rules *Rules) repair(planned *plan, skip int) (document.Object, error) {
	doc, err := planned.without(skip)
	if err != nil {
		return nil, err
	}
	r := &repairing{document: doc, rules: rules}
	return r.document, r.steps(skip - len(planned.actions))
}

// steps applies the general steps, except one.
func (r *repairing) steps(skip int) error {
	if r.document.Object("components") == nil {
		r.document["components"] = document.Object{} // where the steps put what gets a name
	}
	if err := checkCharacters(r.document); err != nil {
		return err
	}
	for i, step := range Steps {
		if i == skip {
			continue
		}
		if err := step.apply(r); err != nil {
			return fmt.Errorf("step %s: %w", step.Name, err)
		}
	}
	return checkExtensions(r.document)
}

// A Summary is our description of an operation, from summaries.tsv.
type Summary struct {
	Text      string
	Successor string // the operationId to use instead of a deprecated one, or ""
}
