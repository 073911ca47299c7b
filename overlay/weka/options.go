package weka

import (
	"net/http"
	"net/url"
	"slices"
)

// Option sets up a [Client]. Their order does not count; New reports those that
// contradict each other.
type Option func(*settings)

type settings struct {
	credentials
	given     []string // the names of the options
	faults    []error  // of single options
	caFile    string
	insecure  bool
	plainHTTP bool
	base      http.RoundTripper
	fromEnv   bool
}

// option notes the name of an option beside its effect, so that New can tell which
// ones do not go together.
func option(name string, set func(*settings)) Option {
	return func(s *settings) {
		s.given = append(s.given, name)
		set(s)
	}
}

func (s *settings) refuse(fault string) { s.faults = append(s.faults, invalidOption("%s", fault)) }

// WithCAFile trusts the certificate authorities of a PEM file beside those of the
// system. A cluster's own certificate is self-signed: put it there.
func WithCAFile(path string) Option {
	return option("WithCAFile", func(s *settings) {
		if path == "" {
			s.refuse("WithCAFile: the path is empty: give the path of a PEM file")
		}
		s.caFile = path
	})
}

// WithInsecureSkipVerify accepts any certificate of the cluster. Whoever sits
// between can then read the password and every token: for a laboratory only.
func WithInsecureSkipVerify() Option {
	return option("WithInsecureSkipVerify", func(s *settings) { s.insecure = true })
}

// WithTransport sends through base in place of a transport of our own: a proxy's, a
// simulator's. It brings its own TLS settings, so WithCAFile and
// WithInsecureSkipVerify contradict it. It must not follow redirects, as an
// http.Client does and an http.Transport does not: tokens would go along.
func WithTransport(base http.RoundTripper) Option {
	return option("WithTransport", func(s *settings) {
		if base == nil {
			s.refuse("WithTransport is given nil: leave it out, or give a transport")
		}
		s.base = base
	})
}

// AllowPlainHTTP lets an address say http. Without it only loopback may, since
// passwords and tokens would cross the network readable.
func AllowPlainHTTP() Option {
	return option("AllowPlainHTTP", func(s *settings) { s.plainHTTP = true })
}

// has returns the first of the options that was given, but for one; "" if none was.
func (s *settings) has(options []string, but string) string {
	for _, name := range s.given {
		if name != but && slices.Contains(options, name) {
			return name
		}
	}
	return ""
}

// check reports what is wrong with the options, whatever the address and the
// environment say.
func (s *settings) check() error {
	if len(s.faults) > 0 {
		return s.faults[0]
	}
	for i, name := range s.given {
		if slices.Contains(s.given[:i], name) && !slices.Contains(switches, name) {
			return invalidOption("%s is given twice: give it once", name)
		}
	}
	for _, c := range contradictions {
		one := s.has(c.one, "")
		if other := s.has(c.other, one); one != "" && other != "" {
			return invalidOption("%s and %s contradict each other: %s", one, other, c.advice)
		}
	}
	return nil
}

// checkFilled reports what is wrong with the address, and with what the environment
// added.
func (s *settings) checkFilled(base *url.URL) error {
	if base.Scheme == "http" && !s.plainHTTP && !isLoopback(base.Hostname()) {
		return invalidOption("http to %s would show password and tokens to the network: use https, or AllowPlainHTTP()", base.Hostname())
	}
	if s.organization != "" && s.password == nil {
		return invalidOption("WithOrganization chooses where to log in: it needs WithPassword")
	}
	return nil
}
