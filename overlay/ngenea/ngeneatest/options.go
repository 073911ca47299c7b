package ngeneatest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Option changes a simulator before it starts.
type Option func(*settings)

type settings struct {
	accessTTL     time.Duration
	refreshTTL    time.Duration
	transition    time.Duration
	rotation      bool
	forbidExpired bool
	shortRefresh  bool
	inMemory      bool
	plain         bool
	strict        bool
	pageSize      int
	throttle      rate
	origin        string
	address       string
	accounts      []*account
	pages         map[string]http.Handler
	observe       func(simulator.Record)
}

// defaults are those of the vendor: access tokens of an hour, refresh tokens of a
// day.
func defaults() settings {
	return settings{
		accessTTL:  time.Hour,
		refreshTTL: 24 * time.Hour,
		transition: 100 * time.Millisecond,
		pageSize:   20,
		accounts:   []*account{{user: "dfoster", password: "secret", administrator: true}},
	}
}

func (s *settings) check() error {
	if s.accessTTL < time.Second || s.refreshTTL < time.Second {
		return errors.New("ngeneatest: a token lives a second at least, since its exp counts seconds")
	}
	if s.transition < 0 {
		return errors.New("ngeneatest: a transition cannot take less than 0")
	}
	if s.pageSize < 1 {
		return errors.New("ngeneatest: a page has an item at least")
	}
	if s.throttle.requests < 0 || s.throttle.requests > 0 && s.throttle.per <= 0 {
		return errors.New("ngeneatest: a throttle lets requests through, so many in a time above 0")
	}
	if at, err := url.Parse(s.origin); s.origin != "" && (err != nil || at.Host == "" || at.Path != "") {
		return fmt.Errorf("ngeneatest: %q is no origin such as http://hub.internal:8000", s.origin)
	}
	for _, a := range s.accounts {
		if a.user == "" || a.password == "" {
			return fmt.Errorf("ngeneatest: an account needs a user and a password (user %q)", a.user)
		}
	}
	return nil
}

// WithAccessTTL sets how long an access token lives, a second at least. As in all
// JWTs the expiry is a whole second, so it may live up to one less. Without it an
// hour.
func WithAccessTTL(d time.Duration) Option { return func(s *settings) { s.accessTTL = d } }

// WithRefreshTTL sets how long a refresh token lives. Without it a day.
func WithRefreshTTL(d time.Duration) Option { return func(s *settings) { s.refreshTTL = d } }

// WithRotation says whether a refresh gives a new refresh token and ends the old
// one. The vendor's documentation shows none; without this option the answer has
// an access token only.
func WithRotation(on bool) Option { return func(s *settings) { s.rotation = on } }

// ForbidExpired answers an expired access token with 403 in place of 401: the
// vendor's documentation leaves both open.
func ForbidExpired() Option { return func(s *settings) { s.forbidExpired = true } }

// ShortRefreshPath moves the refresh to /api/token/refresh/, which the prose of
// the vendor's documentation names once, away from /api/auth/token/refresh/.
func ShortRefreshPath() Option { return func(s *settings) { s.shortRefresh = true } }

// WithTransitionTime sets how long a job stays in each state on its way, and a
// search needs for each site. Without it 100 ms.
func WithTransitionTime(d time.Duration) Option { return func(s *settings) { s.transition = d } }

// WithThrottle lets each user make so many requests in a time; what is beyond is
// answered with 429 and Retry-After. Without it nobody is throttled, for nobody
// says that a Hub does it.
func WithThrottle(requests int, per time.Duration) Option {
	return func(s *settings) { s.throttle = rate{requests: requests, per: per} }
}

// BehindProxy makes all addresses in answers begin with an origin, such as
// http://hub.internal:8000, as a Hub does whose proxy does not hand on the host.
// Without it they begin with the Host of the request.
func BehindProxy(origin string) Option {
	return func(s *settings) { s.origin = strings.TrimSuffix(origin, "/") }
}

// WithPageSize sets how many items a page has that is asked for without a
// page_size. Without it 20.
func WithPageSize(n int) Option { return func(s *settings) { s.pageSize = n } }

// WithAccount adds a user, who may do what does not take an administrator. The
// administrator dfoster/secret stays.
func WithAccount(user, password string) Option {
	return func(s *settings) { s.accounts = append(s.accounts, &account{user: user, password: password}) }
}

// Strict refuses unknown query parameters and unknown members of bodies with a
// 400 that names them. A Hub ignores them, so without it [Request.Violations]
// alone tells of them.
func Strict() Option { return func(s *settings) { s.strict = true } }

// InMemory connects through pipes inside the process, reached by
// [Server.Transport] only. A testing/synctest bubble needs it.
func InMemory() Option { return func(s *settings) { s.inMemory = true } }

// Plain speaks http in place of https, as Hubs do in the vendor's examples.
func Plain() Option { return func(s *settings) { s.plain = true } }

// WithAddress sets the host:port to listen on. Without it a free port of
// 127.0.0.1.
func WithAddress(address string) Option { return func(s *settings) { s.address = address } }

// WithPage serves a page of one's own beside the API, to whoever asks. The pattern
// is one of [http.ServeMux].
func WithPage(pattern string, page http.Handler) Option {
	return func(s *settings) {
		if s.pages == nil {
			s.pages = map[string]http.Handler{}
		}
		s.pages[pattern] = page
	}
}

// WithObserver tells of each request when it has been answered, or its connection
// was cut. The function is called from many goroutines at once.
func WithObserver(observe func(Request)) Option {
	return func(s *settings) { s.observe = func(r simulator.Record) { observe(requestOf(r)) } }
}
