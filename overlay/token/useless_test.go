package token_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// A server that accepts logins and gives no token is asked less and less, since each
// login may open a session there.
func TestRow07_UselessLoginsGetRarer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.reply = &token.Token{Refresh: token.NewSecret("no access token")}
		s := token.NewSource(f)
		defer s.Close()
		start := time.Now()
		for time.Since(start) < time.Hour {
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrMalformed) {
				t.Fatalf("got %v", err)
			}
			elapse(100 * time.Millisecond)
		}
		// After pauses of 0.25 to 4 seconds that the callers wait for, then of 8 s to
		// 128 s, and of 5 minutes.
		if f.logins < 10 || f.logins > 25 {
			t.Errorf("%d logins in an hour", f.logins)
		}
		began := time.Now()
		_, err := s.Token(t.Context())
		if took := time.Since(began); took != 0 || !strings.Contains(err.Error(), "in a row") {
			t.Errorf("after %v: %v", took, err)
		}
		f.set(func(f *server) { f.reply = nil })
		elapse(5 * time.Minute)
		access(t, s)
		before := f.logins
		s.Invalidate(mustToken(t, s))
		access(t, s)
		if f.logins != before {
			t.Error("the login that worked was not used")
		}
	})
}

// A server whose certificate is refused is no server that is down: callers need not
// wait, and the next call goes through once the certificate is right.
func TestRow07_UntrustedServerFailsAtOnce(t *testing.T) {
	for name, cause := range map[string]error{
		"verification": &tls.CertificateVerificationError{Err: errors.New("expired")},
		"authority":    x509.UnknownAuthorityError{},
		"host":         x509.HostnameError{Certificate: &x509.Certificate{}, Host: "weka01"},
		"invalid":      x509.CertificateInvalidError{Reason: x509.Expired},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, 5*time.Minute)
				f.password = fmt.Errorf("login: %w", cause)
				start := time.Now()
				for range 10 {
					_, err := s.Token(t.Context())
					if !errors.Is(err, cause) && !strings.Contains(err.Error(), cause.Error()) {
						t.Errorf("got %v", err)
					}
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("the callers waited %v", took)
				}
				f.set(func(f *server) { f.password = nil })
				elapse(time.Second)
				access(t, s)
				if took := time.Since(start); took != time.Second {
					t.Errorf("the certificate was refused for %v after it was right", took-time.Second)
				}
			})
		})
	}
}
