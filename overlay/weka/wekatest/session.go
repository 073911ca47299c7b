package wekatest

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// sessions are the tokens that a cluster has given out.
type sessions struct {
	accessTTL, refreshTTL time.Duration
	rotation              bool

	mu        sync.Mutex
	access    simulator.Grants[*account]
	refresh   simulator.Grants[*account]
	logins    int
	refreshes int
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
	who, ok := s.refresh.Who(refresh, now)
	if !ok {
		return pair{}, nil, false
	}
	s.refreshes++
	given := s.giveAccess(who, now, orElse(asked.access, s.accessTTL))
	given.refresh = refresh
	if s.rotation {
		s.refresh.End(refresh)
		given.refresh = s.giveRefresh(who, now, orElse(asked.refresh, s.refreshTTL))
	}
	return given, who, true
}

func orElse(asked, own time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	return own
}

func (s *sessions) giveAccess(who *account, now time.Time, life time.Duration) pair {
	token := "access-" + rand.Text()
	s.access.Give(token, who, now, now.Add(life))
	return pair{access: token, life: life}
}

func (s *sessions) giveRefresh(who *account, now time.Time, life time.Duration) string {
	token := "refresh-" + rand.Text()
	s.refresh.Give(token, who, now, now.Add(life))
	return token
}

// who returns the account that an access token stands for, nil if it is not
// valid.
func (s *sessions) who(access string, now time.Time) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, _ := s.access.Who(access, now)
	return found
}

func (s *sessions) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access.Clear()
}

// revoke ends all tokens of the accounts that of names.
func (s *sessions) revoke(of func(*account) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access.Revoke(of)
	s.refresh.Revoke(of)
}

// end ends one access token.
func (s *sessions) end(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access.End(access)
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
