package token

import "context"

// Authority is what an API plugs in: how its server issues tokens. A [Source] calls
// one method at a time. Both must obey the context, leave retries of refused
// requests to the Source, and keep secrets out of their errors.
type Authority interface {
	// Login opens a new session with the credentials held. It returns
	// [ErrNoCredentials] if none are held, [ErrBadCredentials] if they are refused, a
	// [*LockedOutError] if the account is locked, [ErrMalformed] if the server accepted
	// them without giving a token; any other error is temporary.
	//
	// last is what the store knows of a refused login of this identity, or that there
	// is none. Before it sends credentials, Login returns what last.Check says of them;
	// where the server refuses them, it returns its error through last.Refused.
	Login(ctx context.Context, last Refusal) (Token, error)

	// Refresh renews old, which has a refresh token. It returns [ErrRefreshRejected]
	// if the server refuses that token; any other error is temporary. A reply without a
	// refresh token keeps the old one.
	Refresh(ctx context.Context, old Token) (Token, error)
}

// LoginFunc makes an Authority of a function that yields a token each time it is
// called, such as a secret manager's client.
type LoginFunc func(ctx context.Context) (Token, error)

// Login calls f.
func (f LoginFunc) Login(ctx context.Context, _ Refusal) (Token, error) { return f(ctx) }

// Refresh returns ErrRefreshRejected, upon which the Source calls Login.
func (f LoginFunc) Refresh(context.Context, Token) (Token, error) {
	return Token{}, ErrRefreshRejected
}

// given is the Authority of a token that nothing can renew.
type given struct{}

// Login has nothing to log in with.
func (given) Login(context.Context, Refusal) (Token, error) { return Token{}, ErrTokenRejected }

// Refresh has nothing to refresh with.
func (given) Refresh(context.Context, Token) (Token, error) { return Token{}, ErrRefreshRejected }
