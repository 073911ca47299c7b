package ngenea

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// accessLifetime is how long an access token lives that does not say it.
const accessLifetime = time.Hour

// olderRefreshPath is printed once in the documentation, where its examples have
// /auth/token/refresh/.
const olderRefreshPath = "/token/refresh/"

// authority is how a Hub issues tokens: POST /auth/token/ for a name and a password,
// POST /auth/token/refresh/ for a refresh token. Nothing of a refresh token's own expiry
// is believed: a clock that is hours off would end the session, and the Hub says so
// anyway.
type authority struct {
	api      *call.Client
	auth     ngeneaapi.AuthService
	user     string
	password func(context.Context) (string, error) // nil if none is held
	older    atomic.Bool                           // the Hub has olderRefreshPath and not the other
}

// Login opens a new session.
func (a *authority) Login(ctx context.Context, last token.Rejection) (token.Token, error) {
	if a.password == nil {
		return token.Token{}, token.ErrNoCredentials
	}
	password, err := a.password(ctx)
	if err == nil {
		err = last.Check(password)
	}
	if err != nil {
		return token.Token{}, err
	}
	var answer []byte
	pair, err := a.auth.CreateToken(ctx, ngeneaapi.CreateTokenBody{Username: a.user, Password: NewSecret(password)}, call.WithRawBody(&answer))
	if err != nil {
		return token.Token{}, last.Rejected(password, refusedAs(token.ErrBadCredentials, err, answer))
	}
	return issued(pair.Access, pair.Refresh), nil
}

// Refresh renews a session. The answer has a new refresh token only where the Hub
// rotates them.
func (a *authority) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	var answer []byte
	renewed, err := a.refresh(ctx, NewSecret(old.Refresh.Reveal()), call.WithRawBody(&answer))
	if err != nil {
		return token.Token{}, refusedAs(token.ErrRefreshRejected, err, answer)
	}
	return issued(renewed.Access, renewed.Refresh), nil
}

// refresh asks at the path that is known to be there and, where that is missing, once at
// the other. A Hub that has neither refuses the refresh token: a login makes up for it.
func (a *authority) refresh(ctx context.Context, refresh Secret, raw CallOption) (*ngeneaapi.RefreshedToken, error) {
	body := ngeneaapi.RefreshTokenBody{Refresh: refresh}
	older := a.older.Load()
	renewed, err := a.refreshAt(ctx, older, body, raw)
	if !isMissing(err) {
		return renewed, err
	}
	renewed, err = a.refreshAt(ctx, !older, body, raw)
	switch {
	case err == nil:
		a.older.Store(!older)
	case isMissing(err):
		return nil, fmt.Errorf("%w (%w)", token.ErrRefreshRejected, err)
	}
	return renewed, err
}

func (a *authority) refreshAt(ctx context.Context, older bool, body ngeneaapi.RefreshTokenBody, raw CallOption) (*ngeneaapi.RefreshedToken, error) {
	if !older {
		return a.auth.RefreshToken(ctx, body, raw)
	}
	var renewed ngeneaapi.RefreshedToken
	err := a.api.Do(ctx, http.MethodPost, olderRefreshPath, body, &renewed, raw)
	return &renewed, err
}

// isMissing tells a path where nothing can be posted: 404, or 405 of something else.
func isMissing(err error) bool {
	var failed *call.Error
	return errors.As(err, &failed) && (failed.Status == http.StatusNotFound || failed.Status == http.StatusMethodNotAllowed)
}

// refusedAs gives the verdict if the Hub refused what was sent, and otherwise an error
// after which it may be sent again. A success without a token in it is neither.
func refusedAs(verdict, err error, answer []byte) error {
	if failed, refused := connect.Rejected(err, answer); refused {
		return &connect.Rejection{Verdict: verdict, Response: failed}
	}
	var failed *call.Error
	if errors.As(err, &failed) && failed.Status/100 == 2 {
		return fmt.Errorf("%w: %w", token.ErrMalformed, err)
	}
	return err
}

// issued reads how long a token lives from its claims: the difference of exp and iat
// counts, which no clock falsifies, and exp alone is a hint.
func issued(access, refresh Secret) token.Token {
	t := token.Token{Access: api.NewSecret(access.Reveal()), Refresh: api.NewSecret(refresh.Reveal())}
	switch begin, end := token.JWTTimes(t.Access); {
	case begin.IsZero() && !end.IsZero():
		t.Expiry = end
	case end.After(begin):
		t.Lifetime = end.Sub(begin)
	default:
		t.Lifetime = accessLifetime
	}
	return t
}
