package simulator

import (
	"maps"
	"strings"
)

// Handlers are the Handlers of all collections and settings, by operationId.
func (s *Store) Handlers() map[string]Handler {
	all := s.settingHandlers()
	add := func(operation *Operation, handler Handler) {
		if operation != nil {
			all[operation.ID] = handler
		}
	}
	for _, c := range s.collections {
		for _, r := range append([]*resource{c.resource}, c.resource.aliases...) {
			below := func(next Handler) Handler {
				return func(r *Request) Answer {
					if refusal := s.missing(c, r); refusal != nil {
						return *refusal
					}
					return next(r)
				}
			}
			add(r.list, below(func(r *Request) Answer { return s.List(c, r, s.Visible(c, r)) }))
			add(r.create, below(func(r *Request) Answer { return s.Create(c, r) }))
			add(r.get, below(func(r *Request) Answer { return s.get(c, r) }))
			add(r.remove, below(func(r *Request) Answer { return s.delete(c, r) }))
			for _, update := range r.updates {
				add(update, below(func(r *Request) Answer { return s.Update(c, r, last(r)) }))
			}
		}
	}
	return all
}

// Create adds the object that a request's body tells of, unless the manners of
// the collection refuse it or its name is taken.
func (s *Store) Create(c *Collection, r *Request) Answer {
	o := s.draft(c)
	o.above = c.above(r.PathValues)
	c.put(o, r.Body)
	if c.manners.Create != nil {
		if refusal := c.manners.Create(r); refusal != nil {
			return *refusal
		}
	}
	c.complete(o, r, r.Time)
	if s.taken(c, r, o) {
		return s.manner.Duplicate(r)
	}
	c.objects = append(c.objects, o)
	if c.manners.Changed != nil {
		c.manners.Changed(r, o)
	}
	return s.About(c, r, o)
}

// taken reports whether another object that the request may know of is like this
// one in what must be unique.
func (s *Store) taken(c *Collection, r *Request, o *Object) bool {
	unique := c.manners.Unique
	if unique == nil {
		unique = []string{"name"}
	}
	if first, ok := o.Members[unique[0]]; !ok || first == "" {
		return false
	}
	for _, other := range s.Visible(c, r) {
		alike := other != o
		for _, member := range unique {
			alike = alike && other.Members[member] == o.Members[member]
		}
		if alike {
			return true
		}
	}
	return false
}

// last is what stands in a request's path for the last parameter.
func last(r *Request) string {
	parameters := parametersIn(r.Operation.Path)
	return r.PathValues[parameters[len(parameters)-1]]
}

// item returns the object with that id, or the answer for none.
func (s *Store) item(c *Collection, r *Request, id string) (*Object, *Answer) {
	if o := s.Named(c, r, id); o != nil {
		return o, nil
	}
	answer := s.manner.NotFound(r, id)
	return nil, &answer
}

func (s *Store) get(c *Collection, r *Request) Answer {
	o, missing := s.item(c, r, last(r))
	if missing != nil {
		return *missing
	}
	return s.About(c, r, o)
}

// Update keeps what a request's body says of the object with that id, unless the
// manners of the collection refuse it or it takes the name of another.
func (s *Store) Update(c *Collection, r *Request, id string) Answer {
	o, missing := s.item(c, r, id)
	if missing != nil {
		return *missing
	}
	if c.manners.Update != nil {
		if refusal := c.manners.Update(r, o); refusal != nil {
			return *refusal
		}
	}
	before := maps.Clone(o.Members)
	c.put(o, r.Body)
	if s.taken(c, r, o) {
		o.Members = before
		return s.manner.Duplicate(r)
	}
	if c.manners.Changed != nil {
		c.manners.Changed(r, o)
	}
	return s.About(c, r, o)
}

func (s *Store) delete(c *Collection, r *Request) Answer {
	o, missing := s.item(c, r, last(r))
	if missing != nil {
		return *missing
	}
	if c.manners.Delete != nil {
		if refusal := c.manners.Delete(r, o); refusal != nil {
			return *refusal
		}
	}
	if !c.manners.Keep {
		c.Remove(o)
	}
	return s.removed(c, r, o)
}

// above is the path of the collection that a nested one hangs from, and the
// parameter that names the object in it; "" if it is not nested.
func above(path string) (parent, parameter string) {
	start := strings.LastIndex(path, "/{")
	if start < 0 {
		return "", ""
	}
	name, _, _ := strings.Cut(path[start+2:], "}")
	return path[:start], name
}
