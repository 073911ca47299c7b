package weka

import "github.com/hotcold-go/hotcold/overlay/internal/connect"

// Option sets up a [Client]. Their order does not count; New reports those that
// contradict each other.
type Option func(*settings)

type settings struct {
	connect.Settings
	credentials
	discovery bool
}

// option notes the name of an option beside its effect, so that New can tell which
// ones do not go together.
func option(name string, set func(*settings)) Option {
	return func(s *settings) {
		s.Give(name)
		set(s)
	}
}

// checkFilled reports what the environment did not add.
func (s *settings) checkFilled() error {
	if s.organization != "" && s.Password == nil {
		return product.Invalid("WithOrganization chooses where to log in: it needs WithPassword")
	}
	return nil
}
