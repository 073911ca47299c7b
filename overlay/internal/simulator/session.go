package simulator

import (
	"cmp"
	"maps"
	"sync"
	"time"
)

// Sessions issues access and refresh tokens to accounts and keeps those that are
// valid. It is safe for concurrent use.
type Sessions[Account any] struct {
	// Mint makes a token of a kind, "access" or "refresh", and may round its expiry. It
	// is set before the first login.
	Mint func(kind string, account Account, now, expiry time.Time) (token string, rounded time.Time)
	// Rotation replaces the refresh token at each refresh.
	Rotation bool

	mu              sync.Mutex
	lifetimes       Lifetimes
	access, refresh map[string]grant[Account]
	counts          Counts
}

// Lifetimes are those of the tokens that a login or a refresh issues.
type Lifetimes struct{ Access, Refresh time.Duration }

// Tokens is what a login or a refresh issues.
type Tokens struct {
	Access, Refresh string        // a refresh without rotation repeats its own refresh token
	Life            time.Duration // of the access token
}

// grant is a token that was issued.
type grant[Account any] struct {
	account Account
	expiry  time.Time
}

// Login issues both tokens to an account.
func (s *Sessions[Account]) Login(account Account, now time.Time) Tokens {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Logins++
	return Tokens{
		Access:  s.issue(&s.access, "access", account, now, s.lifetimes.Access),
		Refresh: s.issue(&s.refresh, "refresh", account, now, s.lifetimes.Refresh),
		Life:    s.lifetimes.Access,
	}
}

// Renew issues an access token for a refresh token and, with Rotation, a new refresh
// token; lifetimes that are 0 are the server's own. It returns false for a refresh
// token that is unknown, expired, revoked or already replaced.
func (s *Sessions[Account]) Renew(refresh string, now time.Time, asked Lifetimes) (Tokens, Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account, ok := find(s.refresh, refresh, now)
	if !ok {
		return Tokens{}, account, false
	}
	s.counts.Refreshes++
	if s.Rotation {
		delete(s.refresh, refresh)
		refresh = s.issue(&s.refresh, "refresh", account, now, cmp.Or(max(asked.Refresh, 0), s.lifetimes.Refresh))
	}
	life := cmp.Or(max(asked.Access, 0), s.lifetimes.Access)
	return Tokens{Access: s.issue(&s.access, "access", account, now, life), Refresh: refresh, Life: life}, account, true
}

// issue also drops the tokens that have expired, so that a long run does not grow.
func (s *Sessions[Account]) issue(grants *map[string]grant[Account], kind string, account Account, now time.Time, life time.Duration) string {
	token, expiry := s.Mint(kind, account, now, now.Add(life))
	if *grants == nil {
		*grants = map[string]grant[Account]{}
	}
	maps.DeleteFunc(*grants, func(_ string, g grant[Account]) bool { return !now.Before(g.expiry) })
	(*grants)[token] = grant[Account]{account, expiry}
	return token
}

// Account returns the account of an access token; false if the token is unknown,
// expired or revoked.
func (s *Sessions[Account]) Account(access string, now time.Time) (Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return find(s.access, access, now)
}

func find[Account any](grants map[string]grant[Account], token string, now time.Time) (account Account, ok bool) {
	g, ok := grants[token]
	if !ok || !now.Before(g.expiry) {
		return account, false
	}
	return g.account, true
}

// End ends one access token.
func (s *Sessions[Account]) End(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.access, access)
}

// Expire ends all access tokens.
func (s *Sessions[Account]) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// Revoke ends all tokens of the accounts for which of returns true.
func (s *Sessions[Account]) Revoke(of func(Account) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, grants := range []map[string]grant[Account]{s.access, s.refresh} {
		maps.DeleteFunc(grants, func(_ string, g grant[Account]) bool { return of(g.account) })
	}
}

// Lifetimes returns the lifetimes of new tokens.
func (s *Sessions[Account]) Lifetimes() Lifetimes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lifetimes
}

// SetLifetimes changes the lifetimes of new tokens; one that is 0 stays.
func (s *Sessions[Account]) SetLifetimes(l Lifetimes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetimes = Lifetimes{cmp.Or(l.Access, s.lifetimes.Access), cmp.Or(l.Refresh, s.lifetimes.Refresh)}
}

// Counts are the numbers of successful logins and refreshes.
type Counts struct{ Logins, Refreshes int }

// Counts returns those up to now.
func (s *Sessions[Account]) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}
