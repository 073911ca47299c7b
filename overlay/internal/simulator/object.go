package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Object is one object of a [Collection].
type Object struct {
	// Members is what answers show of it; each operation shows those that its
	// answer has in the document.
	Members map[string]any
	// Hidden is what the product's package keeps of it beside.
	Hidden any

	above string // the path values of the collections above, "" for none
}

// Text is a member that is a string, "" if it is none.
func (o *Object) Text(member string) string {
	text, _ := o.Members[member].(string)
	return text
}

// Collection is the state of one resource: its objects, oldest first. It has no
// lock: use it in a [Handler] or in [Engine.Exclusive].
type Collection struct {
	// Path is that of the list in the document.
	Path string

	resource *resource
	manners  Manners
	objects  []*Object
}

// All lists the objects, oldest first.
func (c *Collection) All() []*Object { return slices.Clone(c.objects) }

// Len is the number of objects.
func (c *Collection) Len() int { return len(c.objects) }

// Find returns the first object with that value in a member, nil if there is
// none.
func (c *Collection) Find(member string, value any) *Object {
	for _, o := range c.objects {
		if o.Members[member] == value {
			return o
		}
	}
	return nil
}

// Remove takes an object out.
func (c *Collection) Remove(gone *Object) {
	c.objects = slices.DeleteFunc(c.objects, func(o *Object) bool { return o == gone })
}

// named reports whether a path that says id means the object: by its id, or by
// what else names one.
func (c *Collection) named(o *Object, id string) bool {
	for _, member := range []string{c.resource.id, "uid", "id", "name"} {
		if value, ok := o.Members[member]; ok && fmt.Sprint(value) == id {
			return true
		}
	}
	return false
}

// above is the part of a request's path values that says which of the nested
// collections it is for.
func (c *Collection) above(values map[string]string) string {
	var all []string
	for _, name := range parametersIn(c.Path) {
		all = append(all, values[name])
	}
	return strings.Join(all, "/")
}

// put keeps what a request's body says, under the names of the answer.
func (c *Collection) put(o *Object, body any) {
	members, _ := body.(map[string]any)
	kept := map[string]any{}
	for name, value := range members {
		if other, ok := c.manners.Names[name]; ok {
			name = other
		} else if rest, ok := strings.CutPrefix(name, "new_"); ok {
			name = rest
		}
		if c.resource.fits(name, value) {
			kept[name] = value
		}
	}
	maps.Copy(o.Members, kept)
}
