// Package simulatortest holds the tests that the simulators of both products must pass,
// in the manner of [testing/fstest]: each calls them from a test of its own.
package simulatortest

// Simulator is what both simulators are.
type Simulator interface {
	CAFile() string
	CAPEM() []byte
	Close()
	Err() error
	Logins() int
}
