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

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// server is an Authority and the server behind it. Tests change its fields with set.
type server struct {
	mu sync.Mutex

	lifetime   time.Duration // of the tokens that it issues
	delay      time.Duration // before each response
	noRefresh  bool          // replies have no refresh token
	loginErr   error         // returned by Login instead of a token
	refreshErr error         // returned by Refresh instead of a token
	reply      *token.Token  // returned by both instead of a numbered token

	password string // sent by Login

	issued, logins, refreshes int
	asked                     int      // calls of Login, whether it sent a request or not
	sent                      []string // the refresh tokens received
}

func newServer(lifetime time.Duration) *server { return &server{lifetime: lifetime} }

// newSession returns a server whose tokens have the lifetime and a Source for it, which is
// closed when the test or its bubble ends.
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
	if err := last.Check(f.password); err != nil {
		return token.Token{}, err
	}
	f.mu.Lock()
	f.logins++
	f.mu.Unlock()
	return f.respond(ctx, func() error { return last.Rejected(f.password, f.loginErr) })
}

func (f *server) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	f.mu.Lock()
	f.refreshes++
	f.sent = append(f.sent, old.Refresh.Reveal())
	f.mu.Unlock()
	return f.respond(ctx, func() error { return f.refreshErr })
}

func (f *server) respond(ctx context.Context, failure func() error) (token.Token, error) {
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
	if err := failure(); err != nil {
		return token.Token{}, err
	}
	if f.reply != nil {
		return *f.reply, nil
	}
	f.issued++
	t := token.Token{Access: api.NewSecret(fmt.Sprintf("access-%d", f.issued)), Lifetime: f.lifetime}
	if !f.noRefresh {
		t.Refresh = api.NewSecret(fmt.Sprintf("refresh-%d", f.issued))
	}
	return t, nil
}

var errUnavailable = errors.New("503 Service Unavailable")

// access returns the access token of s, which must have one.
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

// noJitter makes the early window as long as it can be.
func noJitter() token.Option { return token.WithRandom(func() float64 { return 0 }) }

// elapse waits for d, which takes no time in a bubble of synctest.
func elapse(d time.Duration) { <-time.After(d) }

// recorder is a hook that records the events.
type recorder struct {
	mu     sync.Mutex
	events []token.Event
}

func (r *recorder) hook(event token.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event)
}

// String returns the kinds, joined by " > ".
func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []string
	for _, event := range r.events {
		kinds = append(kinds, event.Kind.String())
	}
	return strings.Join(kinds, " > ")
}

// clock is a wall clock that can be set. It runs as fast as time.Now.
type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time { return time.Now().Round(0).Add(c.ahead) }

var cluster = token.Identity{System: "weka", Endpoints: []string{"https://weka01:14000"}, User: "admin"}

// ownFolder returns a folder in which only the owner can write, whatever the umask.
func ownFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cacheFolder returns a folder that the store has to create.
func cacheFolder(t *testing.T) string { return filepath.Join(t.TempDir(), "parent", "cache") }

func cacheFile(dir string, id token.Identity) string { return filepath.Join(dir, id.Key()+".json") }

// put stores an access and a refresh token with the suffix name.
func put(t *testing.T, store token.Store, id token.Identity, name string, expiry time.Time) {
	t.Helper()
	err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) {
		return token.Token{
			Access: api.NewSecret("access-" + name), Refresh: api.NewSecret("refresh-" + name), Expiry: expiry,
		}, nil
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// kept returns the access token in store.
func kept(t *testing.T, store token.Store, id token.Identity) string {
	t.Helper()
	got, err := store.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return got.Access.Reveal()
}

// fixedCodec is the format of a vendor's file, without host and expiry.
type fixedCodec struct{}

func (fixedCodec) Decode(data []byte, _ token.Identity) (token.Token, error) {
	var file struct{ Access_token, Refresh_token string } //nolint:revive // the file's own names
	err := json.Unmarshal(data, &file)
	return token.Token{Access: api.NewSecret(file.Access_token), Refresh: api.NewSecret(file.Refresh_token)}, err
}

func (fixedCodec) Encode(old []byte, _ token.Identity, t token.Token) ([]byte, error) {
	return token.KeepUnknown(old, map[string]any{
		"access_token": t.Access.Reveal(), "refresh_token": t.Refresh.Reveal(), "token_type": "Bearer",
	})
}
