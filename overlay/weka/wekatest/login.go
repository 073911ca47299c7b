package wekatest

import (
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// login is POST /login.
func (s *Server) login(r *simulator.Request) simulator.Answer {
	user, _ := r.Member("username").(string)
	password, _ := r.Member("password").(string)
	organization, given := r.Member("org").(string)
	if !given {
		organization = rootOrganization
	}
	who, err := s.cluster.authenticate(user, password, organization, r.Time)
	if locked := (*lockedError)(nil); errors.As(err, &locked) {
		return simulator.Answer{Status: http.StatusForbidden, Body: data(locked.Error())}
	}
	if err != nil {
		return unauthorized()
	}
	return s.tokens(s.sessions.begin(who, r.Time), who.mustChange)
}

// refresh is POST /login/refresh.
func (s *Server) refresh(r *simulator.Request) simulator.Answer {
	token, _ := r.Member("refresh_token").(string)
	given, who, ok := s.sessions.renew(token, r.Time, lives{
		access:  seconds(r.Member("access_token_expiry")),
		refresh: seconds(r.Member("refresh_token_expiry")),
	})
	if !ok {
		return unauthorized()
	}
	return s.tokens(given, who.mustChange)
}

// seconds reads a duration of a body; one that is longer than can be told is the
// longest that can.
func seconds(member any) time.Duration {
	n, _ := integer(member)
	return time.Duration(min(n, int64(math.MaxInt64/time.Second/2))) * time.Second
}

// tokens is the answer to both, in the shape that was asked for. Only one of the
// three is in the document.
func (s *Server) tokens(given pair, mustChange bool) simulator.Answer {
	members := map[string]any{
		"access_token":             given.access,
		"token_type":               "Bearer",
		"expires_in":               int64(given.life / time.Second),
		"refresh_token":            given.refresh,
		"password_change_required": mustChange,
	}
	switch s.shape {
	case LoginList:
		return simulator.Answer{Status: http.StatusOK, Body: data([]any{members}), OffDocument: true}
	case LoginBare:
		return simulator.Answer{Status: http.StatusOK, Body: members, OffDocument: true}
	}
	return success(members)
}
