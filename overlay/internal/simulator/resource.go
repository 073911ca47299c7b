package simulator

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// resource is what the document says of a collection and its items.
type resource struct {
	path    string // of the collection
	id      string // the member that a path names an item by
	list    *Operation
	create  *Operation
	get     *Operation
	updates []*Operation
	remove  *Operation
	addable bool        // objects can be added to it, and named
	aliases []*resource // the same items under other names
	// shapes are the schemas that show an item, the fullest first.
	shapes []*openapi3.Schema
}

// resources derives the collections of the document: what is listed, or whose
// items are read. It does so once; the resources are shared and must be copied
// before they are changed.
func (d *Document) resources() []*resource {
	d.derive.Do(func() {
		byPath := map[string]map[string]*Operation{}
		for at, operation := range d.byPlace {
			if byPath[at.path] == nil {
				byPath[at.path] = map[string]*Operation{}
			}
			byPath[at.path][at.method] = operation
		}
		for path, here := range byPath {
			if strings.HasSuffix(strings.TrimSuffix(path, "/"), "}") {
				continue
			}
			r := &resource{path: path, list: here["GET"], create: here["POST"]}
			if put := here["PUT"]; r.create == nil && put != nil && strings.HasPrefix(put.ID, "create") {
				r.create = put
			}
			parameter := r.items(byPath)
			if r.list == nil && r.get == nil {
				continue
			}
			r.shape()
			r.name(parameter)
			r.addable = r.create != nil && parameter != "" && len(r.shapes) > 0
			d.derived = append(d.derived, r)
		}
		slices.SortFunc(d.derived, func(a, b *resource) int { return strings.Compare(a.path, b.path) })
	})
	return d.derived
}

// items finds the operations on single items and returns the path parameter that
// names one, "" if there are none.
func (r *resource) items(byPath map[string]map[string]*Operation) string {
	below := strings.TrimSuffix(r.path, "/") + "/{"
	for path, there := range byPath {
		last, ok := strings.CutPrefix(strings.TrimSuffix(path, "/"), below)
		if !ok || strings.Contains(last, "/") {
			continue
		}
		r.get, r.remove = there["GET"], there["DELETE"]
		for _, method := range []string{"PUT", "PATCH", "POST"} {
			if there[method] != nil {
				r.updates = append(r.updates, there[method])
			}
		}
		return strings.TrimSuffix(last, "}")
	}
	return ""
}

// shape collects the schemas that show an item.
func (r *resource) shape() {
	add := func(ref *openapi3.SchemaRef) {
		if ref != nil && len(ref.Value.Properties) > 0 {
			r.shapes = append(r.shapes, ref.Value)
		}
	}
	if r.get != nil {
		add(r.get.result())
	}
	if r.list != nil {
		add(itemsOf(r.list.result()))
	}
	if r.create != nil && r.create.result() != nil && itemsOf(r.create.result()) == nil {
		add(r.create.result())
	}
}

// name chooses the member that the path parameter stands for.
func (r *resource) name(parameter string) {
	for _, candidate := range []string{parameter, "uid", "id", parameter + "_name", "name"} {
		if r.member(candidate) != nil {
			r.id = candidate
			return
		}
	}
	r.id = parameter
}

// member is the schema of an item's member, nil if no answer shows it.
func (r *resource) member(name string) *openapi3.SchemaRef {
	for _, shape := range r.shapes {
		if member := shape.Properties[name]; member != nil {
			return member
		}
	}
	return nil
}

// fits reports whether an answer may show a value as a member.
func (r *resource) fits(name string, value any) bool {
	member := r.member(name)
	return member != nil && member.Value.VisitJSON(value, openapi3.VisitAsResponse()) == nil
}

// blank is an item as it is before anything is said of it.
func (r *resource) blank() map[string]any {
	members := map[string]any{}
	for _, shape := range slices.Backward(r.shapes) {
		sample := Sampler{Full: true, Blank: true}.Value("", shape.NewRef())
		object, _ := sample.(map[string]any)
		for name, value := range object {
			members[name] = value
		}
	}
	return members
}

// parametersIn lists the names of the parameters of a path template.
func parametersIn(template string) []string {
	var all []string
	for part := range strings.SplitSeq(template, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			all = append(all, strings.TrimSuffix(name, "}"))
		}
	}
	return all
}
