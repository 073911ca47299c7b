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

// Secret is text that must not be seen; see api.Secret.
type Secret = api.Secret

// NewSecret makes the Secret that a body wants of a password, a key or a token.
func NewSecret(text string) Secret { return api.NewSecret(text) }

// PasswordChangeRequired says whether the cluster asked, at the last login of this
// client, for another password, as it does of the default admin. [Client.ChangePassword]
// gives one. It is false before the first login.
func (c *Client) PasswordChangeRequired() bool {
	return c.authority != nil && c.authority.changeRequired.Load()
}

// errNoPassword is of what a token is not enough for.
var errNoPassword = fmt.Errorf("this client holds no password: use one with WithPassword (%w)", ErrNoCredentials)

// ChangePassword changes the password of the user who is logged in (PUT
// /users/password) and logs in with the new one from then on. No login is sent while
// the change is under way, since one with the old password could lock the account.
// Where no answer comes, the cluster may have changed it all the same. A wrong old
// password is [ErrUnauthorized], and sent once. It needs a client with WithPassword,
// and is [ErrNoCredentials] otherwise.
func (c *Client) ChangePassword(ctx context.Context, newPassword string) error {
	if !c.authority.holdsPassword() {
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
			// The token is given by hand, because the transport's way to another one
			// could be a login, which waits until the change is over.
			return c.User.UpdateUserPassword(ctx, body, call.WithHeader("Authorization", session.Authorization()))
		})
		if try == 2 || !errors.Is(err, ErrUnauthorized) || !c.isDead(ctx, session) {
			return err
		}
		c.tokens.Invalidate(session)
	}
}

// isDead asks whether the cluster takes a token no more. A 401 to a password change
// may be about the old password as well, and a wrong one must not be sent twice.
func (c *Client) isDead(ctx context.Context, session *token.Token) bool {
	_, err := c.User.WhoAmI(ctx, call.WithHeader("Authorization", session.Authorization()))
	return errors.Is(err, ErrUnauthorized)
}

// changePassword sends the change and keeps the new password if it was taken.
func (a *authority) changePassword(ctx context.Context, password string, send func(wekaapi.UpdateUserPasswordBody) error) error {
	if err := a.take(ctx); err != nil {
		return fmt.Errorf("weka: change password: %w", err)
	}
	defer a.leave()
	old, err := a.ask(ctx)
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
	a.refusal = nil
	a.changeRequired.Store(false)
	return nil
}

// Revoke ends every session of the user who is logged in, in the GUI, on the
// command line and in every program (DELETE /users/{uid}/revoke), this one among
// them. A client that holds a password logs in again with its next call.
func (c *Client) Revoke(ctx context.Context) error {
	me, err := c.User.WhoAmI(ctx)
	if err != nil {
		return err
	}
	return c.User.RevokeUser(ctx, me.UID)
}

// Logout forgets the session, here and in the token file, cache or store. The
// cluster has no operation that ends one session; [Client.Revoke] ends all of the
// user. Calls after Logout are [ErrSessionEnded].
func (c *Client) Logout(ctx context.Context) error { return c.tokens.Logout(ctx) }

// LongLivedToken logs in a second time and has the cluster lengthen the access
// token of that session to lifetime, in whole seconds (POST /login/refresh with
// access_token_expiry, known since 5.1; that this is what the command line's
// generate-token does is inferred). The token works with [WithAccessToken] and ends
// with its lifetime or by Revoke; one that the cluster gave a shorter life is an
// error. A password that the cluster refused, and a lockout, hold for this login too,
// also where others on a shared cache or store met them. It needs a client with
// WithPassword, and is [ErrNoCredentials] otherwise.
func (c *Client) LongLivedToken(ctx context.Context, lifetime time.Duration) (Secret, error) {
	secret, err := c.longLived(ctx, lifetime.Truncate(time.Second))
	if err != nil {
		return Secret{}, fmt.Errorf("weka: long-lived token: %w", err)
	}
	return secret, nil
}

func (c *Client) longLived(ctx context.Context, lifetime time.Duration) (Secret, error) {
	if !c.authority.holdsPassword() {
		return Secret{}, errNoPassword
	}
	if lifetime <= 0 {
		return Secret{}, fmt.Errorf("%w: the lifetime is shorter than a second", ErrInvalidArgument)
	}
	if _, err := c.tokens.Token(ctx); err != nil {
		return Secret{}, err // such as a lockout, or the end of the client
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
	lengthened, err := c.authority.refresh(ctx, session, &seconds)
	if err != nil {
		return Secret{}, err
	}
	if granted := lengthened.lifetime(); granted > 0 && granted < lifetime {
		return Secret{}, fmt.Errorf("%w: the cluster gave the token %v in place of %v: ask for less", ErrValidation, granted, lifetime)
	}
	return NewSecret(lengthened.AccessToken), nil
}
