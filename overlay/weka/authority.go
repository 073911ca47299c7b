package weka

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// authority is how a WEKA cluster issues tokens: POST /login for a name and a
// password, POST /login/refresh for a refresh token.
type authority struct {
	login              wekaapi.LoginService
	user, organization string
	password           wekaapi.Secret
	held               bool // there are credentials
}

// Login opens a new session.
func (a *authority) Login(ctx context.Context) (token.Token, error) {
	if !a.held {
		return token.Token{}, token.ErrNoCredentials
	}
	body := wekaapi.LoginBody{Username: a.user, Password: a.password}
	if a.organization != "" {
		body.Org = &a.organization // left out otherwise: the cluster takes Root, and refuses ""
	}
	var answer []byte
	_, err := a.login.Login(ctx, body, call.WithRawBody(&answer))
	if t, ok := issued(answer, err); ok {
		return t, nil
	}
	return token.Token{}, loginError(err, time.Now())
}

// Refresh renews a session.
func (a *authority) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	var answer []byte
	_, err := a.login.RefreshToken(ctx, wekaapi.RefreshTokenBody{RefreshToken: wekaapi.Secret(old.Refresh.Reveal())}, call.WithRawBody(&answer))
	if t, ok := issued(answer, err); ok {
		return t, nil
	}
	if errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrForbidden) {
		return token.Token{}, errors.Join(token.ErrRefreshRejected, err)
	}
	return token.Token{}, err
}

// issued reads the answer itself in place of the typed result, because the three
// shapes in which clusters have been seen to answer are not all of the document's.
func issued(answer []byte, err error) (token.Token, bool) {
	var failed *call.Error
	if errors.As(err, &failed) && failed.Status/100 != 2 {
		return token.Token{}, false
	}
	return readLogin(answer)
}

var lockedFor = regexp.MustCompile(`locked out for another ([0-9hms.]+)`)

// loginError tells the three refusals of a login from a server that is out of reach.
func loginError(err error, now time.Time) error {
	var failed *call.Error
	if !errors.As(err, &failed) {
		if err == nil {
			err = token.ErrMalformed
		}
		return err
	}
	switch {
	case failed.Status == http.StatusForbidden && strings.Contains(failed.Message, "locked out"):
		locked := &token.LockedOutError{Err: err}
		if found := lockedFor.FindStringSubmatch(failed.Message); found != nil {
			if rest, bad := time.ParseDuration(found[1]); bad == nil {
				locked.Until = now.Add(rest)
			}
		}
		return locked
	case failed.Status == http.StatusUnauthorized:
		return errors.Join(token.ErrBadCredentials, err)
	default:
		return err
	}
}
