package wekatest

import (
	"crypto/rand"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// sessions are the tokens of a cluster.
type sessions = simulator.Sessions[*account]

// mint makes a token, which is opaque to clients.
func mint(kind string, _ *account, _, expiry time.Time) (string, time.Time) {
	return kind + "-" + rand.Text(), expiry
}

// login is POST /login.
func (c *cluster) login(r *simulator.Request) simulator.Response {
	organization, given := r.Member("org").(string)
	if !given {
		organization = rootOrganization
	}
	who, err := c.authenticate(r.Text("username"), r.Text("password"), organization, r.Time)
	if locked := (*lockedError)(nil); errors.As(err, &locked) {
		return simulator.Response{Status: http.StatusForbidden, Body: data(locked.Error())}
	}
	if err != nil {
		return unauthorized()
	}
	return c.tokens(c.sessions.Login(who, r.Time), who.mustChange)
}

// refresh is POST /login/refresh.
func (c *cluster) refresh(r *simulator.Request) simulator.Response {
	tokens, who, ok := c.sessions.Renew(r.Text("refresh_token"), r.Time, simulator.Lifetimes{
		Access:  seconds(r.Member("access_token_expiry")),
		Refresh: seconds(r.Member("refresh_token_expiry")),
	})
	if !ok {
		return unauthorized()
	}
	return c.tokens(tokens, who.mustChange)
}

// seconds reads a duration of a body, up to the longest [time.Duration].
func seconds(member any) time.Duration {
	n, _ := integer(member)
	return time.Duration(min(n, int64(math.MaxInt64/time.Second/2))) * time.Second
}

// tokens is the response of login and refresh in the shape of [WithLoginShape]. The
// document has only one of the three.
func (c *cluster) tokens(issued simulator.Tokens, mustChange bool) simulator.Response {
	members := map[string]any{
		"access_token":             issued.Access,
		"token_type":               "Bearer",
		"expires_in":               int64(issued.Life / time.Second),
		"refresh_token":            issued.Refresh,
		"password_change_required": mustChange,
	}
	switch c.loginShape {
	case LoginList:
		return simulator.Response{Status: http.StatusOK, Body: data([]any{members}), Unchecked: true}
	case LoginBare:
		return simulator.Response{Status: http.StatusOK, Body: members, Unchecked: true}
	}
	return success(members)
}
