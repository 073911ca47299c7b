package weka_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// changeNeeded is the response to a login that asks for another password.
const changeNeeded = `{"data":{"access_token":"access-x","refresh_token":"refresh-x","expires_in":300,"token_type":"Bearer","password_change_required":true}}`

func TestPasswordChangeRequired(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		if c.PasswordChangeRequired() {
			t.Error("required before the first login")
		}
		srv.Fail("login", 1, http.StatusOK, changeNeeded)
		srv.Fail(statusOperation, 1, http.StatusOK, `{"data":{"status":"OK"}}`)
		mustStatus(t, c)
		if !c.PasswordChangeRequired() {
			t.Error("the cluster's flag did not arrive")
		}
		srv.Fail("updateUserPassword", 1, http.StatusOK, `{}`)
		if err := c.ChangePassword(t.Context(), "Better-1"); err != nil {
			t.Fatal(err)
		}
		if c.PasswordChangeRequired() {
			t.Error("still required after the change")
		}
	})
	static := newClientAt(t, "weka01", weka.WithAccessToken("t"))
	if static.PasswordChangeRequired() {
		t.Error("required of a client without a password")
	}
}

// After a change, logins send the new password.
func TestChangePassword(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		if err := c.ChangePassword(t.Context(), "Better-1"); err != nil {
			t.Fatal(err)
		}
		want := `{"new_password":"Better-1","old_password":"admin","username":"admin"}`
		if sent := seen.Sent("/users/password"); len(sent) != 1 || sent[0].Body != want || !strings.HasPrefix(sent[0].Authorization, "Bearer access-") {
			t.Errorf("sent %+v, want %s with the session's token", sent, want)
		}
		srv.RevokeTokens()
		_ = status(t.Context(), c) // the simulator does not change passwords
		logins := seen.Sent("/login")
		if len(logins) != 2 || logins[1].Body != `{"password":"Better-1","username":"admin"}` {
			t.Errorf("logged in with %+v", logins)
		}
	})
}

// A change has the organization of the login.
func TestChangePasswordInOrganization(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		seen := &connecttest.Wire{Next: srv.Transport()}
		c := newClientOver(t, srv, seen, weka.WithPassword("u", "p"), weka.WithTenant("acme"))
		if err := c.ChangePassword(t.Context(), "Better-1"); err != nil {
			t.Fatal(err)
		}
		want := `{"new_password":"Better-1","old_password":"p","tenant":"acme","username":"u"}`
		if sent := seen.Sent("/users/password"); len(sent) != 1 || sent[0].Body != want {
			t.Errorf("sent %+v, want %s", sent, want)
		}
	}, wekatest.WithAccount("u", "p", "acme"))
}

// A change with an expired token is sent again with a new one.
func TestChangePasswordAfterExpiry(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		mustStatus(t, c)
		srv.RevokeTokens()
		if err := c.ChangePassword(t.Context(), "Better-1"); err != nil {
			t.Fatal(err)
		}
		if sent := seen.Sent("/users/password"); len(sent) != 2 || sent[0].Status != 401 || sent[1].Status != 200 {
			t.Errorf("sent %+v, want a 401 and one replay", sent)
		}
		wantCounts(t, srv, 2, 1)
	})
}

// A 401 to a change may be about the token or the old password. The password is sent again
// only if the cluster rejects the token for another call too.
func TestChangePasswordSendsAWrongPasswordOnce(t *testing.T) {
	for name, asked := range map[string]func(srv *wekatest.Server){
		"the token is good": func(*wekatest.Server) {},
		"it does not tell":  func(srv *wekatest.Server) { srv.Fail("whoAmI", 1, http.StatusForbidden, `{"data":"Forbidden"}`) },
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c, seen := watched(t, srv)
			srv.Fail("updateUserPassword", 1, http.StatusUnauthorized, jsonUnauthorized)
			asked(srv)
			wantError(t, c.ChangePassword(t.Context(), "Better-1"), "updateUserPassword", weka.ErrUnauthorized)
			if n := len(seen.Sent("/users/password")); n != 1 {
				t.Errorf("%s: the old password was sent %d times", name, n)
			}
			wantCounts(t, srv, 1, 0)
		})
	}
}

// After a rejected change the old password stays in use, and the error shows neither.
func TestChangePasswordRefused(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		srv.Fail("updateUserPassword", 1, http.StatusBadRequest, `{"message":"new_password hunter2 is too short","data":{"new_password":"hunter2"}}`)
		err := c.ChangePassword(t.Context(), "hunter2")
		failed := asError(t, err, "updateUserPassword", weka.ErrValidation)
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(string(failed.Data), "hunter2") {
			t.Errorf("%v: shows the password", err)
		}
		srv.Fail("updateUserPassword", 1, http.StatusUnauthorized, jsonUnauthorized)
		wantError(t, c.ChangePassword(t.Context(), "hunter2"), "updateUserPassword", weka.ErrUnauthorized)
		if n := len(seen.Sent("/users/password")); n != 2 {
			t.Errorf("the old password was sent %d times in two changes", n)
		}
		wantCounts(t, srv, 1, 0)
		srv.RevokeTokens()
		mustStatus(t, c)
		for _, login := range seen.Sent("/login") {
			if login.Body != `{"password":"admin","username":"admin"}` {
				t.Errorf("logged in with %s", login.Body)
			}
		}
	})
}

// No login is sent during a change: if the cluster has made it and the response is slow, the
// old password would be rejected.
func TestNoLoginDuringChange(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, _ := watched(t, srv)
		mustStatus(t, c)
		var changed atomic.Bool
		srv.Intercept("updateUserPassword", 1, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			changed.Store(true)
			time.Sleep(10 * time.Second)
			_, _ = io.WriteString(w, `{}`)
		})
		srv.Intercept("login", 5, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			body, _ := io.ReadAll(r.Body)
			if changed.Load() != strings.Contains(string(body), "Better-1") {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, jsonUnauthorized)
				return
			}
			body = bytes.ReplaceAll(body, []byte("Better-1"), []byte("admin")) // the simulator's
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			next.ServeHTTP(w, r)
		})
		result := make(chan error, 1)
		go func() { result <- c.ChangePassword(t.Context(), "Better-1") }()
		synctest.Wait()
		srv.RevokeTokens()
		began := time.Now()
		mustStatus(t, c)
		if took := time.Since(began); took < 10*time.Second {
			t.Errorf("the login waited %v for the change, want 10s", took)
		}
		if err := <-result; err != nil {
			t.Error(err)
		}
	})
}

// Without a password these methods are ErrNoCredentials.
func TestSessionWithoutPassword(t *testing.T) {
	for _, option := range []weka.Option{weka.WithAccessToken("t"), weka.WithTokenStore(stored("t"))} {
		c := newClientAt(t, "weka01", option)
		if err := c.ChangePassword(t.Context(), "x"); !errors.Is(err, weka.ErrNoCredentials) || !strings.Contains(err.Error(), "WithPassword") {
			t.Errorf("ChangePassword: got %v, want ErrNoCredentials with what to use", err)
		}
		if _, err := c.LongLivedToken(t.Context(), time.Hour); !errors.Is(err, weka.ErrNoCredentials) || !strings.Contains(err.Error(), "WithPassword") {
			t.Errorf("LongLivedToken: got %v, want ErrNoCredentials with what to use", err)
		}
	}
	c := newClientAt(t, "weka01", weka.WithPassword("u", "p"))
	if err := c.ChangePassword(t.Context(), ""); !errors.Is(err, weka.ErrInvalidArgument) {
		t.Errorf("an empty password: got %v, want ErrInvalidArgument", err)
	}
	for _, lifetime := range []time.Duration{0, -time.Hour, time.Second - 1} {
		if _, err := c.LongLivedToken(t.Context(), lifetime); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("%v: got %v, want ErrInvalidArgument", lifetime, err)
		}
	}
}

// Revoke ends the sessions of the client's user; the next call logs in.
func TestRevoke(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		uid := srv.Objects("/users")[0]["uid"].(string)
		if err := c.Revoke(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(seen.Sent("/users/" + uid + "/revoke")); n != 1 {
			t.Errorf("revoked %d times, want once", n)
		}
		mustStatus(t, c)
		wantCounts(t, srv, 2, 1)
		srv.Fail("whoAmI", 1, http.StatusForbidden, `{"data":"Forbidden"}`)
		wantError(t, c.Revoke(t.Context()), "whoAmI", weka.ErrForbidden)
	})
}

// Logout ends the client and empties its entry of the store, but not those of others.
func TestLogout(t *testing.T) {
	path := filepath.Join(ownFolder(t), "auth-token.json")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithTokenFile(path))
		mustStatus(t, c)
		if err := c.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the token file is there still: %v", err)
		}
		before := len(srv.Requests())
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrSessionEnded)
		if _, err := c.LongLivedToken(t.Context(), time.Hour); !errors.Is(err, weka.ErrSessionEnded) {
			t.Errorf("got %v, want ErrSessionEnded", err)
		}
		if err := c.ChangePassword(t.Context(), "x"); !errors.Is(err, weka.ErrSessionEnded) {
			t.Errorf("got %v, want ErrSessionEnded", err)
		}
		if n := len(srv.Requests()); n != before {
			t.Errorf("%d requests were sent after Logout", n-before)
		}
	})
}

// The token of a refresh during Logout is not stored.
func TestLogoutDuringRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		store := token.NewMemoryStore()
		c := admin(t, srv, weka.WithTokenStore(store))
		mustStatus(t, c)
		srv.ExpireTokens()
		srv.Intercept("refreshToken", 1, slow)
		waiting := make(chan error)
		go func() { waiting <- status(t.Context(), c) }()
		time.Sleep(time.Second)
		if err := c.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantError(t, <-waiting, statusOperation, weka.ErrSessionEnded)
		time.Sleep(time.Minute)
		kept, err := store.Load(t.Context(), token.Identity{System: "weka", Endpoints: []string{srv.URL}, User: "admin", Organization: "Root"})
		if err != nil || !kept.IsZero() {
			t.Errorf("the store holds a token after Logout (%v)", err)
		}
	})
}

func TestLongLivedToken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		secret, err := c.LongLivedToken(t.Context(), 30*24*time.Hour+time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if sent := seen.Sent("/login/refresh"); len(sent) != 1 || !strings.Contains(sent[0].Body, `"access_token_expiry":2592000`) {
			t.Errorf("asked for %+v, want 2592000 s", sent)
		}
		time.Sleep(29 * 24 * time.Hour)
		mustStatus(t, newClient(t, srv, weka.WithAccessToken(secret.Reveal())))
		mustStatus(t, c) // the client's own session is another one
	})
}

func TestLongLivedTokenRefused(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail("refreshToken", 1, http.StatusBadRequest, `{"message":"unknown parameters: access_token_expiry","data":{"unknown_params":["access_token_expiry"]}}`)
		_, err := c.LongLivedToken(t.Context(), time.Hour)
		connecttest.Line(t, err)
		if !errors.Is(err, weka.ErrValidation) {
			t.Errorf("an old release: got %v, want ErrValidation", err)
		}
		srv.Fail("refreshToken", 1, http.StatusOK, `{"data":{"access_token":"hunter2","expires_in":300}}`)
		_, err = c.LongLivedToken(t.Context(), time.Hour)
		if !errors.Is(err, weka.ErrValidation) || !strings.Contains(err.Error(), "5m0s") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a shorter lifetime: got %v, want an error", err)
		}
	})
}

// After Close, later calls and those that wait for a token fail. The session stays in the
// store.
func TestClose(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		store := token.NewMemoryStore()
		c := admin(t, srv, weka.WithTokenStore(store))
		mustStatus(t, c)
		c.Close()
		c.Close()
		before := len(srv.Requests())
		for name, call := range map[string]func(context.Context) error{
			statusOperation: func(ctx context.Context) error { return status(ctx, c) },
			"getApiHealth":  func(ctx context.Context) error { _, err := c.Health.GetAPIHealth(ctx); return err },
			"createS3LDAPUser": func(ctx context.Context) error {
				_, err := c.S3.CreateLDAPUser(ctx, weka.WithBasicAuth("u", "p"))
				return err
			},
		} {
			wantError(t, call(t.Context()), name, weka.ErrClosed)
		}
		for name, err := range map[string]error{
			"Do":             c.Do(t.Context(), "POST", "/x", struct{}{}, nil),
			"Revoke":         c.Revoke(t.Context()),
			"ChangePassword": c.ChangePassword(t.Context(), "x"),
		} {
			if !errors.Is(err, weka.ErrClosed) {
				t.Errorf("%s: got %v, want ErrClosed", name, err)
			}
		}
		if n := len(srv.Requests()); n != before {
			t.Errorf("%d requests were sent after Close", n-before)
		}
		mustStatus(t, admin(t, srv, weka.WithTokenStore(store)))
		wantCounts(t, srv, 1, 0)
	})
}

// Close waits for a login that is under way, whose caller gets its token; later calls do not.
func TestCloseDuringLogin(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Intercept("login", 1, slow)
		waiting := make(chan error)
		began := time.Now()
		go func() { waiting <- status(t.Context(), c) }()
		time.Sleep(time.Second)
		closed := make(chan time.Duration)
		go func() {
			c.Close()
			closed <- time.Since(began)
		}()
		synctest.Wait()
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrClosed)
		if err := <-waiting; err != nil {
			t.Error(err)
		}
		if took := <-closed; took != 10*time.Second {
			t.Errorf("Close returned after %v, want the 10s of the login", took)
		}
	})
}

// Close ends the wait of calls for an unreachable server.
func TestCloseDuringPause(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail("login", 100, http.StatusServiceUnavailable, `{"message":"starting"}`)
		for range 6 { // until the pauses are long
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrUnavailable)
		}
		waiting := make(chan error)
		go func() { waiting <- status(t.Context(), c) }()
		synctest.Wait()
		began := time.Now()
		c.Close()
		wantError(t, <-waiting, statusOperation, weka.ErrClosed)
		if took := time.Since(began); took != 0 {
			t.Errorf("the call waited another %v", took)
		}
	})
}
