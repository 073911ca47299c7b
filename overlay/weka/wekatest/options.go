package wekatest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Option changes a simulator before it starts.
type Option func(*settings)

type settings struct {
	simulator.Settings
	loginShape LoginShape
	anyPath    bool
	release    release
	accounts   []account
	err        error // of an option that could not be parsed
}

// defaults are those of a new cluster: access tokens of 5 minutes, refresh
// tokens of a month, admin/admin in the organization Root.
func defaults() settings {
	return settings{
		Settings: simulator.Settings{
			AccessTTL: 5 * time.Minute, RefreshTTL: 30 * 24 * time.Hour, Transition: 100 * time.Millisecond,
			PageSize: 1000, Endpoints: 1,
		},
		release:  newest,
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

// WithAccessTTL sets how long an access token lives; expires_in tells the whole
// seconds of it. Without it 5 minutes.
func WithAccessTTL(d time.Duration) Option { return func(s *settings) { s.AccessTTL = d } }

// WithRefreshTTL sets how long a refresh token lives. Without it 30 days.
func WithRefreshTTL(d time.Duration) Option { return func(s *settings) { s.RefreshTTL = d } }

// WithRotation says whether a refresh gives a new refresh token and ends the old
// one. WEKA does not say whether it does; without this option a refresh token
// stays the same and can be used again.
func WithRotation(on bool) Option { return func(s *settings) { s.Rotation = on } }

// WithTransitionTime sets how long whatever takes time takes: a filesystem is
// CREATING and REMOVING, a snapshot is uploaded and removed, a quota is coloured.
// Without it 100 ms.
func WithTransitionTime(d time.Duration) Option { return func(s *settings) { s.Transition = d } }

// InMemory connects through pipes inside the process, reached by
// [Server.Transport] only. A testing/synctest bubble needs it.
func InMemory() Option { return func(s *settings) { s.InMemory = true } }

// Plain speaks http in place of https, as a cluster also does on its port.
func Plain() Option { return func(s *settings) { s.Plain = true } }

// WithAccount adds a user to an organization ("Root" is the one that a login
// without an organization is for). The account admin/admin of Root stays.
func WithAccount(user, password, organization string) Option {
	return func(s *settings) {
		s.accounts = append(s.accounts, account{user: user, password: password, organization: organization})
	}
}

// WithPasswordChangeRequired makes the logins of admin ask for another password,
// as those of a new cluster do, until it is changed.
func WithPasswordChangeRequired() Option {
	return func(s *settings) { s.accounts[0].mustChange = true }
}

// Endpoints makes the cluster answer at n addresses, which share its state and its
// tokens; [Server.URLs] lists them and [Server.StopEndpoint] takes one down.
// Without it there is one.
func Endpoints(n int) Option { return func(s *settings) { s.Endpoints = n } }

// WithAddress sets the host:port to listen on; further endpoints take the ports
// that follow. Without it free ports of 127.0.0.1.
func WithAddress(address string) Option { return func(s *settings) { s.Address = address } }

// Release makes the cluster run an earlier release, such as "4.3" or "5.0.2": a
// route that came later is answered as that release does, with a 404 which says
// that the route does not exist. Without it 5.1.
func Release(number string) Option {
	return func(s *settings) { s.release, s.err = parseRelease(number) }
}

// WithPageSize sets how many items a page of events, of quotas, of a catalog query
// or of a comparison of snapshots has at most. Without it 1000.
func WithPageSize(n int) Option { return func(s *settings) { s.PageSize = n } }

// WithPage serves a page of one's own beside the API, to whoever asks. The pattern
// is one of [http.ServeMux].
func WithPage(pattern string, page http.Handler) Option {
	return func(s *settings) { s.AddPage(pattern, page) }
}

// WithObserver tells of each request when it has been answered, or its connection
// was cut. The function is called from many goroutines at once.
func WithObserver(observe func(Request)) Option {
	return func(s *settings) { s.Observe = func(r simulator.Record) { observe(Request(r)) } }
}

// AnyPath makes every directory of every filesystem exist that is asked for.
// Without it only the root does, and what [Server.MakeDirectory] made.
func AnyPath() Option { return func(s *settings) { s.anyPath = true } }

// LoginShape is how the answers to login and refresh look. The vendor's pages
// print three shapes; a client must read them all.
type LoginShape int

// The shapes of a login's answer.
const (
	// LoginObject is {"data":{"access_token":…}}, what clusters send.
	LoginObject LoginShape = iota
	// LoginList is {"data":[{"access_token":…}]}.
	LoginList
	// LoginBare is {"access_token":…}, without an envelope.
	LoginBare
)

// WithLoginShape sets the shape of the answers to login and refresh. Without it
// LoginObject.
func WithLoginShape(shape LoginShape) Option { return func(s *settings) { s.loginShape = shape } }
