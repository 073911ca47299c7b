package weka

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// tooManyTasksException is the cap of background tasks: what is refused for it was not
// begun.
const tooManyTasksException = "CannotStartOperationTooManyTasks"

// classify names the class of an error answer of a cluster. Statuses alone mislead:
// what does not exist is a 400 for some deletes and a 500 for a quota, a duplicate
// is a 400, and a 404 is either a missing object or a release without the route. So
// the exception class decides, then the words, then the status. The exception that
// says no more than that an argument is wrong comes after the words. A 404 without JSON
// is a proxy's, even if it is no page: of an object it says nothing.
func classify(_ *api.Operation, e *call.Error) error {
	names := exceptions(e.Data)
	if class := byException(names); class != nil {
		return class
	}
	for _, rule := range messageRules {
		if (rule.status == 0 || rule.status == e.Status) && rule.said(e.Message) {
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
	if slices.Contains(names, tooManyTasksException) {
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

// messageRules are the bodies that real clusters have answered. A status of 0 fits any.
// The words are many, or tied to an end of the message, since messages quote names that
// users chose.
var messageRules = []struct {
	status int
	said   func(message string) bool
	class  error
}{
	{http.StatusNotFound, routeMissing, ErrRouteMissing},
	{http.StatusBadRequest, says("PATH_NOT_FOUND"), ErrNotFound},
	{http.StatusInternalServerError, says("Directory has no quota"), ErrNotFound},
	{http.StatusInternalServerError, endsWith("already present in the list"), ErrAlreadyExists},
	{http.StatusBadRequest, endsWith("already in use", "already exists"), ErrAlreadyExists},
	{http.StatusBadRequest, says("Not enough available drive capacity"), ErrNoCapacity},
	{http.StatusBadRequest, endsWith(" tasks running"), ErrBusy},
	{0, says("Operation not allowed to start in filesystem"), ErrBusy},
}

func routeMissing(message string) bool {
	return strings.HasPrefix(message, "Route ") && strings.HasSuffix(message, " does not exist")
}

// says looks for words that are not part of longer ones.
func says(words string) func(string) bool {
	return func(message string) bool {
		before, after, found := strings.Cut(message, words)
		return found && !endsInWord(before) && !beginsWithWord(after)
	}
}

// endsWith looks for words at the end, but for a full stop and the like.
func endsWith(endings ...string) func(string) bool {
	return func(message string) bool {
		message = strings.TrimRightFunc(message, func(c rune) bool { return !isWord(c) })
		return slices.ContainsFunc(endings, func(words string) bool { return strings.HasSuffix(message, words) })
	}
}

func isWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }

func endsInWord(s string) bool {
	c, size := utf8.DecodeLastRuneInString(s)
	return size > 0 && isWord(c)
}

func beginsWithWord(s string) bool {
	c, size := utf8.DecodeRuneInString(s)
	return size > 0 && isWord(c)
}
