package redact

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
)

// Error returns err if neither it nor one of its causes shows a secret or a query, and
// otherwise an error that means the same and hides them.
func (s *Set) Error(err error) error {
	if err == nil || !s.shows(err) {
		return err
	}
	return &hiddenError{err, s}
}

// shows reports whether an error or one of its causes shows a secret.
func (s *Set) shows(err error) bool {
	if _, hidden := err.(*hiddenError); hidden { //nolint:errorlint // each level is inspected
		return false
	}
	if u, isURL := err.(*url.Error); isURL && u.URL != bare(u.URL) { //nolint:errorlint // as above
		return true
	}
	text := err.Error()
	if s.Text(text) != text {
		return true
	}
	switch wrapper := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() error }:
		cause := wrapper.Unwrap()
		return cause != nil && s.shows(cause)
	case interface{ Unwrap() []error }:
		for _, cause := range wrapper.Unwrap() {
			if cause != nil && s.shows(cause) {
				return true
			}
		}
	}
	return false
}

// hiddenError stands for an error that shows a secret. It has no Unwrap: that would hand
// out the secret.
type hiddenError struct {
	err error
	set *Set
}

// Error returns the text without secrets and queries.
func (h *hiddenError) Error() string {
	text := h.err.Error()
	var u *url.Error
	for err := h.err; errors.As(err, &u); err = u.Err {
		text = strings.ReplaceAll(text, u.URL, bare(u.URL))
	}
	return h.set.Text(text)
}

// Format prints Error for every verb: one that fits no text would print the fields.
func (h *hiddenError) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, h.Error()) }

// Is looks into the error, which Unwrap must not return.
func (h *hiddenError) Is(target error) bool { return errors.Is(h.err, target) }

// As looks into it too. A *url.Error is a copy without secrets; any other cause that shows
// one is not returned.
func (h *hiddenError) As(target any) bool {
	found := reflect.New(reflect.TypeOf(target).Elem())
	if !errors.As(h.err, found.Interface()) {
		return false
	}
	if u, ok := found.Interface().(**url.Error); ok {
		*u = &url.Error{Op: (*u).Op, URL: h.set.Text(bare((*u).URL)), Err: h.set.Error((*u).Err)}
	} else if err, ok := found.Elem().Interface().(error); !ok || h.set.shows(err) {
		return false
	}
	reflect.ValueOf(target).Elem().Set(found.Elem())
	return true
}

// Timeout implements net.Error.
func (h *hiddenError) Timeout() bool {
	var timeout interface{ Timeout() bool }
	return errors.As(h.err, &timeout) && timeout.Timeout()
}

// Temporary implements net.Error.
func (h *hiddenError) Temporary() bool {
	var temporary interface{ Temporary() bool }
	return errors.As(h.err, &temporary) && temporary.Temporary()
}

// bare returns an address without user, query and fragment.
func bare(address string) string {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i]
	}
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return address
	}
	authority, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + rest[strings.LastIndexByte(authority, '@')+1:]
}
