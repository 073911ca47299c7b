// Package repair makes the effective document of a contract: it applies the actions of
// overlay.yaml, then the general [Steps], and proves that each of them is needed.
package repair

import (
	"fmt"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Rules are what is stated about a contract beside the contract itself, as far as the
// effective document depends on it.
type Rules struct {
	overlays  []overlayFile
	numbers   numberNames
	Summaries map[document.Route]Summary // our own line on each operation; nil if there is no summaries.tsv
	Releases  map[document.Route]string  // the first release known to have a route
	Names     Names
	Committed map[document.Route]Committed // what stays of operations
	Merged    bool                         // a site's own document was laid over the contract: an action may find another place, or none
}

// A Repair is one stated change on the way from the contract to the effective
// document: an action of overlay.yaml, or one of the general Steps.
type Repair struct {
	Name   string // "overlay.yaml: action 12 ($.paths…)" or "step: numbers"
	Reason string
}

// A Step is a general repair: its rule holds wherever it fits, so it names no place.
type Step struct {
	Name, Reason string
	apply        func(*repairing) error
}

// repairing is a document on its way through the steps.
type repairing struct {
	document document.Object
	rules    *Rules
}

// Steps are the general repairs, in the order in which they run, after the
// overlay. The order matters: types must be settled before names are given to
// them, and names before fields are marked for what refers to them.
var Steps = []Step{
	{"objects", "a schema with properties and no type is an object; the generator and the validator disagree about what else it could be", objectsHaveType},
	{"maps", "example keys written as properties (\"0\", \"HostId<0>\", \"0x1f:0\") are the keys of a map", exampleKeysAreMaps},
	{"numbers", "\"number\" without a format becomes float32, which is wrong from 16 MiB on: whole numbers are int64, and numbers.yaml names the rest", numbersHaveFormat},
	{"cursors", "a page cursor (x-page) is a UUID, a timestamp or a number, and goes back as text: the decoder turns any of them into a string", cursorsAreText},
	{"responses", "responses are called by their status, which is no identifier", responsesHaveNames},
	{"errors", "error bodies vary beyond what the document says (data is text, object, list or null): the error type of overlay/call reads them, not a generated one", errorsAreFreeForm},
	{"successes", "a success that refers to the component of an error has no content of its own", successesAreNoErrors},
	{"envelopes", "data is in every enveloped answer, and a list in it may be null", envelopesHaveData},
	{"unused", "components that nothing refers to would become dead types", unusedComponentsGo},
	{"methods", "services and methods read as Go does: names.yaml spells the words of ids, and the noun of a service is not repeated", operationsGetNames},
	{"names", "inline objects and enumerations become named components, or they come out as anonymous structs", inlineTypesGetNames},
	{"directions", "a component that is both sent and answered is two types: what is absent and what is zero differ only when sending", sharedTypesSplit},
	{"open", "an answer keeps what it has beside its described members, where the contract cannot be complete (x-open-answers)", answersStayOpen},
	{"free-form", "an answer without a described shape keeps its JSON, or digits beyond 2^53 are lost in float64", freeFormStaysRaw},
	{"fields", "answers are plain values, optional request members are pointers, and what is not set is not sent", fieldsAreMarked},
	{"enumerations", "constants of an enumeration get Go names", enumValuesGetNames},
	{"operations", "service, class, release, shape and result of each operation are data that the templates print", operationsAreDescribed},
	{"comments", "every type says where it is used, which is what its reader wants to know", typesAreDescribed},
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

// Apply makes the effective document of a contract: every repair is applied.
// An error names the repair that found no place, changed nothing, or met a
// collision that a human has to settle.
func (rules *Rules) Apply(contract document.Object) (document.Object, error) {
	planned, err := rules.plan(contract, rules.Merged)
	if err != nil {
		return nil, err
	}
	return rules.repair(planned, nobody)
}

// Misfits lists every action of the overlay that does not fit a contract, where Apply
// stops at the first: without a place, at more places than it states, or without effect.
// An action after one that does not fit may be on the list because of that.
func (rules *Rules) Misfits(contract document.Object) ([]string, error) {
	planned, err := rules.plan(contract, true)
	if err != nil {
		return nil, err
	}
	return planned.misfits, nil
}

// Preview is a contract after the actions of the overlay that fit it, before the general steps.
func (rules *Rules) Preview(contract document.Object) (document.Object, error) {
	planned, err := rules.plan(contract, true)
	if err != nil {
		return nil, err
	}
	return planned.without(nobody)
}

const nobody = -1 // no repair is left out

func (rules *Rules) repair(planned *plan, skip int) (document.Object, error) {
	doc, err := planned.without(skip)
	if err != nil {
		return nil, err
	}
	if doc.Object("components") == nil {
		doc["components"] = document.Object{} // where the steps put what gets a name
	}
	if err := checkCharacters(doc); err != nil {
		return nil, err
	}
	r := &repairing{document: doc, rules: rules}
	for i, step := range Steps {
		if len(planned.actions)+i == skip {
			continue
		}
		if err := step.apply(r); err != nil {
			return nil, fmt.Errorf("step %s: %w", step.Name, err)
		}
	}
	return r.document, checkExtensions(r.document)
}

// Summary is our own line on an operation, from summaries.tsv.
type Summary struct {
	Text      string
	Successor string // the operationId to use instead of a deprecated one, or ""
}
