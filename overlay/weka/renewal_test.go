package weka_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// In the last minute of five, calls use the old token while one refresh is under way.
func TestRefreshBeforeExpiry(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		time.Sleep(239 * time.Second)
		wantTogether(t, c)
		wantCounts(t, srv, 1, 0)
		srv.Intercept("refreshToken", 1, slow)
		time.Sleep(21 * time.Second)
		began := time.Now()
		wantTogether(t, c)
		if took := time.Since(began); took != 0 {
			t.Errorf("the calls waited %v for the refresh", took)
		}
		time.Sleep(20 * time.Second)
		wantTogether(t, c)
		wantCounts(t, srv, 1, 1)
		want200(t, srv)
	})
}

// At expiry, 100 callers wait for one refresh.
func TestRefreshAtExpiry(t *testing.T) {
	for _, rotation := range []bool{false, true} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			mustStatus(t, c)
			const expiries = 3
			for range expiries {
				time.Sleep(301 * time.Second)
				wantTogether(t, c)
			}
			wantCounts(t, srv, 1, expiries)
			want200(t, srv)
		}, wekatest.WithRotation(rotation))
	}
}

// want200 checks that no request was rejected: the client sent no expired token.
func want200(t *testing.T, srv *wekatest.Server) {
	t.Helper()
	for _, r := range srv.Requests() {
		if r.Status != http.StatusOK {
			t.Errorf("%s was answered %d", r.Operation, r.Status)
		}
	}
}

// A 401 causes one refresh, and each call is sent once more.
func TestReplayOfGET(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.ExpireTokens()
		var meta weka.Response
		if _, err := c.Cluster.GetStatus(t.Context(), weka.WithResponse(&meta)); err != nil {
			t.Fatal(err)
		}
		if meta.Attempts != 2 || meta.Status != http.StatusOK || meta.Endpoint != srv.URL {
			t.Errorf("got %d attempts, status %d from %s", meta.Attempts, meta.Status, meta.Endpoint)
		}
		wantCounts(t, srv, 1, 1)
		srv.ExpireTokens()
		wantTogether(t, c)
		wantCounts(t, srv, 1, 2)
	})
}

// A POST is sent once more with its whole body.
func TestReplayOfPOST(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		mustStatus(t, c)
		srv.ExpireTokens()
		fs, err := c.FileSystems.Create(t.Context(), newFilesystem("fs1"))
		if err != nil || fs.Name != "fs1" {
			t.Fatalf("got %v, %v", fs, err)
		}
		wantCounts(t, srv, 1, 1)
		sent := seen.Sent("/fileSystems")
		if len(sent) != 2 || sent[0].Status != 401 || sent[1].Status != 200 || sent[0].Body != sent[1].Body || !strings.Contains(sent[1].Body, `"fs1"`) {
			t.Errorf("sent %+v, want the same body twice", sent)
		}
		if sent[0].Authorization == sent[1].Authorization {
			t.Error("the replay carries the refused token")
		}
	})
}

func newFilesystem(name string) wekaapi.CreateFileSystemBody {
	return wekaapi.CreateFileSystemBody{Name: name, GroupName: "default", TotalCapacity: 1 << 30}
}

// A call whose body cannot be sent again returns the 401, and the next call has a new token.
func TestBodyThatCannotBeRewound(t *testing.T) {
	for name, getBody := range map[string]func() (io.ReadCloser, error){
		"none":  nil,
		"fails": func() (io.ReadCloser, error) { return nil, errors.New("gone") },
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			seen := &connecttest.Wire{Next: srv.Transport()}
			c := newClientOver(t, srv, seen, weka.WithPassword("admin", "admin"))
			mustStatus(t, c)
			srv.ExpireTokens()
			const text = `{"name":"fs1","group_name":"default","total_capacity":1073741824}`
			body := &closing{Reader: strings.NewReader(text)}
			stream := func(r *http.Request) { r.Body, r.GetBody, r.ContentLength = body, getBody, int64(len(text)) }
			err := c.Do(t.Context(), "POST", "/fileSystems", nil, nil, stream)
			if !errors.Is(err, weka.ErrUnauthorized) {
				t.Errorf("%s: got %v, want ErrUnauthorized", name, err)
			}
			if sent := seen.Sent("/fileSystems"); len(sent) != 1 || sent[0].Body != text || !body.closed {
				t.Errorf("%s: sent %+v (closed: %v), want the whole body once", name, sent, body.closed)
			}
			mustStatus(t, c)
			wantCounts(t, srv, 1, 1)
		})
	}
}

// closing records that a body was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

// A second 401 is returned.
func TestSecondRejection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Fail(statusOperation, 2, http.StatusUnauthorized, jsonUnauthorized)
		err := asError(t, status(t.Context(), c), statusOperation, weka.ErrUnauthorized)
		if err.Status != http.StatusUnauthorized || err.Attempts != 2 || err.Message != "Unauthorized" {
			t.Errorf("got %d after %d attempts, %q", err.Status, err.Attempts, err.Message)
		}
		wantCounts(t, srv, 1, 1)
	})
}

// A 403 is about permission: it causes no login, refresh or replay.
func TestForbidden(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		for _, body := range []string{`{"data":"Forbidden"}`, lockedBody, `{"message":"token expired"}`, `<html>403</html>`, ``} {
			srv.Fail(statusOperation, 1, http.StatusForbidden, body)
			if err := asError(t, status(t.Context(), c), statusOperation, weka.ErrForbidden); err.Attempts != 1 {
				t.Errorf("%s: %d attempts, want 1", body, err.Attempts)
			}
		}
		mustStatus(t, c)
		wantCounts(t, srv, 1, 0)
	})
}

// A late 401 to a token that has been replaced causes no refresh.
func TestLateRejection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Intercept(statusOperation, 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			time.Sleep(time.Minute)
			next.ServeHTTP(w, r)
		})
		slow := make(chan error)
		go func() { slow <- status(t.Context(), c) }()
		synctest.Wait()
		srv.ExpireTokens()
		mustStatus(t, c)
		wantCounts(t, srv, 1, 1)
		if err := <-slow; err != nil {
			t.Error(err)
		}
		wantCounts(t, srv, 1, 1)
	})
}

// A dead refresh token causes one refresh and one login for 100 callers.
func TestDeadRefreshToken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		for n := 1; n <= 3; n++ {
			srv.RevokeTokens()
			wantTogether(t, c)
			wantCounts(t, srv, 1+n, n)
		}
	})
}

// A proxy that cannot reach the cluster fails neither the call nor the session.
func TestRefreshBehindBrokenProxy(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := newClient(t, srv, weka.WithTokenFile(sessionFile(t, srv)))
		mustStatus(t, c)
		srv.ExpireTokens()
		srv.Fail("refreshToken", 1, http.StatusBadGateway, `<html>bad gateway</html>`)
		mustStatus(t, c)
	})
}

// A page of a proxy in response to a refresh does not end the session.
func TestRefreshBehindProxy(t *testing.T) {
	for _, code := range []int{401, 403} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := newClient(t, srv, weka.WithTokenFile(sessionFile(t, srv)))
			mustStatus(t, c)
			srv.ExpireTokens()
			srv.Fail("refreshToken", 1, code, `<html>sign in to the network</html>`)
			err := status(t.Context(), c)
			if wantError(t, err, statusOperation); errors.Is(err, weka.ErrSessionEnded) {
				t.Errorf("%d: got %v, want a passing error", code, err)
			}
			mustStatus(t, c)
		})
	}
}

// A failed early refresh fails no call while the token is valid.
func TestFailedEarlyRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		time.Sleep(265 * time.Second)
		srv.Fail("refreshToken", 1, http.StatusServiceUnavailable, `{"message":"starting"}`)
		mustStatus(t, c)
		time.Sleep(20 * time.Second)
		mustStatus(t, c)
		time.Sleep(time.Minute)
		mustStatus(t, c)
		wantCounts(t, srv, 1, 2)
		for _, r := range srv.Requests() {
			if r.Operation == statusOperation && r.Status != http.StatusOK {
				t.Errorf("a call was answered %d", r.Status)
			}
		}
	})
}

// The token of WithAccessToken cannot be renewed: once rejected, it is not sent again.
func TestAccessTokenRejected(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		secret, err := admin(t, srv).LongLivedToken(t.Context(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t, srv, weka.WithAccessToken(secret.Reveal()))
		mustStatus(t, c)
		before := srv.Count(statusOperation)
		time.Sleep(2 * time.Hour)
		for range 3 {
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrTokenRejected)
		}
		if got := srv.Count(statusOperation) - before; got != 1 {
			t.Errorf("the dead token was sent %d times, want once", got)
		}
	})
}

// A client without credentials returns ErrNoCredentials and sends nothing.
func TestNoCredentials(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		wantError(t, status(t.Context(), newClient(t, srv)), statusOperation, weka.ErrNoCredentials)
		if n := len(srv.Requests()); n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

// If the context ends while a call waits for a token, that call ends and no other.
func TestContextEndsDuringLogin(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Intercept("login", 1, slow)
		patient := make(chan error)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		leader := make(chan error)
		go func() { leader <- status(ctx, c) }()
		synctest.Wait()
		go func() { patient <- status(t.Context(), c) }()
		err := <-leader
		wantError(t, err, statusOperation, context.DeadlineExceeded)
		if took := time.Since(began); took > time.Second+50*time.Millisecond {
			t.Errorf("the call ended after %v, want 1s", took)
		}
		if err := <-patient; err != nil {
			t.Error(err)
		}
		wantCounts(t, srv, 1, 0)
	})
}

// A call that gets a 401 and then runs out of time returns the deadline, not the 401.
func TestContextEndsDuringRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.ExpireTokens()
		srv.Intercept("refreshToken", 1, hang)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		wantError(t, status(ctx, c), statusOperation, context.DeadlineExceeded)
		if took := time.Since(began); took > time.Second+50*time.Millisecond {
			t.Errorf("the call ended after %v, want 1s", took)
		}
	})
}

// Do has the session of the client, for a route that the document does not have.
func TestDo(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		var out struct{ Status string }
		if err := c.Do(t.Context(), "GET", "/cluster", nil, &out); err != nil || out.Status != "OK" {
			t.Errorf("got %+v, %v", out, err)
		}
		srv.ExpireTokens()
		if err := c.Do(t.Context(), "POST", "fileSystems", newFilesystem("fs1"), nil); err != nil {
			t.Error(err)
		}
		var failed *weka.Error
		if err := c.Do(t.Context(), "GET", "/nowhere?x=1", nil, nil); !errors.As(err, &failed) || !errors.Is(err, weka.ErrRouteMissing) {
			t.Errorf("got %v, want ErrRouteMissing", err)
		}
	})
}

// The hook gets the changes of the session, and no token.
func TestSessionHook(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		var kinds []token.EventKind
		c := admin(t, srv, weka.WithSessionHook(func(e weka.SessionEvent) { kinds = append(kinds, e.Kind) }))
		mustStatus(t, c)
		srv.ExpireTokens()
		mustStatus(t, c)
		want := []token.EventKind{token.Started, token.LoggedIn, token.Started, token.Refreshed}
		if len(kinds) != len(want) {
			t.Fatalf("got %v, want %v", kinds, want)
		}
		for i := range want {
			if kinds[i] != want[i] {
				t.Errorf("event %d is %v, want %v", i, kinds[i], want[i])
			}
		}
	})
}
