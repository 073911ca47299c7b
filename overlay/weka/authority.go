package weka

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
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
	changeRequired     atomic.Bool

	mu       sync.Mutex
	password func(context.Context) (string, error) // nil: none is held
}

// ask gives the password, which may mean to ask a person for it.
func (a *authority) ask(ctx context.Context) (string, error) {
	a.mu.Lock()
	password := a.password
	a.mu.Unlock()
	if password == nil {
		return "", token.ErrNoCredentials
	}
	return password(ctx)
}

// held tells whether there is a password to log in with. A nil authority has none.
func (a *authority) held() bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.password != nil
}

// changed takes another password for the logins to come.
func (a *authority) changed(password string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.password = func(context.Context) (string, error) { return password, nil }
	a.changeRequired.Store(false)
}

// Login opens a new session.
func (a *authority) Login(ctx context.Context) (token.Token, error) {
	password, err := a.ask(ctx)
	if err != nil {
		return token.Token{}, err
	}
	body := wekaapi.LoginBody{Username: a.user, Password: Secret(password)}
	if a.organization != "" {
		body.Org = &a.organization // left out otherwise: the cluster takes Root, and refuses ""
	}
	var answer []byte
	_, err = a.login.Login(ctx, body, call.WithRawBody(&answer))
	session, ok := issued(answer, err)
	if !ok {
		return token.Token{}, loginError(err, time.Now())
	}
	a.changeRequired.Store(session.PasswordChangeRequired)
	return session.token(), nil
}

// Refresh renews a session.
func (a *authority) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	var answer []byte
	_, err := a.login.RefreshToken(ctx, wekaapi.RefreshTokenBody{RefreshToken: Secret(old.Refresh.Reveal())}, call.WithRawBody(&answer))
	if session, ok := issued(answer, err); ok {
		return session.token(), nil
	}
	if errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrForbidden) {
		return token.Token{}, fmt.Errorf("%w: %w", token.ErrRefreshRejected, err)
	}
	return token.Token{}, orMalformed(err)
}

// issued reads the answer itself in place of the typed result, because the three
// shapes in which clusters have been seen to answer are not all of the document's.
func issued(answer []byte, err error) (loginAnswer, bool) {
	var failed *call.Error
	if errors.As(err, &failed) && failed.Status/100 != 2 {
		return loginAnswer{}, false
	}
	return readLogin(answer)
}

var lockedFor = regexp.MustCompile(`locked out for another ([0-9hms.]+)`)

// loginError tells the refusals of a login from a server that is out of reach.
func loginError(err error, now time.Time) error {
	var failed *call.Error
	if !errors.As(err, &failed) {
		return orMalformed(err)
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
		return fmt.Errorf("%w: %w", token.ErrBadCredentials, err)
	default:
		return err
	}
}
