// Package transport stacks what happens between a typed call and the wire: one
// concern a layer, each an http.RoundTripper. It knows neither product.
//
// The order of [Stack], from the call to the wire, and why:
//
//	Gate       ends everything at once. It is put around the Stack of a client's
//	           calls, and not around that of its logins, which end by themselves: one
//	           that is broken off could lose the session.
//	ReadOnly   refuses, if the client has it, what may change something. It is above
//	           all that costs something: nothing is sent, and no login is made for it.
//	Retry      sends again after a failure that another try can mend, if the class of
//	           the operation allows it. It is above Auth, so that a token which expires
//	           in a pause is renewed before the next attempt. It sets the one budget of
//	           the call, from which Auth and Slash take what they send again: or layers
//	           that each send twice would send four times together.
//	Auth       puts the access token on the request, and after a 401 sends it once more
//	           with another one. The logins and refreshes that this leads to go through
//	           a Stack of their own, with its own Retry and without Tokens. That is why
//	           Retry takes the failure of a login as final, unless that broke off.
//	Slash      ends paths as the API wants them and obeys the redirect that only adds a
//	           slash. It is below Auth, since a redirect is an answer to a request with a
//	           token, and above Endpoints, since it compares with where that one went.
//	Endpoints  chooses where to send to, and moves on at once where nobody is reached. It
//	           is below all that sends again, so that each sending goes to the best
//	           endpoint of that moment. Logins and calls share one, and what it learns.
//	Connections  bounds the connections to each host. It is below Endpoints, which has
//	           chosen the host, and above Attempts, or a request that waits for a
//	           connection would be taken for one that gets no response.
//	Attempts   is one sending: it counts, bounds and reports it, and finds out whether
//	           the server can have seen it. It is innermost, or it would report what a
//	           layer below it refused.
//	Dump       writes, where somebody looks for a fault, what is really sent and comes
//	           back: so there is nothing between it and the wire.
//
// A layer learns what it is sending from [call.OperationOf]: the operation's class
// decides what may be sent again, its Auth whether it takes a token at all. What it
// finds out, it leaves with the call ([call.SetBudget], [call.CountAttempt],
// [call.MarkReplayed]), where the caller's error and call metadata are made from it.
//
// # Time
//
// Two bounds hold: the deadline of the caller's context for the whole call, to within
// 50 ms, and [Attempts].Timeout for the silence of one attempt. An http.Client's
// Timeout would be one bound for all attempts together, and has no place here.
//
// # Being watched
//
// [Hooks] see attempts, retries and endpoints; [Log] and [LogSession] write them to a
// slog.Logger. Neither ever holds a header, a body or a query. [Dump] shows those, without
// the secrets that it knows by their names.
package transport
