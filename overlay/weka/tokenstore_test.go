package weka_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Clients that share a cache share a session, with the organization Root or none.
func TestTokenCacheIsShared(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		one := admin(t, srv, weka.WithTokenCache(dir))
		wantTogether(t, one)
		two := admin(t, srv, weka.WithTokenCache(dir), weka.WithTenant("Root"))
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

// After a revocation both the token of a client and that of another in the cache are
// rejected: the call gets a third one.
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

// An entry is for one cluster, user and organization. With a cluster's name, several
// addresses share an entry.
func TestTokenCacheIsBound(t *testing.T) {
	dir := ownFolder(t)
	bubble(t, func(t *testing.T, a *wekatest.Server) {
		b := wekatest.New(t, wekatest.InMemory(), wekatest.Plain())
		cache := weka.WithTokenCache(dir)
		mustStatus(t, admin(t, a, cache))
		seen := &connecttest.Wire{Next: b.Transport()}
		mustStatus(t, newClientOver(t, b, seen, cache, weka.WithPassword("admin", "admin")))
		for _, s := range seen.Sent() {
			if s.Status != 200 {
				t.Errorf("%s was answered %d: the token of another cluster went there", s.Path, s.Status)
			}
		}
		wantCounts(t, a, 1, 0)
		wantCounts(t, b, 1, 0)
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p")))
		wantCounts(t, a, 2, 0)
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p"), weka.WithTenant("acme")))
		wantCounts(t, a, 3, 0)
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p"), weka.WithClusterName("lab")))
		mustStatus(t, newClient(t, a, cache, weka.WithPassword("u", "p"), weka.WithClusterName("lab")))
		wantCounts(t, a, 4, 0)
	}, wekatest.WithAccount("u", "p", "Root"), wekatest.WithAccount("u", "p", "acme"))
}

// A cache outlives its client: the next one continues the session without a password.
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

// A relative folder is resolved when the client is made.
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

// A cache that others can write to is rejected before a token is stored.
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

// loggedIn opens a session like the vendor's command line.
func loggedIn(t *testing.T, srv *wekatest.Server) *wekaapi.Tokens {
	t.Helper()
	tokens, err := newClient(t, srv).Login.Login(t.Context(), wekaapi.LoginBody{Username: "admin", Password: weka.NewSecret("admin")})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// writeSession writes a token file like the vendor's command line, with unknown members.
func writeSession(t *testing.T, path string, tokens *wekaapi.Tokens) {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"access_token":  tokens.AccessToken.Reveal(),
		"refresh_token": tokens.RefreshToken.Reveal(),
		"token_type":    "Bearer",
		"theirs":        map[string]any{"deep": []int{1, 2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, string(text))
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sessionFile returns the path of a token file with a session.
func sessionFile(t *testing.T, srv *wekatest.Server) string {
	t.Helper()
	path := filepath.Join(ownFolder(t), "auth-token.json")
	writeSession(t, path, loggedIn(t, srv))
	return path
}

func readSession(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return members
}

// The vendor's token file and its profiles are found below HOME, used, refreshed, and written
// back with their other members.
func TestTokenFile(t *testing.T) {
	for name, option := range map[string]func() weka.Option{
		"auth-token.json":       func() weka.Option { return weka.WithTokenFile("") },
		"auth-token-lab_1.json": func() weka.Option { return weka.WithTokenProfile("lab_1") },
	} {
		home := t.TempDir()
		t.Setenv("HOME", home)
		path := filepath.Join(home, ".weka", name)
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			tokens := loggedIn(t, srv)
			writeSession(t, path, tokens)
			c := newClient(t, srv, option())
			mustStatus(t, c)
			wantCounts(t, srv, 1, 0)
			srv.ExpireTokens()
			wantTogether(t, c)
			wantCounts(t, srv, 1, 1)
			got := readSession(t, path)
			if got["access_token"] == tokens.AccessToken.Reveal() || got["refresh_token"] == tokens.RefreshToken.Reveal() || got["token_type"] != "Bearer" {
				t.Errorf("%s: the refreshed tokens were not written back", name)
			}
			if theirs, _ := json.Marshal(got["theirs"]); string(theirs) != `{"deep":[1,2]}` {
				t.Errorf("%s: a member that is not ours became %s", name, theirs)
			}
			wantMode(t, path)
			if login := (map[string]string{"Authorization": "Bearer " + got["access_token"].(string)}); !accepts(t, srv, login) {
				t.Errorf("%s: the token in the file is not the one that works", name)
			}
		}, wekatest.WithRotation(true))
	}
}

func wantMode(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v, want 0600", path, info.Mode().Perm())
	}
}

// accepts reports whether the simulator accepts a token. It does not use the SDK.
func accepts(t *testing.T, srv *wekatest.Server, header map[string]string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/api/v2/cluster", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	answer, err := srv.Transport().RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// A relative path is resolved when the client is made.
func TestTokenFileRelative(t *testing.T) {
	t.Chdir(ownFolder(t))
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		writeSession(t, "session.json", loggedIn(t, srv))
		c := newClient(t, srv, weka.WithTokenFile("session.json"))
		if err := os.Chdir(os.TempDir()); err != nil {
			t.Fatal(err)
		}
		mustStatus(t, c)
	})
}

// Without a password, a dead refresh token in the file ends the session after one refresh and
// no login. A login of the command line starts a new one.
func TestTokenFileSessionEnded(t *testing.T) {
	path := filepath.Join(ownFolder(t), "auth-token.json")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		writeSession(t, path, loggedIn(t, srv))
		c := newClient(t, srv, weka.WithTokenFile(path))
		mustStatus(t, c)
		srv.RevokeTokens()
		for range 3 {
			for _, err := range together(t, c, 20) {
				wantError(t, err, statusOperation, weka.ErrSessionEnded)
			}
			time.Sleep(time.Minute)
		}
		wantCounts(t, srv, 1, 1)
		writeSession(t, path, loggedIn(t, srv))
		mustStatus(t, c)
	})
}

// With a password, a missing, torn or other file is replaced after a login.
func TestTokenFileUnusable(t *testing.T) {
	for name, text := range map[string]string{
		"absent":        "",
		"torn":          `{"access_token":"a","refre`,
		"not JSON":      "\x00\xff",
		"a list":        `[]`,
		"of other type": `{"access_token":7}`,
		"unsafe token":  `{"access_token":"a\r\nX-Evil: 1"}`,
		"too large":     strings.Repeat(" ", 1<<20) + `{"access_token":"a"}`,
	} {
		path := filepath.Join(t.TempDir(), "folder", "auth-token.json")
		if text != "" {
			writeFile(t, path, text)
		}
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv, weka.WithTokenFile(path))
			if err := status(t.Context(), c); err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			wantCounts(t, srv, 1, 0)
			if access, _ := readSession(t, path)["access_token"].(string); !strings.HasPrefix(access, "access-") {
				t.Errorf("%s: the file holds no new token", name)
			}
			wantMode(t, path)
		})
		bubble(t, func(t *testing.T, srv *wekatest.Server) { // and without a password
			if text == "" {
				return
			}
			writeFile(t, path, text)
			wantError(t, status(t.Context(), newClient(t, srv, weka.WithTokenFile(path))), statusOperation, weka.ErrNoCredentials)
		})
	}
}

// A token file must not be a symbolic link, which could lead anywhere.
func TestTokenFileSymlink(t *testing.T) {
	dir := ownFolder(t)
	target, path := filepath.Join(dir, "target.json"), filepath.Join(dir, "auth-token.json")
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err)
	}
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		writeSession(t, target, loggedIn(t, srv))
		before, _ := os.ReadFile(target)
		c := admin(t, srv, weka.WithTokenFile(path))
		wantError(t, status(t.Context(), c), statusOperation, token.ErrUnsafeFile)
		if after, _ := os.ReadFile(target); string(after) != string(before) {
			t.Error("the link's target was written to")
		}
		wantCounts(t, srv, 1, 0)
	})
}

// Processes that share a token file refresh once for each expiry, whatever the clock of the
// cluster says.
func TestTokenFileOfAClusterWithAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		path := filepath.Join(ownFolder(t), "auth-token.json")
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			var all []*weka.Client
			for range 8 {
				all = append(all, admin(t, srv, weka.WithTokenFile(path)))
			}
			for range 15 * 6 { // 15 minutes, and tokens of 5
				for _, c := range all {
					mustStatus(t, c)
				}
				time.Sleep(10 * time.Second)
			}
			if got := srv.Refreshes(); got < 2 || got > 3 {
				t.Errorf("clock ahead by %v: %d refreshes of 3 tokens", ahead, got)
			}
			wantCounts(t, srv, 1, srv.Refreshes())
		}, wekatest.WithJWTs(ahead), wekatest.WithRotation(true))
	}
}

// A cache that cannot be used does not prevent a login. The reason is in the log, once.
func TestTokenCacheThatCannotBeUsed(t *testing.T) {
	path := filepath.Join(ownFolder(t), "file")
	writeFile(t, path, "not a folder")
	for _, dir := range []string{path, filepath.Join(path, "cache")} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			var log bytes.Buffer
			var notStored []error
			c := admin(t, srv, weka.WithTokenCache(dir), weka.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
				weka.WithSessionHook(func(e weka.SessionEvent) {
					if e.Kind == weka.SessionNotStored {
						notStored = append(notStored, e.Err)
					}
				}))
			wantTogether(t, c)
			for range 3 {
				time.Sleep(5 * time.Minute)
				wantTogether(t, c)
			}
			wantCounts(t, srv, 1, 3)
			if len(notStored) != 1 || !errors.Is(notStored[0], syscall.ENOTDIR) {
				t.Errorf("the hook saw %v", notStored)
			}
			if got := strings.Count(log.String(), `event="not stored"`); got != 1 || !strings.Contains(log.String(), syscall.ENOTDIR.Error()) {
				t.Errorf("the log says %s", log.String())
			}
			if _, err := c.LongLivedToken(t.Context(), time.Hour); err != nil {
				t.Errorf("a long-lived token: %v", err)
			}
		})
	}
}

// A caller that gives up gets the reason of the last failed login.
func TestLastFailureIsInTheError(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		srv.On("login").Respond(http.StatusInternalServerError, `{"message":"the leader is away"}`)
		c := admin(t, srv)
		_ = status(t.Context(), c)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := status(ctx, c)
		if wantError(t, err, statusOperation, context.DeadlineExceeded); !strings.Contains(err.Error(), "the leader is away") {
			t.Errorf("%v: does not say why", err)
		}
	})
}
