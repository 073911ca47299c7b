package inventory

import (
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Row is one operation of the inventory, specs/PRODUCT/operations.tsv: the
// table that the clients, the simulators, the retries and the tests all read.
// Name, path and shape of a committed row never change by generation.
type Row struct {
	ID      string // the operationId as repaired
	Method  string // in upper case
	Path    string // the template, e.g. /fileSystems/{uid}
	Service string // the service and the Go method: Filesystem.GetFileSystem
	Shape   string // what the method takes beside path arguments: -, body, params, body+params
	Since   string // the first release known to have the route, "" if nobody says
	Class   string // safe, idempotent, once: what the transport may send again
	Note    string // the vendor's own id where ours differs, "inferred", "auth: basic", deprecation, twins
}

var inventoryColumns = []string{"operationId", "method", "path", "service.method", "shape", "since", "class", "note"}

// InventoryOf lists the operations of an effective document, by path and method.
func InventoryOf(effective document.Object) []Row {
	var rows []Row
	for _, o := range document.Operations(effective) {
		rows = append(rows, Row{
			ID: o.ID(), Method: o.Method, Path: o.Path,
			Service: o.Object.Text("x-service") + "." + o.Object.Text("x-method"),
			Shape:   o.Object.Text("x-shape"), Since: o.Object.Text("x-since"),
			Class: o.Object.Text("x-class"), Note: note(o),
		})
	}
	return rows
}

func note(o document.Operation) string {
	var notes []string
	if id := o.Object.Text("x-vendor-id"); id != "" {
		notes = append(notes, "vendor's id: "+id)
	}
	if o.Object["x-provenance"] == document.Inferred {
		notes = append(notes, document.Inferred)
	}
	if auth := o.Object.Text("x-auth"); auth != "" {
		notes = append(notes, "auth: "+auth)
	}
	if o.Object["deprecated"] == true {
		notes = append(notes, "deprecated")
	}
	if release := o.Object.Text("x-removed"); release != "" {
		notes = append(notes, "removed in "+release)
	}
	if more := o.Object.Text("x-note"); more != "" {
		notes = append(notes, more)
	}
	return strings.Join(notes, "; ")
}

// WriteInventory is the text of operations.tsv.
func WriteInventory(rows []Row) []byte {
	table := [][]string{inventoryColumns}
	for _, r := range rows {
		table = append(table, []string{r.ID, r.Method, r.Path, r.Service, r.Shape, r.Since, r.Class, r.Note})
	}
	return writeTable(table)
}

// ReadInventory reads operations.tsv.
func ReadInventory(text []byte) ([]Row, error) {
	table, err := readTable(text, inventoryColumns...)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, c := range table {
		rows = append(rows, Row{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]})
	}
	return rows, nil
}

func rowsByRoute(rows []Row) map[document.Route]Row {
	out := map[document.Route]Row{}
	for _, r := range rows {
		out[r.Route()] = r
	}
	return out
}

// Accounted counts the routes that the rows stand for: their own, and those that
// a note names as differing only in the name of a path parameter ("also POST /…").
func Accounted(rows []Row) int {
	count := len(rows)
	for _, r := range rows {
		if r.standsForAnother() != "" {
			count++
		}
	}
	return count
}

// standsForAnother is the route that a note names, "" if none does.
func (r Row) standsForAnother() string {
	for note := range strings.SplitSeq(r.Note, "; ") {
		if twin, ok := strings.CutPrefix(note, "also "); ok {
			return twin
		}
	}
	return ""
}

// CheckRoutes proves that each route of the contract has a row, or another's note: no
// repair takes a route from programs without saying what stands for it.
func CheckRoutes(contract document.Object, rows []Row) error {
	have := map[string]bool{}
	for _, row := range rows {
		have[row.Method+" "+row.Path], have[row.standsForAnother()] = true, true
	}
	for _, o := range document.Operations(contract) {
		if name := o.Method + " " + o.Path; !have[name] {
			return fmt.Errorf(`no operation is made of %s: where overlay.yaml removes it, write x-note: "also %s" on the one that stands for it`, name, name)
		}
	}
	return nil
}

// Route is the row's method and path.
func (r Row) Route() document.Route { return document.Route{Method: r.Method, Path: r.Path} }
