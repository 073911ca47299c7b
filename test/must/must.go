// Package must is for the straight-line parts of the commands of this module, such as a step
// of the demo or a measurement: it stops them at the first error, like t.Fatal in a test.
//
// Get, Succeed and Hold panic with an error, and a deferred [Catch] returns it. In a goroutine
// without Catch they end the program.
package must

import "fmt"

// failure is the value of the panics; it is an error so that it can be read if it ends the
// program.
type failure struct{ error }

// Get returns the value if err is nil.
func Get[T any](value T, err error) T {
	Succeed(err)
	return value
}

// Succeed stops if err is not nil.
func Succeed(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// Hold stops with an error of the format, which may have %w, unless the condition is true.
func Hold(condition bool, format string, arguments ...any) {
	if !condition {
		panic(failure{fmt.Errorf(format, arguments...)})
	}
}

// Catch sets err to the error of the function that defers it. Other panics go on.
func Catch(err *error) {
	switch cause := recover().(type) {
	case nil:
	case failure:
		*err = cause.error
	default:
		panic(cause)
	}
}

// Run calls do and returns its error.
func Run(do func()) (err error) {
	defer Catch(&err)
	do()
	return nil
}
