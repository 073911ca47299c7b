package ngenea_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

const permission = `{"detail":"You do not have permission to perform this action."}`

func TestStaysLoggedInForDays(t *testing.T) {
	for name, rotation := range map[string]bool{"without rotation": false, "with rotation": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
				c := foster(t, srv)
				for range 100 {
					mustAlerts(t, c)
					time.Sleep(30 * time.Minute)
				}
				refreshes := srv.Refreshes()
				if refreshes < 40 {
					t.Errorf("%d refreshes in 50 hours", refreshes)
				}
				logins := 3 // a refresh token lives a day, and is not renewed
				if rotation {
					logins = 1
				}
				if got := srv.Logins(); got != logins {
					t.Errorf("%d logins in 50 hours, want %d", got, logins)
				}
			}, ngeneatest.WithRotation(rotation))
		})
	}
}

func TestExpiredTokenIsRenewedOnce(t *testing.T) {
	for name, options := range map[string][]ngeneatest.Option{"401": nil, "403": {ngeneatest.ForbidExpired()}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
				c := foster(t, srv)
				mustAlerts(t, c)
				srv.ExpireTokens()
				var group sync.WaitGroup
				for range 50 {
					group.Go(func() {
						if err := alerts(t.Context(), c); err != nil {
							t.Error(err)
						}
					})
				}
				group.Wait()
				wantCounts(t, srv, 1, 1)
			}, options...)
		})
	}
}

func TestPermissionErrorCausesNoLogin(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		srv.Fail(alertsOperation, 1, http.StatusForbidden, permission)
		wantError(t, alerts(t.Context(), c), alertsOperation, ngenea.ErrForbidden)
		mustAlerts(t, c)
		wantCounts(t, srv, 1, 0)
		if got := srv.Count(alertsOperation); got != 2 {
			t.Errorf("%d requests, want 2", got)
		}
	})
}

// A 401 of a proxy says nothing about the token.
func TestProxyLoginPageCausesNoLogin(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		srv.Fail(alertsOperation, 1, http.StatusUnauthorized, "<html>Log in to the proxy</html>")
		wantError(t, alerts(t.Context(), c), alertsOperation, ngenea.ErrUnauthorized)
		wantCounts(t, srv, 1, 0)
	})
}

func TestDeadRefreshTokenIsFollowedByALogin(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		mustAlerts(t, c)
		srv.RevokeTokens()
		mustAlerts(t, c)
		wantCounts(t, srv, 2, 1)
	})
}

func TestRefreshAtTheOtherPath(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		mustAlerts(t, c)
		for range 3 {
			srv.ExpireTokens()
			mustAlerts(t, c)
			time.Sleep(time.Second)
		}
		if got := srv.Refreshes(); got != 3 {
			t.Errorf("%d refreshes, want 3", got)
		}
		var documented int
		for _, r := range srv.Requests() {
			if r.Path == "/api/auth/token/refresh/" {
				documented++
			}
		}
		if documented != 1 {
			t.Errorf("the missing path was asked %d times, want once", documented)
		}
		if got := srv.Logins(); got != 1 {
			t.Errorf("%d logins, want 1", got)
		}
	}, ngeneatest.ShortRefreshPath())
}

func TestWrongPasswordIsFinal(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := newClient(t, srv, ngenea.WithPassword("dfoster", "wrong-password"))
		for range 3 {
			err := alerts(t.Context(), c)
			wantError(t, err, alertsOperation, ngenea.ErrBadCredentials)
			if !strings.Contains(err.Error(), "No active account found") || strings.Contains(err.Error(), "wrong-password") {
				t.Errorf("%v: does not say what the Hub said, or too much", err)
			}
			time.Sleep(time.Hour)
		}
		wantCounts(t, srv, 1, 0)
	})
}

// Another token of a user that is inactive or gone is rejected too, so none is requested.
func TestTokenWithoutAUserIsFinal(t *testing.T) {
	for _, code := range []string{"user_inactive", "user_not_found"} {
		bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
			c := foster(t, srv)
			mustAlerts(t, c)
			srv.Fail(alertsOperation, 3, http.StatusUnauthorized, `{"detail":"Benutzer","code":"`+code+`"}`)
			for range 3 {
				err := alerts(t.Context(), c)
				wantError(t, err, alertsOperation, ngenea.ErrUserInactive, ngenea.ErrUnauthorized)
				time.Sleep(time.Second)
			}
			wantCounts(t, srv, 1, 0)
			if got := srv.Count(alertsOperation); got != 4 {
				t.Errorf("%d requests, want 4", got)
			}
			mustAlerts(t, c) // the user is active again
			wantCounts(t, srv, 1, 0)
		})
	}
}

func TestThrottledLogin(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		throttle := func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Retry-After", "46")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"detail":"Request was throttled. Expected available in 46 seconds."}`)
		}
		c := foster(t, srv)
		for sent, operation := range []string{"createToken", "refreshToken"} {
			srv.On(operation).Times(1).Do(throttle)
			for range 20 {
				err := alerts(t.Context(), c)
				var throttled *ngenea.ThrottledError
				if wantError(t, err, alertsOperation, ngenea.ErrBusy); !errors.As(err, &throttled) {
					t.Fatalf("got %v", err)
				}
				time.Sleep(2 * time.Second)
			}
			wantCounts(t, srv, 1+sent, sent)
			time.Sleep(7 * time.Second)
			mustAlerts(t, c)
			srv.ExpireTokens()
		}
	})
}

// A user name that was read from a file may end in a line break.
func TestUserNameFromAFile(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		mustAlerts(t, newClient(t, srv, ngenea.WithPassword("dfoster\n", "secret")))
		t.Setenv("NGENEA_USERNAME", "dfoster\r\n")
		t.Setenv("NGENEA_PASSWORD", "secret")
		mustAlerts(t, newClient(t, srv, ngenea.FromEnv()))
		err := alerts(t.Context(), newClient(t, srv, ngenea.WithPassword("dfoster", "secret\n")))
		wantError(t, err, alertsOperation, ngenea.ErrBadCredentials)
		if !strings.Contains(err.Error(), "the password ends with a line break") {
			t.Errorf("%v: does not name the line break", err)
		}
	})
}

func TestUnreachableHubRejectsNothing(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		srv.On("createToken").Times(2).ProxyPage(http.StatusBadGateway)
		for alerts(t.Context(), c) != nil {
			time.Sleep(10 * time.Second)
		}
		if got := srv.Logins(); got != 1 {
			t.Errorf("%d logins", got)
		}
	})
}

func jwt(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("signature"))
}

// The lifetime is read from the claims of the token, and is an hour without claims. It does
// not depend on clocks.
func TestLifetimeOfTokens(t *testing.T) {
	ends := func(issued, expiry time.Duration) func(time.Time) string {
		return func(now time.Time) string {
			return jwt(fmt.Sprintf(`{"iat":%d,"exp":%d}`, now.Add(issued).Unix(), now.Add(expiry).Unix()))
		}
	}
	const late, early = 10 * time.Hour, -10 * time.Hour
	for name, test := range map[string]struct {
		token func(now time.Time) string
		want  time.Duration
	}{
		"by difference":      {ends(0, 10*time.Minute), 10 * time.Minute},
		"clock hours ahead":  {ends(early, early+10*time.Minute), 10 * time.Minute},
		"clock hours behind": {ends(late, late+10*time.Minute), 10 * time.Minute},
		"exp alone": {func(now time.Time) string {
			return jwt(fmt.Sprintf(`{"exp":%d}`, now.Add(10*time.Minute).Unix()))
		}, 10 * time.Minute},
		"nothing":   {func(time.Time) string { return jwt(`{}`) }, time.Hour},
		"senseless": {ends(0, -time.Minute), time.Hour},
		"no JWT":    {func(time.Time) string { return "opaque" }, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var expiry time.Time
				hook := ngenea.WithSessionHook(func(e ngenea.SessionEvent) { expiry = e.Expiry })
				w := &connecttest.Wire{Next: connecttest.Responder(func(number int, _ *http.Request) (int, string) {
					if number == 1 {
						return http.StatusOK, `{"access":"` + test.token(time.Now()) + `","refresh":"r"}`
					}
					return http.StatusOK, `[]`
				})}
				mustAlerts(t, answered(t, w, ngenea.WithPassword("u", "p"), hook))
				if got := time.Until(expiry); got != test.want {
					t.Errorf("good for %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestCacheSharesASession(t *testing.T) {
	dir := t.TempDir()
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		for range 3 {
			mustAlerts(t, foster(t, srv, ngenea.WithTokenCache(dir)))
		}
		mustAlerts(t, newClient(t, srv, ngenea.WithTokenCache(dir), ngenea.WithPassword("dfoster", "secret")))
		wantCounts(t, srv, 1, 0)
	})
}

func TestAccessTokenIsNeverRenewed(t *testing.T) {
	w := always(http.StatusUnauthorized, `{"detail":"Given token not valid for any token type","code":"token_not_valid"}`)
	c := newClientAt(t, "hub.example.com", ngenea.WithTransport(w), ngenea.WithAccessToken("given"))
	for range 2 {
		wantError(t, alerts(t.Context(), c), alertsOperation, ngenea.ErrTokenRejected)
	}
	if got := w.Sent(); len(got) != 1 || got[0].Authorization != "Bearer given" {
		t.Errorf("sent %v", got)
	}
}

func TestSessionEvents(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		var seen []ngenea.SessionEventKind
		c := foster(t, srv, ngenea.WithSessionHook(func(e ngenea.SessionEvent) { seen = append(seen, e.Kind) }))
		mustAlerts(t, c)
		srv.ExpireTokens()
		mustAlerts(t, c)
		want := []ngenea.SessionEventKind{ngenea.SessionStarted, ngenea.SessionLoggedIn, ngenea.SessionStarted, ngenea.SessionRefreshed}
		if !slices.Equal(seen, want) {
			t.Errorf("saw %v, want %v", seen, want)
		}
	})
}

func TestLogoutAndClose(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		mustAlerts(t, c)
		if err := c.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantError(t, alerts(t.Context(), c), alertsOperation, ngenea.ErrLoggedOut, ngenea.ErrSessionEnded)
		c.Close()
		wantError(t, alerts(t.Context(), c), alertsOperation, ngenea.ErrClosed)
	})
}

func TestPasswordFuncIsAsked(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		asked := 0
		c := newClient(t, srv, ngenea.WithPasswordFunc("dfoster", func(context.Context) (string, error) {
			if asked++; asked == 1 {
				return "", errors.New("the vault is sealed")
			}
			return "secret", nil
		}))
		for alerts(t.Context(), c) != nil {
			time.Sleep(time.Minute)
		}
		wantCounts(t, srv, 1, 0)
	})
}

// A page instead of a token is an error, and causes few logins.
func TestLoginResponseWithoutAToken(t *testing.T) {
	for _, answer := range []string{`<html>Welcome</html>`, `{}`, `{"access":""}`, `{"token":"x"}`} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			w := always(http.StatusOK, answer)
			err := alerts(ctx, answered(t, w, ngenea.WithPassword("u", "p")))
			wantError(t, err, alertsOperation, ngenea.ErrMalformedToken)
			if got := len(w.Sent()); got > 8 {
				t.Errorf("%s: %d logins", answer, got)
			}
		})
	}
}

// If both paths of the refresh are missing, the client logs in. If a proxy hides one for a
// moment, the client does not use the wrong path from then on.
func TestRefreshWithoutAPath(t *testing.T) {
	for status, body := range map[int]string{
		http.StatusNotFound: djangoNotFound, http.StatusMethodNotAllowed: `{"detail":"Method \"POST\" not allowed."}`,
	} {
		bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
			c := foster(t, srv)
			mustAlerts(t, c)
			srv.Fail("refreshToken", 1, status, body)
			srv.ExpireTokens()
			mustAlerts(t, c)
			wantCounts(t, srv, 2, 1)
			time.Sleep(time.Second)
			srv.ExpireTokens()
			mustAlerts(t, c)
			wantCounts(t, srv, 2, 2)
		})
	}
}
