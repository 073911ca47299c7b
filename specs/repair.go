package specs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// A Repair is one stated change on the way from the contract to the effective
// document: an action of overlay.yaml, or one of the general Steps.
type Repair struct {
	Name   string // "overlay 12: $.paths…" or "step: numbers"
	Reason string
}

// A Step is a general repair: its rule holds wherever it fits, so it names no place.
type Step struct {
	Name, Reason string
	apply        func(*repairing) error
}

// repairing is a document on its way through the steps.
type repairing struct {
	document Object
	product  *Product
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
func (p *Product) Repairs() []Repair {
	var out []Repair
	for i, action := range p.overlay.Actions {
		out = append(out, Repair{fmt.Sprintf("overlay %d: %s", i+1, action.Target), action.Description})
	}
	for _, step := range Steps {
		out = append(out, Repair{"step: " + step.Name, step.Reason})
	}
	return out
}

// Repair makes the effective document: the contract with every repair applied.
// An error names the repair that found no place, changed nothing, or met a
// collision that a human has to settle.
func (p *Product) Repair() (Object, error) { return p.RepairOf(p.Contract) }

// RepairOf does to another document, such as a newer contract, what Repair does to
// the product's own.
func (p *Product) RepairOf(contract Object) (Object, error) {
	contract, err := p.restored(contract)
	if err != nil {
		return nil, err
	}
	planned, err := planOverlay(contract, p.overlay, p.Merged)
	if err != nil {
		return nil, err
	}
	return p.repair(planned, nobody)
}

// Idle lists the repairs that no longer fit a contract over which a site's document
// was laid: without a place, at more places than they state, or without effect. In
// any other contract such a repair is an error of Repair.
func (p *Product) Idle() ([]string, error) {
	return p.misfits(p.Merged)
}

// Misfits lists every repair that does not fit the contract, where Repair stops at the
// first: what a maintainer wants to know of a new release. A repair after one that
// does not fit may be on the list because of that.
func (p *Product) Misfits() ([]string, error) { return p.misfits(true) }

func (p *Product) misfits(tolerant bool) ([]string, error) {
	contract, err := p.restored(p.Contract)
	if err != nil {
		return nil, err
	}
	planned, err := planOverlay(contract, p.overlay, tolerant)
	if err != nil {
		return nil, err
	}
	return planned.idle, nil
}

const nobody = -1 // no repair is left out

func (p *Product) repair(planned *plan, skip int) (Object, error) {
	document, err := planned.without(skip)
	if err != nil {
		return nil, err
	}
	if object(document["components"]) == nil {
		document["components"] = Object{} // where the steps put what gets a name
	}
	if err := checkCharacters(document); err != nil {
		return nil, err
	}
	r := &repairing{document: document, product: p}
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

// Validate runs every check that kin-openapi has over a document.
func Validate(document Object) error {
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(text)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return fmt.Errorf("validate: %w", err)
	}
	return nil
}
