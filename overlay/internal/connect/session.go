package connect

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// session is what the shared options say of where tokens come from and are kept.
type session struct {
	// User and Password are who logs in, and what gives the password, which may mean to
	// ask a person for it; nil if none is held. It gives no empty one without an error.
	User     string
	Password func(context.Context) (string, error)

	accessToken token.Secret
	yield       token.LoginFunc
	store       token.Store // nil: in the client alone
	hook        func(token.Event)
}

var errEmptyPassword = errors.New("the password function gave an empty password, which is not sent: it would count as a failed login")

// WithPassword logs in with a name and a password.
func (s *Settings) WithPassword(user, password string) {
	s.Give("WithPassword")
	if password == "" {
		s.Refuse("WithPassword: the password is empty, and sending it would count as a failed login")
	}
	s.HoldPassword(user, password)
}

// WithPasswordFunc logs in with a name and a password that is asked for.
func (s *Settings) WithPasswordFunc(user string, ask func(context.Context) (string, error)) {
	s.Give("WithPasswordFunc")
	if ask == nil {
		s.Refuse("WithPasswordFunc is given no function")
	}
	s.holdPassword(user, ask)
}

// HoldPassword notes a name and a password, from wherever they come.
func (s *Settings) HoldPassword(user, password string) {
	s.holdPassword(user, func(context.Context) (string, error) { return password, nil })
}

func (s *Settings) holdPassword(user string, ask func(context.Context) (string, error)) {
	if user == "" {
		s.Refuse("WithPassword: the user name is empty")
	}
	s.User, s.Password = user, func(ctx context.Context) (string, error) {
		password, err := ask(ctx)
		if err == nil && password == "" {
			err = errEmptyPassword
		}
		return password, err
	}
}

// WithAccessToken uses one token, which is never renewed.
func (s *Settings) WithAccessToken(accessToken string) {
	s.Give("WithAccessToken")
	s.accessToken = token.NewSecret(accessToken)
}

// WithTokenFunc takes tokens from a function.
func (s *Settings) WithTokenFunc(yield func(context.Context) (token.Token, error)) {
	s.Give("WithTokenFunc")
	if yield == nil {
		s.Refuse("WithTokenFunc is given no function")
	}
	s.yield = yield
}

// WithTokenCache keeps the session in a folder of ours.
func (s *Settings) WithTokenCache(dir string) {
	s.Give("WithTokenCache")
	absolute, err := filepath.Abs(dir) // or it would move when the program changes its folder
	if dir == "" || err != nil {
		s.Refuse("WithTokenCache: give the path of a folder")
	}
	s.KeepIn(token.NewCache(absolute))
}

// WithTokenStore keeps the session in a store of the caller's.
func (s *Settings) WithTokenStore(store token.Store) {
	s.Give("WithTokenStore")
	if store == nil {
		s.Refuse("WithTokenStore is given no store")
	}
	s.KeepIn(store)
}

// KeepIn keeps the session in a store.
func (s *Settings) KeepIn(store token.Store) { s.store = store }

// Keeps tells whether the session is kept anywhere but in the client.
func (s *Settings) Keeps() bool { return s.store != nil }

// WithSessionHook has a function called that sees what becomes of the session.
func (s *Settings) WithSessionHook(hook func(token.Event)) {
	s.Give("WithSessionHook")
	s.hook = hook
}

// NewTokens makes the lifecycle of a client's tokens: from a token or a function where
// an option gave one, else from the authority. identity is whose session a store keeps.
func (p *Product) NewTokens(s *Settings, identity token.Identity, authority func() token.Authority) (*token.Source, error) {
	options := s.tokenOptions(identity)
	switch {
	case s.Has("WithAccessToken"):
		tokens, err := token.NewStaticSource(token.Token{Access: s.accessToken}, options...)
		if err != nil {
			return nil, p.Invalid("WithAccessToken: %w", err)
		}
		return tokens, nil
	case s.yield != nil:
		return token.NewSource(s.yield, options...), nil
	default:
		return token.NewSource(authority(), options...), nil
	}
}

func (s *Settings) tokenOptions(identity token.Identity) []token.Option {
	var options []token.Option
	if hook := s.watchSession(); hook != nil {
		options = append(options, token.WithHook(hook))
	}
	if s.store != nil {
		options = append(options, token.WithStore(s.store, identity))
	}
	return options
}

// watchSession is who is told of the session; nil if nobody is.
func (s *Settings) watchSession() func(token.Event) {
	switch {
	case s.logged == nil:
		return s.hook
	case s.hook == nil:
		return s.logged.session
	}
	told, logged := s.hook, s.logged.session
	return func(event token.Event) { told(event); logged(event) }
}
