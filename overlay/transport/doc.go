// Package transport is what lies between a typed call and the network: a stack of
// [http.RoundTripper] layers, one concern each. It does not know WEKA or the Hub.
//
// The layers in the order of [Stack], outermost first, and the reason for each place:
//
//	Gate         refuses everything after Close. A client puts it around the stack of its
//	             calls, not around that of its logins: a login that is cut short can lose
//	             the session.
//	ReadOnly     refuses operations that may change something, if the client is read-only.
//	             It comes first, so that no login is made for a call that is refused.
//	Retry        sends a call again after a failure that another attempt can cure, as far
//	             as the operation's class allows. It is outside Auth, so that a token that
//	             expires during the pause is renewed. It sets the call's one budget of
//	             attempts; Auth and Slash take from it too, because layers that each send
//	             twice would send four times together.
//	Auth         adds the access token, and after a 401 sends once more with another one.
//	             Logins and refreshes go through a stack of their own with its own Retry,
//	             so Retry here treats a failed login as final unless it broke off.
//	Slash        normalizes the end of paths and follows redirects that only add a slash.
//	             It is inside Auth, since a redirect answers a request with a token, and
//	             outside Endpoints, since it compares the target with the chosen address.
//	Endpoints    chooses the endpoint, and moves on at once if it cannot be reached, or to
//	             find out whether it or the credentials are at fault for a rejection. It is
//	             inside all layers that send again, so that each attempt gets the best
//	             endpoint of its moment. Calls and logins share one Endpoints.
//	Connections  bounds the connections to each host. It is inside Endpoints, which chooses
//	             the host, and outside Attempts, so that waiting for a connection does not
//	             count as a server that does not respond.
//	Attempts     is one attempt: it counts it, bounds it, reports it to the hooks, and finds
//	             out whether the server can have seen it. It keeps net/http from sending
//	             again by itself, except what the server has certainly not seen.
//	Dump         writes each request and response as it is sent and received.
//
// Layers share the [call.State] of a request, which [call.StateOf] returns: the operation,
// whose class decides what may be sent again and whose Auth whether it takes a token; the
// budget of attempts; and what goes into the caller's error and response metadata. The file
// state.go of overlay/call shows who writes and who reads what.
//
// # Timeouts
//
// Two bounds apply: the deadline of the caller's context to the whole call, kept to within
// 50 ms, and [Attempts].Timeout to the time in which an attempt makes no progress. There is
// no place for the Timeout of an http.Client, which would bound all attempts together.
//
// # Observability
//
// [Hooks] see attempts, retries and endpoint changes; [Log] and [LogSession] write them to
// a slog.Logger. Neither sees a header, a body or a query. [Dump] writes headers and bodies
// without the secrets that it recognizes by name.
package transport
