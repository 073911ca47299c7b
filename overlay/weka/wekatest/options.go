package wekatest

import (
	"errors"
	"fmt"
	"time"
)

// Option changes a simulator before it starts.
type Option func(*settings)

type settings struct {
	accessTTL  time.Duration
	refreshTTL time.Duration
	transition time.Duration
	rotation   bool
	shape      LoginShape
	inMemory   bool
	plain      bool
	accounts   []account
}

// defaults are those of a new cluster: access tokens of 5 minutes, refresh
// tokens of a month, admin/admin in the organization Root.
func defaults() settings {
	return settings{
		accessTTL:  5 * time.Minute,
		refreshTTL: 30 * 24 * time.Hour,
		transition: 100 * time.Millisecond,
		accounts:   []account{{user: "admin", password: "admin", organization: rootOrganization}},
	}
}

func (s *settings) check() error {
	if s.accessTTL <= 0 || s.refreshTTL <= 0 {
		return errors.New("wekatest: a token must live longer than 0")
	}
	if s.transition < 0 {
		return errors.New("wekatest: a transition cannot take less than 0")
	}
	for _, a := range s.accounts {
		if a.user == "" || a.password == "" || a.organization == "" {
			return fmt.Errorf("wekatest: an account needs a user, a password and an organization (user %q)", a.user)
		}
	}
	return nil
}

// WithAccessTTL sets how long an access token lives; expires_in tells the whole
// seconds of it. Without it 5 minutes.
func WithAccessTTL(d time.Duration) Option { return func(s *settings) { s.accessTTL = d } }

// WithRefreshTTL sets how long a refresh token lives. Without it 30 days.
func WithRefreshTTL(d time.Duration) Option { return func(s *settings) { s.refreshTTL = d } }

// WithRotation says whether a refresh gives a new refresh token and ends the old
// one. WEKA does not say whether it does; without this option a refresh token
// stays the same and can be used again.
func WithRotation(on bool) Option { return func(s *settings) { s.rotation = on } }

// WithTransitionTime sets how long a filesystem stays CREATING, and REMOVING.
// Without it 100 ms.
func WithTransitionTime(d time.Duration) Option { return func(s *settings) { s.transition = d } }

// InMemory connects through pipes inside the process, reached by
// [Server.Transport] only. A testing/synctest bubble needs it.
func InMemory() Option { return func(s *settings) { s.inMemory = true } }

// Plain speaks http in place of https, as a cluster also does on its port.
func Plain() Option { return func(s *settings) { s.plain = true } }

// WithAccount adds a user to an organization ("Root" is the one that a login
// without an organization is for). The account admin/admin of Root stays.
func WithAccount(user, password, organization string) Option {
	return func(s *settings) {
		s.accounts = append(s.accounts, account{user: user, password: password, organization: organization})
	}
}

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
func WithLoginShape(shape LoginShape) Option { return func(s *settings) { s.shape = shape } }
