package simulator

import (
	"maps"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// setting is a singleton of the document, such as a policy: it is read, changed and
// perhaps reset at one path.
type setting struct {
	get, reset *Operation
	changes    []*Operation
	shape      *openapi3.SchemaRef
}

// deriveSettings derives the singletons of the document: the paths where an object is
// read, and a body is sent that shares a member with it. The result is shared.
func (d *Document) deriveSettings() []*setting {
	var all []*setting
	for path, here := range d.byPath {
		get := here["GET"]
		if get == nil || strings.HasSuffix(strings.TrimSuffix(path, "/"), "}") {
			continue
		}
		shape := get.result()
		if shape == nil || len(shape.Value.Properties) == 0 || itemsOf(shape) != nil {
			continue
		}
		found := &setting{get: get, reset: here["DELETE"], shape: shape}
		for _, method := range []string{"PUT", "PATCH", "POST"} {
			if change := here[method]; change != nil && sharesMember(change, shape) {
				found.changes = append(found.changes, change)
			}
		}
		if len(found.changes) > 0 {
			all = append(all, found)
		}
	}
	return all
}

// sharesMember reports whether the body of an operation has a member of a shape.
func sharesMember(change *Operation, shape *openapi3.SchemaRef) bool {
	if body := schemaOf(change.body); body != nil {
		for name := range body.Value.Properties {
			if shape.Value.Properties[name] != nil {
				return true
			}
		}
	}
	return false
}

// settingHandlers returns the Handlers of all singletons, by operationId.
func (s *Store) settingHandlers() map[string]Handler {
	all := map[string]Handler{}
	for _, found := range s.settings {
		all[found.get.ID] = func(r *Request) Response { return r.Success(maps.Clone(s.current(found, r))) }
		for _, change := range found.changes {
			all[change.ID] = func(r *Request) Response { return s.change(found, r) }
		}
		if found.reset != nil {
			all[found.reset.ID] = func(r *Request) Response {
				delete(s.values[found], pathKey(r.Operation.Path, r.PathValues))
				return s.respond(r, s.current(found, r))
			}
		}
	}
	return all
}

// current returns the members of a singleton: a sample until it is changed.
func (s *Store) current(of *setting, r *Request) map[string]any {
	if s.values[of] == nil {
		s.values[of] = map[string]map[string]any{}
	}
	key := pathKey(r.Operation.Path, r.PathValues)
	if s.values[of][key] == nil {
		sample, _ := Sampler{Full: true}.Value("sample", of.shape).(map[string]any)
		s.values[of][key] = sample
	}
	return s.values[of][key]
}

// change stores the members of a body that a read can show.
func (s *Store) change(of *setting, r *Request) Response {
	members, _ := r.Body.(map[string]any)
	current := s.current(of, r)
	for name, value := range members {
		member := of.shape.Value.Properties[name]
		if member != nil && member.Value.VisitJSON(value, openapi3.VisitAsResponse()) == nil {
			current[name] = value
		}
	}
	return s.respond(r, current)
}
