package ngenea

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// What Django REST framework and its JSON web tokens answer where no status tells enough.
const (
	codeTokenNotValid = "token_not_valid"
	detailNoPage      = "Invalid page."
)

// detailsUnauthorized are said where somebody is not who he should be, under a 403 too:
// the framework uses that status where it has no challenge to offer.
var detailsUnauthorized = []string{
	"Authentication credentials were not provided.",
	"Incorrect authentication credentials.",
}

// problem is the framework's error answer, unless it is a map of fields.
type problem struct {
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

func problemOf(body []byte) (p problem) {
	if json.Unmarshal(body, &p) != nil {
		return problem{}
	}
	return p
}

// classify names the class of an error answer where its status does not.
func classify(operation *api.Operation, e *call.Error) error {
	said := problemOf(e.Data)
	switch e.Status {
	case http.StatusForbidden:
		if said.Code == codeTokenNotValid || slices.Contains(detailsUnauthorized, said.Detail) {
			return ErrUnauthorized
		}
	case http.StatusNotFound:
		if e.Data == nil || isBareRoute(operation) && said.Detail != detailNoPage {
			return ErrRouteMissing // of an object the API itself would have said so
		}
	case http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		return ErrValidation
	}
	return nil
}

// isBareRoute tells an inferred route without an object in its path: there, nothing but
// the route itself can be missing.
func isBareRoute(operation *api.Operation) bool {
	return operation.Inferred() && !strings.Contains(operation.Path(), "{")
}

// refusesToken recognizes an expired token: a 401, or a 403 that says so. Every other
// 403 is about permission. A proxy's 401 is HTML, and about something else: another
// token would not help.
func refusesToken(answer *http.Response) bool {
	switch answer.StatusCode {
	case http.StatusUnauthorized:
		body := transport.Peek(answer)
		return len(body) == 0 || json.Valid(body)
	case http.StatusForbidden:
		return problemOf(transport.Peek(answer)).Code == codeTokenNotValid
	}
	return false
}

// never is refusesToken for a client key, which no other takes the place of.
func never(*http.Response) bool { return false }
