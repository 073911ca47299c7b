package specs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Merge is what came of laying a site's document over a contract of ours.
type Merge struct {
	Contract Object
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
func (p *Product) MergeSite(site Object, confirms bool) (Merge, error) {
	if count := len(operations(site)); count > maxOperations {
		return Merge{}, fmt.Errorf("the document has %d operations, and at most %d are read", count, maxOperations)
	}
	product := *p
	product.Merged = true
	before, err := product.Repair()
	if err != nil {
		return Merge{}, fmt.Errorf("our own contract: %w", err)
	}
	merge := func(accept func(string) bool) (*merger, error) {
		m := newMerger(p.Contract, site, before, accept)
		m.confirms = confirms
		m.operations()
		after, err := product.RepairOf(m.ours)
		if err == nil && m.keepOpen(before, after) {
			_, err = product.RepairOf(m.ours)
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
	ours     Object
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

func newMerger(ours, site, effective Object, accept func(string) bool) *merger {
	m := &merger{
		ours: object(clone(ours)), site: readSite(site), accept: accept, names: namesOf(effective),
		typeOf: map[string]string{}, paired: map[string]bool{}, said: map[string]bool{},
	}
	for name := range schemas(m.ours) {
		m.names.take(GoName(name))
	}
	return m
}

// keepOpen lets the types that kept unnamed members before keep them on: a secret that
// the site's document adds would close them, and programs may use what they keep.
func (m *merger) keepOpen(before, after Object) (changed bool) {
	own := schemas(m.ours)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		was, is := object(schemas(before)[GoName(name)]), object(schemas(after)[GoName(name)])
		if was["additionalProperties"] != nil && is != nil && is["additionalProperties"] == nil {
			object(own[name])["additionalProperties"], changed = Object{}, true
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
func (m *merger) confirm(described Object, what string) {
	if !m.confirms || described["x-provenance"] == provenanceDocumented {
		return
	}
	if described["x-provenance"] == inferred {
		m.say("confirmed: %s", what)
	}
	described["x-provenance"] = provenanceDocumented
}

const provenanceDocumented = "documented"

// operations matches the operations of both, then adds those that the site has alone.
func (m *merger) operations() {
	ours := map[string]operation{}
	for _, o := range operations(m.ours) {
		ours[o.Method+" "+pathOutline(o.Path)] = o
	}
	var alone []operation
	seen := map[string]bool{}
	for _, o := range m.site.operations {
		key := o.Method + " " + pathOutline(o.Path)
		own, matched := ours[key]
		switch {
		case seen[key]:
			m.say("left out: %s: the document has another operation of this method and path", o.name())
		case matched:
			m.matched(own, o)
		default:
			alone = append(alone, o)
		}
		seen[key] = true
	}
	for _, o := range alone {
		m.added(o)
	}
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		if o := ours[key]; !seen[key] {
			provenance := text(o.Object["x-provenance"])
			m.say("not in the document: %s (%s): ours stays", o.name(), provenance)
		}
	}
}

// pathOutline is a path without the names of its parameters and its last slash.
func pathOutline(path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range segments {
		if isParameter(segment) {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

func isParameter(segment string) bool {
	return strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}")
}

// matched compares an operation of ours with the site's.
func (m *merger) matched(own, theirs operation) {
	m.confirm(own.Object, own.name())
	if own.Path != theirs.Path && strings.HasSuffix(own.Path, "/") != strings.HasSuffix(theirs.Path, "/") {
		m.contradicts(own.name(), "its path is %s in the document, which differs in the trailing slash", theirs.Path)
	}
	m.pathParameters(own, theirs)
	for _, parameter := range theirs.parameters() {
		m.parameter(own, parameter)
	}
	m.body(own, theirs)
	m.answer(own, theirs)
}

// pathParameters compares those in the path by their order: names may differ.
func (m *merger) pathParameters(own, theirs operation) {
	names, others := templateNames(own.Path), templateNames(theirs.Path)
	for i := range names {
		ours, site := parameterOf(own, "path", names[i]), parameterOf(theirs, "path", others[i])
		if ours == nil || site == nil {
			continue
		}
		m.confirm(ours, own.name()+", parameter "+names[i])
		m.pair(object(ours["schema"]), object(site["schema"]), sending, own.name()+", parameter "+names[i])
	}
}

func templateNames(path string) []string {
	var names []string
	for segment := range strings.SplitSeq(path, "/") {
		if isParameter(segment) {
			names = append(names, segment[1:len(segment)-1])
		}
	}
	return names
}

func parameterOf(o operation, in, name string) Object {
	for _, parameter := range o.parameters() {
		if text(parameter["in"]) == in && text(parameter["name"]) == name {
			return parameter
		}
	}
	return nil
}

// parameter compares one in the query, or adds it as an optional one.
func (m *merger) parameter(own operation, theirs Object) {
	name, in := text(theirs["name"]), text(theirs["in"])
	where := own.name() + ", parameter " + name
	ours := parameterOf(own, in, name)
	switch {
	case in == "path":
	case in != "query":
		m.say("left out: %s: it is in %s", where, in)
	case ours != nil:
		m.confirm(ours, where)
		m.pair(object(ours["schema"]), object(theirs["schema"]), sending, where)
		if (ours["required"] == true) != (theirs["required"] == true) {
			m.contradicts(where, "it is %s in the document", requiredOrNot(theirs["required"] == true))
		}
	default:
		if theirs["required"] == true {
			m.contradicts(where, "it is new and required in the document; it is optional here")
		}
		m.addParameter(own, theirs, where)
	}
}

func requiredOrNot(required bool) string {
	if required {
		return "required"
	}
	return "optional"
}

func (m *merger) addParameter(own operation, theirs Object, where string) {
	fields := map[string]string{}
	for _, parameter := range own.parameters() {
		if text(parameter["in"]) == "query" {
			fields[fieldName(text(parameter["name"]), parameter)] = text(parameter["name"])
		}
	}
	if err := checkFieldName(own.name(), text(theirs["name"]), Object{}, fields); err != nil {
		m.say("left out: %s: %v", where, err)
		return
	}
	if m.add(where) {
		own.Object["parameters"] = append(list(own.Object["parameters"]), m.queryParameter(own.id(), theirs))
	}
}

// queryParameter makes a parameter of ours of one of the site's.
func (m *merger) queryParameter(id string, theirs Object) Object {
	name := text(theirs["name"])
	out := Object{"in": "query", "name": name, "x-provenance": provenanceDocumented}
	for _, key := range []string{"style", "explode"} {
		if theirs[key] != nil {
			out[key] = theirs[key]
		}
	}
	schema := m.adopt(object(theirs["schema"]), sending, GoName(id)+GoName(name))
	if !isPlain(schema) && !isPlain(object(schema["items"])) {
		schema = Object{"type": "string"}
	}
	out["schema"] = schema
	return out
}

// isPlain tells a single value from an object or a list.
func isPlain(schema Object) bool {
	switch text(schema["type"]) {
	case "string", "integer", "number", "boolean":
		return true
	}
	return false
}

func (m *merger) body(own, theirs operation) {
	ours := jsonContent(object(own.Object["requestBody"]))
	site := jsonContent(object(theirs.Object["requestBody"]))
	switch {
	case ours == nil && site == nil:
	case ours == nil:
		m.contradicts(own.name(), "it takes a body in the document")
	case site == nil:
		m.contradicts(own.name(), "it takes no JSON body in the document")
	default:
		m.pair(object(ours["schema"]), object(site["schema"]), sending, own.name()+", body")
	}
}

func (m *merger) answer(own, theirs operation) {
	ours, site := answerSchema(success(own)), answerSchema(success(theirs))
	if a, b := successStatus(own), successStatus(theirs); a != b && b != "" {
		m.contradicts(own.name(), "it answers %s in the document and not %s", b, a)
	}
	switch {
	case ours == nil && site == nil:
	case ours == nil:
		m.contradicts(own.name(), "it answers with content in the document")
	case site == nil:
		m.contradicts(own.name(), "it answers without JSON content in the document")
	default:
		m.pair(ours, site, answering, own.name()+", answer")
	}
}

func successStatus(o operation) string {
	for _, status := range slices.Sorted(maps.Keys(object(o.Object["responses"]))) {
		if strings.HasPrefix(status, "2") {
			return status
		}
	}
	return ""
}
