package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
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

	ignored string // of a rename: what goes wrong at run time
}

// Kinds of changes.
const (
	serverMoved      = "address changed"
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

// kinds is the order in which a report lists the kinds.
var kinds = []string{serverMoved, operationRemoved, renamed, fieldRemoved, retyped, newlyRequired, otherBreaking,
	operationKept, classChanged, enumGrown, operationAdded, fieldAdded, deprecated, other}

// errBreaking is the error of -fail-on-breaking.
var errBreaking = errors.New("there are breaking changes")

func (p project) diffCommand(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("diff", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	format := flags.String("format", "text", "text, markdown or json")
	fail := flags.Bool("fail-on-breaking", false, "exit 1 if a change breaks programs")
	flags.StringVar(&p.root, "root", ".", "the root of the repository")
	flags.StringVar(&p.product, "product", "weka", "the product of a git revision")
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
	product, err := p.load() // for changes.yaml
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

// version reads an effective document: a file, a folder that has one, or a git revision,
// optionally with the folder (v1.2.0:specs/ngenea).
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
		return nil, fmt.Errorf("%s is neither a file, nor a folder with an effective.json, nor a git revision with %s", named, folder)
	}
	return text, nil
}

// compareDocuments lists what changed, breaking changes first. The product's changes.yaml
// says which renames are stated.
func (p project) compareDocuments(ctx context.Context, product *specs.Product, older, newer document.Object) ([]change, error) {
	document.Respell(older, newer)
	found, err := p.documentChanges(ctx, older, newer)
	if err != nil {
		return nil, err
	}
	changes, reported := renames(product, older, newer)
	if from, to := serverOf(older), serverOf(newer); from != to {
		changes = append(changes, change{Kind: serverMoved, Breaking: true, Text: fmt.Sprintf("the address of every operation: %s is %s now", from, to)})
	}
	before := inventory.KeptOperations(older)
	for operation, release := range inventory.KeptOperations(newer) {
		reported[deprecated+operation] = true
		if before[operation] == "" {
			changes = append(changes, change{Kind: operationKept, Text: "not in release " + release, Operations: []string{operation}})
		}
	}
	for operation, classes := range inventory.ClassChanges(older, newer) {
		changes = append(changes, change{Kind: classChanged, Text: "retry class: " + classes, Operations: []string{operation}})
	}
	changes = append(changes, group(found, reported)...)
	methods := map[string]string{} // of operations that came or went, in Go
	for _, row := range slices.Concat(inventory.RowsOf(older), inventory.RowsOf(newer)) {
		methods[row.Route().String()] = row.Service
	}
	for i, c := range changes {
		if c.Kind == operationAdded || c.Kind == operationRemoved {
			changes[i].Text = methods[c.Operations[0]]
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), slices.Compare(a.Operations, b.Operations), cmp.Compare(a.Text, b.Text))
	})
	return changes, nil
}

// serverOf returns the address below which the paths of a document are.
func serverOf(doc document.Object) string {
	servers := doc.List("servers")
	if len(servers) == 0 {
		return "/"
	}
	return document.AsObject(servers[0]).Text("url")
}

func rank(c change) int {
	at := slices.Index(kinds, c.Kind)
	if !c.Breaking {
		at += len(kinds)
	}
	return at
}

// group joins equal changes of several operations, and drops those that are reported
// already, by kind and operation.
func group(found []documentChange, reported map[string]bool) []change {
	groups := map[string]*change{}
	for _, one := range found {
		kind, breaking := kindOf(one)
		if kind == "" || reported[kind+one.Operation] {
			continue
		}
		key := kind + one.Text
		if kind == operationAdded || kind == operationRemoved {
			key += one.Operation
		}
		if groups[key] == nil {
			groups[key] = &change{Kind: kind, Breaking: breaking, Text: printable(one.Text)}
		}
		if c := groups[key]; !slices.Contains(c.Operations, one.Operation) && one.Operation != "" {
			c.Operations = append(c.Operations, one.Operation)
		}
	}
	var changes []change
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		changes = append(changes, *groups[key])
	}
	return changes
}

// renames lists what has another name now, and what is reported thereby: a stated rename
// is neither a removed nor an added route.
func renames(product *specs.Product, older, newer document.Object) (changes []change, reported map[string]bool) {
	reported = map[string]bool{}
	for _, r := range product.Lock.OperationRenames(older, newer) {
		if r.Stated {
			reported[operationRemoved+r.In], reported[operationAdded+r.Route] = true, true
		}
		one := change{
			Kind: renamed, Breaking: true, Guessed: !r.Stated, Operations: []string{r.In},
			Text: r.From + " is " + r.To + " (" + r.Route + ") now", From: r.From, To: r.To,
		}
		if r.Route != r.In {
			one.ignored = "the server returns 404 for the old route"
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
			ignored: "the old member stays empty in a response, and a request with it is rejected",
		})
	}
	return changes, reported
}

// A documentChange is a difference that oasdiff finds, as specs/refresh/diff prints it.
type documentChange struct {
	Rule, Operation, Text string
	Level                 int // 3 breaks, 2 may break, 1 informs
}

// kindOf classifies a change by the rule that found it. Breaking means breaking for a
// program that uses the generated types: for it a removed member is a compile error,
// whether or not the server had to send it.
func kindOf(c documentChange) (kind string, breaking bool) {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(c.Rule, part) })
	}
	request := has("request", "parameter")
	switch {
	case has("endpoint-added", "api-path-added"):
		return operationAdded, false
	case has("api-removed", "api-path-removed"):
		return operationRemoved, true
	case has("operation-id"), has("tag"):
		return "", false // names of methods are compared separately
	case has("type-changed", "type-generalized", "type-specialized", "type-compatible", "list-of-types"):
		return retyped, true
	case request && has("became-required", "new-required", "body-became-required"):
		return newlyRequired, true
	case has("enum-value-added"):
		return enumGrown, false
	case has("enum-value-removed"):
		return otherBreaking, true
	case has("property-removed", "parameter-removed"):
		return fieldRemoved, true
	case has("property-added", "new-optional", "parameter-added"):
		return fieldAdded, false
	case has("deprecat", "sunset"):
		return deprecated, false
	case c.Level == 3:
		return otherBreaking, true
	}
	return other, false
}

// documentChanges runs oasdiff.
func (p project) documentChanges(ctx context.Context, older, newer document.Object) ([]documentChange, error) {
	dir, err := os.MkdirTemp("", "hotcold-diff-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for name, doc := range map[string]document.Object{"new.json": newer, "old.json": older} {
		text, err := document.Encode(doc)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	var found []documentChange
	err = p.compareTool(ctx, &found, "documents", filepath.Join(dir, "old.json"), filepath.Join(dir, "new.json"))
	if err != nil {
		message := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
		return nil, fmt.Errorf("%s; diff compares effective documents, whose defects are repaired: effective.json, not openapi.json", message)
	}
	return found, nil
}

// compareTool runs specs/refresh/diff, a module of its own, and decodes its output.
func (p project) compareTool(ctx context.Context, into any, arguments ...string) error {
	tool := exec.CommandContext(ctx, "go", append([]string{"run", "-C", filepath.Join(p.root, "specs/refresh/diff"), "."}, arguments...)...)
	tool.Env = append(inCopy(), "GOWORK=off")
	var stderr bytes.Buffer
	tool.Stderr = &stderr
	text, err := tool.Output()
	if err != nil {
		message, _ := strings.CutSuffix(strings.TrimSpace(stderr.String()), "exit status 1")
		return fmt.Errorf("comparing: %w: %s", err, strings.TrimSpace(message))
	}
	return json.Unmarshal(text, into)
}
