package repair

import (
	"regexp"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Problems are what a maintainer has to decide before a contract can be repaired.
type Problems struct {
	Misfits []string        // actions of the overlay that do not fit, see [Rules.Misfits]
	Defects []Defect        // what stops the general steps
	Preview document.Object // the contract after the actions that fit, which has the places of the defects
	Rest    document.Object // the effective document without the operations of the defects; nil if it cannot be made
}

// A Defect is an error of a general step.
type Defect struct {
	Says       string
	Operations []string // METHOD /path of those that were left out because of it
	Type       string   // the Go type that the error is about, or ""
}

// Problems lists all of a contract's problems, not only the first. Each operation that a step
// cannot handle is left out, and the steps run again without it.
func (rules *Rules) Problems(contract document.Object) (p Problems, err error) {
	planned, err := rules.plan(contract, true)
	if err != nil {
		return p, err
	}
	p.Misfits = planned.misfits
	if p.Preview, err = planned.without(none); err != nil {
		return p, err
	}
	const most = 200
	doc := document.AsObject(document.Clone(p.Preview))
	for range most {
		r := &repairing{document: document.AsObject(document.Clone(doc)), rules: rules}
		if err = r.steps(none); err == nil {
			err = Validate(r.document)
		}
		if err == nil {
			p.Rest = r.document
			break
		}
		found := false
		for line := range strings.Lines(err.Error()) {
			d := Defect{Says: strings.TrimSpace(line)}
			d.Operations, d.Type = r.blame(doc, d.Says)
			p.Defects = append(p.Defects, d)
			for _, operation := range d.Operations {
				found = leaveOut(doc, operation) || found
			}
		}
		if !found {
			break
		}
	}
	return p, nil
}

var (
	namedOperation = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE) (/[^\s:,;]*)`)
	namedPath      = regexp.MustCompile(`"(/[^"]*)"`)
	namedType      = regexp.MustCompile(`(?:^|: )(?:the type )?([A-Z]\w*)`)
)

// blame returns the operation that an error is about, the last if it names several, or the
// type that it is about and the operations that use it.
func (r *repairing) blame(doc document.Object, says string) (operations []string, typeName string) {
	all := namedOperation.FindAllString(says, -1)
	for i := len(all) - 1; i >= 0; i-- {
		if document.Find(doc, all[i]) != nil {
			return all[i : i+1], ""
		}
	}
	paths := namedPath.FindAllStringSubmatch(says, -1)
	for i := len(paths) - 1; i >= 0; i-- {
		for _, method := range document.Methods {
			if name := strings.ToUpper(method) + " " + paths[i][1]; document.Find(doc, name) != nil {
				return []string{name}, ""
			}
		}
	}
	for _, found := range namedType.FindAllStringSubmatch(says, -1) {
		typeName = found[1]
		for _, o := range document.Operations(r.document) {
			used := document.ReachableFrom(r.document, append(document.Responses(o), document.Requests(o)...))
			if used[typeName] && document.Find(doc, o.Name()) != nil {
				operations = append(operations, o.Name())
			}
		}
		if len(operations) > 0 {
			return operations, typeName
		}
	}
	return nil, ""
}

// leaveOut removes an operation, and its path if no other operation is left there.
func leaveOut(doc document.Object, operation string) bool {
	method, path, _ := strings.Cut(operation, " ")
	item := doc.Object("paths", path)
	if item[strings.ToLower(method)] == nil {
		return false
	}
	delete(item, strings.ToLower(method))
	for _, method := range document.Methods {
		if item[method] != nil {
			return true
		}
	}
	delete(doc.Object("paths"), path)
	return true
}
