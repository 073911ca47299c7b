package connect

import "slices"

// Inherit takes over how another client sends and what it permits. Where tokens come
// from, and who is told of the session, stays.
func (s *Settings) Inherit(from *Settings) {
	told := s.sessionHook
	s.sending, s.plainHTTP = from.sending, from.plainHTTP
	s.sessionHook = told
}

// Beyond returns the first option given that is not among those named, "" without one.
func (o *Options) Beyond(names ...string) string {
	for _, name := range o.given {
		if !slices.Contains(names, name) {
			return name
		}
	}
	return ""
}
