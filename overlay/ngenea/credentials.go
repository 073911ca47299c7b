package ngenea

import (
	"context"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Secret is text that must not be seen; see ngeneaapi.Secret.
type Secret = ngeneaapi.Secret

// NewSecret makes the Secret that a body wants of a password or a key.
func NewSecret(text string) Secret { return ngeneaapi.NewSecret(text) }

// WithPassword logs in as a user of the Hub when the first call needs it, and again when
// the refresh token is gone, which lives a day. A wrong password is sent once.
func WithPassword(user, password string) Option {
	return func(s *settings) { s.WithPassword(user, password) }
}

// WithPasswordFunc is WithPassword for a password that is asked for when it is
// needed: from a terminal, a secret manager. An error of ask fails the calls that
// needed the login, and a later one asks again. ask and the login after it have 30
// seconds together, and ask must not call the client.
func WithPasswordFunc(user string, ask func(context.Context) (string, error)) Option {
	return func(s *settings) { s.WithPasswordFunc(user, ask) }
}

// WithClientKey sends a client key with every call ("Authorization: Api-Key …"). A key
// is valid until it is revoked, so nothing logs in and nothing expires: it is what
// automation should use. [Client.CreateClientKey] makes one. What the Hub allows to
// logged-in users alone is [ErrJWTOnly] and not sent; a key that the Hub does not take
// is [ErrClientKeyRejected].
func WithClientKey(key string) Option {
	return func(s *settings) {
		s.Give("WithClientKey")
		if key == "" {
			s.Refuse("WithClientKey: the key is empty: give the text that CreateClientKey showed")
		}
		s.clientKey = token.NewSecret(key)
	}
}

// WithAccessToken uses an access token (a JWT) that somebody else got. It lives an hour
// and cannot be refreshed: once the Hub refuses it, calls fail with [ErrTokenRejected].
func WithAccessToken(accessToken string) Option {
	return func(s *settings) { s.WithAccessToken(accessToken) }
}

// WithTokenFunc takes tokens from a function, such as a secret manager's client. It
// is called when there is none, before the one it yielded expires, and after the
// Hub refused one. It must not call the client.
func WithTokenFunc(yield func(context.Context) (Token, error)) Option {
	return func(s *settings) { s.WithTokenFunc(yield) }
}

// WithTokenCache keeps the session in a folder of ours, to be shared by all
// processes that use it: one of them logs in or refreshes, the others take what it
// got. A password that one was refused with is not sent by the others for 15 minutes.
// An entry belongs to the address and user; the folder is made with mode 0700, its
// files with 0600. A folder in which others can write is [ErrUnsafeFile].
func WithTokenCache(dir string) Option { return func(s *settings) { s.WithTokenCache(dir) } }

// WithTokenStore keeps the session in a store of the caller's: a Kubernetes secret,
// Redis, Vault. See [TokenCodec] for the bytes to keep there.
func WithTokenStore(store TokenStore) Option {
	return func(s *settings) { s.WithTokenStore(store) }
}

// WithSessionHook calls hook when the session is renewed, fails to be, is adopted
// from another process, or ends. It must be quick and must not call the client.
func WithSessionHook(hook func(SessionEvent)) Option {
	return func(s *settings) { s.WithSessionHook(hook) }
}
