// Package token keeps one identity logged in for as long as a program runs: it
// logs in, refreshes early, shares the session with every goroutine and, through
// a [Store], with every process, and says in typed errors when it cannot.
//
// It knows no server. What a server wants is plugged in as an [Authority], which
// logs in and refreshes; a [Source] does the rest:
//
//	source := token.NewSource(authority,
//		token.WithStore(token.NewCache(dir), token.Identity{
//			System: "weka", Endpoints: []string{"https://weka01:14000"}, User: "admin",
//		}))
//	defer source.Close()
//
//	t, err := source.Token(ctx)          // for every request
//	header := t.Authorization()          // "Bearer …"
//	source.Invalidate(t)                 // the server answered 401 to that very token
//
// # What a Source does
//
// While the token is good, Token is an atomic load and a look at the clock. Inside
// a window before the expiry (a fifth of the lifetime, at most [DefaultEarlyRefresh],
// less some jitter) the first caller starts a refresh in the background and
// everybody keeps the good token. Only a token that has expired or was invalidated
// makes callers wait, all of them for one renewal, each no longer than its own
// context. The renewal does not belong to the caller that began it, and has its own
// time limit.
//
// A renewal looks into the store first, since another process may have been
// quicker; then it takes the store's lock, looks again, refreshes, stores, and only
// then hands out the new token. A refused refresh token leads to exactly one login,
// and without credentials to [ErrSessionEnded]. A wrong password is never sent
// again, and a locked account is left alone until the lock is over; both are kept in
// the store, so that they hold for every process that shares it, though a password that
// another process was refused with for 15 minutes only.
//
// A failed renewal is tried again with growing pauses: callers without a good token
// wait the pause out (5 s at most), callers with one do not notice. Where a server
// accepts login after login without giving a token, the pauses grow to minutes, and
// callers get the error at once; so do they where the server's certificate is refused.
//
// # Errors that do not pass
//
// [ErrNoCredentials], [ErrBadCredentials], [ErrSessionEnded], [ErrTokenRejected] and
// [*LockedOutError] are verdicts: they come back at once, without asking the server.
// A new token in the store (somebody logged in elsewhere) ends all but
// [ErrTokenRejected].
//
// # Tokens that live long
//
// [NewStaticSource] serves one given token and never renews it. [LoginFunc] makes an
// Authority of a function that yields tokens.
package token
