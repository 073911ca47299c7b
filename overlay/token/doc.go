// Package token keeps one identity logged in for as long as a program runs. It logs
// in, refreshes the token before it expires, shares the session with every goroutine
// and, through a [Store], with other processes, and returns typed errors when it
// cannot.
//
// The package is independent of any server. An [Authority] logs in and refreshes; a
// [Source] does the rest:
//
//	source := token.NewSource(authority,
//		token.WithStore(token.NewCache(dir), token.Identity{
//			System: "weka", Endpoints: []string{"https://weka01:14000"}, User: "admin",
//		}))
//	defer source.Close()
//
//	t, err := source.Token(ctx)          // before every request
//	header := t.Authorization()          // "Bearer …"
//	source.Invalidate(t)                 // after a 401 to a request with t
//
// # Renewal
//
// While the token is valid, Token costs an atomic load and a look at the clock. In a
// window before the expiry (a fifth of the lifetime, at most [DefaultEarlyRefresh],
// less up to a quarter of jitter) the first caller starts a refresh in the background;
// all callers keep using the valid token. Callers wait only if the token has expired
// or was invalidated: all for the same renewal, each until its own context ends. A
// renewal is independent of the context of the caller that started it and has its own
// timeout.
//
// A renewal reads the store first, since another process may have renewed the token
// already. Then it takes the store's lock, reads again, refreshes, stores the new
// token, and only then publishes it. If the server rejects the refresh token, the
// Source logs in once; without credentials it returns [ErrSessionEnded].
//
// # Failures
//
// A Source never sends a rejected password twice, and does not log in while the
// account is locked. Both are kept in the store and so apply to every process that
// shares it; a password that another process was rejected with is blocked for 15
// minutes only.
//
// A failed renewal is retried with growing pauses. Callers without a valid token wait
// for the next attempt, 5 s at most; callers with a valid token do not notice. If the
// server accepts login after login without issuing a token, the pauses grow to 5
// minutes and callers get the error at once. They also get it at once if the server's
// certificate is not trusted.
//
// A store that cannot be used, such as a full disk or a file system without locks, does
// not prevent a renewal: the token then serves this Source only, and the hook sees
// [NotStored]. An [ErrUnsafeFile] does prevent it.
//
// A Source sends nothing before the time of a [*ThrottledError]. Callers wait for it only
// if it is less than 5 s away.
//
// [ErrNoCredentials], [ErrBadCredentials], [ErrSessionEnded], [ErrTokenRejected] and
// [*LockedOutError] are permanent: Token returns them at once, without a request. A
// new token in the store, such as after a login by another process, ends all of them
// but [ErrTokenRejected].
//
// # Long-lived tokens
//
// [NewStaticSource] serves one token and never renews it. [LoginFunc] turns a function
// that returns tokens into an Authority.
//
// # Stores
//
// [NewMemoryStore] shares a session within a process, [NewCache] between the processes
// of a machine, overlay/redisstore between machines. The example of [Store] shows a store
// of your own, and the package storetest tests it.
package token
