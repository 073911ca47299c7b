package wekatest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// manner is how a cluster answers where the document is silent.
type manner struct{ sessions *sessions }

// Authorize wants the bearer token of a session, HTTP Basic where the document
// says so, or nothing.
func (m manner) Authorize(r *simulator.Request) *simulator.Answer {
	refusal := unauthorized()
	switch r.Operation.Auth {
	case "none":
		return nil
	case "basic":
		if user, password, ok := r.HTTP.BasicAuth(); !ok || user == "" || password == "" {
			return &refusal
		}
		return nil
	}
	scheme, token, _ := strings.Cut(r.HTTP.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return &refusal
	}
	who := m.sessions.who(token, r.Time)
	if who == nil {
		return &refusal
	}
	r.Identity = who
	return nil
}

// NoRoute is what a release answers to a route that it does not have.
func (manner) NoRoute(r *http.Request) simulator.Answer {
	message := fmt.Sprintf("Route %s - %s does not exist", r.Method, r.URL.EscapedPath())
	return simulator.Answer{Status: http.StatusNotFound, Body: map[string]any{"message": message}}
}

// Invalid names unknown parameters first, then missing ones, then the first that
// is wrong: a cluster tells of one kind at a time.
func (manner) Invalid(_ *simulator.Request, found []simulator.Violation) simulator.Answer {
	if names := named(found, simulator.Unknown); len(names) > 0 {
		return badRequest("unknown parameters: "+strings.Join(names, ", "), map[string]any{"unknown_params": names})
	}
	if names := named(found, simulator.Missing); len(names) > 0 {
		return badRequest("missing parameters: "+strings.Join(names, ", "), map[string]any{"missing_params": names})
	}
	first := found[0]
	if first.Name == "" {
		return badParameter(first.In, first.Detail)
	}
	return badParameter(first.Name, first.Detail)
}

func named(found []simulator.Violation, rule simulator.Rule) []string {
	var names []string
	for _, violation := range found {
		if violation.Rule == rule {
			names = append(names, violation.Name)
		}
	}
	return names
}

// Empty is an envelope with nothing in it.
func (manner) Empty(_ *simulator.Request, status int) simulator.Answer {
	return simulator.Answer{Status: status, Body: data(nil)}
}
