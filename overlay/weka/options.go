package weka

import (
	"net/http"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Option sets up a [Client]. New reports options that contradict each other.
type Option func(*settings)

type settings struct {
	user, organization string
	password           wekaapi.Secret
	hasPassword        bool
	accessToken        token.Secret
	hasAccessToken     bool
	caFile             string
	insecure           bool
	plainHTTP          bool
	base               http.RoundTripper
}

// WithPassword logs in as a local or LDAP user of the cluster when the first call
// needs it, and again when the session cannot be refreshed. A wrong password is
// tried once: five failures lock the account for two minutes, and each further try
// extends that (facts: lockout policy).
func WithPassword(user, password string) Option {
	return func(s *settings) {
		s.user, s.password, s.hasPassword = user, wekaapi.Secret(password), true
	}
}

// WithOrganization logs in to another organization (a tenant, from 5.1 on) than
// Root. A session is bound to one: to act in two, make two clients.
func WithOrganization(name string) Option {
	return func(s *settings) { s.organization = name }
}

// WithAccessToken uses a long-lived access token, as the cluster's command line or
// GUI generates it. It cannot be refreshed: once the cluster refuses it, calls fail
// with [ErrTokenRejected].
func WithAccessToken(accessToken string) Option {
	return func(s *settings) { s.accessToken, s.hasAccessToken = token.NewSecret(accessToken), true }
}

// WithCAFile trusts the certificate authorities of a PEM file beside those of the
// system. A cluster's own certificate is self-signed: put it there.
func WithCAFile(path string) Option {
	return func(s *settings) { s.caFile = path }
}

// WithInsecureSkipVerify accepts any certificate of the cluster. Whoever sits
// between can then read the password and every token: for a laboratory only.
func WithInsecureSkipVerify() Option {
	return func(s *settings) { s.insecure = true }
}

// WithTransport sends through base in place of a transport of our own: a proxy's, a
// simulator's. It brings its own TLS settings, so WithCAFile and
// WithInsecureSkipVerify contradict it.
func WithTransport(base http.RoundTripper) Option {
	return func(s *settings) { s.base = base }
}

// AllowPlainHTTP lets an address say http. Without it only loopback may, since
// passwords and tokens would cross the network readable.
func AllowPlainHTTP() Option {
	return func(s *settings) { s.plainHTTP = true }
}

func (s *settings) check(scheme, host string) error {
	switch {
	case s.hasPassword && s.hasAccessToken:
		return invalidOption("WithPassword and WithAccessToken contradict each other: give one")
	case s.hasPassword && s.user == "":
		return invalidOption("WithPassword has an empty user name")
	case s.organization != "" && !s.hasPassword:
		return invalidOption("WithOrganization chooses where to log in: it needs WithPassword")
	case s.base != nil && (s.caFile != "" || s.insecure):
		return invalidOption("WithTransport brings its own TLS settings: WithCAFile and WithInsecureSkipVerify do not reach it")
	case s.caFile != "" && s.insecure:
		return invalidOption("WithCAFile and WithInsecureSkipVerify contradict each other: give one")
	case scheme == "http" && !s.plainHTTP && !isLoopback(host):
		return invalidOption("http to %s would show password and tokens to the network: use https, or AllowPlainHTTP()", host)
	}
	return nil
}
