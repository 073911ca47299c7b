package ngeneatest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// manner is how a Hub, which is to say its framework, answers where the document
// is silent.
type manner struct {
	hub          *hub
	document     *simulator.Document
	clock        *simulator.Clock
	strict       bool
	shortRefresh bool
}

// shortRefresh is the route of [ShortRefreshPath].
const shortRefresh = "POST /token/refresh/"

// serves says which operations the Hub has.
func (m manner) serves(operation *simulator.Operation) bool {
	return operation.ID != "refreshToken" || !m.shortRefresh
}

// administrators are the operations that take one. The documentation says so of
// actions; of changes to the whole Hub it says that they are administration.
var administrators = map[string]bool{
	"runAction": true, "getAction": true, "updateConfigurations": true, "updateFeature": true,
	"updateSite": true, "createDatastore": true,
}

// Authorize wants an access token or a client key, the first alone where the
// document says so, then the right to do it, then that the caller is not in a
// hurry.
func (m manner) Authorize(r *simulator.Request) *simulator.Answer {
	open := r.Operation.Auth == "none" || r.Operation.ID == shortRefresh
	if !open {
		who, refusal := m.authenticate(r.HTTP, r.Operation.Auth == "jwt", r.Time)
		if refusal != nil {
			return refusal
		}
		if administrators[r.Operation.ID] && !who.administrator {
			return refuse(forbidden())
		}
		r.Identity = who
	}
	who, _ := r.Identity.(*account)
	return m.hub.throttle.admit(who, r.Time)
}

// authenticate finds out who a request comes from. The scheme of a header counts
// with its case, and one that is unknown counts as none.
func (m manner) authenticate(r *http.Request, tokenOnly bool, now time.Time) (*account, *simulator.Answer) {
	scheme, credential, more := credentials(r)
	switch {
	case scheme == "Bearer" && (credential == "" || more):
		return nil, refuse(unauthenticated(map[string]any{
			"detail": "Authorization header must contain two space-delimited values", "code": "bad_authorization_header",
		}))
	case scheme == "Bearer":
		who := m.hub.sessions.who(credential, now)
		if who != nil {
			return who, nil
		}
		refusal := badAccessToken()
		if m.hub.set.forbidExpired {
			refusal.Status, refusal.Header = http.StatusForbidden, nil
		}
		return nil, &refusal
	case scheme == "Api-Key" && !tokenOnly:
		if who := m.hub.ownerOf(credential); who != nil {
			return who, nil
		}
	}
	return nil, refuse(noCredentials())
}

// credentials takes the Authorization of a request apart.
func credentials(r *http.Request) (scheme, credential string, more bool) {
	parts := strings.Fields(r.Header.Get("Authorization"))
	if len(parts) > 0 {
		scheme = parts[0]
	}
	if len(parts) > 1 {
		credential = parts[1]
	}
	return scheme, credential, len(parts) > 2
}

// NoRoute sends a request without its trailing slash to the path with it, by a
// redirect that loses the body; it answers 405 to a wrong verb, to who may know,
// and 404 with a page to the rest.
func (m manner) NoRoute(r *http.Request) simulator.Answer {
	path := r.URL.EscapedPath()
	if here := m.at(path); len(here) > 0 {
		return m.wrongVerb(r, here)
	}
	if !strings.HasSuffix(path, "/") && len(m.at(path+"/")) > 0 {
		location := path + "/"
		if r.URL.RawQuery != "" {
			location += "?" + r.URL.RawQuery
		}
		header := http.Header{"Location": {location}, "Content-Type": {"text/html; charset=utf-8"}}
		return simulator.Answer{Status: http.StatusMovedPermanently, Header: header}
	}
	return simulator.Answer{Status: http.StatusNotFound, Body: notFoundPage}
}

// at lists the operations that the Hub has at a path.
func (m manner) at(path string) []*simulator.Operation {
	all := slices.Collect(maps.Values(m.document.At(path)))
	return slices.DeleteFunc(all, func(o *simulator.Operation) bool { return !m.serves(o) })
}

func (m manner) wrongVerb(r *http.Request, here []*simulator.Operation) simulator.Answer {
	var refusal *simulator.Answer
	if auth := here[0].Auth; auth != "none" {
		m.hub.exclusive(func() { _, refusal = m.authenticate(r, auth == "jwt", m.clock.Now()) })
	}
	if refusal != nil {
		return *refusal
	}
	answer := detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method \"%s\" not allowed.", r.Method))
	var verbs []string
	for _, operation := range here {
		verbs = append(verbs, operation.Method)
	}
	slices.Sort(verbs)
	answer.Header = http.Header{"Allow": {strings.Join(append(verbs, "HEAD", "OPTIONS"), ", ")}}
	return answer
}

// Invalid tells of a body that cannot be read; of an id or a page that cannot
// exist as of one that does not; of the rest field by field.
func (manner) Invalid(r *simulator.Request, found []simulator.Violation) simulator.Answer {
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
	return invalid(fieldMap(found))
}

// Empty has no body.
func (manner) Empty(_ *simulator.Request, status int) simulator.Answer {
	return simulator.Answer{Status: status}
}

// NotFound is what the engine's store would answer; a Hub has its own.
func (manner) NotFound(*simulator.Request, string) simulator.Answer { return notFound() }

// Duplicate likewise.
func (manner) Duplicate(*simulator.Request) simulator.Answer {
	return invalid(map[string]any{"name": []any{"This field must be unique."}})
}
