package weka_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Only the first call that needs a token logs in.
func TestLoginOnFirstNeed(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		wantCounts(t, srv, 0, 0)
		if _, err := c.Health.GetAPIHealth(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantCounts(t, srv, 0, 0)
		mustStatus(t, c)
		mustStatus(t, c)
		wantCounts(t, srv, 1, 0)
	})
}

func TestOneLoginForAll(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		wantTogether(t, admin(t, srv))
		wantCounts(t, srv, 1, 0)
	})
}

// Logins and refreshes accept the three shapes of the response.
func TestLoginShapes(t *testing.T) {
	for _, shape := range []wekatest.LoginShape{wekatest.LoginObject, wekatest.LoginList, wekatest.LoginBare} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			mustStatus(t, c)
			time.Sleep(6 * time.Minute)
			mustStatus(t, c)
			wantCounts(t, srv, 1, 1)
			if failed := len(srv.Requests()); failed != 4 {
				t.Errorf("shape %d: %d requests, want a login, a refresh and two calls: the lifetime was not read", shape, failed)
			}
		}, wekatest.WithLoginShape(shape))
	}
}

// An odd lifetime or flag in the response to a login does not fail it.
func TestLoginResponses(t *testing.T) {
	const form = `{"data":{"access_token":"a","refresh_token":"r"%s}}`
	for members, want := range map[string]time.Duration{
		``:                                       0,
		`,"expires_in":null`:                     0,
		`,"expires_in":0`:                        0,
		`,"expires_in":300`:                      300 * time.Second,
		`,"expires_in":"300"`:                    300 * time.Second,
		`,"expires_in":3e2`:                      300 * time.Second,
		`,"expires_in":1e300`:                    0,
		`,"expires_in":18446744073709551615`:     0,
		`,"expires_in":"unlimited"`:              0,
		`,"expires_in":[]`:                       0,
		`,"password_change_required":"false"`:    0,
		`,"password_change_required":0`:          0,
		`,"token_type":7,"unknown":{"deep":[1]}`: 0,
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			var events []weka.SessionEvent
			c := admin(t, srv, weka.WithSessionHook(func(e weka.SessionEvent) { events = append(events, e) }))
			srv.Fail("login", 1, http.StatusOK, fmt.Sprintf(form, members))
			srv.Fail(statusOperation, 1, http.StatusOK, `{"data":{"status":"OK"}}`)
			began := time.Now()
			mustStatus(t, c)
			last := events[len(events)-1]
			if last.Kind != token.LoggedIn || want == 0 != last.Expiry.IsZero() || want > 0 && last.Expiry.Sub(began) != want {
				t.Errorf("%s: got %v expiring %v, want a lifetime of %v", members, last.Kind, last.Expiry, want)
			}
		})
	}
}

// A response to a login without a usable token is an error of the login, and the next call
// logs in again.
func TestLoginResponsesWithoutAToken(t *testing.T) {
	for _, body := range []string{
		``, `null`, `{}`, `[]`, `"ok"`, `{"data":null}`, `{"data":{}}`, `{"data":[]}`,
		`{"data":{"access_token":""}}`,
		`{"data":{"access_token":null,"refresh_token":"hunter2"}}`,
		`{"data":{"access_token":["hunter2"]}}`,
		`{"data":{"access_token":{"hunter2":1}}}`,
		`{"data":[{"access_token":"hunter2"},{"access_token":"hunter2"}]}`,
		`{"data":{"access_token":"hunter2`,
		`{"data":{"access_token":"hunter2\r\nX-Evil: 1"}}`,
		`{"data":{"access_token":"hunter2","expires_in":-5}}`,
		`{"data":{"data":{"data":{"data":{"access_token":"hunter2"}}}}}`,
		`<html>hunter2</html>`,
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail("login", 1, http.StatusOK, body)
			err := status(t.Context(), c)
			wantError(t, err, statusOperation)
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(fmt.Sprintf("%#v", err), "hunter2") {
				t.Errorf("%s: the error shows the token: %v", body, err)
			}
			if !errors.Is(err, weka.ErrMalformedResponse) && !errors.Is(err, token.ErrMalformed) {
				t.Errorf("%s: got %v, want a malformed response", body, err)
			}
			wantCounts(t, srv, 1, 0)
			mustStatus(t, c)
		})
	}
}

// While the responses to logins have no token, logins are sent at growing intervals.
func TestLoginsWithoutATokenGetRarer(t *testing.T) {
	for _, body := range []string{`{"data":{}}`, `{"data":{"access_token":"a","expires_in":-5}}`, `<html>welcome</html>`} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail("login", 1000, http.StatusOK, body)
			for began := time.Now(); time.Since(began) < time.Hour; time.Sleep(time.Second) {
				wantError(t, status(t.Context(), c), statusOperation, weka.ErrMalformedToken)
			}
			if n := srv.Count("login"); n < 10 || n > 25 {
				t.Errorf("%s: %d logins in an hour", body, n)
			}
		})
	}
}

// With an untrusted certificate no call waits, and each error says why.
func TestUntrustedCertificateAtLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		untrusted := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
		c := newClientAt(t, "weka01", weka.WithPassword("admin", "admin"), weka.WithTransport(cut{untrusted}))
		began := time.Now()
		for range 10 {
			err := status(t.Context(), c)
			var verification *tls.CertificateVerificationError
			var authority x509.UnknownAuthorityError
			if wantError(t, err, statusOperation); !errors.As(err, &verification) || !errors.As(err, &authority) {
				t.Errorf("got %v", err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the calls waited %v", took)
		}
	})
}

// cut is a transport that fails every request.
type cut struct{ err error }

func (c cut) RoundTrip(*http.Request) (*http.Response, error) { return nil, c.err }

// A login has an organization only with the option.
func TestOrganization(t *testing.T) {
	for organization, want := range map[string]string{
		"":     `{"password":"p","username":"u"}`,
		"acme": `{"org":"acme","password":"p","username":"u"}`,
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			seen := &connecttest.Wire{Next: srv.Transport()}
			c := newClientOver(t, srv, seen, weka.WithPassword("u", "p"), weka.WithTenant(organization))
			mustStatus(t, c)
			if logins := seen.Sent("/login"); len(logins) != 1 || logins[0].Body != want || logins[0].HasAuthorization {
				t.Errorf("sent %+v, want %s without a token", logins, want)
			}
		}, wekatest.WithAccount("u", "p", "Root"), wekatest.WithAccount("u", "p", "acme"))
	}
}

// A password function is called when the first login needs it. Its error is that of the call,
// and the next call asks again.
func TestPasswordFunc(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		asked, away := 0, errors.New("the secret manager is away")
		answers := []func() (string, error){
			func() (string, error) { return "", away },
			func() (string, error) { return "", nil },
			func() (string, error) { return "admin", nil },
		}
		c := newClient(t, srv, weka.WithPasswordFunc("admin", func(context.Context) (string, error) {
			asked++
			return answers[asked-1]()
		}))
		if asked != 0 {
			t.Error("asked before there was need")
		}
		wantError(t, status(t.Context(), c), statusOperation, away)
		if err := asError(t, status(t.Context(), c), statusOperation); !strings.Contains(err.Error(), "empty password") {
			t.Errorf("got %v, want an error about the empty password", err)
		}
		wantCounts(t, srv, 0, 0)
		mustStatus(t, c)
		wantCounts(t, srv, 1, 0)
	})
}

// A token function is called again when its token is rejected.
func TestTokenFunc(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		other := admin(t, srv)
		yields := 0
		c := newClient(t, srv, weka.WithTokenFunc(func(ctx context.Context) (weka.Token, error) {
			yields++
			secret, err := other.LongLivedToken(ctx, time.Hour)
			return weka.Token{Access: api.NewSecret(secret.Reveal())}, err
		}))
		mustStatus(t, c)
		srv.ExpireTokens()
		mustStatus(t, c)
		if yields != 2 {
			t.Errorf("asked %d times, want 2", yields)
		}
	})
}

// A wrong password is sent once.
func TestWrongPassword(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := newClient(t, srv, weka.WithPassword("admin", "wrong"))
		for range 3 {
			for _, err := range together(t, c, 100) {
				wantError(t, err, statusOperation, weka.ErrBadCredentials, weka.ErrUnauthorized)
			}
			time.Sleep(time.Hour)
		}
		wantCounts(t, srv, 1, 0)
	})
}

// A 403 to a login that is not a lockout is final too.
func TestLoginForbidden(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail("login", 1, http.StatusForbidden, `{"data":"Forbidden"}`)
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrBadCredentials)
		time.Sleep(time.Hour)
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrBadCredentials)
		wantCounts(t, srv, 1, 0)
	})
}

// A proxy that cannot reach the cluster causes a retry.
func TestLoginBehindBrokenProxy(t *testing.T) {
	for _, code := range []int{502, 503, 504} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail("login", 1, code, `<html>bad gateway</html>`)
			mustStatus(t, c)
		})
	}
}

// A page of a proxy does not reject the password, with any status.
func TestLoginBehindProxy(t *testing.T) {
	for _, code := range []int{401, 403} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail("login", 1, code, `<html>sign in to the network</html>`)
			err := status(t.Context(), c)
			if wantError(t, err, statusOperation); errors.Is(err, weka.ErrBadCredentials) || errors.Is(err, weka.ErrLockedOut) {
				t.Errorf("%d: got %v, want a passing error", code, err)
			}
			mustStatus(t, c)
		})
	}
}

// lock fails to log in until the account is locked.
func lock(t *testing.T, srv *wekatest.Server) (attempts int) {
	t.Helper()
	for range 5 {
		wrong := newClient(t, srv, weka.WithPassword("admin", "wrong"))
		if err := status(t.Context(), wrong); !errors.Is(err, weka.ErrBadCredentials) {
			t.Fatalf("got %v, want ErrBadCredentials", err)
		}
	}
	return 5
}

// wantLocked checks that an error is a lockout with about that time left.
func wantLocked(t *testing.T, err error, left time.Duration) {
	t.Helper()
	var locked *weka.LockedOutError
	if !errors.As(err, &locked) || !errors.Is(err, weka.ErrLockedOut) {
		t.Fatalf("got %v, want a *LockedOutError", err)
	}
	if got := time.Until(locked.Until); got < left || got > left+2*time.Second {
		t.Errorf("locked for another %v, want %v", got, left)
	}
	if errors.Is(err, weka.ErrForbidden) || errors.Is(err, weka.ErrBadCredentials) {
		t.Errorf("%v: is more than a lockout", err)
	}
}

// During a lockout no login is sent; after it, one is.
func TestLockout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		before := lock(t, srv)
		c := admin(t, srv)
		err := status(t.Context(), c)
		wantError(t, err, statusOperation)
		wantLocked(t, err, 2*time.Minute)
		if !strings.Contains(err.Error(), "locked for another 2m") {
			t.Errorf("%v: does not say for how long", err)
		}
		for range 11 {
			time.Sleep(10 * time.Second)
			for _, err := range together(t, c, 20) {
				wantError(t, err, statusOperation, weka.ErrLockedOut)
			}
		}
		wantLocked(t, status(t.Context(), c), 10*time.Second)
		wantCounts(t, srv, before+1, 0)
		time.Sleep(12 * time.Second)
		wantTogether(t, c)
		wantCounts(t, srv, before+2, 0)
	})
}

func TestLockoutTimes(t *testing.T) {
	for words, left := range map[string]time.Duration{
		"for another 1m55s due to too many login attempts": 115 * time.Second,
		"for another 55s.":          55 * time.Second,
		"for another 1h2m3s":        time.Hour + 2*time.Minute + 3*time.Second,
		"for another 2m":            2 * time.Minute,
		"for another while":         token.DefaultLockout,
		"":                          token.DefaultLockout,
		"for another 999999999999h": token.DefaultLockout,
	} {
		for _, form := range []string{`{"data":"Authentication Failed. User has been locked out %s"}`, `{"message":"USER IS LOCKED OUT %s"}`} {
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				c := admin(t, srv)
				srv.Fail("login", 1, http.StatusForbidden, strings.ReplaceAll(form, "%s", words))
				wantLocked(t, status(t.Context(), c), left)
			})
		}
	}
}

// A lockout that a cluster states is believed for a day at most, by all that share a cache.
func TestLongestLockout(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		one, two := admin(t, srv, weka.WithTokenCache(dir)), admin(t, srv, weka.WithTokenCache(dir))
		srv.Fail("login", 1, http.StatusForbidden, `{"data":"Authentication Failed. User has been locked out for another 2000000h due to too many login attempts"}`)
		for _, c := range []*weka.Client{one, two} {
			wantLocked(t, status(t.Context(), c), token.LongestBlock-2*time.Second)
		}
		wantCounts(t, srv, 1, 0)
		time.Sleep(token.LongestBlock)
		mustStatus(t, two)
		mustStatus(t, one)
		wantCounts(t, srv, 2, 0)
	})
}

// A lifetime below a second counts as one: otherwise each call would log in.
func TestShortestLifetime(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Intercept("login", 1000, withLifetime("1e-9"))
		srv.Intercept("refreshToken", 1000, withLifetime("1e-9"))
		for range 200 {
			mustStatus(t, c)
			time.Sleep(10 * time.Millisecond)
		}
		if got := srv.Count("login") + srv.Count("refreshToken"); got > 4 {
			t.Errorf("%d logins and refreshes in 2 s", got)
		}
	})
}

// withLifetime replaces expires_in in a response.
func withLifetime(seconds string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		var recorded httptest.ResponseRecorder
		recorded.Body = new(bytes.Buffer)
		next.ServeHTTP(&recorded, r)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, strings.Replace(recorded.Body.String(), `"expires_in":300`, `"expires_in":`+seconds, 1))
	}
}

// After a response with Retry-After no login or refresh is sent until then, and the error
// says when that is.
func TestThrottledLogin(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			throttle := func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.Header().Set("Retry-After", "46")
				w.WriteHeader(code)
			}
			srv.Intercept("login", 1, throttle)
			c := admin(t, srv)
			start := time.Now()
			for time.Since(start) < 40*time.Second {
				err := status(t.Context(), c)
				wantError(t, err, statusOperation)
				var throttled *weka.ThrottledError
				if !errors.As(err, &throttled) || !throttled.Until.Equal(start.Add(46*time.Second)) ||
					!strings.Contains(err.Error(), start.Add(46*time.Second).Format(time.TimeOnly)) {
					t.Fatalf("%d: got %v, want the time", code, err)
				}
				time.Sleep(2 * time.Second)
			}
			wantCounts(t, srv, 1, 0)
			time.Sleep(7 * time.Second)
			mustStatus(t, c)
			wantCounts(t, srv, 2, 0)
			srv.ExpireTokens()
			srv.Intercept("refreshToken", 1, throttle)
			for range 10 {
				_ = status(t.Context(), c)
				time.Sleep(2 * time.Second)
			}
			wantCounts(t, srv, 2, 1)
			time.Sleep(30 * time.Second)
			mustStatus(t, c)
		})
	}
}

// Names that were read from a file may end in a line break. It is not removed from a
// password, which may have one, but named when the cluster rejects it.
func TestNamesFromFiles(t *testing.T) {
	account := wekatest.WithAccount("u", "p", "acme")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := newClientAt(t, srv.URL+"\r\n", weka.AllowPlainHTTP(), weka.WithTransport(srv.Transport()),
			weka.WithPassword("u\n", "p"), weka.WithTenant("acme\n"))
		mustStatus(t, c)
		asked := newClient(t, srv, weka.WithTenant("acme\r\n"), weka.WithPasswordFunc("u\r\n", func(context.Context) (string, error) { return "p", nil }))
		mustStatus(t, asked)
		tenant, err := c.ForTenant("acme\n", weka.WithPassword("u\n", "p"))
		if err != nil {
			t.Fatal(err)
		}
		mustStatus(t, tenant)
		tenant.Close()
		t.Setenv("WEKA_HOST", "weka01\n")
		t.Setenv("WEKA_PORT", "14000\n")
		t.Setenv("WEKA_USERNAME", "u\n")
		t.Setenv("WEKA_PASSWORD", "p")
		t.Setenv("WEKA_ORG", "acme\n")
		fromEnv, err := weka.New(srv.URL, weka.FromEnv(), weka.AllowPlainHTTP(), weka.WithTransport(srv.Transport()))
		if err != nil {
			t.Fatal(err)
		}
		mustStatus(t, fromEnv)
		fromEnv.Close()
		if _, err := weka.New("", weka.FromEnv()); err != nil {
			t.Error(err)
		}
		wrong := newClient(t, srv, weka.WithPassword("u", "p\n"), weka.WithTenant("acme"))
		for range 2 {
			err = status(t.Context(), wrong)
			wantError(t, err, statusOperation, weka.ErrBadCredentials)
			if !strings.Contains(err.Error(), "the password ends with a line break") {
				t.Errorf("%v: does not name the line break", err)
			}
		}
		if _, err := weka.New("weka01", weka.WithPassword("\n", "p")); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("an empty user: %v", err)
		}
	}, account)
}

// Clients that share a cache do not lock the account with an outdated password: the first
// rejection applies to all until the password changes.
func TestOutdatedPasswordOnASharedCacheIsSentOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		for range 8 {
			stale := newClient(t, srv, weka.WithPassword("admin", "outdated"), weka.WithTokenCache(dir))
			wantError(t, status(t.Context(), stale), statusOperation, weka.ErrBadCredentials)
		}
		wantCounts(t, srv, 1, 0)
		mustStatus(t, admin(t, srv, weka.WithTokenCache(dir)))
		wantCounts(t, srv, 2, 0)
		mustStatus(t, newClient(t, srv, weka.WithPassword("admin", "outdated"), weka.WithTokenCache(dir))) // with the stored session
		wantCounts(t, srv, 2, 0)
	})
}

// They do not extend a lockout that one of them met either.
func TestLockoutOnASharedCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		before := lock(t, srv)
		for range 8 {
			wantLocked(t, status(t.Context(), admin(t, srv, weka.WithTokenCache(dir))), 2*time.Minute)
		}
		wantCounts(t, srv, before+1, 0)
		time.Sleep(2*time.Minute + 2*time.Second)
		mustStatus(t, admin(t, srv, weka.WithTokenCache(dir)))
	})
}

// A rejection is not written to the vendor's token file.
func TestRejectionIsNotInTheTokenFile(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		path := sessionFile(t, srv)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		srv.RevokeTokens()
		c := newClient(t, srv, weka.WithPassword("admin", "outdated"), weka.WithTokenFile(path))
		for range 3 {
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrBadCredentials)
			time.Sleep(time.Minute)
		}
		wantCounts(t, srv, 2, 1)
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
			t.Errorf("the file became %s (%v)", after, err)
		}
	})
}

// A refresh whose response is the lockout causes no login, which would extend it, and is not
// repeated before its end.
func TestLockoutAtRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.ExpireTokens()
		srv.Fail("refreshToken", 1, http.StatusForbidden, lockedBody)
		wantLocked(t, status(t.Context(), c), 115*time.Second)
		for range 11 {
			time.Sleep(10 * time.Second)
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrLockedOut)
		}
		wantCounts(t, srv, 1, 1)
		time.Sleep(10 * time.Second)
		mustStatus(t, c)
		wantCounts(t, srv, 1, 2)
	})
}

// A lockout that LongLivedToken met is extended neither by it nor by the client's session,
// which continues.
func TestLockoutAtLongLivedToken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		before := 1 + lock(t, srv)
		for range 5 {
			_, err := c.LongLivedToken(t.Context(), time.Hour)
			connecttest.Line(t, err)
			if !errors.Is(err, weka.ErrLockedOut) {
				t.Fatalf("got %v, want ErrLockedOut", err)
			}
			time.Sleep(10 * time.Second)
		}
		wantCounts(t, srv, before+1, 0)
		srv.ExpireTokens()
		mustStatus(t, c) // by a refresh
		wantCounts(t, srv, before+1, 1)
		srv.RevokeTokens()
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrLockedOut)
		wantCounts(t, srv, before+1, 2)
		time.Sleep(2 * time.Minute)
		if _, err := c.LongLivedToken(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
	})
}

// After a Retry-After that LongLivedToken met, neither it nor the client's session logs in.
func TestThrottleAtLongLivedToken(t *testing.T) {
	for stated, after := range map[string]time.Duration{"46": 46 * time.Second, "99999999999": token.LongestBlock} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			mustStatus(t, c)
			srv.Intercept("login", 1, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.Header().Set("Retry-After", stated)
				w.WriteHeader(http.StatusTooManyRequests)
			})
			until := time.Now().Add(after)
			for range 5 {
				_, err := c.LongLivedToken(t.Context(), time.Hour)
				connecttest.Line(t, err)
				var throttled *weka.ThrottledError
				if !errors.As(err, &throttled) || !throttled.Until.Equal(until) {
					t.Fatalf("got %v, want the time %v", err, until)
				}
				time.Sleep(2 * time.Second)
			}
			srv.ExpireTokens()
			mustStatus(t, c) // by a refresh
			srv.RevokeTokens()
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrBusy)
			wantCounts(t, srv, 2, 2)
			time.Sleep(after)
			if _, err := c.LongLivedToken(t.Context(), time.Hour); err != nil {
				t.Error(err)
			}
		})
	}
}

// A rejection that others met on a shared cache applies to LongLivedToken too, while the
// client's own session is valid.
func TestSharedRejectionAppliesToLongLivedToken(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		class  error
	}{
		"a wrong password": {http.StatusUnauthorized, jsonUnauthorized, weka.ErrBadCredentials},
		"a lockout":        {http.StatusForbidden, lockedBody, weka.ErrLockedOut},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				c, other := admin(t, srv, weka.WithTokenCache(dir)), admin(t, srv, weka.WithTokenCache(dir))
				mustStatus(t, c)
				mustStatus(t, other)
				srv.RevokeTokens()
				srv.Fail("login", 1, test.status, test.body)
				wantError(t, status(t.Context(), other), statusOperation, test.class)
				before := srv.Count("login")
				_, err := c.LongLivedToken(t.Context(), time.Hour)
				connecttest.Line(t, err)
				if got := srv.Count("login") - before; !errors.Is(err, test.class) || got != 0 {
					t.Errorf("got %v after %d logins, want %v", err, got, test.class)
				}
				time.Sleep(16 * time.Minute)
				if _, err := c.LongLivedToken(t.Context(), time.Hour); err != nil {
					t.Errorf("later: %v", err)
				}
			})
		})
	}
}

// LongLivedToken sends a wrong password once, while the session of the former password is
// valid.
func TestWrongPasswordAtLongLivedToken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Fail("login", 1, http.StatusUnauthorized, jsonUnauthorized)
		for range 3 {
			_, err := c.LongLivedToken(t.Context(), time.Hour)
			connecttest.Line(t, err)
			if !errors.Is(err, weka.ErrBadCredentials) {
				t.Errorf("got %v, want ErrBadCredentials", err)
			}
		}
		wantCounts(t, srv, 2, 0)
		mustStatus(t, c)
	})
}
