package simulator

import (
	"maps"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// setting is something that the document has one of at a path: it is read, set,
// and perhaps reset, as a policy is.
type setting struct {
	get, reset *Operation
	changes    []*Operation
	shape      *openapi3.SchemaRef
}

// settings finds them: an object is read at a path, and a body is sent there that
// shares a member with it. It looks once; the settings are shared.
func (d *Document) settings() []*setting {
	d.finding.Do(func() {
		for at, get := range d.byPlace {
			shape := get.result()
			if at.method != "GET" || shape == nil || len(shape.Value.Properties) == 0 || itemsOf(shape) != nil ||
				strings.HasSuffix(strings.TrimSuffix(at.path, "/"), "}") {
				continue
			}
			found := &setting{get: get, reset: d.byPlace[place{"DELETE", at.path}], shape: shape}
			for _, method := range []string{"PUT", "PATCH", "POST"} {
				if change := d.byPlace[place{method, at.path}]; change != nil && shares(change, shape) {
					found.changes = append(found.changes, change)
				}
			}
			if len(found.changes) > 0 {
				d.singular = append(d.singular, found)
			}
		}
	})
	return d.singular
}

// shares says whether the body of an operation has a member that an object shows.
func shares(change *Operation, shape *openapi3.SchemaRef) bool {
	body := schemaOf(change.body)
	if body == nil {
		return false
	}
	for name := range body.Value.Properties {
		if shape.Value.Properties[name] != nil {
			return true
		}
	}
	return false
}

// settingHandlers are the Handlers of all settings, by operationId.
func (s *Store) settingHandlers() map[string]Handler {
	all := map[string]Handler{}
	for _, found := range s.settings {
		all[found.get.ID] = func(r *Request) Answer { return r.Operation.Answer(maps.Clone(s.current(found, r))) }
		for _, change := range found.changes {
			all[change.ID] = func(r *Request) Answer { return s.change(found, r) }
		}
		if found.reset != nil {
			all[found.reset.ID] = func(r *Request) Answer {
				delete(s.set[found], settingKey(r))
				return s.emptyOr(r, s.current(found, r))
			}
		}
	}
	return all
}

// settingKey tells the settings of one path apart by its parameters.
func settingKey(r *Request) string {
	var all []string
	for _, name := range parametersIn(r.Operation.Path) {
		all = append(all, r.PathValues[name])
	}
	return strings.Join(all, "/")
}

// current is a setting as it is: a sample until it is set.
func (s *Store) current(of *setting, r *Request) map[string]any {
	if s.set[of] == nil {
		s.set[of] = map[string]map[string]any{}
	}
	key := settingKey(r)
	if s.set[of][key] == nil {
		sample, _ := Sampler{Full: true}.Value("sample", of.shape).(map[string]any)
		s.set[of][key] = sample
	}
	return s.set[of][key]
}

// change keeps what a body says that a read can show.
func (s *Store) change(of *setting, r *Request) Answer {
	members, _ := r.Body.(map[string]any)
	kept := s.current(of, r)
	for name, value := range members {
		member := of.shape.Value.Properties[name]
		if member != nil && member.Value.VisitJSON(value, openapi3.VisitAsResponse()) == nil {
			kept[name] = value
		}
	}
	return s.emptyOr(r, kept)
}

// emptyOr answers with what an operation shows of members, or with nothing where
// the document gives it no content.
func (s *Store) emptyOr(r *Request, members map[string]any) Answer {
	status, schema := r.Operation.success()
	if schema == nil {
		return s.manner.Empty(r, status)
	}
	return r.Operation.Answer(project(r.Operation.result(), members))
}
