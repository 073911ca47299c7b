package weka_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// A revocation ends the token that a client holds, and that which another put into the
// cache meanwhile: the call takes neither's refusal for its answer.
func TestRevocationOnASharedCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	for name, revoke := range map[string]func(*wekatest.Server){
		"access tokens": (*wekatest.Server).ExpireTokens, "all tokens": (*wekatest.Server).RevokeTokens,
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			cluster := weka.WithClusterName(name)
			one, two := admin(t, srv, weka.WithTokenCache(dir), cluster), admin(t, srv, weka.WithTokenCache(dir), cluster)
			mustStatus(t, one)
			mustStatus(t, two)
			time.Sleep(270 * time.Second)
			mustStatus(t, one) // refreshes early, in the background
			synctest.Wait()
			wantCounts(t, srv, 1, 1)
			revoke(srv)
			mustStatus(t, two)
			mustStatus(t, one)
			wantCounts(t, srv, srv.Logins(), 2)
		})
	}
}

// An entry of one cluster, user or organization is never used for another; a
// cluster's name makes entries of several addresses one.
func TestTokenCacheIsBound(t *testing.T) {
	dir := ownFolder(t)
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
	for _, mode := range []os.FileMode{0o777, 0o770, os.ModeSticky | 0o777} {
		open := filepath.Join(t.TempDir(), "open")
		if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, mode)); err != nil {
			t.Fatal(err)
		}
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			err := status(t.Context(), admin(t, srv, weka.WithTokenCache(open)))
			if wantError(t, err, statusOperation, weka.ErrUnsafeFile); !strings.Contains(err.Error(), "chmod 700 "+open) {
				t.Errorf("%v: does not say what to do", err)
			}
			wantCounts(t, srv, 0, 0)
		})
	}
}
