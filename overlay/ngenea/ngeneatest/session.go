package ngeneatest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// account is a user of the Hub.
type account struct {
	user, password string
	administrator  bool
}

// sessions are the tokens that a Hub has given out. It has no lock: the engine
// runs one handler at a time.
type sessions struct {
	accessTTL, refreshTTL time.Duration
	rotation              bool
	key                   []byte // signs the tokens
	access, refresh       simulator.Grants[*account]
	logins, refreshes     int
}

func newSessions(set settings) *sessions {
	return &sessions{
		accessTTL: set.accessTTL, refreshTTL: set.refreshTTL, rotation: set.rotation,
		key: []byte(rand.Text()),
	}
}

// begin gives the tokens of a login.
func (s *sessions) begin(who *account, now time.Time) (access, refresh string) {
	s.logins++
	return s.give(&s.access, "access", who, now, s.accessTTL), s.give(&s.refresh, "refresh", who, now, s.refreshTTL)
}

// renew gives an access token for a refresh token and, with rotation, another
// refresh token; false if it is unknown, expired, revoked or used.
func (s *sessions) renew(given string, now time.Time) (access, refresh string, ok bool) {
	who, ok := s.refresh.Who(given, now)
	if !ok {
		return "", "", false
	}
	s.refreshes++
	if s.rotation {
		s.refresh.End(given)
		refresh = s.give(&s.refresh, "refresh", who, now, s.refreshTTL)
	}
	return s.give(&s.access, "access", who, now, s.accessTTL), refresh, true
}

// who returns the account that an access token stands for, nil if it is not
// valid.
func (s *sessions) who(access string, now time.Time) *account {
	found, _ := s.access.Who(access, now)
	return found
}

func (s *sessions) end(access string) { s.access.End(access) }

func (s *sessions) expire() { s.access.Clear() }

func (s *sessions) revoke() {
	s.access.Clear()
	s.refresh.Clear()
}

func (s *sessions) give(tokens *simulator.Grants[*account], kind string, who *account, now time.Time, life time.Duration) string {
	expiry := now.Add(life).Truncate(time.Second) // as the claim tells it
	token := s.sign(map[string]any{
		"token_type": kind, "exp": expiry.Unix(), "iat": now.Unix(), "jti": rand.Text(), "user_id": who.user,
	})
	tokens.Give(token, who, now, expiry)
	return token
}

// sign makes a JWT, signed with HS256 as the framework does.
func (s *sessions) sign(claims map[string]any) string {
	text, err := json.Marshal(claims)
	if err != nil {
		panic(err) // strings and numbers
	}
	encoding := base64.RawURLEncoding
	signed := encoding.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + encoding.EncodeToString(text)
	sum := hmac.New(sha256.New, s.key)
	_, _ = sum.Write([]byte(signed)) // a hash takes everything
	return signed + "." + encoding.EncodeToString(sum.Sum(nil))
}
