package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Object is one object of a [Collection].
type Object struct {
	// Members are the JSON members; each operation shows those of its response schema.
	Members map[string]any
	// Hidden is state of the product's package that no response shows.
	Hidden any

	parent string // the path values of the collections above, "" for none
}

// Text returns a member that is a string, "" for any other.
func (o *Object) Text(member string) string {
	text, _ := o.Members[member].(string)
	return text
}

// Clone returns a deep copy of a JSON object.
func Clone(object map[string]any) map[string]any { return cloneValue(object).(map[string]any) }

func cloneValue(value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, member := range value {
			object[name] = cloneValue(member)
		}
		return object
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = cloneValue(item)
		}
		return list
	}
	return value
}

// Behavior is what a product adds to what a [Store] does with a collection. Every field
// may be nil.
type Behavior struct {
	// Names maps members of request bodies to those of responses where the two differ;
	// "" drops one. The prefix "new_" is dropped from a name.
	Names map[string]string
	// Unique are the members whose combination must be unique; nil is the name.
	Unique []string
	// Complete initializes a new object, after the members of the body were stored. The
	// request is nil for an object that was seeded.
	Complete func(o *Object, r *Request, now time.Time)
	// Show returns the members of an object at a time; nil returns its Members.
	Show func(o *Object, now time.Time) map[string]any
	// Visible reports whether a request may see an object.
	Visible func(r *Request, o *Object) bool
	// Create, Update and Delete return a response to reject a request, or nil.
	Create func(r *Request) *Response
	Update func(r *Request, o *Object) *Response
	Delete func(r *Request, o *Object) *Response
	// Changed is called after an object was created or updated.
	Changed func(r *Request, o *Object)
	// Keep leaves a deleted object in the collection: Delete has marked it.
	Keep bool
}

// Collection is the state of one resource: its objects, oldest first. It has no lock:
// use it in a [Handler] or in [Engine.Exclusive].
type Collection struct {
	// Path is that of the list in the document.
	Path string

	resource *resource
	behavior Behavior
	objects  []*Object
}

// All lists the objects, oldest first.
func (c *Collection) All() []*Object { return slices.Clone(c.objects) }

// Len returns the number of objects.
func (c *Collection) Len() int { return len(c.objects) }

// Find returns the first object with that value in a member, nil if there is none.
func (c *Collection) Find(member string, value any) *Object {
	for _, o := range c.objects {
		if o.Members[member] == value {
			return o
		}
	}
	return nil
}

// Remove removes an object.
func (c *Collection) Remove(removed *Object) {
	c.objects = slices.DeleteFunc(c.objects, func(o *Object) bool { return o == removed })
}

// Show returns the members of an object at a time.
func (c *Collection) Show(o *Object, now time.Time) map[string]any {
	if c.behavior.Show != nil {
		return c.behavior.Show(o, now)
	}
	return o.Members
}

// hasID reports whether an id in a path means the object.
func (c *Collection) hasID(o *Object, id string) bool {
	for _, member := range []string{c.resource.id, "uid", "id", "name"} {
		if value, ok := o.Members[member]; ok && fmt.Sprint(value) == id {
			return true
		}
	}
	return false
}

// pathKey identifies one of the nested collections, or one of the singletons, of a path
// template by the values of its parameters.
func pathKey(template string, values map[string]string) string {
	var all []string
	for _, name := range parametersIn(template) {
		all = append(all, values[name])
	}
	return strings.Join(all, "/")
}

// store stores the members of a request's body, under their names in responses.
func (c *Collection) store(o *Object, body any) {
	members, _ := body.(map[string]any)
	stored := map[string]any{}
	for name, value := range members {
		if other, ok := c.behavior.Names[name]; ok {
			name = other
		} else if rest, ok := strings.CutPrefix(name, "new_"); ok {
			name = rest
		}
		if c.resource.accepts(name, value) {
			stored[name] = value
		}
	}
	maps.Copy(o.Members, stored)
}

// Store is the state of the collections of a document. It makes the Handlers that
// create, list, read, update and delete their objects, and those that read, change and
// reset singletons. Like a [Collection] it has no lock.
type Store struct {
	policy      StorePolicy
	collections map[string]*Collection
	settings    []*setting // of the document, shared
	values      map[*setting]map[string]map[string]any
	serial      int
}

// NewStore derives the collections of a document: every path with a list or with
// readable items to which objects can be added, and every path that behaviors names.
// It fails for a behavior of a path that is not a collection.
func NewStore(document *Document, policy StorePolicy, behaviors map[string]Behavior) (*Store, error) {
	s := &Store{
		policy: policy, collections: map[string]*Collection{},
		settings: document.settings, values: map[*setting]map[string]map[string]any{},
	}
	for _, shared := range document.resources {
		behavior, named := behaviors[shared.path]
		if shared.addable || named {
			own := *shared
			own.shapes = slices.Clip(own.shapes)
			s.collections[own.path] = &Collection{Path: own.path, resource: &own, behavior: behavior}
		}
	}
	for path := range behaviors {
		if s.collections[path] == nil {
			return nil, fmt.Errorf("simulator: a behavior is for %s, which is not a collection of the document", path)
		}
	}
	return s, nil
}

// Collection returns the collection with that path, nil if there is none.
func (s *Store) Collection(path string) *Collection { return s.collections[path] }

// Alias makes the operations of one collection work on the objects of another, for
// routes with an old name. Both must exist.
func (s *Store) Alias(path, of string) {
	alias, target := s.collections[path], s.collections[of]
	if alias == nil || target == nil {
		panic(fmt.Sprintf("simulator: no collection %s or %s", path, of))
	}
	target.resource.shapes = append(target.resource.shapes, alias.resource.shapes...)
	s.collections[path] = target
	target.resource.aliases = append(target.resource.aliases, alias.resource)
}

// NewUID returns a new uid and its number. Uids repeat from run to run.
func (s *Store) NewUID() (uid string, serial int) {
	s.serial++
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", s.serial, s.serial), s.serial
}

// Add adds an object with these members. The others are blank, except for ids and what
// Behavior.Complete sets.
func (s *Store) Add(c *Collection, members map[string]any, now time.Time) *Object {
	o := s.newObject(c)
	maps.Copy(o.Members, members)
	if c.behavior.Complete != nil {
		c.behavior.Complete(o, nil, now)
	}
	maps.Copy(o.Members, members) // the given members win over those of Complete
	c.objects = append(c.objects, o)
	return o
}

// newObject returns a blank object with ids.
func (s *Store) newObject(c *Collection) *Object {
	o := &Object{Members: c.resource.blank()}
	uid, serial := s.NewUID()
	for _, name := range []string{"id", "uid", c.resource.id} {
		member := c.resource.member(name)
		switch {
		case name == "" || name == "name" || member == nil && name != c.resource.id:
		case member != nil && member.Value.Type.Is(openapi3.TypeInteger):
			o.Members[name] = int64(serial)
		default:
			o.Members[name] = uid
		}
	}
	return o
}

// Visible lists the objects of a collection that a request may see.
func (s *Store) Visible(c *Collection, r *Request) []*Object {
	var all []*Object
	parent := pathKey(c.Path, r.PathValues)
	for _, o := range c.objects {
		if o.parent == parent && (c.behavior.Visible == nil || c.behavior.Visible(r, o)) {
			all = append(all, o)
		}
	}
	return all
}

// Get returns the object with that id that a request may see, nil if there is none.
func (s *Store) Get(c *Collection, r *Request, id string) *Object {
	for _, o := range s.Visible(c, r) {
		if c.hasID(o, id) {
			return o
		}
	}
	return nil
}

// With makes a Handler of a function for the object whose id is in a path parameter. It
// responds with NotFound if the request may see no such object.
func (s *Store) With(c *Collection, parameter string, next func(*Request, *Object) Response) Handler {
	return func(r *Request) Response {
		id := r.PathValues[parameter]
		if o := s.Get(c, r, id); o != nil {
			return next(r, o)
		}
		return s.policy.NotFound(r, parameter, id)
	}
}

// Handlers returns the Handlers of all collections and singletons, by operationId.
func (s *Store) Handlers() map[string]Handler {
	all := s.settingHandlers()
	for _, c := range s.collections {
		add := func(operation *Operation, next Handler) {
			if operation != nil {
				all[operation.ID] = s.inParent(c, next)
			}
		}
		item := func(operation *Operation, next func(*Request, *Object) Response) {
			if operation != nil {
				parameters := parametersIn(operation.Path)
				add(operation, s.With(c, parameters[len(parameters)-1], next))
			}
		}
		for _, r := range append([]*resource{c.resource}, c.resource.aliases...) {
			add(r.list, func(r *Request) Response { return s.list(c, r) })
			add(r.create, func(r *Request) Response { return s.Create(c, r) })
			item(r.get, func(r *Request, o *Object) Response { return s.Respond(c, r, o) })
			item(r.remove, func(r *Request, o *Object) Response { return s.remove(c, r, o) })
			for _, update := range r.updates {
				item(update, func(r *Request, o *Object) Response { return s.Update(c, r, o) })
			}
		}
	}
	return all
}

// inParent responds with NotFound to a request for a nested collection whose parent
// does not exist.
func (s *Store) inParent(c *Collection, next Handler) Handler {
	return func(r *Request) Response {
		if start := strings.LastIndex(c.Path, "/{"); start >= 0 {
			parameter, _, _ := strings.Cut(c.Path[start+2:], "}")
			collection := s.collections[c.Path[:start]]
			if collection == nil {
				collection = s.collections[c.Path[:start]+"/"]
			}
			if id := r.PathValues[parameter]; collection != nil && s.Get(collection, r, id) == nil {
				return s.policy.NotFound(r, parameter, id)
			}
		}
		return next(r)
	}
}

// Create adds an object with the members of the request's body, unless the Behavior
// rejects it or its name is taken.
func (s *Store) Create(c *Collection, r *Request) Response {
	o := s.newObject(c)
	o.parent = pathKey(c.Path, r.PathValues)
	c.store(o, r.Body)
	if c.behavior.Create != nil {
		if rejection := c.behavior.Create(r); rejection != nil {
			return *rejection
		}
	}
	if c.behavior.Complete != nil {
		c.behavior.Complete(o, r, r.Time)
	}
	if s.isTaken(c, r, o) {
		return s.policy.Duplicate(r)
	}
	c.objects = append(c.objects, o)
	if c.behavior.Changed != nil {
		c.behavior.Changed(r, o)
	}
	return s.Respond(c, r, o)
}

// isTaken reports whether another object that the request may see has the same values
// in the members that must be unique.
func (s *Store) isTaken(c *Collection, r *Request, o *Object) bool {
	unique := c.behavior.Unique
	if unique == nil {
		unique = []string{"name"}
	}
	if first, ok := o.Members[unique[0]]; !ok || first == "" {
		return false
	}
	return slices.ContainsFunc(s.Visible(c, r), func(other *Object) bool {
		return other != o && !slices.ContainsFunc(unique, func(member string) bool {
			return other.Members[member] != o.Members[member]
		})
	})
}

// Update stores the members of the request's body, unless the Behavior rejects it or the
// new name is taken.
func (s *Store) Update(c *Collection, r *Request, o *Object) Response {
	if c.behavior.Update != nil {
		if rejection := c.behavior.Update(r, o); rejection != nil {
			return *rejection
		}
	}
	before := maps.Clone(o.Members)
	c.store(o, r.Body)
	if s.isTaken(c, r, o) {
		o.Members = before
		return s.policy.Duplicate(r)
	}
	if c.behavior.Changed != nil {
		c.behavior.Changed(r, o)
	}
	return s.Respond(c, r, o)
}

func (s *Store) remove(c *Collection, r *Request, o *Object) Response {
	if c.behavior.Delete != nil {
		if rejection := c.behavior.Delete(r, o); rejection != nil {
			return *rejection
		}
	}
	if !c.behavior.Keep {
		c.Remove(o)
	}
	if status, schema := r.Operation.success(); schema != nil && status == http.StatusNoContent {
		return Response{Status: status}
	}
	return s.Respond(c, r, o)
}

// Respond responds with an object, or with no content if the document gives none.
func (s *Store) Respond(c *Collection, r *Request, o *Object) Response {
	return s.respond(r, c.Show(o, r.Time))
}

// respond responds with the members that the operation shows.
func (s *Store) respond(r *Request, members map[string]any) Response {
	status, schema := r.Operation.success()
	if schema == nil {
		return s.policy.Empty(r, status)
	}
	return r.Success(project(r.Operation.result(), members))
}

func (s *Store) list(c *Collection, r *Request) Response {
	status, schema := r.Operation.success()
	item, shown := itemsOf(schema), []any{}
	for _, o := range s.Visible(c, r) {
		shown = append(shown, project(item, c.Show(o, r.Time)))
	}
	return Response{Status: status, Body: wrapList(schema, c.resource.id, shown)}
}
