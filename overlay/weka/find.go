package weka

import (
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// find picks from a list what a test fits. Where there is none, the error is that of
// the operation which gave the list: ErrNotFound, and what was looked for.
func find[T any](list []T, err error, operation *api.Operation, what string, fits func(*T) bool) (*T, error) {
	if err != nil {
		return nil, err
	}
	for i := range list {
		if fits(&list[i]) {
			return &list[i], nil
		}
	}
	return nil, absent(operation, what)
}

// absent is the error of an operation whose answer does not hold what was looked for.
func absent(o *api.Operation, what string) error {
	return &call.Error{
		Operation: o.ID(), Method: o.Method(), Path: o.Path(), Class: ErrNotFound, Message: "there is no " + what,
	}
}
