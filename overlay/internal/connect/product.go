package connect

import (
	"fmt"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// Product is what a front door says of itself.
type Product struct {
	Caller   string // what errors begin with, as "weka.New"
	Port     string // where an address names none; "" is the scheme's own
	BasePath string // below which all operations lie, as "/api/v2"; an address may end in it
	Examples string // of good addresses, as "weka01 or https://weka01:14000"
	FromEnv  string // where an empty address can come from, as "FromEnv() and WEKA_HOST"

	AddressFromEnv func() Given // that address; without a text where there is none

	// The front door's own options that say where a session is kept, and those that
	// are for a login.
	SessionOptions, LoginOptions []string
	Contradictions               []Contradiction // of its own options beside these
}

// Invalid is an error that is [call.ErrInvalidArgument] and begins with the caller.
func (p *Product) Invalid(format string, arguments ...any) error {
	return fmt.Errorf("%s: %w: "+format, append([]any{p.Caller, call.ErrInvalidArgument}, arguments...)...)
}
