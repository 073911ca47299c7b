package ngeneatest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Option configures a simulator.
type Option func(*settings)

type settings struct {
	simulator.Settings
	forbidExpired bool
	shortRefresh  bool
	strict        bool
	throttle      throttle
	origin        string
	accounts      []*account
}

func defaults() settings {
	return settings{
		Settings: simulator.Settings{
			AccessTTL: time.Hour, RefreshTTL: 24 * time.Hour, Transition: 100 * time.Millisecond,
			PageSize: 20, Endpoints: 1,
		},
		accounts: []*account{{user: "dfoster", password: "secret", administrator: true}},
	}
}

func (s *settings) check() error {
	if err := s.Check("ngeneatest", time.Second); err != nil { // exp counts seconds
		return err
	}
	if s.throttle.requests < 0 || s.throttle.requests > 0 && s.throttle.per <= 0 {
		return fmt.Errorf("ngeneatest: a throttle of %d requests in %v: give numbers above 0", s.throttle.requests, s.throttle.per)
	}
	if at, err := url.Parse(s.origin); s.origin != "" && (err != nil || at.Host == "" || at.Path != "") {
		return fmt.Errorf("ngeneatest: the origin %q is not like http://hub.internal:8000", s.origin)
	}
	for _, a := range s.accounts {
		if a.user == "" || a.password == "" {
			return fmt.Errorf("ngeneatest: an account needs a user and a password (user %q)", a.user)
		}
	}
	return nil
}

// InMemory connects by pipes inside the process instead of a port, for testing/synctest
// bubbles. [Server.Transport] is the only way to connect.
func InMemory() Option { return func(s *settings) { s.InMemory = true } }

// Plain speaks http instead of https, as Hubs do in the vendor's examples.
func Plain() Option { return func(s *settings) { s.Plain = true } }

// WithAddress sets the host:port to listen on. The default is a free port of 127.0.0.1.
func WithAddress(address string) Option { return func(s *settings) { s.Address = address } }

// WithAccessTTL sets the lifetime of access tokens, at least a second. The expiry is a
// whole second, as in all JWTs, so a token may live up to one second less. The default is
// an hour.
func WithAccessTTL(d time.Duration) Option { return func(s *settings) { s.AccessTTL = d } }

// WithRefreshTTL sets the lifetime of refresh tokens. The default is a day.
func WithRefreshTTL(d time.Duration) Option { return func(s *settings) { s.RefreshTTL = d } }

// WithRotation sets whether a refresh returns a new refresh token and ends the old one. By
// default it returns an access token only, as in the vendor's documentation.
func WithRotation(on bool) Option { return func(s *settings) { s.Rotation = on } }

// ForbidExpired rejects an expired access token with 403 instead of 401. The vendor's
// documentation does not say which a Hub uses.
func ForbidExpired() Option { return func(s *settings) { s.forbidExpired = true } }

// ShortRefreshPath moves the refresh from /api/auth/token/refresh/ to
// /api/token/refresh/, which the vendor's documentation mentions once.
func ShortRefreshPath() Option { return func(s *settings) { s.shortRefresh = true } }

// WithTransitionTime sets how long a job stays in each state, and a search takes for each
// site. The default is 100 ms.
func WithTransitionTime(d time.Duration) Option { return func(s *settings) { s.Transition = d } }

// WithThrottle limits each user to a number of requests in a time; further requests get
// 429 with Retry-After. By default there is no limit.
func WithThrottle(requests int, per time.Duration) Option {
	return func(s *settings) {
		s.throttle = throttle{requests: requests, per: per, admitted: map[*account][]time.Time{}}
	}
}

// BehindProxy sets the origin of all addresses in responses, such as
// http://hub.internal:8000, as for a Hub behind a proxy that does not forward the host.
// By default it is the Host of the request.
func BehindProxy(origin string) Option {
	return func(s *settings) { s.origin = strings.TrimSuffix(origin, "/") }
}

// WithPageSize sets the number of items of a page if the request has no page_size. The
// default is 20.
func WithPageSize(n int) Option { return func(s *settings) { s.PageSize = n } }

// WithAccount adds a user without administrator rights. The administrator dfoster/secret
// always exists.
func WithAccount(user, password string) Option {
	return func(s *settings) { s.accounts = append(s.accounts, &account{user: user, password: password}) }
}

// Strict rejects unknown query parameters and unknown members of bodies with a 400 that
// names them. A Hub ignores them; without Strict they are only in [Request.Violations].
func Strict() Option { return func(s *settings) { s.strict = true } }

// WithPage serves a page outside the API, without authorization. The pattern is one of
// [http.ServeMux].
func WithPage(pattern string, page http.Handler) Option {
	return func(s *settings) { s.AddPage(pattern, page) }
}

// WithObserver calls a function for each request after its response, or after its
// connection was cut, from many goroutines at once.
func WithObserver(observe func(Request)) Option {
	return func(s *settings) { s.Observe = func(r simulator.Record) { observe(requestOf(r)) } }
}
