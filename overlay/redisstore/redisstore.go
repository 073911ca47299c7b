// Package redisstore keeps the sessions of a fleet in Redis or Valkey: a [token.Store]
// that processes on any number of machines share. One of them logs in or refreshes, and
// the others use its tokens.
//
//	client := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{"redis:6379"}})
//	store, err := redisstore.New(client, redisstore.Config{
//		Keys: []redisstore.Key{{ID: "2026-11", Secret: weka.NewSecret(key)}}, // 32 random bytes
//	})
//	c, err := weka.New("weka01,weka02", weka.WithPassword("admin", password),
//		weka.WithClusterName("prod"), weka.WithTokenStore(store))
//
// # Values
//
// An entry is encrypted with AES-256-GCM and names the key that it was encrypted with. It
// is bound to its identity: a copy under another name is not read. To change the key,
// first add the new one to the end of [Config.Keys] in every process, then move it to the
// front, and remove the old one when every entry was written again: after the next
// refresh. A process whose key is missing or has another secret gets an error, and goes on
// without the store.
//
// Each write keeps an entry for the lifetime of its refresh token: if the system does not
// replace that at a refresh, the entry outlives it. If the lifetime is not in the token (as
// in a JWT), the entry ends a year after it was written.
//
// # Lock
//
// A renewal holds a lock with a lease of 5 seconds, which is renewed for as long as the
// renewal takes. If its process is killed, the next one takes the lock when the lease has
// ended. A process that was paused for longer cannot overwrite what another one stored:
// an entry is replaced only if it is the one that the process has read. Update returns
// [ErrReplaced] then; the session of that process goes on with the tokens that it got.
//
// # Clocks
//
// The clocks of the machines may differ: times are kept in the time of the Redis server,
// which Load asks for in the same round trip.
//
// # Limits
//
// Sentinel and Cluster work as in the options of the client; all keys of a session are in
// one slot. Replication is asynchronous: a failover can lose the last refresh, which costs
// a login. Redis needs EVAL and EVALSHA, and no persistence. The client must not wait for a
// response for longer than some seconds: ReadTimeout, 3 s by default, or ContextTimeoutEnabled,
// with which the limits of the store (3 s) count.
package redisstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-redsync/redsync/v4"
	"github.com/go-redsync/redsync/v4/redis/goredis/v9"
	"github.com/redis/go-redis/v9"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

const (
	// defaultLease is how long others wait for a process that was killed.
	defaultLease  = 5 * time.Second
	leaseRenewals = 3 // a lease

	// timeout limits each operation on Redis: its attempts, the dialing and the pauses
	// between them. Only with ContextTimeoutEnabled does it limit the wait for a response.
	timeout = 3 * time.Second

	lockTimeoutFactor = 0.6 // of the lease, for an attempt to lock

	// Pauses between attempts to lock double from the first to the longest. A refresh
	// takes about the first; the longest is for crowds.
	firstPause   = 25 * time.Millisecond
	longestPause = 400 * time.Millisecond

	// longestLife is that of an entry whose refresh token does not say when it ends.
	longestLife  = 365 * 24 * time.Hour
	shortestLife = time.Second
)

// ErrReplaced is returned by [Store.Update] if another process changed the entry after
// it was read: this one was paused for longer than its lock lasts.
var ErrReplaced = errors.New("redisstore: another process has replaced the entry meanwhile: this process lost its lock")

// Config configures a [Store].
type Config struct {
	// Keys encrypt the entries: the first one those that are written, all of them those
	// that are read.
	Keys []Key

	// Now is the clock of the machine, for tests; nil means time.Now.
	Now func() time.Time
}

// Store is a [token.Store] in Redis or Valkey. It is safe for concurrent use, and runs no
// goroutine outside Update. [New] makes one.
type Store struct {
	client redis.UniversalClient
	locks  *redsync.Redsync
	keys   keyring
	now    func() time.Time
	clock  clock
	lease  time.Duration
}

// New returns a store that uses client, which the caller closes. It sends nothing.
func New(client redis.UniversalClient, config Config) (*Store, error) {
	keys, err := newKeyring(config.Keys)
	if err != nil {
		return nil, err
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	locks := redsync.New(goredis.NewPool(client))
	return &Store{client: client, locks: locks, keys: keys, now: config.Now, lease: defaultLease}, nil
}

// Format writes "redisstore.Store" for every verb: the fields contain keys.
func (s *Store) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "redisstore.Store") }

// entry is what Redis holds for an identity.
type entry struct {
	value   string        // "" if there is none
	content []byte        // of value, decrypted; nil if it cannot be
	token   token.Token   // by the clock of this machine
	behind  time.Duration // of this machine's clock, against the server's
}

// loadScript returns the value and the time of the server.
var loadScript = redis.NewScript(`
local now = redis.call('TIME')
return {redis.call('GET', KEYS[1]), now[1], now[2]}`)

// saveScript replaces the value ARGV[1] by ARGV[2], "" being none, for ARGV[3]
// milliseconds. Each value is unique, since its nonce is. If it is there already, the
// response to an earlier attempt was lost.
var saveScript = redis.NewScript(`
local value = redis.call('GET', KEYS[1]) or ''
if value == ARGV[2] then return 1 end
if value ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
	redis.call('DEL', KEYS[1])
else
	redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1`)

// Load implements [token.Store], in one round trip. An entry that was encrypted with a
// key which is not in [Config.Keys] is an error.
func (s *Store) Load(ctx context.Context, id token.Identity) (token.Token, error) {
	found, err := s.load(ctx, id)
	return found.token, err
}

// Update implements [token.Store].
func (s *Store) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	release, err := s.lock(ctx, name(id)+":lock")
	if err != nil {
		return fmt.Errorf("redisstore: locking: %w", err)
	}
	defer release()
	found, err := s.load(ctx, id)
	if err != nil {
		return err
	}
	next, err := change(found.token)
	if err != nil {
		return err
	}
	// The end of ctx must not lose a token that the server has issued.
	return s.save(context.WithoutCancel(ctx), id, found, next)
}

// name returns the key of the entry. All keys of an identity share the hash tag in braces,
// which puts them on one node of a cluster.
func name(id token.Identity) string { return "hotcold:{" + id.Key() + "}" }

func (s *Store) load(ctx context.Context, id token.Identity) (entry, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	before := s.now()
	reply, err := loadScript.Run(ctx, s.client, []string{name(id)}).Slice()
	if err != nil {
		return entry{}, fmt.Errorf("redisstore: loading: %w", err)
	}
	after := s.now()
	server, err := serverTime(reply)
	if err != nil {
		return entry{}, fmt.Errorf("redisstore: loading: %w", err)
	}
	found := entry{behind: s.clock.measure(server.Sub(after), server.Sub(before))}
	found.value, _ = reply[0].(string)
	if found.content, err = s.keys.open(name(id), found.value); err != nil {
		return entry{}, err
	}
	if kept, err := (token.JSONCodec{}).Decode(found.content, id); err == nil { // otherwise it counts as missing
		found.token = shift(kept, -found.behind)
	}
	return found, nil
}

func (s *Store) save(ctx context.Context, id token.Identity, found entry, next token.Token) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	value, life := "", time.Duration(0)
	if !next.IsZero() {
		kept := shift(next, found.behind)
		content, err := token.JSONCodec{}.Encode(found.content, id, kept)
		if err != nil {
			return err
		}
		if string(content) == string(found.content) {
			return nil // an adopted token
		}
		value, life = s.keys.seal(name(id), content), lifeOf(kept, s.now().Add(found.behind))
	}
	saved, err := saveScript.Run(ctx, s.client, []string{name(id)}, found.value, value, life.Milliseconds()).Bool()
	if err != nil {
		return fmt.Errorf("redisstore: saving: %w", err)
	}
	if !saved {
		return ErrReplaced
	}
	return nil
}

// lifeOf returns how long an entry is kept: as long as anything in it is of use.
func lifeOf(t token.Token, now time.Time) time.Duration {
	life := longestLife
	begin, end := token.JWTTimes(t.Refresh)
	switch {
	case t.Refresh == (api.Secret{}) && t.Access == (api.Secret{}):
		life = 0 // a rejection alone
	case t.Refresh == (api.Secret{}) && !t.Expiry.IsZero():
		life = t.Expiry.Sub(now)
	case end.IsZero():
	case begin.IsZero():
		life = max(end.Sub(now), t.Expiry.Sub(now))
	default: // does not depend on the clock of the server that issued it
		life = max(end.Sub(begin), t.Expiry.Sub(now))
	}
	return min(max(life, t.Rejection.Until.Sub(now), shortestLife), longestLife)
}

// lock waits for the lock and renews its lease until release is called.
func (s *Store) lock(ctx context.Context, name string) (release func(), err error) {
	mutex := s.locks.NewMutex(name, redsync.WithExpiry(s.lease), redsync.WithTimeoutFactor(lockTimeoutFactor),
		redsync.WithSetNXOnExtend()) // in case Redis was restarted
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		// An attempt that the end of ctx cuts off could leave a lock without a holder.
		err := mutex.TryLockContext(context.WithoutCancel(ctx))
		var taken *redsync.ErrTaken
		switch {
		case err == nil && ctx.Err() == nil:
			return s.hold(ctx, mutex), nil
		case err == nil:
			unlock(ctx, mutex)
		case !errors.As(err, &taken) && !errors.Is(err, redsync.ErrFailed):
			return nil, err
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // not for security
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// hold renews the lease of mutex until release is called, which unlocks it. A lease that
// is lost is noticed when the entry is saved.
func (s *Store) hold(ctx context.Context, mutex *redsync.Mutex) (release func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var renewals sync.WaitGroup
	renewals.Go(func() {
		ticker := time.NewTicker(s.lease / leaseRenewals)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				attempt, end := context.WithTimeout(ctx, s.lease/leaseRenewals)
				_, _ = mutex.ExtendContext(attempt) // tried again at the next tick
				end()
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		cancel()
		renewals.Wait()
		unlock(ctx, mutex)
	}
}

// unlock ignores an error: the lease ends by itself.
func unlock(ctx context.Context, mutex *redsync.Mutex) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	_, _ = mutex.UnlockContext(ctx)
}
