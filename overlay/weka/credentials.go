package weka

import (
	"context"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// Secret is text that must not be seen; see wekaapi.Secret.
type Secret = wekaapi.Secret

// NewSecret makes the Secret that a body wants of a password, a key or a token.
func NewSecret(text string) Secret { return wekaapi.NewSecret(text) }

// credentials are what only WEKA's tell of how the client gets its tokens.
type credentials struct {
	organization string
	cluster      string
}

// WithPassword logs in as a local or LDAP user of the cluster when the first call
// needs it, and again when the session cannot be refreshed. A wrong password is
// tried once: by default five failures lock the account for two minutes, and each
// further try extends that (operation getLockoutPolicy).
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

// WithOrganization logs in to another organization (a tenant, from 5.1 on) than
// Root, which an empty name stands for. A session is bound to one: to act in two,
// make two clients.
func WithOrganization(name string) Option {
	return option("WithOrganization", func(s *settings) { s.organization = name })
}

// WithAccessToken uses a long-lived access token, as the cluster's command line or
// GUI generates it. It cannot be refreshed: once the cluster refuses it, calls fail
// with [ErrTokenRejected].
func WithAccessToken(accessToken string) Option {
	return func(s *settings) { s.WithAccessToken(accessToken) }
}

// WithTokenFunc takes tokens from a function, such as a secret manager's client. It
// is called when there is none, before the one it yielded expires, and after the
// cluster refused one. It must not call the client.
func WithTokenFunc(yield func(context.Context) (Token, error)) Option {
	return func(s *settings) { s.WithTokenFunc(yield) }
}

// WithTokenFile uses the session in the token file of the vendor's command line,
// ~/.weka/auth-token.json if path is empty. The file names no cluster, so it is used
// with the address that New is given, whatever it was made for. It is refreshed
// under a lock and written back, with what else is in it kept: otherwise a rotated
// refresh token would log the command line out. With WithPassword beside it, a
// session that is gone begins anew, and the file is written. It has no room for a
// refused password, which each process then finds out by itself: many that share a
// session and a password share a cache instead ([WithTokenCache]).
func WithTokenFile(path string) Option {
	return option("WithTokenFile", func(s *settings) {
		if path == "" {
			s.keepInProfile("")
			return
		}
		s.keepInFile(path)
	})
}

// WithTokenProfile is WithTokenFile for a profile of the vendor's command line,
// ~/.weka/auth-token-NAME.json. A name has at most 50 of A-Z, a-z, 0-9, _ and -.
func WithTokenProfile(name string) Option {
	return option("WithTokenProfile", func(s *settings) {
		if !isProfileName(name) {
			s.Refuse("WithTokenProfile: a profile's name has 1 to 50 of A-Z, a-z, 0-9, _ and -")
			return
		}
		s.keepInProfile(name)
	})
}

// WithTokenCache keeps the session in a folder of ours, to be shared by all
// processes that use it: one of them logs in or refreshes, the others take what it
// got. A lockout of one holds for all, and a password that one was refused with is
// not sent by the others for 15 minutes. An entry belongs to the address, user and
// organization; the folder is made with mode 0700, its files with 0600. A folder in
// which others can write is [ErrUnsafeFile].
func WithTokenCache(dir string) Option { return func(s *settings) { s.WithTokenCache(dir) } }

// WithTokenStore keeps the session in a store of the caller's: a Kubernetes secret,
// Redis, Vault. See [TokenCodec] for the bytes to keep there.
func WithTokenStore(store TokenStore) Option {
	return func(s *settings) { s.WithTokenStore(store) }
}

// WithClusterName names the cluster for the token cache or store, so that clients
// with other addresses of the same cluster share a session.
func WithClusterName(name string) Option {
	return option("WithClusterName", func(s *settings) { s.cluster = name })
}

// WithSessionHook calls hook when the session is renewed, fails to be, is adopted
// from another process, or ends. It must be quick and must not call the client.
func WithSessionHook(hook func(SessionEvent)) Option {
	return func(s *settings) { s.WithSessionHook(hook) }
}
