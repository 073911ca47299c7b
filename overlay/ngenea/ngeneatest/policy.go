package ngeneatest

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// policy is authorization, routing and errors as in the web framework of a Hub.
type policy struct {
	hub          *hub
	document     *simulator.Document
	clock        *simulator.Clock
	shortRefresh bool
}

// shortRefresh is the route of [ShortRefreshPath].
const shortRefresh = "POST /token/refresh/"

// serves reports whether the Hub has an operation.
func (p policy) serves(operation *simulator.Operation) bool {
	return operation.ID != "refreshToken" || !p.shortRefresh
}

// administrators are the operations for administrators only. The documentation says so
// for actions; it calls changes to the whole Hub administration.
var administrators = map[string]bool{
	"runAction": true, "getAction": true, "updateConfigurations": true, "updateFeature": true,
	"updateSite": true, "createDatastore": true,
}

// Authorize checks the access token or client key (an access token only, if the document
// says so), then the user's rights, then the throttle.
func (p policy) Authorize(r *simulator.Request) *simulator.Response {
	if r.Operation.Auth != "none" && r.Operation.ID != shortRefresh {
		who, rejection := p.authenticate(r.HTTP, r.Operation.Auth == "jwt", r.Time)
		if rejection != nil {
			return rejection
		}
		if administrators[r.Operation.ID] && !who.administrator {
			return new(detail(http.StatusForbidden, "You do not have permission to perform this action."))
		}
		r.Identity = who
	}
	return p.hub.set.throttle.admit(caller(r), r.Time)
}

// caller returns the account of a request, nil for one without credentials.
func caller(r *simulator.Request) *account {
	who, _ := r.Identity.(*account)
	return who
}

// authenticate returns the account of a request's credentials. The scheme is
// case-sensitive; a request with an unknown one has no credentials.
func (p policy) authenticate(r *http.Request, tokenOnly bool, now time.Time) (*account, *simulator.Response) {
	scheme, credential, more := credentials(r)
	switch {
	case scheme == "Bearer" && (credential == "" || more):
		return nil, new(unauthenticated(map[string]any{
			"detail": "Authorization header must contain two space-delimited values", "code": "bad_authorization_header",
		}))
	case scheme == "Bearer":
		if who, ok := p.hub.sessions.Account(credential, now); ok {
			return who, nil
		}
		rejection := badAccessToken()
		if p.hub.set.forbidExpired {
			rejection.Status, rejection.Header = http.StatusForbidden, nil
		}
		return nil, &rejection
	case scheme == "Api-Key" && !tokenOnly:
		if who := p.hub.ownerOf(credential); who != nil {
			return who, nil
		}
	}
	return nil, new(unauthenticated(map[string]any{"detail": "Authentication credentials were not provided."}))
}

// credentials splits the Authorization header of a request.
func credentials(r *http.Request) (scheme, credential string, more bool) {
	parts := append(strings.Fields(r.Header.Get("Authorization")), "", "")
	return parts[0], parts[1], len(parts) > 4
}

// NoRoute redirects a path without its trailing slash to the path with it; a client that
// follows the redirect loses the body. It responds 405 to a wrong method, if the caller is
// authenticated, and 404 with a web page to the rest.
func (p policy) NoRoute(r *http.Request) simulator.Response {
	path := r.URL.EscapedPath()
	if here := p.at(path); len(here) > 0 {
		return p.wrongMethod(r, here)
	}
	if !strings.HasSuffix(path, "/") && len(p.at(path+"/")) > 0 {
		location := path + "/"
		if r.URL.RawQuery != "" {
			location += "?" + r.URL.RawQuery
		}
		header := http.Header{"Location": {location}, "Content-Type": {"text/html; charset=utf-8"}}
		return simulator.Response{Status: http.StatusMovedPermanently, Header: header}
	}
	return simulator.Response{Status: http.StatusNotFound, Body: notFoundPage}
}

// at lists the operations that the Hub has at a path.
func (p policy) at(path string) []*simulator.Operation {
	return slices.DeleteFunc(p.document.At(path), func(o *simulator.Operation) bool { return !p.serves(o) })
}

func (p policy) wrongMethod(r *http.Request, here []*simulator.Operation) simulator.Response {
	var rejection *simulator.Response
	if auth := here[0].Auth; auth != "none" {
		p.hub.exclusive(func() { _, rejection = p.authenticate(r, auth == "jwt", p.clock.Now()) })
	}
	if rejection != nil {
		return *rejection
	}
	var methods []string
	for _, operation := range here {
		methods = append(methods, operation.Method)
	}
	slices.Sort(methods)
	response := detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method \"%s\" not allowed.", r.Method))
	response.Header = http.Header{"Allow": {strings.Join(append(methods, "HEAD", "OPTIONS"), ", ")}}
	return response
}

// Invalid responds to a body that cannot be read, to an id or a page number that cannot
// exist as to one that does not, and to the rest field by field.
func (policy) Invalid(r *simulator.Request, found []simulator.Violation) simulator.Response {
	for _, violation := range found {
		switch {
		case violation.In == "path":
			return notFound()
		case violation.In == "query" && violation.Name == "page":
			return invalidPage()
		case violation.Rule == simulator.MediaType:
			media := r.HTTP.Header.Get("Content-Type")
			return detail(http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type \"%s\" in request.", media))
		case violation.Rule == simulator.Malformed:
			return detail(http.StatusBadRequest, "JSON parse error - Expecting value: line 1 column 1 (char 0)")
		}
	}
	return invalid(fieldErrors(found))
}

// Empty responds without a body.
func (policy) Empty(_ *simulator.Request, status int) simulator.Response {
	return simulator.Response{Status: status}
}

// throttle limits how many requests a user may make in a time; 0 is no limit. It keeps the
// times of each user's recent requests; nil is the user of those without credentials.
type throttle struct {
	requests int
	per      time.Duration
	admitted map[*account][]time.Time
}

// admit returns nil to let a request in, or a 429 with the time after which the oldest
// recent request no longer counts.
func (t *throttle) admit(who *account, now time.Time) *simulator.Response {
	if t.requests == 0 {
		return nil
	}
	recent := slices.DeleteFunc(t.admitted[who], func(at time.Time) bool { return !now.Before(at.Add(t.per)) })
	if len(recent) < t.requests {
		t.admitted[who] = append(recent, now)
		return nil
	}
	t.admitted[who] = recent
	seconds := int(math.Ceil(recent[0].Add(t.per).Sub(now).Seconds()))
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	response := detail(http.StatusTooManyRequests, fmt.Sprintf("Request was throttled. Expected available in %d %s.", seconds, unit))
	response.Header = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return &response
}
