package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Merge is what came of laying a site's document over a contract of ours.
type Merge struct {
	Contract document.Object
	Lines    []string // what was confirmed, added, left out, and what contradicts, one line each
}

// MergeSite lays the document that a site serves over the product's contract, which
// is our own where nobody publishes one. An operation of the site is matched by its
// method and the shape of its path, whatever its id and the names of its parameters,
// and a schema by the place that refers to it. Then
//
//   - our ids, paths, services and type names stay, and so does what the site's
//     document does not mention;
//   - what it confirms is documented from now on (x-provenance);
//   - what it adds is added: operations, parameters, members, values of an enumeration;
//   - where it contradicts, ours stays, and a line says so: programs go on compiling.
//
// The site's document must be stripped (see [Strip]). What cannot be repaired or
// named is left out, with a line. Merging the same document once more changes nothing.
//
// A document that confirms nothing is our own, come back from a simulator.
func MergeSite(contract, site document.Object, confirms bool, repair func(document.Object) (document.Object, error)) (Merge, error) {
	if count := len(document.Operations(site)); count > maxOperations {
		return Merge{}, fmt.Errorf("the document has %d operations, and at most %d are read", count, maxOperations)
	}
	before, err := repair(contract)
	if err != nil {
		return Merge{}, fmt.Errorf("our own contract: %w", err)
	}
	merge := func(accept func(string) bool) (*merger, error) {
		m := newMerger(contract, site, before, accept)
		m.confirms = confirms
		m.operations()
		after, err := repair(m.ours)
		if err == nil && m.keepOpen(before, after) {
			_, err = repair(m.ours)
		}
		return m, err
	}
	whole, err := merge(func(string) bool { return true })
	switch {
	case whole.site.left < 0:
		return Merge{}, errors.New("the schemas of the document combine each other without end")
	case err == nil:
		return whole.result(), nil
	case len(whole.offered) > maxOperations:
		return Merge{}, err
	}
	return mergeOneByOne(whole.offered, merge)
}

// maxOperations bounds the work that a document can cause; WEKA's has 412.
const maxOperations = 2000

// mergeOneByOne finds out which addition cannot be generated, and leaves it out.
func mergeOneByOne(offered []string, merge func(accept func(string) bool) (*merger, error)) (Merge, error) {
	accepted := map[string]bool{}
	var refused []string
	for _, addition := range offered {
		accepted[addition] = true
		if _, err := merge(func(key string) bool { return accepted[key] }); err != nil {
			delete(accepted, addition)
			refused = append(refused, fmt.Sprintf("left out: %s: %v", addition, err))
		}
	}
	m, err := merge(func(key string) bool { return accepted[key] })
	if err != nil {
		return Merge{}, err
	}
	result := m.result()
	result.Lines = append(result.Lines, refused...)
	return result, nil
}

// A merger holds the two documents while one is laid over the other.
type merger struct {
	ours     document.Object
	site     *siteDocument
	accept   func(addition string) bool
	offered  []string          // every addition that was found, accepted or not
	names    *takenNames       // identifiers of the generated package
	typeOf   map[string]string // a side and a component of the site to our component
	paired   map[string]bool   // pairs of components that were compared
	lines    []string          // see Merge
	said     map[string]bool   // the same lines
	confirms bool              // false if the document is our own contract
}

func newMerger(ours, site, effective document.Object, accept func(string) bool) *merger {
	m := &merger{
		ours: document.AsObject(document.Clone(ours)), site: readSite(site), accept: accept, names: namesOf(effective),
		typeOf: map[string]string{}, paired: map[string]bool{}, said: map[string]bool{},
	}
	for name := range document.Schemas(m.ours) {
		m.names.take(document.GoName(name))
	}
	return m
}

// keepOpen lets the types that kept unnamed members before keep them on: a secret that
// the site's document adds would close them, and programs may use what they keep.
func (m *merger) keepOpen(before, after document.Object) (changed bool) {
	own := document.Schemas(m.ours)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		was, is := document.Schemas(before).Object(document.GoName(name)), document.Schemas(after).Object(document.GoName(name))
		if was["additionalProperties"] != nil && is != nil && is["additionalProperties"] == nil {
			own.Object(name)["additionalProperties"], changed = document.Object{}, true
		}
	}
	return changed
}

func (m *merger) result() Merge { return Merge{m.ours, m.lines} }

func (m *merger) say(format string, arguments ...any) {
	line := fmt.Sprintf(format, arguments...)
	if !m.said[line] {
		m.said[line] = true
		m.lines = append(m.lines, line)
	}
}

func (m *merger) contradicts(where, format string, arguments ...any) {
	m.say("contradicts: %s: %s; ours stays", where, fmt.Sprintf(format, arguments...))
}

// add tells whether an addition may be made, and notes it.
func (m *merger) add(what string) bool {
	m.offered = append(m.offered, what)
	if !m.accept(what) {
		return false
	}
	m.say("added: %s", what)
	return true
}

// confirm marks as documented what the site's document has too.
func (m *merger) confirm(described document.Object, what string) {
	if !m.confirms || described["x-provenance"] == document.Documented {
		return
	}
	if described["x-provenance"] == document.Inferred {
		m.say("confirmed: %s", what)
	}
	described["x-provenance"] = document.Documented
}
