// Package transport stacks what happens between a typed call and the wire: one
// concern a layer, each an http.RoundTripper.
//
// The order of [Stack], from the call to the wire, and why:
//
//	Gate      ends everything at once. It is put around the Stack of a client's
//	          calls, and not around that of its logins, which end by themselves: one
//	          that is broken off could lose the session.
//	Auth      puts the access token on the request, and after a 401 sends it once
//	          more with another. It is outermost but for the Gate, so that what it
//	          sends again passes through everything below it, and so that the logins
//	          and refreshes themselves, which carry no token, take the same way as
//	          every other call.
//	Attempts  counts what is really sent, for errors and call metadata. It is
//	          innermost, or it would count what a layer below it refused.
//
// A layer learns what it is sending from [call.OperationOf]: the operation's class
// decides what may be sent again, its Auth whether it takes a token at all.
package transport
