package weka

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// authority is how a WEKA cluster issues tokens: POST /login for a name and a
// password, POST /login/refresh for a refresh token. It does one thing at a time,
// and remembers what the cluster refused, for whoever asks: the lifecycle of the
// client's tokens, or LongLivedToken.
type authority struct {
	login              wekaapi.LoginService
	user, organization string
	changeRequired     atomic.Bool

	held bool // there is a password, which may change but not go

	turn      chan struct{}                         // holds a value while somebody has the rest
	password  func(context.Context) (string, error) // nil, for good, if none is held
	refusal   error                                 // of name and password, which are not sent again
	noLogin   *token.LockedOutError                 // nothing is sent before it is over
	noRefresh *token.LockedOutError
}

func newAuthority(login wekaapi.LoginService, s *connect.Settings) *authority {
	return &authority{
		login: login, user: s.Login.User, organization: s.Organization, password: s.Login.Password, held: s.Login.Password != nil,
		turn: make(chan struct{}, 1),
	}
}

func (a *authority) take(ctx context.Context) error {
	select {
	case a.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *authority) leave() { <-a.turn }

// holdsPassword tells whether there is one to log in with. A nil authority has none.
func (a *authority) holdsPassword() bool { return a != nil && a.held }

func (a *authority) ask(ctx context.Context) (string, error) {
	if a.password == nil {
		return "", token.ErrNoCredentials
	}
	return a.password(ctx)
}

// Login opens a new session.
func (a *authority) Login(ctx context.Context, last token.Rejection) (token.Token, error) {
	if err := a.take(ctx); err != nil {
		return token.Token{}, err
	}
	defer a.leave()
	if a.refusal != nil {
		return token.Token{}, a.refusal
	}
	if lasts(a.noLogin) {
		return token.Token{}, a.noLogin
	}
	password, err := a.ask(ctx)
	if err == nil {
		err = last.Check(password)
	}
	if err != nil {
		return token.Token{}, err
	}
	body := wekaapi.LoginBody{Username: a.user, Password: NewSecret(password)}
	if a.organization != "" {
		body.Org = &a.organization // left out otherwise: the cluster takes Root, and refuses ""
	}
	var answer []byte
	_, err = a.login.Login(ctx, body, call.WithRawBody(&answer))
	session, err := issued(answer, err)
	if err != nil {
		return token.Token{}, last.Rejected(password, a.loginRefused(err, answer))
	}
	a.changeRequired.Store(session.passwordChangeRequired())
	return session.token(), nil
}

// Refresh renews a session.
func (a *authority) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	session, err := a.refresh(ctx, old, nil)
	return session.token(), err
}

// refresh asks for an access token that lives lifetime seconds, nil being the
// cluster's default.
func (a *authority) refresh(ctx context.Context, old token.Token, lifetime *int64) (loginAnswer, error) {
	if err := a.take(ctx); err != nil {
		return loginAnswer{}, err
	}
	defer a.leave()
	if lasts(a.noRefresh) {
		return loginAnswer{}, a.noRefresh
	}
	body := wekaapi.RefreshTokenBody{RefreshToken: NewSecret(old.Refresh.Reveal()), AccessTokenExpiry: lifetime}
	var answer []byte
	_, err := a.login.RefreshToken(ctx, body, call.WithRawBody(&answer))
	session, err := issued(answer, err)
	if err != nil {
		return loginAnswer{}, a.refreshRefused(err, answer)
	}
	return session, nil
}

// issued reads the answer itself in place of the typed result, because the three
// shapes in which clusters have been seen to answer are not all of the document's.
func issued(answer []byte, err error) (loginAnswer, error) {
	var failed *call.Error
	if err != nil && (!errors.As(err, &failed) || failed.Status/100 != 2) {
		return loginAnswer{}, err
	}
	session, ok := readLogin(answer)
	if ok {
		return session, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: no access token is in the answer to a login", ErrMalformedAnswer)
	}
	return loginAnswer{}, fmt.Errorf("%w: %w", token.ErrMalformed, err)
}
