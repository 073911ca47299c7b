package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/specs/inventory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryOperation(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	status := run(t.Context(), &out)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for _, c := range contracts {
		n := len(committed(t, c.name))
		if want := fmt.Sprintf("%s: %d of %d operations", c.name, n, n); !strings.Contains(out.String(), want) {
			t.Errorf("did not print %q, as in the inventory", want)
		}
	}
	if status != 0 || len(lines) != len(contracts) {
		t.Errorf("status %d\n%s", status, out.String())
	}
}

// The operations are those of the inventory.
func TestInventory(t *testing.T) {
	for _, c := range contracts {
		d, err := c.document()
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, op := range d.operations {
			found[op.method+" "+op.path+" "+op.id] = true
		}
		for _, row := range committed(t, c.name) {
			if !found[row.Method+" "+row.Path+" "+row.ID] {
				t.Errorf("%s: %s is in the inventory only", c.name, row.ID)
			}
		}
	}
}

func committed(t *testing.T, product string) []inventory.Row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "specs", product, "operations.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := inventory.ReadRows(text)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The samples have each large integer in each place that can have an integer.
func TestBoundaryValues(t *testing.T) {
	for _, c := range contracts {
		d, err := c.document()
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, op := range d.operations {
			for _, c := range requestCases {
				r := op.sampleRequest(c.sampler)
				note(found, "path", r.path)
				note(found, "query", r.query)
				note(found, "body", r.body)
			}
			responses, err := op.responses()
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range responses {
				note(found, "response", r.result)
			}
		}
		for _, place := range []string{"path", "query", "body", "response"} {
			for _, value := range []string{beyondFloat, largestInt64, largestUint64, "0"} {
				if value == largestUint64 && !d.takesUint64(place) {
					continue
				}
				if !found[place+" "+value] {
					t.Errorf("%s: %s is in no %s", c.name, value, place)
				}
			}
		}
	}
}

// takesUint64 reports whether the document has such an integer in a place. Free-form values
// in bodies and responses always have one.
func (d *document) takesUint64(place string) bool {
	if place != openapi3.ParameterInPath && place != openapi3.ParameterInQuery {
		return true
	}
	return slices.ContainsFunc(d.operations, func(op *operation) bool {
		return slices.ContainsFunc(slices.Concat(op.inPath, op.inQuery), func(p *openapi3.Parameter) bool {
			return p.In == place && p.Schema.Value.Format == "uint64"
		})
	})
}

// note adds the numbers of a sample to found.
func note(found map[string]bool, place string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			note(found, place, member)
		}
	case []any:
		for _, item := range value {
			note(found, place, item)
		}
	case json.Number:
		found[place+" "+value.String()] = true
	}
}
