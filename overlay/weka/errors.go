package weka

import (
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Error is the one error type of a call: what was asked, who answered, what the
// answer said. Ask for its class with errors.Is and the variables Err… of this package.
type Error = call.Error

// SlashError is a request that a server, or a proxy before it, wants at the same address
// with a slash at its end, and which could not be sent again: its body was gone or its
// attempts used up.
type SlashError = transport.SlashError

// RedirectError is a redirect that is not followed: to another server or another path.
type RedirectError = transport.RedirectError

// EndpointsError is in the [ErrUnavailable] of a client of several backends when none is
// left: it names each backend with the reason why it cannot be used.
type EndpointsError = transport.EndpointsError

// LockedOutError says until when the cluster takes no login of the user.
type LockedOutError = token.LockedOutError

// The classes of errors, for errors.Is. A cluster states several of them under
// misleading statuses; these are decided by what the answer says.
var (
	// ErrNotFound: the object does not exist, whether the cluster says so with 404,
	// with 400 or, for a quota, with 500.
	ErrNotFound = call.ErrNotFound
	// ErrAlreadyExists: the name is taken, or what was to be attached is attached.
	ErrAlreadyExists = call.ErrAlreadyExists
	// ErrUnauthorized: the cluster takes no token of this client.
	ErrUnauthorized = call.ErrUnauthorized
	// ErrForbidden: the user's role does not permit it.
	ErrForbidden = call.ErrForbidden
	// ErrValidation: a member or parameter is missing, unknown or wrong.
	ErrValidation = call.ErrValidation
	// ErrConflict: something else uses the object.
	ErrConflict = call.ErrConflict
	// ErrBusy: later it may work, as with the cap of 32 background tasks.
	ErrBusy = call.ErrBusy
	// ErrNoCapacity: the drives have no room for it.
	ErrNoCapacity = call.ErrNoCapacity
	// ErrRouteMissing: the release that the cluster runs does not have the operation.
	ErrRouteMissing = call.ErrRouteMissing
	// ErrUnavailable: nobody answered, or a proxy did in the cluster's place.
	ErrUnavailable = call.ErrUnavailable
	// ErrMalformedAnswer: a success that is not the promised JSON.
	ErrMalformedAnswer = call.ErrMalformedAnswer
	// ErrInvalidArgument: refused before anything was sent.
	ErrInvalidArgument = call.ErrInvalidArgument
	// ErrReadOnly: refused before anything was sent, by [WithReadOnly].
	ErrReadOnly = call.ErrReadOnly

	// ErrNoCredentials: the client was given nothing to log in with.
	ErrNoCredentials = token.ErrNoCredentials
	// ErrBadCredentials: the cluster refused name or password; they are not sent again.
	ErrBadCredentials = token.ErrBadCredentials
	// ErrLockedOut: too many failed logins; see [LockedOutError].
	ErrLockedOut = token.ErrLockedOut
	// ErrSessionEnded: the refresh token is dead and there is no password to log in with.
	ErrSessionEnded = token.ErrSessionEnded
	// ErrLoggedOut is the ErrSessionEnded of a client after [Client.Logout].
	ErrLoggedOut = token.ErrLoggedOut
	// ErrMalformedToken: a token that no header can carry, or a login answered without
	// one. Where a cluster goes on answering so, logins get rarer, since each may open a
	// session.
	ErrMalformedToken = token.ErrMalformed
	// ErrUnsafeFile: a token file is a link, or others can write to its folder; the text
	// says what to run.
	ErrUnsafeFile = token.ErrUnsafeFile
	// ErrTokenRejected: the cluster refused the token given by WithAccessToken.
	ErrTokenRejected = token.ErrTokenRejected
	// ErrClosed: the client was closed.
	ErrClosed = token.ErrClosed
)
