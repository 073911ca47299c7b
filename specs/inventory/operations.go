package inventory

import (
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Row is an operation of the inventory, specs/PRODUCT/operations.tsv, which clients,
// simulators, retries and tests read. The generation never changes name, path and shape of a
// committed row.
type Row struct {
	ID      string // the operationId as repaired
	Method  string // in upper case
	Path    string // the template, e.g. /fileSystems/{uid}
	Service string // the service and the Go method: FileSystems.Get
	Shape   string // what the method takes besides path arguments: -, body, params, body+params
	Since   string // the first release known to have the route, "" if unknown
	Class   string // safe, idempotent, once: what the transport may repeat
	Note    string // the vendor's id if ours differs, "inferred", "auth: basic", deprecation, other routes

	signature string // of the Go method, not in the table
}

func (r Row) sameName(old Row) bool { return r.ID == old.ID && r.Service == old.Service }

var inventoryColumns = []string{"operationId", "method", "path", "service.method", "shape", "since", "class", "note"}

// RowsOf lists the operations of an effective document, by path and method.
func RowsOf(effective document.Object) []Row {
	var rows []Row
	for _, o := range document.Operations(effective) {
		rows = append(rows, Row{
			ID: o.ID(), Method: o.Method, Path: o.Path,
			Service: o.Object.Text("x-service") + "." + o.Object.Text("x-method"),
			Shape:   o.Object.Text("x-shape"), Since: o.Object.Text("x-since"),
			Class: o.Object.Text("x-class"), Note: note(o), signature: signature(o),
		})
	}
	return rows
}

// signature writes the Go method of an operation without its options and results:
// Things.Set(ctx, uid, body SetThingBody).
func signature(o document.Operation) string {
	arguments := []string{"ctx"}
	for segment := range strings.SplitSeq(o.Path, "/") {
		if document.IsParameter(segment) {
			arguments = append(arguments, strings.Trim(segment, "{}"))
		}
	}
	if o.Object["x-takes-body"] == true {
		arguments = append(arguments, "body "+o.Object.Text("x-body-type"))
	}
	if o.Object["x-takes-params"] == true {
		arguments = append(arguments, "params *"+o.Object.Text("x-go-id")+"Params")
	}
	return o.Object.Text("x-service") + "." + o.Object.Text("x-method") + "(" + strings.Join(arguments, ", ") + ")"
}

func note(o document.Operation) string {
	var notes []string
	if id := o.Object.Text("x-vendor-id"); id != "" {
		notes = append(notes, vendorID+id)
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

// WriteRows returns the text of operations.tsv.
func WriteRows(rows []Row) []byte {
	table := [][]string{inventoryColumns}
	for _, r := range rows {
		table = append(table, []string{r.ID, r.Method, r.Path, r.Service, r.Shape, r.Since, r.Class, r.Note})
	}
	return writeTable(table)
}

// ReadRows reads operations.tsv.
func ReadRows(text []byte) ([]Row, error) {
	table, err := readTable(text, inventoryColumns...)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, c := range table {
		rows = append(rows, Row{ID: c[0], Method: c[1], Path: c[2], Service: c[3], Shape: c[4], Since: c[5], Class: c[6], Note: c[7]})
	}
	return rows, nil
}

// vendorID begins the note that the vendor has another id.
const vendorID = "vendor's id: "

func (r Row) isRepaired() bool { return strings.HasPrefix(r.Note, vendorID) }

// Route returns the method and the path.
func (r Row) Route() document.Route { return document.Route{Method: r.Method, Path: r.Path} }

// An index finds rows by route and by operationId.
type index struct {
	routes map[document.Route]Row
	ids    map[string]Row
}

func indexOf(rows []Row) index {
	x := index{map[document.Route]Row{}, map[string]Row{}}
	for _, r := range rows {
		x.routes[r.Route()], x.ids[r.ID] = r, r
	}
	return x
}

// CountRoutes counts the routes that the rows stand for: their own, and those that a note
// names ("also POST /…") because they differ only in the name of a path parameter.
func CountRoutes(rows []Row) int {
	count := len(rows)
	for _, r := range rows {
		if r.alsoRoute() != "" {
			count++
		}
	}
	return count
}

// alsoRoute returns the route that a note names, or "".
func (r Row) alsoRoute() string {
	for note := range strings.SplitSeq(r.Note, "; ") {
		if route, ok := strings.CutPrefix(note, "also "); ok {
			return route
		}
	}
	return ""
}

// CheckRoutes returns an error if a route of the contract has neither a row nor the note of
// another row: no repair may remove a route without a note.
func CheckRoutes(contract document.Object, rows []Row) error {
	have := map[string]bool{}
	for _, row := range rows {
		have[row.Route().String()], have[row.alsoRoute()] = true, true
	}
	for _, o := range document.Operations(contract) {
		if name := o.Name(); !have[name] {
			return fmt.Errorf(`no operation is made of %s: where overlay.yaml removes it, write x-note: "also %s" on the operation of the same route`, name, name)
		}
	}
	return nil
}
