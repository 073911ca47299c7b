package weka

import (
	"context"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Secret is text that must not be seen; see wekaapi.Secret.
type Secret = wekaapi.Secret

// Token is what a token function yields; see [WithTokenFunc].
type Token = token.Token

// TokenStore is where sessions are kept for other clients and processes to share:
// see [WithTokenStore].
type TokenStore = token.Store

// SessionEvent tells a hook what happened to the session; it never holds a token.
type SessionEvent = token.Event

// credentials are how the client gets its tokens, and where it keeps them.
type credentials struct {
	user, organization string
	password           func(context.Context) (string, error) // nil: none are held
	accessToken        token.Secret
	hasAccessToken     bool
	yield              token.LoginFunc
	tokenFile          string
	store              token.Store
	storeOption        string // the option that set the store, for messages
	cluster            string
	hook               func(token.Event)
}

// WithPassword logs in as a local or LDAP user of the cluster when the first call
// needs it, and again when the session cannot be refreshed. A wrong password is
// tried once: five failures lock the account for two minutes, and each further try
// extends that (facts: lockout policy).
func WithPassword(user, password string) Option {
	return WithPasswordFunc(user, func(context.Context) (string, error) { return password, nil })
}

// WithPasswordFunc is WithPassword for a password that is asked for when it is
// needed: from a terminal, a secret manager. An error of ask fails the call that
// needed the login, and the next one asks again.
func WithPasswordFunc(user string, ask func(context.Context) (string, error)) Option {
	return func(s *settings) { s.user, s.password = user, ask }
}

// WithOrganization logs in to another organization (a tenant, from 5.1 on) than
// Root. A session is bound to one: to act in two, make two clients.
func WithOrganization(name string) Option {
	return func(s *settings) { s.organization = name }
}

// WithAccessToken uses a long-lived access token, as the cluster's command line or
// GUI generates it. It cannot be refreshed: once the cluster refuses it, calls fail
// with [ErrTokenRejected].
func WithAccessToken(accessToken string) Option {
	return func(s *settings) { s.accessToken, s.hasAccessToken = token.NewSecret(accessToken), true }
}

// WithTokenFunc takes tokens from a function, such as a secret manager's client. It
// is called when there is none, before the one it yielded expires, and after the
// cluster refused one.
func WithTokenFunc(yield func(context.Context) (Token, error)) Option {
	return func(s *settings) { s.yield = yield }
}

// WithTokenFile uses the session in the token file of the vendor's command line,
// ~/.weka/auth-token.json if path is empty. The file names no cluster, so it is used
// with the address that New is given, whatever it was made for. It is refreshed
// under a lock and written back, with what else is in it kept: otherwise a rotated
// refresh token would log the command line out. With WithPassword beside it, a
// session that is gone begins anew, and the file is written.
func WithTokenFile(path string) Option {
	return func(s *settings) {
		if path == "" {
			path = tokenFileOf("")
		}
		s.tokenFile = path
	}
}

// WithTokenProfile is WithTokenFile for a profile of the vendor's command line,
// ~/.weka/auth-token-NAME.json. A name has at most 50 of A-Z, a-z, 0-9, _ and -.
func WithTokenProfile(name string) Option {
	return func(s *settings) {
		s.tokenFile = "" // refused by check
		if validProfile(name) {
			s.tokenFile = tokenFileOf(name)
		}
		s.storeOption = "WithTokenProfile"
	}
}

// WithTokenCache keeps the session in a folder of ours, to be shared by all
// processes that use it: one of them logs in or refreshes, the others take what it
// got. An entry belongs to the address, user and organization; the folder is made
// with mode 0700, its files with 0600.
func WithTokenCache(dir string) Option {
	return func(s *settings) { s.store, s.storeOption = token.NewCache(dir), "WithTokenCache" }
}

// WithTokenStore keeps the session in a store of the caller's: a Kubernetes secret,
// Redis, Vault.
func WithTokenStore(store TokenStore) Option {
	return func(s *settings) { s.store, s.storeOption = store, "WithTokenStore" }
}

// WithClusterName names the cluster for the token cache or store, so that clients
// with other addresses of the same cluster share a session.
func WithClusterName(name string) Option {
	return func(s *settings) { s.cluster = name }
}

// WithSessionHook calls hook when the session is renewed, fails to be, is adopted
// from another process, or ends. It must be quick and must not call the client.
func WithSessionHook(hook func(SessionEvent)) Option {
	return func(s *settings) { s.hook = hook }
}

func (c *credentials) check() error {
	switch {
	case c.hasAccessToken && (c.password != nil || c.yield != nil || c.tokenFile != "" || c.store != nil):
		return invalidOption("WithAccessToken stands alone: it is not renewed, so no password, token function, file or store goes with it")
	case c.yield != nil && (c.password != nil || c.tokenFile != ""):
		return invalidOption("WithTokenFunc contradicts WithPassword and WithTokenFile: give one")
	case c.password != nil && c.user == "":
		return invalidOption("WithPassword has an empty user name")
	case c.organization != "" && c.password == nil:
		return invalidOption("WithOrganization chooses where to log in: it needs WithPassword")
	case c.storeOption == "WithTokenProfile" && c.tokenFile == "":
		return invalidOption("WithTokenProfile: a profile's name has 1 to 50 of A-Z, a-z, 0-9, _ and -")
	case c.tokenFile != "" && c.store != nil:
		return invalidOption("WithTokenFile and %s both say where the session is kept: give one", c.storeOption)
	}
	return nil
}
