package weka

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// classify names the class of an error answer of a cluster. Statuses alone mislead:
// what does not exist is a 400 for some deletes and a 500 for a quota, a duplicate
// is a 400, and a 404 is either a missing object or a release without the route. So
// the exception class decides, then the words, then the status. The exception that
// says no more than that an argument is wrong comes after the words. A 404 without JSON
// is a proxy's, even if it is no page: of an object it says nothing.
func classify(e *call.Error) error {
	names := exceptions(e.Data)
	if class := byException(names); class != nil {
		return class
	}
	for _, rule := range messageRules {
		if (rule.status == 0 || rule.status == e.Status) && rule.words.MatchString(e.Message) {
			return rule.class
		}
	}
	switch {
	case slices.Contains(names, "IllegalArgumentException"):
		return ErrValidation
	case e.Status == http.StatusNotFound && e.Data == nil && e.Method != http.MethodHead:
		return ErrRouteMissing
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
// errors). A status of 0 fits any. The words are many, or tied to an end of the message,
// since messages quote names that users chose.
var messageRules = []struct {
	status int
	words  *regexp.Regexp
	class  error
}{
	{http.StatusNotFound, regexp.MustCompile(`^Route .* does not exist$`), ErrRouteMissing},
	{http.StatusBadRequest, regexp.MustCompile(`\bPATH_NOT_FOUND\b`), ErrNotFound},
	{http.StatusInternalServerError, regexp.MustCompile(`\bDirectory has no quota\b`), ErrNotFound},
	{http.StatusInternalServerError, regexp.MustCompile(`already present in the list\W*$`), ErrAlreadyExists},
	{http.StatusBadRequest, regexp.MustCompile(`already (in use|exists)\W*$`), ErrAlreadyExists},
	{http.StatusBadRequest, regexp.MustCompile(`\bNot enough available drive capacity\b`), ErrNoCapacity},
	{http.StatusBadRequest, regexp.MustCompile(`\btasks running\W*$`), ErrBusy},
	{0, regexp.MustCompile(`\bOperation not allowed to start in filesystem\b`), ErrBusy},
}
