package weka

import (
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Token is what a token function yields and what a token store keeps. [NewToken]
// makes one.
type Token = token.Token

// NewToken makes the Token that a token function yields, of an access token without
// its "Bearer". Set Lifetime or Expiry if it is known when it ends: another is then
// asked for before that.
func NewToken(access string) Token { return Token{Access: api.NewSecret(access)} }

// TokenStore is where sessions are kept for other clients and processes to share:
// see [WithTokenStore].
type TokenStore = token.Store

// TokenIdentity says whose session a [TokenStore] is asked for; its Key names the
// entry.
type TokenIdentity = token.Identity

// TokenCodec turns an entry of a [TokenStore] into bytes and back. The bytes are as
// secret as the tokens in them.
type TokenCodec = token.JSONCodec

// LoginRejection is the part of a stored [Token] by which processes tell each other of
// a password that was refused, and of a lockout. [TokenCodec] keeps it.
type LoginRejection = token.Rejection

// SessionEvent tells a hook what happened to the session; it never holds a token.
// See [WithSessionHook].
type SessionEvent = token.Event

// SessionEventKind is what happened.
type SessionEventKind = token.EventKind

// The kinds of [SessionEvent].
const (
	// SessionStarted: a refresh or a login begins.
	SessionStarted = token.Started
	// SessionRefreshed: the refresh token brought a new access token.
	SessionRefreshed = token.Refreshed
	// SessionLoggedIn: the password, or the token function, brought a new token.
	SessionLoggedIn = token.LoggedIn
	// SessionAdopted: the file, cache or store held a good token, as of another process.
	SessionAdopted = token.Adopted
	// SessionFailed: a refresh or login failed; Err says why.
	SessionFailed = token.Failed
	// SessionNotStored: a new token could not be stored and serves this client alone.
	SessionNotStored = token.NotStored
	// SessionEnded: there is no token any more and no way to get one.
	SessionEnded = token.SessionEnded
)
