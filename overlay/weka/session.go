package weka

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// PasswordChangeRequired says whether the cluster asked, at the last login of this
// client, for another password, as it does of the default admin. [Client.ChangePassword]
// gives one. It is false before the first login.
func (c *Client) PasswordChangeRequired() bool {
	return c.authority != nil && c.authority.changeRequired.Load()
}

// ChangePassword changes the password of the user who is logged in (PUT
// /users/password) and logs in with the new one from then on. It needs a client
// with WithPassword, and is [ErrNoCredentials] otherwise.
func (c *Client) ChangePassword(ctx context.Context, newPassword string) error {
	if !c.authority.held() {
		return fmt.Errorf("weka: change password: %w", ErrNoCredentials)
	}
	old, err := c.authority.ask(ctx)
	if err != nil {
		return fmt.Errorf("weka: change password: %w", err)
	}
	body := wekaapi.UpdateUserPasswordBody{Username: c.authority.user, OldPassword: Secret(old), NewPassword: Secret(newPassword)}
	if c.authority.organization != "" {
		body.Tenant = &c.authority.organization
	}
	if err := c.User.UpdateUserPassword(ctx, body); err != nil {
		return err
	}
	c.authority.changed(newPassword)
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
// with its lifetime or by Revoke. It needs a client with WithPassword.
func (c *Client) LongLivedToken(ctx context.Context, lifetime time.Duration) (Secret, error) {
	if !c.authority.held() {
		return "", fmt.Errorf("weka: long-lived token: %w", ErrNoCredentials)
	}
	seconds := int64(lifetime / time.Second)
	if seconds < 1 {
		return "", fmt.Errorf("weka: long-lived token: %w: the lifetime %v is shorter than a second", ErrInvalidArgument, lifetime)
	}
	if _, err := c.tokens.Token(ctx); err != nil {
		return "", err // such as a lockout, which a login of our own would extend
	}
	session, err := c.authority.Login(ctx)
	if err != nil {
		return "", err
	}
	body := wekaapi.RefreshTokenBody{RefreshToken: Secret(session.Refresh.Reveal()), AccessTokenExpiry: &seconds}
	var answer []byte
	_, err = c.authority.login.RefreshToken(ctx, body, call.WithRawBody(&answer))
	lengthened, ok := issued(answer, err)
	if !ok {
		return "", fmt.Errorf("weka: long-lived token: %w", orMalformed(err))
	}
	return Secret(lengthened.AccessToken), nil
}

func orMalformed(err error) error {
	if err == nil {
		return token.ErrMalformed
	}
	return err
}
