package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// A section is problems with one kind of answer. Each is a line, with its details on the lines
// that follow: a line of our files, a place in the document, what can be pasted.
type section struct {
	what     string
	problems []string
}

// problems lists everything about a contract that a maintainer has to decide. Without a
// problem it returns the effective document.
func (p project) problems(product *specs.Product, drafts inventory.Drafts) ([]section, document.Object, error) {
	found, err := product.Problems()
	if err != nil {
		return nil, nil, err
	}
	a := adviser{project: p, Problems: found, product: product, places: document.Operations(found.Preview)}
	var defects, misfits, names, statements []string
	for _, defect := range found.Defects {
		defects = append(defects, a.defect(defect))
	}
	if !product.Rules.Merged {
		for _, misfit := range found.Misfits {
			misfits = append(misfits, a.misfit(misfit))
		}
	}
	moved := drafts.Gone
	if found.Rest != nil {
		moved = product.Lock.Moved(found.Rest)
	}
	for _, m := range moved {
		// The types of an operation move with its name.
		isOf := func(o inventory.Moved) bool { return m.Type.Of != "" && o.Row.ID == m.Type.Of }
		if !a.isLeftOut(m) && !slices.ContainsFunc(moved, isOf) {
			names = append(names, a.moved(m))
		}
	}
	if len(defects)+len(names) == 0 {
		statements = linesOf(product.Check(found.Rest))
	}
	folder := "specs/" + p.product + "/"
	return []section{
		{"repairs that do not fit: remove each, or state what it finds now; the first may be the cause of those after it", misfits},
		{"defects of the document: paste the action below each into " + folder + "overlay.yaml, and change it as you see fit", defects},
		{"names that would move: keep each by an action of " + folder + "overlay.yaml, where one is shown, or state it in " + folder + "changes.yaml", names},
		{"statements that do not hold for this release", statements},
	}, found.Rest, nil
}

func linesOf(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// refuse prints the problems, each with its details on the following lines, and returns an
// error that says what then has to be done, unless there is none.
func (p project) refuse(groups []section, then string) error {
	var all []string
	for _, g := range groups {
		if len(g.problems) == 0 {
			continue
		}
		p.say("%s (%d):", g.what, len(g.problems))
		for _, problem := range g.problems {
			first, details, _ := strings.Cut(problem, "\n")
			p.say("    %s", printable(first))
			for detail := range strings.Lines(details) {
				p.say("      %s", printable(detail))
			}
			all = append(all, first)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return errors.New(all[0] + "; resolve it, " + then)
	}
	return fmt.Errorf("resolve the %d problems above, %s", len(all), then)
}

// An adviser says of a problem where it is, and what to write.
type adviser struct {
	project
	repair.Problems
	product *specs.Product
	places  []document.Operation // of the contract after the actions that fit
}

// misfit adds the line of an action that does not fit.
func (a adviser) misfit(says string) string {
	found := actionNumber.FindStringSubmatch(says)
	if found == nil {
		return says
	}
	text, err := os.ReadFile(a.specs(found[1]))
	var overlay struct{ Actions []yaml.Node }
	n, atoi := strconv.Atoi(found[2])
	if errors.Join(err, atoi, yaml.Unmarshal(text, &overlay)) != nil || n < 1 || n > len(overlay.Actions) {
		return says
	}
	return says + "\n" + a.ours(found[1], overlay.Actions[n-1].Line)
}

var actionNumber = regexp.MustCompile(`(overlay[a-z-]*\.yaml): action (\d+) `)

// ours names a line of a file of the product.
func (a adviser) ours(file string, line int) string {
	return fmt.Sprintf("specs/%s/%s:%d", a.product.Name, file, line)
}

// moved adds to a name that would move where it is committed, and both answers: the action
// that keeps it, and the statement that it moves.
func (a adviser) moved(m inventory.Moved) string {
	lines := []string{m.Says}
	switch {
	case m.Type.Name != "":
		line := slices.IndexFunc(a.product.Lock.Types, func(t inventory.Type) bool { return t.Name == m.Type.Name })
		lines = append(lines, a.ours("types.tsv", line+2))
	case m.Row.ID != "":
		line := slices.IndexFunc(a.product.Lock.Rows, func(r inventory.Row) bool { return r.ID == m.Row.ID })
		lines = append(lines, a.ours("operations.tsv", line+2))
	}
	if m.Now.ID != "" && m.Now.ID != m.Row.ID {
		update := fmt.Sprintf("{operationId: %s, x-vendor-id: %s}", m.Row.ID, scalar(a.vendorID(m.Now)))
		lines = append(lines, action(target(m.Now.Route().String()), "the operation keeps the id that it has in our releases", "update: "+update))
	}
	return strings.Join(append(lines, m.State), "\n")
}

// vendorID returns the id that the document has.
func (a adviser) vendorID(row inventory.Row) string {
	if id := document.Find(a.Preview, row.Route().String()).Text("x-vendor-id"); id != "" {
		return id
	}
	return row.ID
}

// isLeftOut reports whether a name would not move but for a defect.
func (a adviser) isLeftOut(m inventory.Moved) bool {
	if a.Rest == nil || len(a.Defects) == 0 {
		return false
	}
	leftOut := func(row inventory.Row) bool {
		name := row.Route().String()
		return document.Find(a.Preview, name) != nil && document.Find(a.Rest, name) == nil
	}
	if m.Type.Name == "" {
		return leftOut(m.Row)
	}
	of := slices.IndexFunc(a.product.Lock.Rows, func(r inventory.Row) bool { return r.ID == m.Type.Of })
	return of < 0 || leftOut(a.product.Lock.Rows[of])
}

// target returns the JSONPath of an operation.
func target(operation string) string {
	method, path, _ := strings.Cut(operation, " ")
	return "$.paths['" + path + "']." + strings.ToLower(method)
}

// action returns an action of the overlay in one line.
func action(target, reason, does string) string {
	return fmt.Sprintf("- {target: %s, description: %s, %s}", scalar(target), scalar(reason), does)
}

// scalar writes text as YAML that may stand in a flow mapping.
func scalar(text string) string {
	if plainScalar.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

var plainScalar = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*( [A-Za-z0-9_]+)*$`)
