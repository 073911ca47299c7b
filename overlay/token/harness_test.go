package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// server is an Authority and the server behind it. Its fields may be changed
// between calls of the test's own goroutine with set.
type server struct {
	mu sync.Mutex

	lifetime  time.Duration // of the tokens it issues
	delay     time.Duration // before each answer
	noRefresh bool          // replies hold no refresh token
	password  error         // what a login gets instead of a token
	refuse    error         // what a refresh gets instead of a token
	reply     *token.Token  // what both get instead of a numbered token

	secret string // the password that a login sends

	issued, logins, refreshes int
	asked                     int      // for a login, sent or not
	sent                      []string // the refresh tokens received
}

func newServer(lifetime time.Duration) *server { return &server{lifetime: lifetime} }

// newSession returns a server whose tokens live that long and a source at it, which is
// closed when the test ends, or its bubble.
func newSession(t testing.TB, lifetime time.Duration, options ...token.Option) (*server, *token.Source) {
	t.Helper()
	f := newServer(lifetime)
	s := token.NewSource(f, options...)
	t.Cleanup(s.Close)
	return f, s
}

func (f *server) set(change func(*server)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *server) counts(t *testing.T, logins, refreshes int) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.logins != logins || f.refreshes != refreshes {
		t.Errorf("the server saw %d logins and %d refreshes, want %d and %d", f.logins, f.refreshes, logins, refreshes)
	}
}

func (f *server) Login(ctx context.Context, last token.Rejection) (token.Token, error) {
	f.set(func(f *server) { f.asked++ })
	if err := last.Check(f.secret); err != nil {
		return token.Token{}, err
	}
	f.mu.Lock()
	f.logins++
	f.mu.Unlock()
	return f.answer(ctx, func() error { return last.Rejected(f.secret, f.password) })
}

func (f *server) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	f.mu.Lock()
	f.refreshes++
	f.sent = append(f.sent, old.Refresh.Reveal())
	f.mu.Unlock()
	return f.answer(ctx, func() error { return f.refuse })
}

func (f *server) answer(ctx context.Context, refusal func() error) (token.Token, error) {
	f.mu.Lock()
	delay := f.delay
	f.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		return token.Token{}, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := refusal(); err != nil {
		return token.Token{}, err
	}
	if f.reply != nil {
		return *f.reply, nil
	}
	f.issued++
	t := token.Token{Access: token.NewSecret(fmt.Sprintf("access-%d", f.issued)), Lifetime: f.lifetime}
	if !f.noRefresh {
		t.Refresh = token.NewSecret(fmt.Sprintf("refresh-%d", f.issued))
	}
	return t, nil
}

var errUnavailable = errors.New("503 Service Unavailable")

// access asks for a token that must come.
func access(t *testing.T, s *token.Source) string {
	t.Helper()
	return mustToken(t, s).Access.Reveal()
}

func mustToken(t *testing.T, s *token.Source) *token.Token {
	t.Helper()
	got, err := s.Token(t.Context())
	if err != nil {
		t.Fatalf("Token: %v", err)
	}
	return got
}

// noJitter makes the early window its longest.
func noJitter() token.Option { return token.WithRandom(func() float64 { return 0 }) }

// elapse lets time pass, in a bubble of synctest without waiting for it.
func elapse(d time.Duration) { <-time.After(d) }

// recorder is a hook that keeps what it sees.
type recorder struct {
	mu     sync.Mutex
	events []token.Event
}

func (r *recorder) hook(event token.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event)
}

// String lists the kinds.
func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []string
	for _, event := range r.events {
		kinds = append(kinds, event.Kind.String())
	}
	return strings.Join(kinds, " > ")
}

// clock is a wall clock that can be set, running at the pace of time.Now.
type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time { return time.Now().Round(0).Add(c.ahead) }

var cluster = token.Identity{System: "weka", Endpoints: []string{"https://weka01:14000"}, User: "admin"}

// ownFolder is one in which, whatever the umask, nobody else can write.
func ownFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cacheFolder is a folder that the store has to make.
func cacheFolder(t *testing.T) string { return filepath.Join(t.TempDir(), "parent", "cache") }

func cacheFile(dir string, id token.Identity) string { return filepath.Join(dir, id.Key()+".json") }

// put stores a pair called name.
func put(t *testing.T, store token.Store, id token.Identity, name string, expiry time.Time) {
	t.Helper()
	err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) {
		return token.Token{
			Access: token.NewSecret("access-" + name), Refresh: token.NewSecret("refresh-" + name), Expiry: expiry,
		}, nil
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func kept(t *testing.T, store token.Store, id token.Identity) string {
	t.Helper()
	got, err := store.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return got.Access.Reveal()
}

// fixedCodec stands for a vendor's file, which names neither host nor expiry.
type fixedCodec struct{}

func (fixedCodec) Decode(data []byte, _ token.Identity) (token.Token, error) {
	var file struct{ Access_token, Refresh_token string } //nolint:revive // the file's own names
	err := json.Unmarshal(data, &file)
	return token.Token{Access: token.NewSecret(file.Access_token), Refresh: token.NewSecret(file.Refresh_token)}, err
}

func (fixedCodec) Encode(old []byte, _ token.Identity, t token.Token) ([]byte, error) {
	return token.KeepUnknown(old, map[string]any{
		"access_token": t.Access.Reveal(), "refresh_token": t.Refresh.Reveal(), "token_type": "Bearer",
	})
}
