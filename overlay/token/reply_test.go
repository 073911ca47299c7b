package token_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestRow08_ReplyIsCheckedBeforeTheStateChanges(t *testing.T) {
	for name, reply := range map[string]token.Token{
		"no access token":   {Refresh: token.NewSecret("refresh-x")},
		"negative lifetime": {Access: token.NewSecret("access-x"), Lifetime: token.LifetimeFromSeconds(-1)},
		"line break":        {Access: token.NewSecret("access-x\r\nHost: elsewhere")},
		"not ASCII":         {Access: token.NewSecret("access-é")},
		"unsafe scheme":     {Access: token.NewSecret("access-x"), Scheme: "Bearer\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, 5*time.Minute, noJitter())
				access(t, s)
				f.set(func(f *server) { f.reply = &reply })
				elapse(4*time.Minute + time.Second)
				for range 2 {
					if got := access(t, s); got != "access-1" {
						t.Fatalf("a bad reply replaced the good token by %q", got)
					}
					synctest.Wait()
				}
				elapse(time.Minute)
				if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrMalformed) {
					t.Errorf("got %v", err)
				}
				f.set(func(f *server) { f.reply = nil })
				if got := access(t, s); got != "access-2" {
					t.Errorf("after a good reply: %q", got)
				}
				for _, sent := range f.sent {
					if sent != "refresh-1" {
						t.Errorf("%q of a bad reply was sent", sent)
					}
				}
			})
		})
	}
}

func TestRow08_OddLifetimesAreUnknown(t *testing.T) {
	for name, seconds := range map[string]float64{"absent or zero": 0, "enormous": 1e300, "past int64 in nanoseconds": 1e10} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, token.LifetimeFromSeconds(seconds))
				if got := mustToken(t, s); !got.Expiry.IsZero() || got.Lifetime != 0 {
					t.Errorf("expiry %v, lifetime %v, want unknown", got.Expiry, got.Lifetime)
				}
				elapse(24 * time.Hour)
				access(t, s)
				f.counts(t, 1, 0)
			})
		})
	}
}

func TestRow09_ReplyWithoutRefreshTokenKeepsTheOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		access(t, s)
		f.set(func(f *server) { f.noRefresh = true })
		for range 3 {
			elapse(6 * time.Minute)
			access(t, s)
		}
		f.counts(t, 1, 3)
		for _, sent := range f.sent {
			if sent != "refresh-1" {
				t.Errorf("refreshed with %q", sent)
			}
		}
	})
}

// heldStore stops between the server's answer and the storing of it.
type heldStore struct {
	*token.MemoryStore
	release chan error // what storing gives
}

func (h *heldStore) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	return h.MemoryStore.Update(ctx, id, func(current token.Token) (token.Token, error) {
		next, err := change(current)
		if err != nil {
			return next, err
		}
		return next, <-h.release
	})
}

func TestRow09_NewTokenIsStoredBeforeItIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		store := &heldStore{MemoryStore: token.NewMemoryStore(), release: make(chan error)}
		s := token.NewSource(f, token.WithStore(store, token.Identity{}))
		defer s.Close()
		got := make(chan string)
		for range 2 { // one that waits for the login, and one that comes while the store writes
			go func() { got <- access(t, s) }()
			synctest.Wait()
		}
		f.counts(t, 1, 0)
		select {
		case early := <-got:
			t.Errorf("%q was handed out before it was stored", early)
		default:
		}
		store.release <- nil
		for range 2 {
			if access := <-got; access != "access-1" {
				t.Errorf("got %q", access)
			}
		}
	})
}

func TestRow09_TokenThatCannotBeStoredIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		store := &heldStore{MemoryStore: token.NewMemoryStore(), release: make(chan error, 1)}
		var seen recorder
		s := token.NewSource(f, token.WithStore(store, token.Identity{}), token.WithHook(seen.hook))
		defer s.Close()
		full := errors.New("no space left on device")
		for _, storing := range []error{nil, full, full, nil} {
			store.release <- storing
			s.Invalidate(mustToken(t, s))
		}
		f.counts(t, 1, 3)
		if got := strings.Join(f.sent, " "); got != "refresh-1 refresh-2 refresh-3" {
			t.Errorf("refreshed with %s", got)
		}
		want := "started > logged in > started > refreshed > not stored > started > refreshed > not stored > started > refreshed"
		if got := seen.String(); got != want {
			t.Errorf("events: %s\nwant:   %s", got, want)
		}
	})
}

func TestRow18_UnsafeTokenIsRefusedWithoutShowingIt(t *testing.T) {
	for _, unsafe := range []string{"hush\nhusher", "hush a", "hush\x00", "hüsh", "hush\x7f"} {
		_, err := token.NewStaticSource(token.Token{Access: token.NewSecret(unsafe)})
		if !errors.Is(err, token.ErrMalformed) {
			t.Errorf("%q gave %v", unsafe, err)
			continue
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("the error shows the token: %v", err)
		}
	}
}

func TestRow19_TokenBringsItsScheme(t *testing.T) {
	for scheme, want := range map[string]string{"": "Bearer abc", "Api-Key": "Api-Key abc"} {
		s, err := token.NewStaticSource(token.Token{Access: token.NewSecret("abc"), Scheme: scheme})
		if err != nil {
			t.Fatal(err)
		}
		if got := mustToken(t, s).Authorization(); got != want {
			t.Errorf("scheme %q: %q", scheme, got)
		}
		s.Close()
	}
}
