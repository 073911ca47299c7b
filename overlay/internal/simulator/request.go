package simulator

import (
	"net/http"
	"net/url"
	"time"
)

// Request is a request that fits the document, as a [Handler] sees it.
type Request struct {
	Operation *Operation
	// PathValues holds the path parameters, unescaped.
	PathValues map[string]string
	Query      url.Values
	// Body is the decoded JSON body (objects are map[string]any, numbers
	// [encoding/json.Number]), nil if none was sent. It is not yet read when
	// [Manner.Authorize] is asked.
	Body any
	// Time is when the request came, by the engine's clock.
	Time time.Time
	// HTTP is the request as it came in; its body is spent.
	HTTP *http.Request
	// Identity is whatever [Manner.Authorize] found out about the caller.
	Identity any
}

// Member returns a member of a body that is an object, nil if it is absent.
func (r *Request) Member(name string) any {
	members, _ := r.Body.(map[string]any)
	return members[name]
}
