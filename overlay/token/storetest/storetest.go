// Package storetest tests implementations of [token.Store], such as in Vault, a Kubernetes
// Secret or DynamoDB, like [testing/fstest] tests file systems. This is their contract:
//
//   - Mutual exclusion. Update calls change under a lock that no other Update of the
//     identity holds, in any process. Load takes no lock, so change may call it.
//   - Fields. Every exported field of a [token.Token] is kept but Lifetime and Adopted,
//     also in a Token with a Rejection only. The bytes of [token.JSONCodec] hold them. A
//     zero Token removes the entry. If change returns an error, nothing is stored and
//     Update returns that error.
//   - Unknown members of an entry, of a later release, are kept. An entry that cannot be
//     decoded counts as missing. Entries of 128 KiB fit.
//   - Contexts. The wait for the lock ends with the context. Once change has been called,
//     its token is stored even if the context has ended.
//   - A holder that dies. Its lock ends by itself, since nothing else can end it.
//   - A holder that is slow keeps its lock, which is renewed for as long as it works.
//   - A holder that is paused for longer than its lock lasts, and comes back, does not
//     overwrite what another process has stored since: its Update returns an error.
//   - Lost answers. If the answer to a request is lost, the entry is the old or the new one
//     as a whole, the new one if Update returns no error, and no lock stays behind.
//   - A server that is away is an error, at once or after seconds: never a missing entry.
//     Update does not call change then. The next call after its return succeeds.
//   - Clocks. Times are those of the machine that calls: a store for several machines
//     converts them, for example through the clock of its server, since a token that one
//     machine takes for fresh and another one for expired is refreshed twice.
//
// Errors of a Store must not contain tokens.
package storetest

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Config describes the implementation to test.
type Config struct {
	// Open returns the store as one process has it. All that Open returns share their
	// entries.
	Open func(t *testing.T, p Process) token.Store

	// Lease is how long the lock of a dead process lasts. With 0, a lock ends with its
	// process and never before, and processes that die or pause are not tested.
	Lease time.Duration

	// OneMachine says that all processes have the same clock.
	OneMachine bool

	// Edit replaces the bytes of an entry, which are those of [token.JSONCodec]. Nil means
	// that the store keeps none.
	Edit func(t *testing.T, id token.Identity, edit func([]byte) []byte)
}

// Process is a process that uses the store.
type Process struct {
	// Now is its clock.
	Now func() time.Time

	// Dial connects to the store's server. A store that does not use it has no network:
	// what depends on one is not tested.
	Dial DialFunc
}

// patience is how long anything may take.
const patience = 30 * time.Second

// Run runs the tests as subtests of t.
func Run(t *testing.T, config Config) {
	t.Helper()
	for name, test := range map[string]func(*run){
		"fields":                    (*run).fields,
		"errors of change":          (*run).errorsOfChange,
		"mutual exclusion":          (*run).mutualExclusion,
		"identities":                (*run).identities,
		"size":                      (*run).size,
		"unknown members":           (*run).unknownMembers,
		"damaged entry":             (*run).damagedEntry,
		"context ends in the wait":  (*run).contextEndsInTheWait,
		"context ends in change":    (*run).contextEndsInChange,
		"clocks":                    (*run).clocks,
		"holder dies":               (*run).holderDies,
		"holder is slow":            (*run).holderIsSlow,
		"holder is paused":          (*run).holderIsPaused,
		"answers are lost":          (*run).answersAreLost,
		"the server is away":        (*run).serverIsAway,
		"the server is away inside": (*run).serverIsAwayInside,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&run{T: t, config: config, id: token.Identity{System: "storetest", Cluster: t.Name(), User: "admin"}})
		})
	}
}

// run is one test, with an identity of its own.
type run struct {
	*testing.T
	config Config
	id     token.Identity
}

// process opens the store in a new process.
func (r *run) process() (token.Store, *network) { return r.processAhead(0) }

// processAhead is process on a machine whose clock is ahead.
func (r *run) processAhead(ahead time.Duration) (token.Store, *network) {
	n := &network{conns: map[*conn]bool{}}
	store := r.config.Open(r.T, Process{Now: func() time.Time { return time.Now().Add(ahead) }, Dial: n.dial})
	return store, n
}

func (r *run) store() token.Store { s, _ := r.process(); return s }

// context ends long after everything should.
func (r *run) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	r.Cleanup(cancel)
	return ctx
}

func (r *run) load(s token.Store) token.Token {
	r.Helper()
	got, err := s.Load(r.context(), r.id)
	if err != nil {
		r.Fatalf("Load: %v", err)
	}
	return got
}

func (r *run) put(s token.Store, t token.Token) {
	r.Helper()
	if err := s.Update(r.context(), r.id, func(token.Token) (token.Token, error) { return t, nil }); err != nil {
		r.Fatalf("Update: %v", err)
	}
}

func (r *run) want(s token.Store, access string) {
	r.Helper()
	if got := r.load(s).Access.Reveal(); got != access {
		r.Errorf("the access token is %.40q, want %.40q", got, access)
	}
}

func named(name string) token.Token {
	return token.Token{Access: api.NewSecret(name), Refresh: api.NewSecret("refresh-" + name)}
}

func (r *run) fields() {
	first, second := r.store(), r.store()
	if got := r.load(first); !got.IsZero() {
		r.Error("Load of no entry returned a token")
	}
	now := time.Now().Round(0).Truncate(time.Microsecond)
	rejection := token.Rejection{At: now, Until: now.Add(time.Hour), Credentials: api.NewSecret("salt:hash")}
	for name, t := range map[string]token.Token{
		"session":     {Access: api.NewSecret("a"), Refresh: api.NewSecret("r"), Scheme: "Token", Issued: now, Expiry: now.Add(time.Minute)},
		"no times":    {Access: api.NewSecret("a")},
		"both":        {Access: api.NewSecret("a"), Expiry: now.Add(time.Minute), Rejection: rejection},
		"a rejection": {Rejection: rejection},
		"a lockout":   {Rejection: token.Rejection{At: now, Until: now.Add(time.Minute)}},
	} {
		r.put(first, t)
		if got := r.load(second); !r.same(got, t) {
			r.Errorf("%s: another process loads something else than was stored", name)
		}
	}
	r.put(second, token.Token{})
	if got := r.load(first); !got.IsZero() {
		r.Error("a zero Token did not remove the entry")
	}
}

// same compares times within a second, which a conversion through a server may cost.
func (r *run) same(got, want token.Token) bool {
	return got.Access.Equal(want.Access) && got.Refresh.Equal(want.Refresh) && got.Scheme == want.Scheme &&
		got.Rejection.Credentials.Equal(want.Rejection.Credentials) &&
		near(got.Issued, want.Issued) && near(got.Expiry, want.Expiry) &&
		near(got.Rejection.At, want.Rejection.At) && near(got.Rejection.Until, want.Rejection.Until)
}

func near(one, other time.Time) bool {
	return one.IsZero() == other.IsZero() && one.Sub(other).Abs() <= time.Second
}

func (r *run) errorsOfChange() {
	s, failed := r.store(), errors.New("change failed")
	r.put(s, named("old"))
	err := s.Update(r.context(), r.id, func(token.Token) (token.Token, error) { return named("new"), failed })
	if !errors.Is(err, failed) {
		r.Errorf("Update returned %v, want the error of change", err)
	}
	r.want(s, "old")
}

func (r *run) mutualExclusion() {
	const processes, updates = 4, 6
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for range processes {
		s := r.store()
		for range 2 { // goroutines
			all.Go(func() {
				for range updates / 2 {
					err := s.Update(r.context(), r.id, func(current token.Token) (token.Token, error) {
						defer inside.Add(-1)
						most.Store(max(most.Load(), inside.Add(1)))
						loaded, err := s.Load(r.context(), r.id) // takes no lock
						n, _ := strconv.Atoi(loaded.Access.Reveal())
						if !loaded.Access.Equal(current.Access) {
							r.Error("Load in change differs from its argument")
						}
						return named(strconv.Itoa(n + 1)), err
					})
					if err != nil {
						r.Errorf("Update: %v", err)
					}
				}
			})
		}
	}
	all.Wait()
	if most.Load() != 1 {
		r.Errorf("%d holders at once", most.Load())
	}
	r.want(r.store(), strconv.Itoa(processes*updates))
}

func (r *run) identities() {
	s := r.store()
	r.put(s, named("mine"))
	other := r.id
	other.User = "Admin"
	if got, err := s.Load(r.context(), other); err != nil || !got.IsZero() {
		r.Errorf("another identity loads a token (%v)", err)
	}
	r.update(s, func() {
		err := s.Update(r.context(), other, func(token.Token) (token.Token, error) { return named("other"), nil })
		if err != nil {
			r.Errorf("the lock of one identity kept out another: %v", err)
		}
	}, named("mine"))
	r.want(s, "mine")
}

// update stores t, and calls inside while it holds the lock.
func (r *run) update(s token.Store, inside func(), t token.Token) {
	r.Helper()
	err := s.Update(r.context(), r.id, func(token.Token) (token.Token, error) { inside(); return t, nil })
	if err != nil {
		r.Errorf("Update: %v", err)
	}
}

func (r *run) size() {
	large := strings.Repeat("x", 64<<10)
	r.put(r.store(), named(large))
	r.want(r.store(), large)
}

func (r *run) unknownMembers() {
	if r.config.Edit == nil {
		r.Skip("keeps no bytes")
	}
	s := r.store()
	r.put(s, named("1"))
	r.config.Edit(r.T, r.id, func(content []byte) []byte {
		return []byte(strings.Replace(string(content), "{", `{"from_a_later_release":{"big":18446744073709551615},`, 1))
	})
	r.put(s, named("2"))
	r.config.Edit(r.T, r.id, func(content []byte) []byte {
		if !strings.Contains(string(content), `"from_a_later_release":{"big":18446744073709551615}`) {
			r.Error("a member that is not known was lost")
		}
		return content
	})
	r.want(s, "2")
}

func (r *run) damagedEntry() {
	if r.config.Edit == nil {
		r.Skip("keeps no bytes")
	}
	s := r.store()
	r.put(s, named("1"))
	r.config.Edit(r.T, r.id, func(content []byte) []byte { return content[:len(content)/2] })
	if got := r.load(s); !got.IsZero() {
		r.Error("Load of a damaged entry returned a token")
	}
	r.put(s, named("2"))
	r.want(s, "2")
}

func (r *run) contextEndsInTheWait() {
	holder, waiter := r.store(), r.store()
	r.update(holder, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		err := waiter.Update(ctx, r.id, func(token.Token) (token.Token, error) {
			r.Error("two holders at once")
			return token.Token{}, nil
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			r.Errorf("Update returned %v, want the error of its context", err)
		}
	}, named("new"))
	r.want(waiter, "new")
}

func (r *run) contextEndsInChange() {
	s := r.store()
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Update(ctx, r.id, func(token.Token) (token.Token, error) { cancel(); return named("new"), nil })
	if err != nil {
		r.Errorf("Update: %v", err)
	}
	r.want(s, "new")
}

func (r *run) clocks() {
	if r.config.OneMachine {
		r.Skip("one machine has one clock")
	}
	const ahead, behind = 90 * time.Second, -30 * time.Second
	early, _ := r.processAhead(behind)
	late, _ := r.processAhead(ahead)
	at := func(t time.Time) token.Token {
		stored := named("1")
		stored.Issued, stored.Expiry = t, t.Add(3*time.Second)
		stored.Rejection = token.Rejection{At: t, Until: t.Add(time.Minute)}
		return stored
	}
	now := time.Now().Round(0)
	r.put(late, at(now.Add(ahead)))
	for name, c := range map[string]struct {
		store token.Store
		ahead time.Duration
	}{"its own": {late, ahead}, "the true one": {r.store(), 0}, "one that is behind": {early, behind}} {
		if got := r.load(c.store); !r.same(got, at(now.Add(c.ahead))) {
			r.Errorf("by %s, the token expires %v after it should", name, got.Expiry.Sub(now.Add(c.ahead+3*time.Second)))
		}
	}
}
