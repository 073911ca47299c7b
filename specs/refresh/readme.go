package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
)

// A count is a number, or a release, in README.md that follows from a document: the group
// of a pattern, at each of its places.
type count struct {
	pattern *regexp.Regexp
	value   string
}

// readme writes the counts of all products into README.md.
func (p project) readme() error {
	for p.product = range specs.Products() {
		if err := p.countInReadme(); err != nil {
			return err
		}
	}
	return nil
}

// countInReadme writes the counts of the product.
func (p project) countInReadme() error {
	have, want, err := p.counted()
	if err != nil || have == want {
		return err
	}
	p.say("README.md: the counts of %s", p.product)
	return write(filepath.Join(p.root, "README.md"), []byte(want))
}

// counted returns the text of README.md as it is, and with the counts of the product. Both
// are empty if there is none.
func (p project) counted() (have, want string, err error) {
	text, err := os.ReadFile(filepath.Join(p.root, "README.md"))
	if errors.Is(err, fs.ErrNotExist) || !known(p.product) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	counts, err := p.counts()
	if err != nil {
		return "", "", err
	}
	have, want = string(text), string(text)
	if strings.Contains(have, "-package stock specs/"+p.product+"/openapi.json") {
		counts = append(counts, p.stock()...)
	}
	for _, c := range counts {
		for _, at := range slices.Backward(c.pattern.FindAllStringSubmatchIndex(want, -1)) {
			want = want[:at[2]] + c.value + want[at[3]:]
		}
	}
	return have, want, nil
}

func (p project) counts() ([]count, error) {
	text, err := os.ReadFile(p.specs("operations.tsv"))
	if err != nil {
		return nil, err
	}
	rows, err := inventory.ReadRows(text)
	if err != nil {
		return nil, fmt.Errorf("operations.tsv: %w", err)
	}
	about, err := p.source()
	if err != nil {
		return nil, err
	}
	inferred := 0
	for _, row := range rows {
		if strings.Contains(row.Note, document.Inferred) {
			inferred++
		}
	}
	lines := 0
	files, err := filepath.Glob(p.generatedGo("*.gen.go"))
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		lines += strings.Count(string(code), "\n")
	}
	title := regexp.QuoteMeta(p.about().Title)
	return []count{
		{regexp.MustCompile(`(\d+)\s+of\s+` + title + `\b`), strconv.Itoa(len(rows))},
		{regexp.MustCompile(title + `,\s+of\s+which\s+(\d+)\s+are\s+inferred`), strconv.Itoa(inferred)},
		{regexp.MustCompile(title + `'s\s+document\s+is\s+that\s+of\s+release\s+(\d\S*\w)`), about.Release},
		{regexp.MustCompile(`(?m)^\| ` + title + ` \| (\d\S*) \|`), about.Release},
		{regexp.MustCompile(`\| ([\d,]+) \(.wc -l gen/` + p.product + `api/`), thousands(lines)},
	}, err
}

// stock counts the client that oapi-codegen generates from the contract without our repairs.
// If it generates none, the counts stay those of the release before.
func (p project) stock() []count {
	doc, err := openapi3.NewLoader().LoadFromFile(p.specs("openapi.json"))
	if err != nil {
		return nil
	}
	config := codegen.Configuration{PackageName: "stock", Generate: codegen.GenerateOptions{Models: true, Client: true}}
	generating.Lock()
	defer generating.Unlock()
	code, err := codegen.Generate(doc, config.UpdateDefaults())
	if err != nil {
		return nil
	}
	floats := 0
	for line := range strings.Lines(code) {
		if strings.Contains(line, "float32") {
			floats++
		}
	}
	return []count{
		{regexp.MustCompile(`\| lines \| ([\d,]+) \|`), thousands(strings.Count(code, "\n"))},
		{regexp.MustCompile(`16 MiB \| ([\d,]+) \|`), thousands(floats)},
	}
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
