package weka_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The first call that needs a token logs in, and no other.
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

// The three shapes of the answer serve for logins and refreshes alike.
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

// What an answer to a login can say of its lifetime and flags must not keep anybody
// from working.
func TestLoginAnswers(t *testing.T) {
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

// An answer to a login without a usable token is an error that names the login, and
// the next call logs in again.
func TestLoginAnswersRefused(t *testing.T) {
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
			if !errors.Is(err, weka.ErrMalformedAnswer) && !errors.Is(err, token.ErrMalformed) {
				t.Errorf("%s: got %v, want a malformed answer", body, err)
			}
			wantCounts(t, srv, 1, 0)
			mustStatus(t, c)
		})
	}
}

// A cluster that goes on answering logins without a token is asked less and less.
func TestUselessLoginsGetRarer(t *testing.T) {
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

// A certificate that is not trusted is no cluster that is down: no call waits, and
// each says why.
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

// cut is a transport that sends nothing.
type cut struct{ err error }

func (c cut) RoundTrip(*http.Request) (*http.Response, error) { return nil, c.err }

// A login names its organization only if it was given one.
func TestOrganization(t *testing.T) {
	for organization, want := range map[string]string{
		"":     `{"password":"p","username":"u"}`,
		"acme": `{"org":"acme","password":"p","username":"u"}`,
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			seen := &wire{next: srv.Transport()}
			c := newClientOver(t, srv, seen, weka.WithPassword("u", "p"), weka.WithOrganization(organization))
			mustStatus(t, c)
			if logins := seen.to("/login"); len(logins) != 1 || logins[0].body != want || logins[0].hasAuthorization {
				t.Errorf("sent %+v, want %s without a token", logins, want)
			}
		}, wekatest.WithAccount("u", "p", "Root"), wekatest.WithAccount("u", "p", "acme"))
	}
}

// A password function is asked at the first need; its error reaches the caller, and
// the next call asks again.
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
			t.Errorf("got %v, want to be told of the empty password", err)
		}
		wantCounts(t, srv, 0, 0)
		mustStatus(t, c)
		wantCounts(t, srv, 1, 0)
	})
}

// A token function is asked again when its token is refused.
func TestTokenFunc(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		other := admin(t, srv)
		yields := 0
		c := newClient(t, srv, weka.WithTokenFunc(func(ctx context.Context) (weka.Token, error) {
			yields++
			secret, err := other.LongLivedToken(ctx, time.Hour)
			return weka.Token{Access: token.NewSecret(secret.Reveal())}, err
		}))
		mustStatus(t, c)
		srv.ExpireTokens()
		mustStatus(t, c)
		if yields != 2 {
			t.Errorf("asked %d times, want 2", yields)
		}
	})
}

// A wrong password is sent once, however many calls need it, and for good.
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

// A 403 to a login that is no lockout is as final: each further try could do harm.
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

// A proxy that cannot reach the cluster costs the call nothing: it tries again.
func TestLoginBehindBrokenProxy(t *testing.T) {
	for _, code := range []int{502, 503, 504} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail("login", 1, code, `<html>bad gateway</html>`)
			mustStatus(t, c)
		})
	}
}

// A proxy's page is no verdict on the password, whatever its status.
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
