package wekatest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Option configures a simulator.
type Option func(*settings)

type settings struct {
	simulator.Settings
	loginShape LoginShape
	anyPath    bool
	release    release // nil for that of the document
	accounts   []account
	mint       func(kind string, who *account, now, expiry time.Time) (string, time.Time)
	err        error // of an option that could not be parsed
}

func defaults() settings {
	return settings{
		Settings: simulator.Settings{
			AccessTTL: 5 * time.Minute, RefreshTTL: 30 * 24 * time.Hour, Transition: 100 * time.Millisecond,
			PageSize: 1000, Endpoints: 1,
		},
		mint:     mint,
		accounts: []account{{user: "admin", password: "admin", organization: rootOrganization}},
	}
}

func (s *settings) check() error {
	if err := s.Check("wekatest", 1); err != nil {
		return err
	}
	for _, a := range s.accounts {
		if a.user == "" || a.password == "" || a.organization == "" {
			return fmt.Errorf("wekatest: an account needs a user, a password and an organization (user %q)", a.user)
		}
	}
	return s.err
}

// InMemory connects by pipes inside the process instead of a port, for testing/synctest
// bubbles. [Server.Transport] is the only way to connect.
func InMemory() Option { return func(s *settings) { s.InMemory = true } }

// Plain speaks http instead of https, which a cluster also accepts on its port.
func Plain() Option { return func(s *settings) { s.Plain = true } }

// WithAddress sets the host:port to listen on; further endpoints take the ports that
// follow. The default is free ports of 127.0.0.1.
func WithAddress(address string) Option { return func(s *settings) { s.Address = address } }

// Endpoints makes the cluster respond at n addresses that share its state and its tokens.
// [Server.URLs] lists them and [Server.StopEndpoint] takes one down. The default is one.
func Endpoints(n int) Option { return func(s *settings) { s.Endpoints = n } }

// WithAccessTTL sets the lifetime of access tokens; expires_in is in whole seconds. The
// default is 5 minutes.
func WithAccessTTL(d time.Duration) Option { return func(s *settings) { s.AccessTTL = d } }

// WithRefreshTTL sets the lifetime of refresh tokens. The default is 30 days.
func WithRefreshTTL(d time.Duration) Option { return func(s *settings) { s.RefreshTTL = d } }

// WithRotation sets whether a refresh returns a new refresh token and ends the old one. By
// default the refresh token stays the same and can be used again. WEKA does not document
// which a cluster does.
func WithRotation(on bool) Option { return func(s *settings) { s.Rotation = on } }

// WithJWTs makes tokens JWTs with the claims iat and exp, by a clock that is ahead of this
// machine's, or behind for a negative duration. By default tokens have no claims.
func WithJWTs(ahead time.Duration) Option {
	return func(s *settings) { s.mint = mintJWT(ahead) }
}

// WithTransitionTime sets the duration of each operation that takes time: a filesystem is
// CREATING and REMOVING, a snapshot is uploaded and removed, a quota is ADDING. The
// default is 100 ms.
func WithTransitionTime(d time.Duration) Option { return func(s *settings) { s.Transition = d } }

// WithAccount adds a user to an organization; "Root" is that of a login without one. The
// account admin/admin of Root always exists.
func WithAccount(user, password, organization string) Option {
	return func(s *settings) {
		s.accounts = append(s.accounts, account{user: user, password: password, organization: organization})
	}
}

// WithPasswordChangeRequired makes logins of admin require a new password, as in a new
// cluster, until it is changed.
func WithPasswordChangeRequired() Option {
	return func(s *settings) { s.accounts[0].mustChange = true }
}

// WithPageSize sets the largest number of items of a page of events, of quotas, of a
// catalog query or of a comparison of snapshots. The default is 1000.
func WithPageSize(n int) Option { return func(s *settings) { s.PageSize = n } }

// AnyPath creates each directory that a request asks for. By default only the root and
// those of [Server.MakeDirectory] exist.
func AnyPath() Option { return func(s *settings) { s.anyPath = true } }

// WithPage serves a page outside the API, without authorization. The pattern is one of
// [http.ServeMux].
func WithPage(pattern string, page http.Handler) Option {
	return func(s *settings) { s.AddPage(pattern, page) }
}

// WithObserver calls a function for each request after its response, or after its
// connection was cut, from many goroutines at once.
func WithObserver(observe func(Request)) Option {
	return func(s *settings) { s.Observe = func(r simulator.Record) { observe(Request(r)) } }
}

// LoginShape is the shape of the responses to login and refresh. The vendor's
// documentation has three.
type LoginShape int

// The shapes of a login's response.
const (
	// LoginObject is {"data":{"access_token":…}}, as clusters send it.
	LoginObject LoginShape = iota
	// LoginList is {"data":[{"access_token":…}]}.
	LoginList
	// LoginBare is {"access_token":…}, without an envelope.
	LoginBare
)

// WithLoginShape sets the shape of the responses to login and refresh. The default is
// LoginObject.
func WithLoginShape(shape LoginShape) Option { return func(s *settings) { s.loginShape = shape } }
