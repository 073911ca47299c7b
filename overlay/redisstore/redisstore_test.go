package redisstore_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/redisstore"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/token/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var id = token.Identity{System: "weka", Cluster: "prod", User: "admin"}

func key(name string) redisstore.Key {
	return redisstore.Key{ID: name, Secret: api.NewSecret((name + strings.Repeat("k", 32))[:32])}
}

// startRedis runs a server in this process whose keys expire as time passes: by itself
// miniredis expires none.
func startRedis(t *testing.T) *miniredis.Miniredis {
	t.Helper()
	server := miniredis.RunT(t)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() {
		defer close(ended)
		const tick = 5 * time.Millisecond
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		for last := time.Now(); ctx.Err() == nil; {
			now := <-ticker.C
			server.FastForward(now.Sub(last))
			last = now
		}
	}()
	t.Cleanup(func() { end(); <-ended })
	return server
}

// open returns a store with the keys, and its client.
func open(t *testing.T, server *miniredis.Miniredis, keys ...redisstore.Key) (*redisstore.Store, redis.UniversalClient) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { _ = client.Close() })
	return newStore(t, client, redisstore.Config{Keys: keys}), client
}

func newStore(t *testing.T, client redis.UniversalClient, config redisstore.Config) *redisstore.Store {
	t.Helper()
	store, err := redisstore.New(client, config)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func put(t *testing.T, store token.Store, stored token.Token) {
	t.Helper()
	if err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) { return stored, nil }); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func access(t *testing.T, store token.Store) string {
	t.Helper()
	got, err := store.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return got.Access.Reveal()
}

func TestStoreKeepsTheContract(t *testing.T) {
	const lease = time.Second
	server := startRedis(t)
	raw, _ := open(t, server, key("a"))
	storetest.Run(t, storetest.Config{
		Lease: lease,
		Open: func(t *testing.T, p storetest.Process) token.Store {
			client := redis.NewClient(&redis.Options{Addr: server.Addr(), Dialer: p.Dial})
			t.Cleanup(func() { _ = client.Close() })
			store := newStore(t, client, redisstore.Config{Keys: []redisstore.Key{key("a")}, Now: p.Now})
			store.SetLease(lease)
			return store
		},
		Edit: func(t *testing.T, id token.Identity, edit func([]byte) []byte) {
			t.Helper()
			if err := raw.Edit(t.Context(), id, edit); err != nil {
				t.Fatal(err)
			}
		},
	})

}

// A cluster's client computes the slots of all keys of a command, which must be one.
func TestStoreInACluster(t *testing.T) {
	server := miniredis.RunT(t)
	client := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{server.Addr()}, IsClusterMode: true})
	t.Cleanup(func() { _ = client.Close() })
	store := newStore(t, client, redisstore.Config{Keys: []redisstore.Key{key("a")}})
	put(t, store, token.Token{Access: api.NewSecret("1")})
	if got := access(t, store); got != "1" {
		t.Errorf("got %q", got)
	}
}

// commands counts what is sent.
type commands struct {
	redis.Hook
	names []string
}

func (c *commands) DialHook(next redis.DialHook) redis.DialHook { return next }
func (c *commands) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (c *commands) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, command redis.Cmder) error {
		c.names = append(c.names, command.Name())
		return next(ctx, command)
	}
}

func TestLoadIsOneRoundTrip(t *testing.T) {
	store, client := open(t, miniredis.RunT(t), key("a"))
	put(t, store, token.Token{Access: api.NewSecret("1")}) // Redis knows the scripts now
	var sent commands
	client.AddHook(&sent)
	if got := access(t, store); got != "1" || len(sent.names) != 1 {
		t.Errorf("got %q with %v", got, sent.names)
	}
}

func TestRedisHoldsNoSecret(t *testing.T) {
	server := miniredis.RunT(t)
	store, _ := open(t, server, key("a"))
	put(t, store, token.Token{Access: api.NewSecret("access-secret"), Refresh: api.NewSecret("refresh-secret")})
	dump := server.Dump() + fmt.Sprintf("%v %+v %#v %s", store, store, store, store)
	for _, secret := range []string{"secret", "kkkk", "admin", base64.StdEncoding.EncodeToString([]byte("access-secret"))[:12]} {
		if strings.Contains(dump, secret) {
			t.Errorf("%q is in %s", secret, dump)
		}
	}
}

func TestKeysAreReplacedOneByOne(t *testing.T) {
	server := miniredis.RunT(t)
	before, _ := open(t, server, key("a"))
	between, _ := open(t, server, key("a"), key("b"))
	after, _ := open(t, server, key("b"), key("a"))
	end, _ := open(t, server, key("b"))
	put(t, before, token.Token{Access: api.NewSecret("1")})
	for name, store := range map[string]token.Store{"a, b": between, "b, a": after} {
		if got := access(t, store); got != "1" {
			t.Errorf("%s: got %q", name, got)
		}
	}
	put(t, after, token.Token{Access: api.NewSecret("2")})
	for name, store := range map[string]token.Store{"a, b": between, "b": end} {
		if got := access(t, store); got != "2" {
			t.Errorf("%s: got %q", name, got)
		}
	}
	changed := false
	_, loadErr := before.Load(t.Context(), id)
	updateErr := before.Update(t.Context(), id, func(current token.Token) (token.Token, error) { changed = true; return current, nil })
	if loadErr == nil || updateErr == nil || changed || !strings.Contains(loadErr.Error(), `"b"`) {
		t.Errorf("a key that is not known: %v; %v; changed is %v", loadErr, updateErr, changed)
	}
}

// It would replace the session of all others at each renewal.
func TestWrongSecretIsAnError(t *testing.T) {
	server := miniredis.RunT(t)
	right, _ := open(t, server, key("a"))
	put(t, right, token.Token{Access: api.NewSecret("1")})
	wrong, _ := open(t, server, redisstore.Key{ID: "a", Secret: api.NewSecret(strings.Repeat("w", 32))})
	_, loadErr := wrong.Load(t.Context(), id)
	updateErr := wrong.Update(t.Context(), id, func(token.Token) (token.Token, error) { return token.Token{Access: api.NewSecret("2")}, nil })
	if loadErr == nil || updateErr == nil || !strings.Contains(loadErr.Error(), `"a"`) || strings.Contains(loadErr.Error(), "www") {
		t.Errorf("got %v; %v", loadErr, updateErr)
	}
	if got := access(t, right); got != "1" {
		t.Errorf("the others get %q", got)
	}
}

// An entry that was tampered with, or copied to the name of another identity, counts as
// missing.
func TestEntriesAreBoundToTheirName(t *testing.T) {
	server := miniredis.RunT(t)
	store, _ := open(t, server, key("a"), key("b"))
	put(t, store, token.Token{Access: api.NewSecret("1")})
	value, err := server.Get(redisstore.Name(id))
	if err != nil {
		t.Fatal(err)
	}
	_, sealed, _ := strings.Cut(strings.TrimPrefix(value, "1:"), ":")
	withKey := func(name string) string { // says that it was encrypted with another key
		server := miniredis.RunT(t)
		store, _ := open(t, server, key(name))
		put(t, store, token.Token{Access: api.NewSecret("1")})
		value, _ := server.Get(redisstore.Name(id))
		label, _, _ := strings.Cut(strings.TrimPrefix(value, "1:"), ":")
		return "1:" + label + ":" + sealed
	}
	other := id
	other.User = "operator"
	for name, c := range map[string]struct {
		id    token.Identity
		value string
	}{
		"copied":      {other, value},
		"another key": {id, withKey("b")},
		"changed":     {id, value[:len(value)-1] + string(value[len(value)-1]^1)},
		"cut":         {id, value[:10]},
		"foreign":     {id, "hello"},
	} {
		if err := server.Set(redisstore.Name(c.id), c.value); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Load(t.Context(), c.id); err != nil || !got.IsZero() {
			t.Errorf("%s: a token was loaded (%v)", name, err)
		}
	}
	put(t, store, token.Token{Access: api.NewSecret("2")})
	if got := access(t, store); got != "2" {
		t.Errorf("got %q", got)
	}
}

func TestKeysAreChecked(t *testing.T) {
	short := redisstore.Key{ID: "short", Secret: api.NewSecret("0123456789")}
	for name, keys := range map[string][]redisstore.Key{
		"none": nil, "no ID": {key("")}, "ID": {key("a:b")}, "long ID": {key(strings.Repeat("a", 51))}, "twice": {key("a"), key("a")}, "size": {short},
	} {
		if _, err := redisstore.New(nil, redisstore.Config{Keys: keys}); err == nil || strings.Contains(err.Error(), "0123456789") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// jwt returns a token with the claims.
func jwt(claims string) api.Secret {
	return api.NewSecret("e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".x")
}

func TestEntryEndsWithItsRefreshToken(t *testing.T) {
	server := miniredis.RunT(t)
	store, _ := open(t, server, key("a"))
	const year = 365 * 24 * time.Hour
	now := time.Now()
	opaque := api.NewSecret("a")
	for name, c := range map[string]struct {
		token token.Token
		want  time.Duration
	}{
		"claims of another clock": {token.Token{Access: opaque, Refresh: jwt(`{"iat":1000,"exp":87400}`)}, 24 * time.Hour},
		"exp alone":               {token.Token{Access: opaque, Refresh: jwt(fmt.Sprintf(`{"exp":%d}`, now.Add(time.Hour).Unix()))}, time.Hour},
		"longer access token":     {token.Token{Access: opaque, Refresh: jwt(`{"iat":1,"exp":61}`), Expiry: now.Add(time.Hour)}, time.Hour},
		"opaque":                  {token.Token{Access: opaque, Refresh: opaque, Expiry: now.Add(time.Minute)}, year},
		"access token alone":      {token.Token{Access: opaque, Expiry: now.Add(time.Minute)}, time.Minute},
		"unlimited":               {token.Token{Access: opaque}, year},
		"expired":                 {token.Token{Access: opaque, Expiry: now.Add(-time.Minute)}, time.Second},
		"rejection":               {token.Token{Rejection: token.Rejection{At: now, Until: now.Add(15 * time.Minute)}}, 15 * time.Minute},
	} {
		put(t, store, c.token)
		if got := server.TTL(redisstore.Name(id)); (got - c.want).Abs() > 2*time.Second {
			t.Errorf("%s: the entry lasts %v, want %v", name, got, c.want)
		}
	}
}

// The loaded version must still be there: not only must no other have taken its place.
func TestSaveIsRefusedWithoutTheLoadedVersion(t *testing.T) {
	for name, happens := range map[string]func(*miniredis.Miniredis){
		"removed":  func(m *miniredis.Miniredis) { m.Del(redisstore.Name(id)) },
		"replaced": func(m *miniredis.Miniredis) { _ = m.Set(redisstore.Name(id), "x") },
	} {
		t.Run(name, func(t *testing.T) {
			server := miniredis.RunT(t)
			store, _ := open(t, server, key("a"))
			put(t, store, token.Token{Access: api.NewSecret("1")})
			for _, next := range []token.Token{{Access: api.NewSecret("2")}, {Rejection: token.Rejection{Until: time.Now().Add(time.Hour)}}} {
				err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) { happens(server); return next, nil })
				if !errors.Is(err, redisstore.ErrReplaced) {
					t.Errorf("got %v", err)
				}
				server.FlushAll()
				put(t, store, token.Token{Access: api.NewSecret("1")})
			}
		})
	}
}

// Redis was restarted and knows neither the lock nor the scripts.
func TestLockSurvivesARestart(t *testing.T) {
	server := startRedis(t)
	store, _ := open(t, server, key("a"))
	store.SetLease(300 * time.Millisecond)
	other, _ := open(t, server, key("a"))
	err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) {
		server.FlushAll()
		<-time.After(300 * time.Millisecond) // the lease is renewed
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		return token.Token{Access: api.NewSecret("1")}, other.Update(ctx, id, func(token.Token) (token.Token, error) {
			return token.Token{}, errors.New("two holders at once")
		})
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the other's wait", err)
	}
}

// hang lets a command wait for the end of its context, once it is on.
type hang struct {
	commands
	isOn atomic.Bool
}

func (h *hang) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, command redis.Cmder) error {
		if h.isOn.CompareAndSwap(true, false) {
			<-ctx.Done()
			return ctx.Err()
		}
		return next(ctx, command)
	}
}

// The response to one renewal of the lease never comes.
func TestLeaseIsRenewedAfterAnAttemptThatHangs(t *testing.T) {
	const lease = 600 * time.Millisecond
	server := startRedis(t)
	store, client := open(t, server, key("a"))
	store.SetLease(lease)
	var network hang
	client.AddHook(&network)
	other, _ := open(t, server, key("a"))
	err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) {
		network.isOn.Store(true)
		<-time.After(2 * lease)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		return token.Token{}, other.Update(ctx, id, func(token.Token) (token.Token, error) {
			return token.Token{}, errors.New("two holders at once")
		})
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the other's wait", err)
	}
}
