package transport

import "strings"

// EndpointsError says that no endpoint is left: each failed, now or in the last
// seconds, and is named with its reason.
type EndpointsError struct {
	Failures []EndpointChange
}

// Error names every endpoint in one line.
func (e *EndpointsError) Error() string {
	parts := make([]string, 0, len(e.Failures))
	for _, failure := range e.Failures {
		parts = append(parts, failure.Endpoint+": "+failure.Err.Error())
	}
	return "no endpoint is left: " + strings.Join(parts, "; ")
}

// Unwrap gives the reasons, in the order of the endpoints.
func (e *EndpointsError) Unwrap() []error {
	reasons := make([]error, 0, len(e.Failures))
	for _, failure := range e.Failures {
		reasons = append(reasons, failure.Err)
	}
	return reasons
}
