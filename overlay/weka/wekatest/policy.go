package wekatest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// policy is the authorization and the errors of a cluster.
type policy struct{ cluster *cluster }

// Authorize requires the bearer token of a user with the role for the operation, HTTP
// Basic if the document says so, or nothing.
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
	if !allowed(who.object.Text("role"), r.Operation) {
		return &simulator.Response{Status: http.StatusForbidden, Body: data("Forbidden")}
	}
	return nil
}

// bearer returns the token of a request, "" without one.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

// The roles that the cluster distinguishes.
const (
	roleClusterAdmin = "ClusterAdmin"
	roleTenantAdmin  = "TenantAdmin"
	roleReadOnly     = "ReadOnly"
	roleCSI          = "CSI"
)

// clusterWide are the routes on which only a cluster administrator may change anything.
var clusterWide = []string{
	"/tenants", "/organizations", "/cluster", "/io/", "/containers", "/hosts", "/drives", "/license",
	"/lockoutPolicy", "/security/", "/tls", "/kms", "/ldap", "/wekaHome", "/traces", "/telemetry",
}

// allowed reports whether a role may call an operation. It is an outline of the vendor's
// rules, which change from release to release.
func allowed(role string, operation *simulator.Operation) bool {
	switch {
	case role == roleClusterAdmin, operation.ID == "whoAmI", operation.ID == "updateUserPassword":
		return true
	case operation.Class == "safe":
		return role == roleTenantAdmin || role == roleReadOnly || role == roleCSI
	case role != roleTenantAdmin && role != roleCSI:
		return false
	case strings.HasPrefix(operation.Path, "/security/policies"):
		return role == roleTenantAdmin // of its own tenant
	}
	for _, prefix := range clusterWide {
		if strings.HasPrefix(operation.Path, prefix) {
			return false
		}
	}
	return true
}

// NoRoute is the response of a release to a route that it does not have.
func (policy) NoRoute(r *http.Request) simulator.Response {
	message := fmt.Sprintf("Route %s - %s does not exist", r.Method, r.URL.EscapedPath())
	return simulator.Response{Status: http.StatusNotFound, Body: map[string]any{"message": message}}
}

// Invalid reports the unknown parameters, or else the missing ones, or else the first that
// is not valid: a cluster reports one kind at a time.
func (policy) Invalid(_ *simulator.Request, found []simulator.Violation) simulator.Response {
	if names := namesOf(found, simulator.Unknown); len(names) > 0 {
		return unknownParameters(names)
	}
	if names := namesOf(found, simulator.Missing); len(names) > 0 {
		return badRequest("missing parameters: "+strings.Join(names, ", "), map[string]any{"missing_params": names})
	}
	return badParameter(cmp.Or(found[0].Name, found[0].In), found[0].Detail)
}

func namesOf(found []simulator.Violation, rule simulator.Rule) []string {
	var names []string
	for _, violation := range found {
		if violation.Rule == rule {
			names = append(names, violation.Name)
		}
	}
	return names
}

// Empty is an empty envelope.
func (policy) Empty(_ *simulator.Request, status int) simulator.Response {
	return simulator.Response{Status: status, Body: data(nil)}
}

// exceptions are the message and the class of the 400 with which some deletions respond
// for an object that does not exist.
var exceptions = map[string][2]string{
	"deleteFileSystem":      {"Filesystem does not exist", "FilesystemDoesNotExistException"},
	"deleteFileSystemGroup": {"Filesystem group does not exist", "FilesystemGroupDoesNotExistException"},
	"deleteSnapshot":        {"Snapshot does not exist", "SnapshotDoesNotExistException"},
	"deleteNfsPermission":   {"Permission does not exist", "PermissionDoesNotExistException"},
	"deleteClientGroup":     {"Client group does not exist", "ClientGroupDoesNotExistException"},
}

// NotFound is a 404, except for some deletions.
func (policy) NotFound(r *simulator.Request, parameter, id string) simulator.Response {
	if e, ok := exceptions[r.Operation.ID]; ok {
		return exception(e[0], e[1])
	}
	return notFound(parameter, id)
}

// Duplicate is a 400: clusters do not use 409 for a name that is taken.
func (policy) Duplicate(r *simulator.Request) simulator.Response {
	what := "Name"
	if r.Operation.ID == "createUser" {
		what = "Username"
	}
	return badRequest("Could not "+words(r.Operation.ID)+": "+what+" already in use.", nil)
}

// words splits an operationId into words: "create filesystem group".
func words(operation string) string {
	var split strings.Builder
	for i, c := range operation {
		if unicode.IsUpper(c) && i > 0 {
			split.WriteByte(' ')
		}
		split.WriteRune(unicode.ToLower(c))
	}
	return strings.ReplaceAll(split.String(), "file system", "filesystem")
}

func data(value any) map[string]any { return map[string]any{"data": value} }

func success(value any) simulator.Response {
	return simulator.Response{Status: http.StatusOK, Body: data(value)}
}

func unauthorized() simulator.Response {
	return simulator.Response{Status: http.StatusUnauthorized, Body: data("Unauthorized")}
}

func notFound(parameter, id string) simulator.Response {
	message := map[string]any{"message": parameter + ": '" + id + "' not found"}
	return simulator.Response{Status: http.StatusNotFound, Body: message}
}

// badRequest is a 400 with a message and, unless they are nil, details.
func badRequest(message string, details map[string]any) simulator.Response {
	body := map[string]any{"message": message}
	if details != nil {
		body["data"] = details
	}
	return simulator.Response{Status: http.StatusBadRequest, Body: body}
}

// exception is a 400 with the class of an exception in the cluster.
func exception(message, class string) simulator.Response {
	return badRequest(message, map[string]any{"exceptionClass": []string{class}})
}

func badParameter(name, problem string) simulator.Response {
	return badRequest(name+" "+problem, map[string]any{"param": name, "error": problem})
}

func unknownParameters(names []string) simulator.Response {
	return badRequest("unknown parameters: "+strings.Join(names, ", "), map[string]any{"unknown_params": names})
}

func missingParameters(names ...string) simulator.Response {
	return badRequest("missing parameters", map[string]any{"missing_params": names})
}

func requireName(r *simulator.Request) *simulator.Response {
	if r.Member("name") == "" {
		return new(badParameter("name", "must not be empty"))
	}
	return nil
}

// integer returns a number of a body or of an object; false for any other value.
func integer(member any) (int64, bool) {
	switch number := member.(type) {
	case int:
		return int64(number), true
	case int64:
		return number, true
	case json.Number:
		if n, err := number.Int64(); err == nil {
			return n, true
		}
		f, err := number.Float64() // 1e9, or 1.0
		return int64(f), err == nil
	}
	return 0, false
}
