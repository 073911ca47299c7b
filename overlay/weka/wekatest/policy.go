package wekatest

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// manner is how a cluster answers where the document is silent.
type policy struct{ cluster *cluster }

// Authorize wants the bearer token of a session whose user has the role for it,
// HTTP Basic where the document says so, or nothing.
func (p policy) Authorize(r *simulator.Request) *simulator.Response {
	switch r.Operation.Auth {
	case "none":
		return nil
	case "basic":
		if user, password, ok := r.HTTP.BasicAuth(); !ok || user == "" || password == "" {
			return new(unauthorized())
		}
		return nil
	}
	who, ok := p.cluster.sessions.Account(bearer(r.HTTP), r.Time)
	if !ok {
		return new(unauthorized())
	}
	r.Identity = who
	if role := who.object.Text("role"); !allowed(role, r.Operation) {
		return new(forbidden())
	}
	return nil
}

// bearer is the token of a request, "" without one.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

// NoRoute is what a release answers to a route that it does not have.
func (policy) NoRoute(r *http.Request) simulator.Response {
	message := fmt.Sprintf("Route %s - %s does not exist", r.Method, r.URL.EscapedPath())
	return simulator.Response{Status: http.StatusNotFound, Body: map[string]any{"message": message}}
}

// Invalid names unknown parameters first, then missing ones, then the first that
// is wrong: a cluster tells of one kind at a time.
func (policy) Invalid(_ *simulator.Request, found []simulator.Violation) simulator.Response {
	if names := named(found, simulator.Unknown); len(names) > 0 {
		return unknownParameters(names)
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

func unknownParameters(names []string) simulator.Response {
	return badRequest("unknown parameters: "+strings.Join(names, ", "), map[string]any{"unknown_params": names})
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
func (policy) Empty(_ *simulator.Request, status int) simulator.Response {
	return simulator.Response{Status: status, Body: data(nil)}
}

// gone are the deletions that answer 400, with the class of an exception, for
// what does not exist.
var gone = map[string][2]string{
	"deleteFileSystem":      {"Filesystem does not exist", "FilesystemDoesNotExistException"},
	"deleteFileSystemGroup": {"Filesystem group does not exist", "FilesystemGroupDoesNotExistException"},
	"deleteSnapshot":        {"Snapshot does not exist", "SnapshotDoesNotExistException"},
	"deleteNfsPermission":   {"Permission does not exist", "PermissionDoesNotExistException"},
	"deleteClientGroup":     {"Client group does not exist", "ClientGroupDoesNotExistException"},
}

// NotFound is a 404, but for the deletions above.
func (policy) NotFound(r *simulator.Request, parameter, id string) simulator.Response {
	if words, ok := gone[r.Operation.ID]; ok {
		return exception(words[0], words[1])
	}
	return notFound(parameter, id)
}

// Duplicate is a 400: a cluster does not answer 409 to a name that is taken.
func (policy) Duplicate(r *simulator.Request) simulator.Response {
	what := "Name"
	if r.Operation.ID == "createUser" {
		what = "Username"
	}
	return badRequest("Could not "+words(r.Operation.ID)+": "+what+" already in use.", nil)
}

// words takes an operationId apart: "create filesystem group".
func words(operation string) string {
	var apart strings.Builder
	for i, c := range operation {
		if unicode.IsUpper(c) && i > 0 {
			apart.WriteByte(' ')
		}
		apart.WriteRune(unicode.ToLower(c))
	}
	return strings.ReplaceAll(apart.String(), "file system", "filesystem")
}
