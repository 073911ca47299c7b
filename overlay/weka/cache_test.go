package weka_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Clients that share a cache share a session, however they write the organization
// that is meant when none is.
func TestTokenCacheIsShared(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		one := admin(t, srv, weka.WithTokenCache(dir))
		wantTogether(t, one)
		two := admin(t, srv, weka.WithTokenCache(dir), weka.WithOrganization("Root"))
		mustStatus(t, two)
		wantCounts(t, srv, 1, 0)
		srv.ExpireTokens()
		mustStatus(t, one)
		mustStatus(t, two)
		wantCounts(t, srv, 1, 1)
		files, err := filepath.Glob(filepath.Join(dir, "*.json"))
		if err != nil || len(files) != 1 {
			t.Fatalf("the cache holds %v, %v", files, err)
		}
		wantMode(t, files[0])
	})
}

// An entry of one cluster, user or organization is never used for another; a
// cluster's name makes entries of several addresses one.
func TestTokenCacheIsBound(t *testing.T) {
	dir := t.TempDir()
	bubble(t, func(t *testing.T, a *wekatest.Server) {
		b := wekatest.New(t, wekatest.InMemory(), wekatest.Plain())
		cache := weka.WithTokenCache(dir)
		mustStatus(t, admin(t, a, cache))
		seen := &wire{next: b.Transport()}
		mustStatus(t, newClientOver(t, b, seen, cache, weka.WithPassword("admin", "admin")))
		for _, s := range seen.all {
			if s.status != 200 {
				t.Errorf("%s was answered %d: the token of another cluster went there", s.path, s.status)
			}
		}
		wantCounts(t, a, 1, 0)
		wantCounts(t, b, 1, 0)
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p")))
		wantCounts(t, a, 2, 0)
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p"), weka.WithOrganization("acme")))
		wantCounts(t, a, 3, 0)
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p"), weka.WithClusterName("lab")))
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p"), weka.WithClusterName("lab")))
		wantCounts(t, a, 4, 0)
	}, wekatest.WithAccount("u", "p", "Root"), wekatest.WithAccount("u", "p", "acme"))
}

// A cache outlives its client: the next one, without a password, goes on with the
// session of the same user.
func TestTokenStore(t *testing.T) {
	store := token.NewMemoryStore()
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		one := admin(t, srv, weka.WithTokenStore(store))
		mustStatus(t, one)
		one.Close()
		mustStatus(t, admin(t, srv, weka.WithTokenStore(store)))
		wantCounts(t, srv, 1, 0)
	})
}

// A relative folder stays where it was when the client was made.
func TestTokenCacheRelative(t *testing.T) {
	start := t.TempDir()
	t.Chdir(start)
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithTokenCache("cache"))
		if err := os.Chdir(os.TempDir()); err != nil {
			t.Fatal(err)
		}
		mustStatus(t, c)
		if _, err := os.Stat(filepath.Join(start, "cache")); err != nil {
			t.Error(err)
		}
	})
}

// A cache that others could write to is refused before a token goes there.
func TestTokenCacheUnusable(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		err := status(t.Context(), admin(t, srv, weka.WithTokenCache(open)))
		if wantError(t, err, statusOperation); !errors.Is(err, token.ErrUnsafeFile) || !strings.Contains(err.Error(), "chmod 700") {
			t.Errorf("got %v, want ErrUnsafeFile that says what to do", err)
		}
		wantCounts(t, srv, 0, 0)
	})
}
