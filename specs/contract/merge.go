package contract

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Merge is a contract of ours with a site's document merged into it.
type Merge struct {
	Contract document.Object
	Lines    []string // what was confirmed, added, left out, and what contradicts
}

// MergeSite merges the document that a site serves into a contract that we wrote ourselves.
// It matches operations by method and path without the names of parameters, and schemas by
// the places that refer to them:
//
//   - our ids, paths, services and type names stay, and what the site's document lacks stays;
//   - what it confirms becomes documented (x-provenance);
//   - what it adds is added: operations, parameters, members, values of enumerations;
//   - where it contradicts, ours stays, and a line says so, so that programs still compile;
//   - the release is the site's, if it states one.
//
// The site's document must be stripped, see [Strip]. What cannot be repaired or named is left
// out, with a line. Merging the same document again changes nothing. confirms is false for our
// own contract, which a simulator serves. repair makes the effective document of a contract.
func MergeSite(contract, site document.Object, confirms bool, repair func(document.Object) (document.Object, error)) (Merge, error) {
	if count := len(document.Operations(site)); count > maxOperations {
		return Merge{}, fmt.Errorf("the document has %d operations, more than %d", count, maxOperations)
	}
	before, err := repair(contract)
	if err != nil {
		return Merge{}, fmt.Errorf("our own contract: %w", err)
	}
	merge := func(accept func(string) bool) (*merger, error) {
		m := newMerger(contract, site, before, accept)
		m.confirms = confirms
		if release := document.Release(site); confirms && numbered.MatchString(release) {
			m.ours.Object("info")["version"] = release
		}
		m.operations()
		after, err := repair(m.ours)
		if err == nil && m.keepOpen(before, after) {
			after, err = repair(m.ours)
		}
		m.nameAdded(after)
		return m, err
	}
	whole, err := merge(func(string) bool { return true })
	switch {
	case whole.site.left < 0:
		return Merge{}, errors.New("the schemas of the document combine each other without end")
	case whole.matches == 0:
		return Merge{}, errors.New("no operation of the document is one of our contract, below any path: is it the document of that product?")
	case err == nil:
		return whole.result(), nil
	case len(whole.offered) > maxOperations:
		return Merge{}, err
	}
	return mergeOneByOne(whole.offered, merge)
}

// numbered matches a release; generators write 0.0.0 or v1 where a site states none.
var numbered = regexp.MustCompile(`^[1-9]\d*(\.\d+)+$`)

// maxOperations bounds the work for a document; WEKA's has 412.
const maxOperations = 2000

// mergeOneByOne leaves out the additions that cannot be generated.
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

// A merger is the state of a merge.
type merger struct {
	ours     document.Object
	site     *siteDocument
	accept   func(addition string) bool
	offered  []string          // every addition, accepted or not
	names    *takenNames       // identifiers of the generated package
	typeOf   map[string]string // our component for a direction and a component of the site
	paired   map[string]bool   // pairs of components that were compared
	lines    []string          // see Merge
	said     map[string]bool   // the same lines
	matches  int               // operations of ours that the document has
	confirms bool              // false if the document is our own contract
	unnamed  map[string]int    // METHOD /path of each added operation to its line, which does not name the method yet
}

func newMerger(ours, site, effective document.Object, accept func(string) bool) *merger {
	m := &merger{
		ours: document.AsObject(document.Clone(ours)), site: readSite(site, ours), accept: accept, names: namesOf(effective),
		typeOf: map[string]string{}, paired: map[string]bool{}, said: map[string]bool{}, unnamed: map[string]int{},
	}
	for name := range document.Schemas(m.ours) {
		m.names.take(document.GoName(name))
	}
	return m
}

// keepOpen lets types that keep unknown members go on doing so, because programs may use
// these: a secret that the site's document adds would end it.
func (m *merger) keepOpen(before, after document.Object) (changed bool) {
	own := document.Schemas(m.ours)
	for _, name := range own.Keys() {
		was, is := document.Schemas(before).Object(document.GoName(name)), document.Schemas(after).Object(document.GoName(name))
		if was["additionalProperties"] != nil && is != nil && is["additionalProperties"] == nil {
			own.Object(name)["additionalProperties"], changed = document.Object{}, true
		}
	}
	return changed
}

// nameAdded completes the lines of added operations with their methods.
func (m *merger) nameAdded(effective document.Object) {
	for _, o := range document.Operations(effective) {
		if line, ok := m.unnamed[o.Name()]; ok {
			m.lines[line] += " as " + o.Object.Text("x-service") + "." + o.Object.Text("x-method")
		}
	}
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

// add records an addition and reports whether it is accepted.
func (m *merger) add(what string) bool {
	m.offered = append(m.offered, what)
	if !m.accept(what) {
		return false
	}
	m.say("added: %s", what)
	return true
}

// confirm marks as documented what the site's document has.
func (m *merger) confirm(described document.Object, what string) {
	if !m.confirms || described["x-provenance"] == document.Documented {
		return
	}
	if described["x-provenance"] == document.Inferred {
		m.say("confirmed: %s", what)
	}
	described["x-provenance"] = document.Documented
}
