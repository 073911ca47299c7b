package specs

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// A hoister gives every inline object and enumeration a name, in one fixed order,
// and moves it to the components. A name depends on the operation, or on the type
// and member, where the schema stands, and on nothing else, so it does not move
// when an unrelated operation comes or goes. Two schemas that want one name are
// an error: a human settles it with x-type-name in overlay.yaml.
type hoister struct {
	schemas Object
	origin  map[string]string // who took a name, for the message of a collision
	shared  map[string]bool   // names given by hand, which equal schemas share
	err     error
}

func inlineTypesGetNames(r *repairing) error {
	components := object(r.document["components"])
	h := &hoister{schemas: Object{}, origin: map[string]string{}, shared: map[string]bool{}}
	for _, name := range reservedNames(r.document) {
		h.origin[name] = "the generated code itself"
	}
	h.components(r.document)
	for _, o := range operations(r.document) {
		h.operation(o)
	}
	components["schemas"] = h.schemas
	return h.err
}

// reservedNames are the identifiers that the templates emit beside the types.
func reservedNames(document Object) []string {
	names := []string{"Operations", "Services", "NewServices"}
	for _, o := range operations(document) {
		names = append(names, "Op"+GoName(o.id()), GoName(o.id())+"Params")
		for _, tag := range list(o.Object["tags"]) {
			names = append(names, GoName(text(tag))+"Service")
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// components gives the vendor's own components their Go names, then names what is
// inline in them.
func (h *hoister) components(document Object) {
	renamed := map[string]string{}
	all := schemas(document)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		renamed[name] = GoName(name)
		if explicit := text(object(all[name])["x-type-name"]); explicit != "" {
			renamed[name] = GoName(explicit)
		}
	}
	walk(document, func(p place) {
		if name, ok := strings.CutPrefix(text(p.object["$ref"]), schemaPrefix); ok && renamed[name] != "" {
			p.object["$ref"] = schemaPrefix + renamed[name]
		}
	})
	for _, name := range slices.Sorted(maps.Keys(all)) {
		schema := object(all[name])
		delete(schema, "x-type-name")
		h.take(renamed[name], "the component "+name, schema)
		h.inner(schema, renamed[name])
	}
}

func (h *hoister) operation(o operation) {
	id := GoName(o.id())
	for _, parameter := range o.parameters() {
		name := id + GoName(text(parameter["name"]))
		parameter["schema"] = h.name(object(parameter["schema"]), name, o.name())
	}
	if content := jsonContent(object(o.Object["requestBody"])); content != nil {
		content["schema"] = h.body(object(content["schema"]), id+"Body", o.name())
	}
	if content := jsonContent(success(o)); content != nil {
		h.answer(content, o)
	}
}

// body names what is sent; a list has named items and stays a list.
func (h *hoister) body(schema Object, name, origin string) Object {
	if items := object(schema["items"]); items != nil {
		schema["items"] = h.name(items, name+"Item", origin)
		return schema
	}
	return h.name(schema, name, origin)
}

// answer names what is answered. The envelope of a plain answer stays inline: no
// caller sees it, and the simulators need it. An answer that callers get whole,
// because of members beside data, is a type itself.
func (h *hoister) answer(content Object, o operation) {
	schema := object(content["schema"])
	names := answerNames(o)
	properties := object(schema["properties"])
	if properties == nil || properties["data"] == nil {
		content["schema"] = h.data(schema, names, o.name())
		return
	}
	properties["data"] = h.data(object(properties["data"]), names, o.name())
	if o.Object["x-page"] != nil {
		object(properties["data"])["x-go-name"] = "Items"
	}
	if resultOf(o) == resultBody {
		content["schema"] = h.name(schema, names.whole, o.name())
	}
}

func (h *hoister) data(schema Object, names names, origin string) Object {
	if items := object(schema["items"]); items != nil {
		schema["items"] = h.name(items, names.item, origin)
		return schema
	}
	return h.name(schema, names.one, origin)
}

type names struct{ one, item, whole string }

// answerNames are nouns where the operation reads: getClusterStatus answers a
// ClusterStatus, getTasks a list of Task. Elsewhere they follow the operation.
func answerNames(o operation) names {
	id := GoName(o.id())
	whole := "Answer"
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
	return names{noun, singular(noun), singular(noun) + whole}
}

// name hoists an object or an enumeration under that name, or under the one that
// overlay.yaml gives it, and looks for more inside. It returns what takes its place.
func (h *hoister) name(schema Object, name, origin string) Object {
	if schema == nil || schema["$ref"] != nil {
		return schema
	}
	explicit := text(schema["x-type-name"])
	if explicit != "" {
		name = GoName(explicit)
		delete(schema, "x-type-name")
	}
	isType := schema["properties"] != nil || schema["enum"] != nil || schema["x-known-values"] != nil
	if !isType {
		h.inner(schema, name)
		return schema
	}
	ref := Object{"$ref": schemaPrefix + name}
	for _, key := range []string{"x-go-name", "x-provenance"} { // of the member, not of its type
		if value := schema[key]; value != nil {
			ref[key] = value
			delete(schema, key)
		}
	}
	h.inner(schema, name)
	if explicit != "" {
		h.share(name, origin, schema)
	} else {
		h.take(name, origin, schema)
	}
	return ref
}

// inner names what is inline in a schema of that name.
func (h *hoister) inner(schema Object, name string) {
	properties := object(schema["properties"])
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		properties[key] = h.name(object(properties[key]), name+GoName(key), name+"."+key)
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner := object(schema[key]); inner != nil {
			schema[key] = h.name(inner, singular(name), name)
		}
	}
}

func (h *hoister) take(name, origin string, schema Object) {
	if !exported(name) && h.err == nil {
		h.err = fmt.Errorf("%s gives no Go identifier for its type: give it an x-type-name in overlay.yaml", origin)
	}
	if before, ok := h.origin[name]; ok && h.err == nil {
		h.err = collision(name, before, origin)
	}
	h.origin[name] = origin
	h.schemas[name] = schema
}

// share gives a name that overlay.yaml states; schemas that are equal may share one.
func (h *hoister) share(name, origin string, schema Object) {
	if !h.shared[name] {
		h.take(name, origin, schema)
		h.shared[name] = true
		return
	}
	if !reflect.DeepEqual(shapeOf(h.schemas[name]), shapeOf(schema)) && h.err == nil {
		h.err = fmt.Errorf("%s (at %s) is not equal to the other schema of that name: x-type-name may join equal ones only", name, origin)
	}
}

// shapeOf is a schema without its prose, which may differ where the type is one.
func shapeOf(value any) any {
	schema := object(clone(value))
	walkFrom(place{schema, schemaRule, ""}, func(p place) {
		delete(p.object, "description")
		delete(p.object, "nullable")
	})
	return schema
}

func collision(name, first, second string) error {
	return fmt.Errorf("%s and %s would both be called %s: give one of them an x-type-name in overlay.yaml", first, second, name)
}
