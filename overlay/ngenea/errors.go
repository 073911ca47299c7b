package ngenea

import (
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// Error is the one error type of a call: what was asked, who answered, what the
// answer said. Ask for its class with errors.Is and the variables Err… of this package,
// and for the fields of a refused body with errors.As and [ValidationError].
type Error = call.Error

// SlashError is a request that the Hub wants at the same address with a slash at its
// end, and which could not be sent again, since its body was gone or its attempts used
// up. Do adds the slash itself; a generated method has it.
type SlashError = transport.SlashError

// RedirectError is a redirect that is not followed: to another server or another path.
type RedirectError = transport.RedirectError

// The classes of errors, for errors.Is.
var (
	// ErrNotFound: the object does not exist, or a page of a list.
	ErrNotFound = call.ErrNotFound
	// ErrUnauthorized: the Hub takes no token of this client, or not its key.
	ErrUnauthorized = call.ErrUnauthorized
	// ErrForbidden: the user's groups do not permit it.
	ErrForbidden = call.ErrForbidden
	// ErrValidation: the body is refused; see [ValidationError].
	ErrValidation = call.ErrValidation
	// ErrConflict: something else uses the object.
	ErrConflict = call.ErrConflict
	// ErrBusy: too many requests; later it may work.
	ErrBusy = call.ErrBusy
	// ErrRouteMissing: this Hub does not have the operation. See [InferredRouteError].
	ErrRouteMissing = call.ErrRouteMissing
	// ErrUnavailable: nobody answered, or a proxy did in the Hub's place.
	ErrUnavailable = call.ErrUnavailable
	// ErrMalformedAnswer: a success that is not the promised JSON.
	ErrMalformedAnswer = call.ErrMalformedAnswer
	// ErrInvalidArgument: refused before anything was sent.
	ErrInvalidArgument = call.ErrInvalidArgument
	// ErrReadOnly: refused before anything was sent, by [WithReadOnly].
	ErrReadOnly = call.ErrReadOnly
	// ErrRepeatedCursor is the error of an iterator to which the Hub gave the link to an
	// earlier page again: the list would never end.
	ErrRepeatedCursor = call.ErrRepeatedCursor

	// ErrNoCredentials: the client was given nothing to log in with.
	ErrNoCredentials = token.ErrNoCredentials
	// ErrBadCredentials: the Hub refused name or password; they are not sent again.
	ErrBadCredentials = token.ErrBadCredentials
	// ErrSessionEnded: the refresh token is dead and there is no password to log in with.
	ErrSessionEnded = token.ErrSessionEnded
	// ErrLoggedOut is the ErrSessionEnded of a client after [Client.Logout].
	ErrLoggedOut = token.ErrLoggedOut
	// ErrMalformedToken: a token or key that no header can carry, or a login answered
	// without a token. Where a Hub goes on answering so, logins get rarer.
	ErrMalformedToken = token.ErrMalformed
	// ErrUnsafeFile: a token file is a link, or others can write to its folder; the text
	// says what to run.
	ErrUnsafeFile = token.ErrUnsafeFile
	// ErrTokenRejected: the Hub refused the token given by WithAccessToken, or the key
	// given by WithClientKey ([ErrClientKeyRejected]).
	ErrTokenRejected = token.ErrTokenRejected
	// ErrClosed: the client was closed.
	ErrClosed = token.ErrClosed

	// ErrJobFailed: the job of a wait ended without success; see [JobError].
	ErrJobFailed = wait.ErrFailed
	// ErrWaitTimeout: the bound of a wait is over, or the deadline of its context.
	ErrWaitTimeout = wait.ErrTimeout
	// ErrNoBound: a wait was given neither a bound nor a context with a deadline.
	ErrNoBound = wait.ErrNoBound
)
