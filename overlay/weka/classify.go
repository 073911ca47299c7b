package weka

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// classify names the class of an error answer of a cluster. Statuses alone mislead:
// what does not exist is a 400 for some deletes and a 500 for a quota, a duplicate
// is a 400, and a 404 is either a missing object or a release without the route. So
// the exception class decides, then the words, then the status.
func classify(e *call.Error) error {
	if class := byException(exceptions(e.Data)); class != nil {
		return class
	}
	for _, rule := range messageRules {
		if (rule.status == 0 || rule.status == e.Status) && strings.Contains(e.Message, rule.words) {
			return rule.class
		}
	}
	return nil
}

func byException(names []string) error {
	if slices.Contains(names, "CannotStartOperationTooManyTasks") {
		return ErrBusy
	}
	for _, name := range names {
		switch {
		case strings.HasSuffix(name, "DoesNotExistException"):
			return ErrNotFound
		case strings.HasSuffix(name, "AlreadyExistsException"):
			return ErrAlreadyExists
		case strings.Contains(name, "InUseBy"):
			return ErrConflict
		}
	}
	if slices.Contains(names, "IllegalArgumentException") {
		return ErrValidation
	}
	return nil
}

// exceptions reads data.exceptionClass, one name or a list of them, the most
// particular first.
func exceptions(data json.RawMessage) []string {
	var object struct {
		ExceptionClass json.RawMessage `json:"exceptionClass"`
	}
	if json.Unmarshal(data, &object) != nil {
		return nil
	}
	var names []string
	if json.Unmarshal(object.ExceptionClass, &names) == nil {
		return names
	}
	var name string
	if json.Unmarshal(object.ExceptionClass, &name) == nil {
		return []string{name}
	}
	return nil
}

// messageRules are the bodies that real clusters have answered (facts: envelope and
// errors). A status of 0 fits any.
var messageRules = []struct {
	status int
	words  string
	class  error
}{
	{http.StatusNotFound, "Route ", ErrRouteMissing},
	{http.StatusBadRequest, "PATH_NOT_FOUND", ErrNotFound},
	{http.StatusInternalServerError, "has no quota", ErrNotFound},
	{http.StatusInternalServerError, "already present in the list", ErrAlreadyExists},
	{http.StatusBadRequest, "already in use", ErrAlreadyExists},
	{http.StatusBadRequest, "already exists", ErrAlreadyExists},
	{http.StatusBadRequest, "Not enough available drive capacity", ErrNoCapacity},
	{0, "tasks running", ErrBusy},
	{0, "not allowed to start in filesystem", ErrBusy},
}
