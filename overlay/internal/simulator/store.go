package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Manners are what a product adds to what a [Store] does with a collection. Every
// field may be nil.
type Manners struct {
	// Names gives the member of answers that a member of request bodies is kept
	// as, where the two differ; "" is one that is not kept. What begins with
	// "new_" is kept without it.
	Names map[string]string
	// Unique are the members in which two objects must not be alike, all
	// together; none is the name.
	Unique []string
	// Complete gives a new object what it starts with, after what was said of it
	// was kept. The request is nil for an object that no request made.
	Complete func(o *Object, r *Request, now time.Time)
	// Show is how the object looks at a time; nil is as its members are.
	Show func(o *Object, now time.Time) map[string]any
	// Visible says whether a request may know of an object.
	Visible func(r *Request, o *Object) bool
	// Create, Update and Delete refuse a request, or let it be done with nil.
	Create func(r *Request) *Answer
	Update func(r *Request, o *Object) *Answer
	Delete func(r *Request, o *Object) *Answer
	// Changed is told of an object after it was created or updated.
	Changed func(r *Request, o *Object)
	// Keep says that Delete dealt with the object, which stays for now.
	Keep bool
}

// Store is the state behind the collections of a document: it makes the Handlers
// that create, list, read, update and delete their objects, and those that read,
// change and reset what there is one of. Like a [Collection] it has no lock.
type Store struct {
	manner      Manner
	collections map[string]*Collection
	settings    []*setting // of the document, shared
	set         map[*setting]map[string]map[string]any
	serial      int
}

// NewStore derives the collections of a document: every path with a list, or with
// items to read, to which objects can be added. The manners are by the path of the
// collection; those need not be added to. It fails for manners of a path that the
// document does not have.
func NewStore(document *Document, manner Manner, manners map[string]Manners) (*Store, error) {
	s := &Store{
		manner: manner, collections: map[string]*Collection{},
		settings: document.settings(), set: map[*setting]map[string]map[string]any{},
	}
	for _, shared := range document.resources() {
		own, stated := manners[shared.path]
		if shared.addable || stated {
			r := *shared
			r.shapes = slices.Clip(r.shapes)
			s.collections[r.path] = &Collection{Path: r.path, resource: &r, manners: own}
		}
	}
	for path := range manners {
		if s.collections[path] == nil {
			return nil, fmt.Errorf("simulator: manners are for %s, which is no collection of the document", path)
		}
	}
	return s, nil
}

// Collection returns the collection with that path, nil if there is none.
func (s *Store) Collection(path string) *Collection { return s.collections[path] }

// Alias makes the operations of one collection work on the objects of another,
// as those under an old name do. Both must exist.
func (s *Store) Alias(path, of string) {
	old, present := s.collections[path], s.collections[of]
	if old == nil || present == nil {
		panic(fmt.Sprintf("simulator: no collection %s or %s", path, of))
	}
	present.resource.shapes = append(present.resource.shapes, old.resource.shapes...)
	s.collections[path] = present
	present.resource.aliases = append(present.resource.aliases, old.resource)
}

// NewUID numbers the objects of a store; the same story gives the same uids.
func (s *Store) NewUID() (uid string, serial int) {
	s.serial++
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", s.serial, s.serial), s.serial
}

// Add puts a new object with these members into a collection. Members that are
// not given are blank; ids are made up.
func (s *Store) Add(c *Collection, members map[string]any, now time.Time) *Object {
	o := s.draft(c)
	maps.Copy(o.Members, members)
	c.complete(o, nil, now)
	maps.Copy(o.Members, members) // what was said of it goes before what it starts with
	c.objects = append(c.objects, o)
	return o
}

// draft is a blank object with ids.
func (s *Store) draft(c *Collection) *Object {
	o := &Object{Members: c.resource.blank()}
	uid, serial := s.NewUID()
	for _, name := range []string{"id", "uid", c.resource.id} {
		member := c.resource.member(name)
		if name == "" || member == nil && name != c.resource.id {
			continue
		}
		switch {
		case member != nil && member.Value.Type.Is(openapi3.TypeInteger):
			o.Members[name] = int64(serial)
		case name == "name":
		default:
			o.Members[name] = uid
		}
	}
	return o
}

func (c *Collection) complete(o *Object, r *Request, now time.Time) {
	if c.manners.Complete != nil {
		c.manners.Complete(o, r, now)
	}
}

// Visible lists the objects of a collection that a request may know of.
func (s *Store) Visible(c *Collection, r *Request) []*Object {
	var all []*Object
	above := c.above(r.PathValues)
	for _, o := range c.objects {
		if o.above == above && (c.manners.Visible == nil || c.manners.Visible(r, o)) {
			all = append(all, o)
		}
	}
	return all
}

// Named returns the object that a request may know of by that id, nil if there is
// none.
func (s *Store) Named(c *Collection, r *Request, id string) *Object {
	for _, o := range s.Visible(c, r) {
		if c.named(o, id) {
			return o
		}
	}
	return nil
}

// Show is an object as the answer of an operation has it.
func (s *Store) Show(c *Collection, operation *Operation, o *Object, now time.Time) map[string]any {
	return project(operation.result(), c.Show(o, now))
}

// Show is an object as it looks at a time, with all its members.
func (c *Collection) Show(o *Object, now time.Time) map[string]any {
	if c.manners.Show != nil {
		return c.manners.Show(o, now)
	}
	return o.Members
}

// About answers a request with an object, or with nothing where the document
// gives the operation no content.
func (s *Store) About(c *Collection, r *Request, o *Object) Answer {
	status, schema := r.Operation.success()
	if schema == nil {
		return s.manner.Empty(r, status)
	}
	return r.Operation.Answer(s.Show(c, r.Operation, o, r.Time))
}

// Answer is the success of an operation with a value, in the envelope that the
// document gives it.
func (o *Operation) Answer(value any) Answer {
	status, _ := o.success()
	if o.inData {
		value = map[string]any{"data": value}
	}
	return Answer{Status: status, Body: value}
}

// List answers with a list of objects.
func (s *Store) List(c *Collection, r *Request, objects []*Object) Answer {
	status, schema := r.Operation.success()
	item := itemsOf(schema)
	shown := make([]any, len(objects))
	for i, o := range objects {
		shown[i] = project(item, c.Show(o, r.Time))
	}
	return Answer{Status: status, Body: placed(schema, c.resource.id, shown)}
}

// missing answers a request below an object that does not exist, nil if all
// objects above the collection do.
func (s *Store) missing(c *Collection, r *Request) *Answer {
	parent, parameter := above(c.Path)
	collection := s.collections[parent]
	if collection == nil {
		collection = s.collections[parent+"/"]
	}
	if collection == nil {
		return nil
	}
	id := r.PathValues[parameter]
	if s.Named(collection, r, id) != nil {
		return nil
	}
	answer := s.manner.NotFound(r, id)
	return &answer
}

// removed is the success of a deletion.
func (s *Store) removed(c *Collection, r *Request, o *Object) Answer {
	status, schema := r.Operation.success()
	if schema == nil {
		return s.manner.Empty(r, status)
	}
	if status == http.StatusNoContent {
		return Answer{Status: status}
	}
	return s.About(c, r, o)
}
