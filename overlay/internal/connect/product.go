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

	Switches       []string // the front door's own options that say the same when given again
	Contradictions []Contradiction
}

// Contradiction says that none of the options One goes with another of Other.
type Contradiction struct {
	One, Other []string
	Advice     string // what is right in place of them
}

// Invalid is an error that is [call.ErrInvalidArgument] and begins with the caller.
func (p *Product) Invalid(format string, arguments ...any) error {
	return fmt.Errorf("%s: %w: "+format, append([]any{p.Caller, call.ErrInvalidArgument}, arguments...)...)
}
