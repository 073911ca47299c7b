package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
)

// A change is one difference between two effective documents, or several equal ones.
type change struct {
	Kind       string   `json:"kind"`
	Breaking   bool     `json:"breaking"`
	Guessed    bool     `json:"guessed,omitempty"` // a rename that changes.yaml does not state
	Text       string   `json:"text"`
	Operations []string `json:"operations,omitempty"` // METHOD /path

	// Of a rename: a method or a type in Go, TYPE.member in JSON.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`

	ignored string // what goes wrong at run time, of a rename
}

// Kinds of changes, in the order in which a report lists them.
const (
	operationRemoved = "operation removed"
	operationKept    = "operation removed, its method kept for one release"
	renamed          = "renamed"
	fieldRemoved     = "field removed"
	retyped          = "retyped"
	newlyRequired    = "newly required"
	otherBreaking    = "breaking otherwise"
	classChanged     = "class changed"
	enumGrown        = "enum grown"
	operationAdded   = "operation added"
	fieldAdded       = "field added"
	deprecated       = "deprecated"
	other            = "other"
)

var kinds = []string{operationRemoved, renamed, fieldRemoved, retyped, newlyRequired, otherBreaking,
	operationKept, classChanged, enumGrown, operationAdded, fieldAdded, deprecated, other}

// errBreaking is what -fail-on-breaking makes of a breaking change.
var errBreaking = errors.New("there are breaking changes")

// diffCommand reads the flags of diff.
func (p project) diffCommand(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("diff", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	format := flags.String("format", "text", "text, markdown or json")
	fail := flags.Bool("fail-on-breaking", false, "exit 1 if a change breaks programs")
	flags.StringVar(&p.root, "root", ".", "the root of the repository")
	flags.StringVar(&p.product, "product", "weka", "whose document a git revision means")
	if err := flags.Parse(arguments); err != nil || flags.NArg() != 2 || !known(p.product) || renderers[*format] == nil {
		return errUsage
	}
	var documents [2]document.Object
	for i := range documents {
		text, err := p.version(ctx, flags.Arg(i))
		if err != nil {
			return err
		}
		if documents[i], err = document.Decode(text); err != nil {
			return fmt.Errorf("%s: %w", flags.Arg(i), err)
		}
	}
	product, err := p.load() // for what changes.yaml states
	if err != nil {
		return err
	}
	changes, err := p.compareDocuments(ctx, product, documents[0], documents[1])
	if err != nil {
		return err
	}
	if err := renderers[*format](p.out, changes); err != nil {
		return err
	}
	if *fail && slices.ContainsFunc(changes, func(c change) bool { return c.Breaking }) {
		return errBreaking
	}
	return nil
}

// version reads an effective document: a file, a folder that has one, or a git
// revision, which may be followed by the folder (v1.2.0:specs/ngenea).
func (p project) version(ctx context.Context, named string) ([]byte, error) {
	if about, err := os.Stat(named); err == nil {
		if about.IsDir() {
			named = filepath.Join(named, "effective.json")
		}
		return os.ReadFile(named)
	}
	revision, folder, _ := strings.Cut(named, ":")
	folder = cmp.Or(folder, "specs/"+p.product)
	if strings.HasPrefix(revision, "-") {
		return nil, errUsage
	}
	if !strings.HasSuffix(folder, ".json") {
		folder += "/effective.json"
	}
	git := exec.CommandContext(ctx, "git", "show", revision+":"+folder)
	git.Dir = p.root
	text, err := git.Output()
	if err != nil {
		return nil, fmt.Errorf("%s is no file, no folder with an effective.json and no git revision that has %s", named, folder)
	}
	return text, nil
}

// compareDocuments lists what changed, breaking changes first. The product's
// changes.yaml tells a rename that is stated from a guess.
func (p project) compareDocuments(ctx context.Context, product *specs.Product, older, newer document.Object) ([]change, error) {
	found, err := p.documentChanges(ctx, older, newer)
	if err != nil {
		return nil, err
	}
	changes, told := renames(product, older, newer)
	before := inventory.KeptOperations(older)
	for operation, release := range inventory.KeptOperations(newer) {
		told[deprecated+operation] = true
		if before[operation] == "" {
			changes = append(changes, change{Kind: operationKept, Text: "release " + release + " has it no more", Operations: []string{operation}})
		}
	}
	for operation, says := range inventory.ClassChanges(older, newer) {
		changes = append(changes, change{Kind: classChanged, Text: "what the transport may do with it: " + says, Operations: []string{operation}})
	}
	changes = append(changes, together(found, told)...)
	nameMethods(changes, older, newer)
	slices.SortStableFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), slices.Compare(a.Operations, b.Operations), cmp.Compare(a.Text, b.Text))
	})
	return changes, nil
}

// nameMethods says of operations that came or went what they are called in Go.
func nameMethods(changes []change, older, newer document.Object) {
	methods := map[string]string{}
	for _, row := range slices.Concat(inventory.InventoryOf(older), inventory.InventoryOf(newer)) {
		methods[row.Method+" "+row.Path] = row.Service
	}
	for i, c := range changes {
		if c.Kind == operationAdded || c.Kind == operationRemoved {
			changes[i].Text = methods[c.Operations[0]]
		}
	}
}

// together makes one change of equal ones, and drops what was told already: kind and
// operation.
func together(found []documentChange, told map[string]bool) []change {
	var changes []change
	together := map[string]*change{}
	for _, one := range found {
		kind, breaking := kindOf(one)
		if kind == "" || told[kind+one.Operation] {
			continue
		}
		key := kind + one.Text
		if kind == operationAdded || kind == operationRemoved {
			key += one.Operation
		}
		if together[key] == nil {
			together[key] = &change{Kind: kind, Breaking: breaking, Text: printable(one.Text)}
		}
		if same := together[key]; !slices.Contains(same.Operations, one.Operation) && one.Operation != "" {
			same.Operations = append(same.Operations, one.Operation)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(together)) {
		changes = append(changes, *together[key])
	}
	return changes
}

func rank(c change) int {
	at := slices.Index(kinds, c.Kind)
	if !c.Breaking {
		at += len(kinds)
	}
	return at
}

// renames lists what has another name now, and what is told thereby: of a rename that is
// stated, nobody needs to read that the one route went and the other came.
func renames(product *specs.Product, older, newer document.Object) (changes []change, told map[string]bool) {
	told = map[string]bool{}
	for _, r := range product.Lock.OperationRenames(older, newer) {
		if r.Stated {
			told[operationRemoved+r.In], told[operationAdded+r.Route] = true, true
		}
		one := change{
			Kind: renamed, Breaking: true, Guessed: !r.Stated, Operations: []string{r.In},
			Text: r.From + " is " + r.To + " (" + r.Route + ") now", From: r.From, To: r.To,
		}
		if r.Route != r.In {
			one.ignored = "the server answers 404 to the old route"
		}
		changes = append(changes, one)
	}
	for _, r := range product.Lock.TypeRenames(older, newer) {
		changes = append(changes, change{Kind: renamed, Breaking: true, Text: "the type " + r.From + " is " + r.To + " now", From: r.From, To: r.To})
	}
	for _, r := range inventory.GuessMemberRenames(older, newer) {
		changes = append(changes, change{
			Kind: renamed, Breaking: true, Guessed: true,
			Text: fmt.Sprintf("the member %q of %s is %q now", r.From, r.In, r.To), From: r.In + "." + r.From, To: r.In + "." + r.To,
			ignored: "the old member stays empty in an answer, and a request with it is refused",
		})
	}
	return changes, told
}
