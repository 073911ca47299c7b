package specs_test

import (
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// products are those with a folder of their own.
var products = []string{"weka", "ngenea"}

func load(t *testing.T, name string) *specs.Product {
	t.Helper()
	product, err := specs.Load(name, os.DirFS(name))
	if err != nil {
		t.Fatal(err)
	}
	return product
}

// TestEachRepairIsNeeded leaves out one repair after the other: either nothing
// comes out any more, or something other than the committed effective document, so
// that check fails for the removal of any. A general step must be needed for one of
// the products, an action of an overlay for its own.
func TestEachRepairIsNeeded(t *testing.T) {
	unneeded := map[repair.Repair]int{}
	for _, name := range products {
		repairs, err := load(t, name).Unneeded()
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range repairs {
			unneeded[one]++
		}
	}
	for one, count := range unneeded {
		if count == len(products) || strings.HasPrefix(one.Name, "overlay") {
			t.Errorf("%s (%s): without it the effective document is the same", one.Name, one.Reason)
		}
	}
}

func TestEachRepairHasAReason(t *testing.T) {
	for _, name := range products {
		for _, one := range load(t, name).Rules.Repairs() {
			if len(strings.Fields(one.Reason)) < 3 {
				t.Errorf("%s: the reason %q explains nothing", one.Name, one.Reason)
			}
		}
	}
}

func TestRepairIsDeterministic(t *testing.T) {
	for _, name := range products {
		t.Run(name, func(t *testing.T) { repairTwice(t, name) })
	}
}

func repairTwice(t *testing.T, name string) {
	product := load(t, name)
	var texts [2]string
	for i := range texts {
		doc, err := product.Repair()
		if err != nil {
			t.Fatal(err)
		}
		text, err := document.Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(text)
	}
	committed, err := specs.Effective(name)
	if err != nil {
		t.Fatal(err)
	}
	if texts[0] != texts[1] || texts[0] != string(committed) {
		t.Error("the same contract and repairs give different effective documents")
	}
}

// TestNamesDoNotMove removes one operation after the other, from all over the
// document, and expects every type and method that remains to keep its name. An
// operation that a repair names cannot be removed: the next one takes its turn.
func TestNamesDoNotMove(t *testing.T) {
	for name, every := range map[string]int{"weka": 200, "ngenea": 3} {
		t.Run(name, func(t *testing.T) { removeSome(t, load(t, name), every) })
	}
}

func removeSome(t *testing.T, product *specs.Product, every int) {
	whole, err := product.Repair()
	if err != nil {
		t.Fatal(err)
	}
	before, rows, removed := typesByUse(whole), inventory.RowsOf(whole), 0
	for i := 0; i < len(rows); i++ {
		doc, err := product.RepairOf(without(product.Contract, rows[i]))
		if err != nil {
			continue
		}
		for use, name := range typesByUse(doc) {
			if before[use] != name {
				t.Errorf("%s is %s with %s, and %s without it", use, before[use], rows[i].ID, name)
			}
		}
		removed++
		i += every
	}
	if removed < len(rows)/every/2 {
		t.Errorf("only %d operations could be removed", removed)
	}
}

// without is the contract less one operation.
func without(contract document.Object, row inventory.Row) document.Object {
	out := maps.Clone(contract)
	paths := maps.Clone(contract["paths"].(document.Object))
	item := maps.Clone(paths[row.Path].(document.Object))
	delete(item, strings.ToLower(row.Method))
	paths[row.Path] = item
	out["paths"] = paths
	return out
}

// typesByUse is what each operation sends and answers, by Go type.
func typesByUse(doc document.Object) map[string]string {
	out := map[string]string{}
	for path, item := range doc["paths"].(document.Object) {
		for method, value := range item.(document.Object) {
			operation, ok := value.(document.Object)
			if !ok {
				continue
			}
			for _, key := range []string{"x-body-type", "x-result-type", "x-method"} {
				if name, ok := operation[key].(string); ok {
					out[method+" "+path+" "+key] = name
				}
			}
		}
	}
	return out
}

// TestEveryRouteIsAccountedFor counts the contracts' routes in the inventories.
// WEKA's 412 are 410 rows, two of which stand for two routes each.
func TestEveryRouteIsAccountedFor(t *testing.T) {
	for name, want := range map[string]struct{ rows, routes int }{"weka": {410, 412}, "ngenea": {34, 34}} {
		t.Run(name, func(t *testing.T) {
			product := load(t, name)
			if product.Rules.Merged {
				t.Skip("a site's document, pulled over our contract, adds routes of its own")
			}
			accountFor(t, product, want.rows, want.routes)
		})
	}
}

func accountFor(t *testing.T, product *specs.Product, wantRows, wantRoutes int) {
	text, err := fs.ReadFile(os.DirFS(product.Name), "operations.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := inventory.ReadRows(text)
	if err != nil {
		t.Fatal(err)
	}
	if product.Name == "weka" && product.Release() != "5.1" {
		t.Logf("the counts are those of 5.1, the contract is of %s: every route is looked for, none counted", product.Release())
	} else if len(rows) != wantRows || inventory.CountRoutes(rows) != wantRoutes {
		t.Fatalf("%d rows for %d routes, want %d for %d", len(rows), inventory.CountRoutes(rows), wantRows, wantRoutes)
	}
	if err := inventory.CheckRoutes(product.Contract, rows); err != nil {
		t.Error(err)
	}
	for i, row := range rows {
		lost := row.Method + " " + row.Path
		if err := inventory.CheckRoutes(product.Contract, slices.Delete(slices.Clone(rows), i, i+1)); err == nil || !strings.Contains(err.Error(), lost) {
			t.Fatalf("without the row of %s: %v", lost, err)
		}
	}
}
