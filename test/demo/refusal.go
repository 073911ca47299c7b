package main

import (
	"errors"
	"fmt"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// told checks the class of a refusal and says how the server put it.
func told(err error, name string, class error) (string, error) {
	refusal, err := refused(err, name, class)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, from a %d: %s", name, refusal.Status, refusal.Message), nil
}

// refused checks that a call failed with an error of that class. The error is that of
// both front doors.
func refused(err error, name string, class error) (*call.Error, error) {
	if err := ofClass(err, name, class); err != nil {
		return nil, err
	}
	refusal, ok := errors.AsType[*call.Error](err)
	if !ok {
		return nil, fmt.Errorf("want %s from the server, got: %w", name, err)
	}
	return refusal, nil
}

// ofClass is nil if err is of the class.
func ofClass(err error, name string, class error) error {
	switch {
	case err == nil:
		return fmt.Errorf("want %s, got no error", name)
	case !errors.Is(err, class):
		return fmt.Errorf("want %s, got: %w", name, err)
	}
	return nil
}
