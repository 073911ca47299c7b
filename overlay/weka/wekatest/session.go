package wekatest

import (
	"crypto/rand"
	"maps"
	"sync"
	"time"
)

// sessions are the tokens that a cluster has given out.
type sessions struct {
	accessTTL, refreshTTL time.Duration
	rotation              bool

	mu        sync.Mutex
	access    map[string]grant
	refresh   map[string]grant
	logins    int
	refreshes int
}

// grant is what a token stands for.
type grant struct {
	account *account
	expiry  time.Time
}

// pair is what a login or a refresh gives out.
type pair struct {
	access, refresh string
	life            time.Duration // of the access token
}

// lives are the lifetimes that a refresh asks for; 0 is the cluster's own.
type lives struct{ access, refresh time.Duration }

func (s *sessions) begin(who *account, now time.Time) pair {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logins++
	given := s.giveAccess(who, now, s.accessTTL)
	given.refresh = s.giveRefresh(who, now, s.refreshTTL)
	return given
}

// renew gives a new access token for a refresh token; false if that is unknown,
// expired, revoked or, with rotation, used.
func (s *sessions) renew(refresh string, now time.Time, asked lives) (pair, *account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.refresh[refresh]
	if !ok || !now.Before(held.expiry) {
		return pair{}, nil, false
	}
	s.refreshes++
	given := s.giveAccess(held.account, now, orElse(asked.access, s.accessTTL))
	given.refresh = refresh
	if s.rotation {
		delete(s.refresh, refresh)
		given.refresh = s.giveRefresh(held.account, now, orElse(asked.refresh, s.refreshTTL))
	}
	return given, held.account, true
}

func orElse(asked, own time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	return own
}

func (s *sessions) giveAccess(who *account, now time.Time, life time.Duration) pair {
	prune(s.access, now)
	token := "access-" + rand.Text()
	s.access[token] = grant{account: who, expiry: now.Add(life)}
	return pair{access: token, life: life}
}

func (s *sessions) giveRefresh(who *account, now time.Time, life time.Duration) string {
	prune(s.refresh, now)
	token := "refresh-" + rand.Text()
	s.refresh[token] = grant{account: who, expiry: now.Add(life)}
	return token
}

// prune drops what has expired, so that a long run does not grow.
func prune(tokens map[string]grant, now time.Time) {
	for token, held := range tokens {
		if !now.Before(held.expiry) {
			delete(tokens, token)
		}
	}
}

// who returns the account that an access token stands for, nil if it is not
// valid.
func (s *sessions) who(access string, now time.Time) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.access[access]
	if !ok || !now.Before(held.expiry) {
		return nil
	}
	return held.account
}

func (s *sessions) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// revoke ends all tokens of the accounts that of names.
func (s *sessions) revoke(of func(*account) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	named := func(_ string, held grant) bool { return of(held.account) }
	maps.DeleteFunc(s.access, named)
	maps.DeleteFunc(s.refresh, named)
}

// end ends one access token.
func (s *sessions) end(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.access, access)
}

// lifetimes are how long new tokens live.
func (s *sessions) lifetimes() (access, refresh time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accessTTL, s.refreshTTL
}

// setLifetimes changes how long new tokens live; 0 leaves one as it is.
func (s *sessions) setLifetimes(access, refresh time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessTTL, s.refreshTTL = orElse(access, s.accessTTL), orElse(refresh, s.refreshTTL)
}

func (s *sessions) counts() (logins, refreshes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins, s.refreshes
}
