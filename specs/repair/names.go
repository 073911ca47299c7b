package repair

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A hoister names inline objects and enumerations in a fixed order and moves them to the
// components. A name depends only on the operation, or on the type and the member, that has
// the schema, so unrelated operations do not change it. Two equal schemas with one name are one
// type, such as the result of a list and of its items; others are an error, which x-type-name in
// overlay-names.yaml resolves.
type hoister struct {
	schemas document.Object
	goName  func(string) string
	origin  map[string]string // what has a name, for the error of a collision
	shared  map[string]bool   // names of x-type-name, which equal schemas may share
	inline  map[string]any    // the shape of an inline schema before its own were named, by name
	fitting bool              // see [Rules.Fit]: an x-type-name that is not free is ignored
	err     error
}

func inlineTypesGetNames(r *repairing) error {
	components := r.document.Object("components")
	h := &hoister{schemas: document.Object{}, goName: r.rules.Names.Words.GoName, origin: map[string]string{}, shared: map[string]bool{}, inline: map[string]any{}, fitting: r.rules.fitting}
	for _, name := range document.ReservedNames(r.document) {
		h.origin[name] = "the generated code itself"
	}
	h.components(r.document)
	for _, o := range document.Operations(r.document) {
		h.operation(o)
	}
	components["schemas"] = h.schemas
	return h.err
}

// components gives the vendor's components Go names, then names what is inline in them.
func (h *hoister) components(doc document.Object) {
	renamed := map[string]string{}
	all := document.Schemas(doc)
	for _, name := range all.Keys() {
		renamed[name] = h.goName(name)
		if explicit := all.Text(name, "x-type-name"); explicit != "" {
			renamed[name] = h.goName(explicit)
		}
	}
	document.Walk(doc, func(p document.Place) {
		if name, ok := p.Object.SchemaRef(); ok && renamed[name] != "" {
			p.Object["$ref"] = document.SchemaPrefix + renamed[name]
		}
		if p.Rule == document.DiscriminatorRule {
			mapping := p.Object.Object("mapping")
			for value := range mapping {
				mapping[value] = document.SchemaPrefix + renamed[strings.TrimPrefix(mapping.Text(value), document.SchemaPrefix)]
			}
		}
	})
	for _, name := range all.Keys() {
		schema := all.Object(name)
		delete(schema, "x-type-name")
		h.take(renamed[name], "the component "+name, schema)
	}
	for _, name := range all.Keys() {
		h.inner(all.Object(name), renamed[name])
	}
}

func (h *hoister) operation(o document.Operation) {
	id := o.Object.Text("x-go-id")
	for _, parameter := range o.Parameters() {
		name := id + h.goName(parameter.Text("name"))
		schema, holder := document.ParameterSchema(parameter)
		holder["schema"] = h.name(schema, name, o.Name())
	}
	if content := o.BodyContent(); content != nil {
		content["schema"] = h.body(content.Object("schema"), id+"Body", o.Name())
	}
	if content := o.ResponseContent(); content != nil {
		h.response(content, o)
	}
}

// body names the schema of a request body. A list stays a list of named items.
func (h *hoister) body(schema document.Object, name, origin string) document.Object {
	if items := schema.Object("items"); items != nil {
		schema["items"] = h.name(items, name+"Item", origin)
		return schema
	}
	return h.name(schema, name, origin)
}

// response names the schemas of a response. The envelope of a plain response stays inline:
// callers do not see it, and the simulators need it. A response that callers get as a whole,
// because of members beside data, is a type itself.
func (h *hoister) response(content document.Object, o document.Operation) {
	schema := content.Object("schema")
	names := responseNames(o)
	properties := schema.Object("properties")
	if properties == nil || properties["data"] == nil {
		content["schema"] = h.data(schema, names, o.Name())
		return
	}
	properties["data"] = h.data(properties.Object("data"), names, o.Name())
	if o.Object["x-page"] != nil {
		properties.Object("data")["x-go-name"] = "Items"
	}
	if resultOf(o) == resultBody {
		content["schema"] = h.name(schema, names.whole, o.Name())
	}
}

func (h *hoister) data(schema document.Object, names names, origin string) document.Object {
	if items := schema.Object("items"); items != nil {
		schema["items"] = h.name(items, names.item, origin)
		return schema
	}
	return h.name(schema, names.one, origin)
}

type names struct{ one, item, whole string }

// responseNames returns nouns for operations that read: ClusterStatus for getClusterStatus,
// a list of Task for getTasks. The names for other operations begin with the operation.
func responseNames(o document.Operation) names {
	id := o.Object.Text("x-go-id")
	whole := "Response"
	if o.Object["x-page"] != nil {
		whole = "Page"
	}
	if o.Method != http.MethodGet {
		return names{id + "Result", id + "Item", id + whole}
	}
	noun := id
	for _, verb := range []string{"Get", "List", "Show"} {
		if rest, ok := strings.CutPrefix(id, verb); ok && rest != "" {
			noun = rest
			break
		}
	}
	return names{noun, document.Singular(noun), document.Singular(noun) + whole}
}

// name moves an object or an enumeration to the components under a name, or under its
// x-type-name, and names what is inline in it. It returns the schema that replaces it.
func (h *hoister) name(schema document.Object, name, origin string) document.Object {
	return h.nameIn(schema, name, origin, false)
}

// nameIn is name; within says that the schema is one of another type's, whose name gives way
// to that of another.
func (h *hoister) nameIn(schema document.Object, name, origin string, within bool) document.Object {
	if schema == nil || schema["$ref"] != nil {
		return schema
	}
	explicit := schema.Text("x-type-name")
	delete(schema, "x-type-name")
	if wanted := h.goName(explicit); h.fitting && h.origin[wanted] != "" && (!h.shared[wanted] || h.isUnequal(wanted, schema)) {
		explicit = ""
	}
	if explicit != "" {
		name = h.goName(explicit)
	}
	isType := schema["properties"] != nil || schema["enum"] != nil || schema["x-known-values"] != nil || schema["oneOf"] != nil
	if !isType {
		h.inner(schema, name)
		return schema
	}
	ofMember := document.Object{}
	for _, key := range []string{"x-go-name", "x-provenance", "x-added", "nullable"} { // of the member, not of its type
		if value := schema[key]; value != nil {
			ofMember[key] = value
			delete(schema, key)
		}
	}
	isSame := explicit == "" && h.isSame(name, schema)
	if _, taken := h.origin[name]; taken && explicit == "" && within && !isSame {
		name += "Value" // an operation's own type stays an error: its name is the first that is looked for
	}
	ref := document.RefTo(name)
	maps.Copy(ref, ofMember)
	if isSame {
		return ref
	}
	h.inline[name] = shapeOf(schema)
	h.inner(schema, name)
	if explicit != "" {
		h.share(name, origin, schema)
	} else {
		h.take(name, origin, schema)
	}
	return ref
}

// isSame reports whether an inline schema has the name of an equal one.
func (h *hoister) isSame(name string, schema document.Object) bool {
	before, ok := h.inline[name]
	return ok && reflect.DeepEqual(before, shapeOf(schema))
}

// inner names what is inline in a schema.
func (h *hoister) inner(schema document.Object, name string) {
	properties := schema.Object("properties")
	for _, key := range properties.Keys() {
		properties[key] = h.nameIn(properties.Object(key), name+h.goName(key), name+"."+key, true)
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner := schema.Object(key); inner != nil {
			item := document.Singular(name)
			if _, taken := h.origin[item]; taken && !h.isSame(item, inner) {
				item = name + "Item"
			}
			schema[key] = h.nameIn(inner, item, name, true)
		}
	}
}

func (h *hoister) take(name, origin string, schema document.Object) {
	if !document.Exported(name) && h.err == nil {
		h.err = fmt.Errorf("%s gives no Go identifier for its type: give it an x-type-name in overlay-names.yaml", origin)
	}
	if before, ok := h.origin[name]; ok && h.err == nil && (!h.fitting || !h.shared[name]) {
		h.err = collision(name, before, origin)
	}
	h.origin[name] = origin
	h.schemas[name] = schema
}

// share takes the name of an x-type-name, which equal schemas may share.
func (h *hoister) share(name, origin string, schema document.Object) {
	if !h.shared[name] {
		h.take(name, origin, schema)
		h.shared[name] = true
		return
	}
	if h.isUnequal(name, schema) && h.err == nil {
		h.err = fmt.Errorf("%s (at %s) is not equal to the other schema of that name: only equal schemas may share an x-type-name", name, origin)
	}
	if schema["x-open-enum"] == nil {
		delete(h.schemas.Object(name), "x-open-enum") // the contract has these values
	}
}

// isUnequal reports whether a shared name belongs to another schema.
func (h *hoister) isUnequal(name string, schema document.Object) bool {
	return !reflect.DeepEqual(shapeOf(h.schemas[name]), shapeOf(schema))
}

// shapeOf returns a schema without what may differ between schemas of one type.
func shapeOf(value any) any {
	schema := document.AsObject(document.Clone(value))
	document.WalkFrom(document.Place{Object: schema, Rule: document.SchemaRule, Key: ""}, func(p document.Place) {
		delete(p.Object, "description")
		delete(p.Object, "nullable")
		delete(p.Object, "x-open-enum")
	})
	return schema
}

func collision(name, first, second string) error {
	return fmt.Errorf("%s and %s would both be called %s: give one of them an x-type-name in overlay.yaml", first, second, name)
}
