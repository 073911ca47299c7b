package weka_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// One backend of three that rejects all calls, or all logins, is set aside: calls succeed,
// and the session goes on.
func TestRogueBackend(t *testing.T) {
	for name, rogue := range map[string]struct {
		operation string
		status    int
		body      string
	}{
		"calls: 401":           {statusOperation, http.StatusUnauthorized, jsonUnauthorized},
		"calls: empty 401":     {statusOperation, http.StatusUnauthorized, ""},
		"calls: empty 403":     {statusOperation, http.StatusForbidden, ""},
		"calls: 403 of HTML":   {statusOperation, http.StatusForbidden, "<html>Forbidden</html>"},
		"logins: 401":          {"login", http.StatusUnauthorized, jsonUnauthorized},
		"logins: empty 401":    {"login", http.StatusUnauthorized, ""},
		"logins: empty 403":    {"login", http.StatusForbidden, ""},
		"refreshes: 401":       {"refreshToken", http.StatusUnauthorized, jsonUnauthorized},
		"everything: 401":      {"", http.StatusUnauthorized, jsonUnauthorized},
		"everything: an empty": {"", http.StatusForbidden, ""},
	} {
		for _, index := range []int{0, 2} {
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				srv.On(rogue.operation).AtEndpoint(index).Respond(rogue.status, rogue.body)
				var aside []string
				hooks := weka.WithHooks(weka.Hooks{EndpointChanged: func(change weka.EndpointChange) {
					if change.Err != nil {
						aside = append(aside, change.Endpoint)
					}
				}})
				c := newBackends(t, srv, weka.WithPassword("admin", "admin"), hooks)
				for range 100 {
					mustStatus(t, c)
					time.Sleep(30 * time.Millisecond)
				}
				srv.ExpireTokens()
				mustStatus(t, c)
				if srv.Refreshes() != 1 || srv.Logins() != 1 {
					t.Errorf("%s at %d: %d logins and %d refreshes", name, index, srv.Logins(), srv.Refreshes())
				}
				for _, endpoint := range aside {
					if endpoint != srv.URLs()[index] {
						t.Errorf("%s at %d: %s was set aside", name, index, endpoint)
					}
				}
				if rogue.operation == statusOperation && (len(aside) == 0 || len(aside) > 4) {
					t.Errorf("%s at %d: set aside %d times in 3 s", name, index, len(aside))
				}
			}, wekatest.Endpoints(3))
		}
	}
}

// newBackends makes a client of all backends of a simulator.
func newBackends(t *testing.T, srv *wekatest.Server, options ...weka.Option) *weka.Client {
	t.Helper()
	urls := srv.URLs()
	return newClientAt(t, urls[0]+","+urls[1]+","+urls[2], append(options, weka.AllowPlainHTTP(), weka.WithTransport(srv.Transport()))...)
}

// A token that cannot be renewed is not given up because of one backend, also while the
// others are away.
func TestRogueBackendAndAFixedToken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		long, err := admin(t, srv).LongLivedToken(t.Context(), 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		srv.On(statusOperation).AtEndpoint(0).Respond(http.StatusUnauthorized, jsonUnauthorized)
		c := newBackends(t, srv, weka.WithAccessToken(long.Reveal()))
		mustStatus(t, c)
		srv.StopEndpoint(1)
		srv.StopEndpoint(2)
		for range 20 {
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrUnavailable)
			time.Sleep(time.Second)
		}
		if err := srv.StartEndpoint(1); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		_ = status(t.Context(), c) // starts the probe
		time.Sleep(5 * time.Second)
		mustStatus(t, c)
		srv.RevokeTokens()
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrTokenRejected)
	}, wekatest.Endpoints(3))
}

// What all backends reject is rejected: a wrong password is sent to two of them, a lockout
// and a password change to one, and a 403 of all is the response.
func TestRejectionByAllBackends(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := newBackends(t, srv, weka.WithPassword("admin", "wrong"))
		for range 3 {
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrBadCredentials)
		}
		if n := srv.Count("login"); n != 2 {
			t.Errorf("%d logins with a wrong password", n)
		}
		c = newBackends(t, srv, weka.WithPassword("admin", "admin"))
		mustStatus(t, c)
		srv.Fail(statusOperation, 2, http.StatusForbidden, "")
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrForbidden)
		mustStatus(t, c)
		if err := c.ChangePassword(t.Context(), "Hunter-42-x"); err != nil {
			t.Error(err)
		}
		sent := srv.Count("login")
		srv.Fail("login", 9, http.StatusForbidden, lockedBody)
		locked := newBackends(t, srv, weka.WithPassword("admin", "admin"))
		wantError(t, status(t.Context(), locked), statusOperation, weka.ErrLockedOut)
		if n := srv.Count("login") - sent; n != 1 {
			t.Errorf("%d logins of a locked account", n)
		}
	}, wekatest.Endpoints(3))
}

// A backend that is too busy to look at a token does not prove that it is good: the one that
// rejects the token is not set aside.
func TestBusyBackendsProveNothing(t *testing.T) {
	for _, busy := range []int{http.StatusTooManyRequests, http.StatusInternalServerError} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			srv.On(statusOperation).AtEndpoint(0).Respond(http.StatusUnauthorized, jsonUnauthorized)
			srv.On(statusOperation).AtEndpoint(1).Respond(busy, `{"data":"busy"}`)
			srv.On(statusOperation).AtEndpoint(2).Respond(busy, `{"data":"busy"}`)
			c := newBackends(t, srv, weka.WithPassword("admin", "admin"), weka.WithHooks(weka.Hooks{EndpointChanged: func(change weka.EndpointChange) {
				t.Errorf("%d: %s: %v", busy, change.Endpoint, change.Err)
			}}))
			for range 3 {
				if err := status(t.Context(), c); err == nil {
					t.Errorf("%d: no error", busy)
				}
			}
		}, wekatest.Endpoints(3))
	}
}

// A wrong password is not sent again and again because the other backends are too busy, or
// broken, to look at it. One that a backend accepts is good.
func TestPasswordAndBusyBackends(t *testing.T) {
	for _, busy := range []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		for name, backends := range map[string]int{"all busy": 3, "one accepts": 4} {
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				rejected := 0
				srv.On("login").AtEndpoint(0).Do(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
					rejected++
					w.WriteHeader(http.StatusUnauthorized)
				})
				srv.On("login").AtEndpoint(1).Respond(busy, `{"data":"busy"}`)
				srv.On("login").AtEndpoint(2).Respond(busy, `{"data":"busy"}`)
				c := newClientAt(t, strings.Join(srv.URLs(), ","), weka.AllowPlainHTTP(), weka.WithTransport(srv.Transport()), weka.WithPassword("admin", "admin"))
				for range 60 {
					if err := status(t.Context(), c); (err == nil) != (backends == 4) || err != nil && !errors.Is(err, weka.ErrBadCredentials) {
						t.Errorf("%d, %s: %v", busy, name, err)
					}
					time.Sleep(time.Second)
				}
				if rejected != 1 {
					t.Errorf("%d, %s: rejected %d times", busy, name, rejected)
				}
			}, wekatest.Endpoints(backends))
		}
	}
}

// A request with credentials of the caller's own goes to one backend.
func TestOwnCredentialsGoToOneBackend(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := newBackends(t, srv, weka.WithPassword("admin", "admin"))
		srv.Fail("", 9, http.StatusUnauthorized, jsonUnauthorized)
		err := c.Do(t.Context(), http.MethodPost, "/s3/ldapImportUser", nil, nil, weka.WithBasicAuth("u", "wrong"))
		wantError(t, err, "", weka.ErrUnauthorized)
		if n := len(srv.Requests()); n != 1 {
			t.Errorf("%d requests were sent", n)
		}
	}, wekatest.Endpoints(3))
}
