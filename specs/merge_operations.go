package specs

import (
	"maps"
	"slices"
	"strings"
)

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
