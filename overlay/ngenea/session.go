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

// Secret is text that is never printed; see api.Secret.
type Secret = api.Secret

// NewSecret makes the [Secret] of a password or a key for a request body.
func NewSecret(text string) Secret { return api.NewSecret(text) }

// Token is what the function of [WithTokenFunc] returns and what a [TokenStore] keeps.
type Token = token.Token

// NewToken makes a [Token] of an access token, without its "Bearer". If you know when it
// expires, set Lifetime or Expiry: the client then asks for the next one before that.
func NewToken(access string) Token { return Token{Access: NewSecret(access)} }

// TokenStore keeps sessions for several clients and processes: see [WithTokenStore].
type TokenStore = token.Store

// TokenIdentity says whose session a [TokenStore] keeps. Its Key names the entry.
type TokenIdentity = token.Identity

// TokenCodec encodes and decodes an entry of a [TokenStore]. The bytes are as secret as
// the tokens.
type TokenCodec = token.JSONCodec

// LoginRejection is the part of a stored [Token] that tells other processes of a rejected
// password or a lockout. [TokenCodec] keeps it.
type LoginRejection = token.Rejection

// SessionEvent describes a change of the session to the function of [WithSessionHook]. It
// never holds a token.
type SessionEvent = token.Event

// SessionEventKind is the kind of a [SessionEvent], such as [SessionRefreshed].
type SessionEventKind = token.EventKind

// The kinds of [SessionEvent].
const (
	SessionStarted   = token.Started      // a refresh or a login begins
	SessionRefreshed = token.Refreshed    // the refresh token brought a new access token
	SessionLoggedIn  = token.LoggedIn     // the password or the token function brought a new token
	SessionAdopted   = token.Adopted      // the file, cache or store had a valid token, such as of another process
	SessionFailed    = token.Failed       // a refresh or a login failed, for the reason in Err
	SessionNotStored = token.NotStored    // a new token could not be stored; only this client uses it
	SessionEnded     = token.SessionEnded // the client has no token and no way to get one
)

// Logout removes the session from the client and from its cache or store. The Hub cannot
// end a session: its tokens stay valid until they expire. Calls after Logout are
// [ErrSessionEnded]. A client key is not revoked: see [Client.RevokeClientKey].
func (c *Client) Logout(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return c.tokens.Logout(ctx)
}

// accessLifetime is the lifetime of an access token without one in its claims.
const accessLifetime = time.Hour

// olderRefresh has the path of one place of the documentation, whose examples have
// /auth/token/refresh/.
var olderRefresh = api.NewOperation(api.Definition{
	Method: http.MethodPost, Path: "/token/refresh/", Class: api.ClassOnce, Result: api.ResultData, Auth: api.AuthNone,
})

// authority issues tokens: with POST /auth/token/ for a user and a password, with POST
// /auth/token/refresh/ for a refresh token. It ignores the expiry of a refresh token: a
// wrong clock would end the session, and the Hub rejects an expired one anyway.
type authority struct {
	api      *call.Client
	auth     ngeneaapi.AuthService
	user     string
	password func(context.Context) (string, error) // nil if the client has none
	older    atomic.Bool                           // the Hub has olderRefresh instead
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
	var response []byte
	var reported call.Response
	body := ngeneaapi.CreateTokenBody{Username: a.user, Password: NewSecret(password)}
	pair, err := a.auth.CreateToken(ctx, body, call.WithRawBody(&response), call.WithResponse(&reported))
	if err != nil {
		err = connect.Throttled(err, reported.Header)
		return token.Token{}, last.Rejected(password, rejectedAs(connect.BadCredentials(password), err, response))
	}
	return issued(pair.Access, pair.Refresh), nil
}

// Refresh renews a session. The response has a new refresh token only if the Hub rotates
// them.
func (a *authority) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	var response []byte
	var reported call.Response
	renewed, err := a.refresh(ctx, old.Refresh, call.WithRawBody(&response), call.WithResponse(&reported))
	if err != nil {
		return token.Token{}, rejectedAs(token.ErrRefreshRejected, connect.Throttled(err, reported.Header), response)
	}
	return issued(renewed.Access, renewed.Refresh), nil
}

// refresh uses the path that has worked and, if it is missing, the other one. A Hub with
// neither rejects the refresh token, which causes a login.
func (a *authority) refresh(ctx context.Context, refresh Secret, options ...CallOption) (*ngeneaapi.RefreshedToken, error) {
	body := ngeneaapi.RefreshTokenBody{Refresh: refresh}
	older := a.older.Load()
	renewed, err := a.refreshAt(ctx, older, body, options...)
	if !isMissing(err) {
		return renewed, err
	}
	renewed, err = a.refreshAt(ctx, !older, body, options...)
	switch {
	case err == nil:
		a.older.Store(!older)
	case isMissing(err):
		return nil, fmt.Errorf("%w (%w)", token.ErrRefreshRejected, err)
	}
	return renewed, err
}

func (a *authority) refreshAt(ctx context.Context, older bool, body ngeneaapi.RefreshTokenBody, options ...CallOption) (*ngeneaapi.RefreshedToken, error) {
	if !older {
		return a.auth.RefreshToken(ctx, body, options...)
	}
	var renewed ngeneaapi.RefreshedToken
	err := a.api.Call(ctx, olderRefresh, nil, nil, body, &renewed, options...)
	return &renewed, err
}

// isMissing reports whether a path accepts no POST.
func isMissing(err error) bool {
	var failed *call.Error
	return errors.As(err, &failed) && (failed.Status == http.StatusNotFound || failed.Status == http.StatusMethodNotAllowed)
}

// rejectedAs returns the verdict if the Hub rejected what was sent, token.ErrMalformed for a
// success without a token, and otherwise err, after which it may be sent again.
func rejectedAs(verdict, err error, response []byte) error {
	if failed, rejected := connect.Rejected(err, response); rejected {
		return &connect.Rejection{Verdict: verdict, Response: failed}
	}
	var failed *call.Error
	if errors.As(err, &failed) && failed.Status/100 == 2 {
		return fmt.Errorf("%w: %w", token.ErrMalformed, err)
	}
	return err
}

// issued reads the lifetime of a token from its claims: the difference of exp and iat,
// which does not depend on a clock, or exp alone.
func issued(access, refresh Secret) token.Token {
	t := token.Token{Access: access, Refresh: refresh}
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
