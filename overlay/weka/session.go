package weka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Secret is text that is never printed; see api.Secret.
type Secret = api.Secret

// NewSecret makes the [Secret] of a password, a key or a token for a request body.
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

// PasswordChangeRequired reports whether the cluster asked for another password at the
// last login of this client, as it does of the default admin: see [Client.ChangePassword].
// It is false before the first login.
func (c *Client) PasswordChangeRequired() bool {
	return c.authority != nil && c.authority.changeRequired.Load()
}

var errNoPassword = fmt.Errorf("the client has no password: make one with WithPassword (%w)", ErrNoCredentials)

func (c *Client) hasPassword() bool { return c.authority != nil && c.authority.hasPassword }

// ChangePassword changes the password of the client's user (PUT /users/password), and the
// client logs in with the new one from then on. No login is sent during the change, since
// the old password could lock the account. If the response is lost, the cluster may have
// changed it. A wrong old password is [ErrUnauthorized] and sent once. A client without a
// password gets [ErrNoCredentials].
func (c *Client) ChangePassword(ctx context.Context, newPassword string) error {
	if ctx == nil {
		return errNilContext
	}
	if !c.hasPassword() {
		return fmt.Errorf("weka: change password: %w", errNoPassword)
	}
	if newPassword == "" {
		return fmt.Errorf("weka: change password: %w: the new password is empty", ErrInvalidArgument)
	}
	for try := 1; ; try++ {
		session, err := c.tokens.Token(ctx)
		if err != nil {
			return fmt.Errorf("weka: change password: %w", err)
		}
		err = c.authority.changePassword(ctx, newPassword, func(body wekaapi.UpdateUserPasswordBody) error {
			// With a token of its own, the call cannot cause a login, which would wait
			// for the end of the change.
			return c.Users.UpdatePassword(ctx, body, call.WithHeader("Authorization", session.Authorization()))
		})
		if try == 2 || !errors.Is(err, ErrUnauthorized) || !c.isRejected(ctx, session) {
			return err
		}
		c.tokens.Invalidate(session)
	}
}

// isRejected reports whether the cluster rejects a token. A 401 to a change of password
// may also be about the old password, and a wrong one must not be sent twice.
func (c *Client) isRejected(ctx context.Context, session *token.Token) bool {
	_, err := c.Users.WhoAmI(ctx, call.WithHeader("Authorization", session.Authorization()))
	return errors.Is(err, ErrUnauthorized)
}

// changePassword sends the change, and uses the new password if it succeeded.
func (a *authority) changePassword(ctx context.Context, password string, send func(wekaapi.UpdateUserPasswordBody) error) error {
	if err := a.lock(ctx); err != nil {
		return fmt.Errorf("weka: change password: %w", err)
	}
	defer a.unlock()
	old, err := a.askPassword(ctx)
	if err != nil {
		return fmt.Errorf("weka: change password: %w", err)
	}
	body := wekaapi.UpdateUserPasswordBody{Username: a.user, OldPassword: NewSecret(old), NewPassword: NewSecret(password)}
	if a.organization != "" {
		body.Tenant = &a.organization
	}
	if err := send(body); err != nil {
		return err
	}
	a.password = func(context.Context) (string, error) { return password, nil }
	a.rejected = nil
	a.changeRequired.Store(false)
	return nil
}

// Revoke ends every session of the client's user, in the GUI, on the command line and in
// all programs, including this one (DELETE /users/{uid}/revoke). A client with a password
// logs in again with its next call.
func (c *Client) Revoke(ctx context.Context) error {
	me, err := c.Users.WhoAmI(ctx)
	if err != nil {
		return err
	}
	return c.Users.Revoke(ctx, me.UID)
}

// Logout removes the session from the client and from its token file, cache or store. The
// cluster cannot end a single session; [Client.Revoke] ends all of the user. Calls after
// Logout are [ErrSessionEnded].
func (c *Client) Logout(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return c.tokens.Logout(ctx)
}

// LongLivedToken logs in a second time and extends the access token of that session to
// lifetime, in whole seconds (POST /login/refresh with access_token_expiry, from release
// 5.1 on; it is inferred that the command line's generate-token does the same). Use the
// token with [WithAccessToken]. It ends after its lifetime or with [Client.Revoke]. If the
// cluster grants less than lifetime, that is an error. A rejected password or a lockout
// applies to this login too, even if another user of the cache or store met it; so does a
// [ThrottledError] of this client. A client without a password gets [ErrNoCredentials].
func (c *Client) LongLivedToken(ctx context.Context, lifetime time.Duration) (_ Secret, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("weka: long-lived token: %w", err)
		}
	}()
	lifetime = lifetime.Truncate(time.Second)
	if ctx == nil {
		return Secret{}, errNilContext
	}
	if !c.hasPassword() {
		return Secret{}, errNoPassword
	}
	if lifetime <= 0 {
		return Secret{}, fmt.Errorf("%w: the lifetime is shorter than a second", ErrInvalidArgument)
	}
	if _, err := c.tokens.Token(ctx); err != nil {
		return Secret{}, err // such as a lockout, or ErrClosed
	}
	last, err := c.tokens.LastRejection(ctx)
	if err != nil {
		return Secret{}, err
	}
	session, err := c.authority.Login(ctx, last)
	if err != nil {
		return Secret{}, err
	}
	seconds := int64(lifetime / time.Second)
	extended, err := c.authority.refresh(ctx, session, &seconds)
	if err != nil {
		return Secret{}, err
	}
	if granted := extended.lifetime(); granted > 0 && granted < lifetime {
		return Secret{}, fmt.Errorf("%w: the cluster granted %v instead of %v: ask for less", ErrValidation, granted, lifetime)
	}
	return NewSecret(extended.AccessToken), nil
}
