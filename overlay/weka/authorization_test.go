package weka_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// invoke calls the method of an operation that takes at most a tenant's number.
func invoke(ctx context.Context, c *weka.Client, o *api.Operation, options ...weka.CallOption) error {
	method := reflect.ValueOf(&c.Services).Elem().FieldByName(o.Service()).Addr().MethodByName(o.GoMethod())
	arguments := []reflect.Value{reflect.ValueOf(ctx)}
	if strings.Contains(o.Path(), "{") {
		arguments = append(arguments, reflect.ValueOf(int64(1)))
	}
	for _, option := range options {
		arguments = append(arguments, reflect.ValueOf(option))
	}
	results := method.Call(arguments)
	err, _ := results[len(results)-1].Interface().(error)
	return err
}

// The operations that take HTTP Basic carry the caller's, or nothing, and never the
// session's token; their 401 refreshes nothing and is not sent again.
func TestBasicOperations(t *testing.T) {
	var basic []*api.Operation
	for _, o := range wekaapi.Operations() {
		if o.Auth() == "basic" {
			basic = append(basic, o)
		}
	}
	if len(basic) != 8 {
		t.Fatalf("%d operations take HTTP Basic, want 8", len(basic))
	}
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		for _, o := range basic {
			if err := invoke(t.Context(), c, o, weka.WithBasicAuth("ldap", "secret")); err != nil {
				t.Errorf("%s: %v", o.ID(), err)
			}
		}
		wantCounts(t, srv, 0, 0) // nor is there a login
		mustStatus(t, c)
		for _, o := range basic {
			path := strings.Replace(o.Path(), "{tenantId}", "1", 1)
			before := len(seen.Sent(path))
			err := asError(t, invoke(t.Context(), c, o), o.ID(), weka.ErrUnauthorized)
			all := seen.Sent(path)
			if len(all) != before+1 || all[before].HasAuthorization || err.Attempts != 1 {
				t.Errorf("%s without credentials: sent %+v, want it once and without any", o.ID(), all[before:])
			}
			srv.Fail(o.ID(), 1, http.StatusUnauthorized, jsonUnauthorized)
			wantError(t, invoke(t.Context(), c, o, weka.WithBasicAuth("ldap", "secret")), o.ID(), weka.ErrUnauthorized)
		}
		for _, s := range seen.Sent() {
			if strings.Contains(s.Path, "ldapImportUser") || strings.Contains(s.Path, "refresh-imported") {
				if s.HasAuthorization && !strings.HasPrefix(s.Authorization, "Basic ") {
					t.Errorf("%s was sent with %q", s.Path, s.Authorization)
				}
			}
		}
		mustStatus(t, c)
		wantCounts(t, srv, 1, 0)
	})
}

// A caller's own Authorization wins, even an empty one, and what becomes of it is
// the caller's affair.
func TestOwnAuthorization(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		for _, own := range []string{"Bearer mine", "Basic bWU6bXk=", ""} {
			_, err := c.Cluster.GetClusterStatus(t.Context(), weka.WithHeader("Authorization", own))
			wantError(t, err, statusOperation, weka.ErrUnauthorized)
			calls := seen.Sent("/cluster")
			if last := calls[len(calls)-1]; last.Authorization != own || !last.HasAuthorization {
				t.Errorf("sent %q, want %q", last.Authorization, own)
			}
		}
		if len(seen.Sent()) != 3 {
			t.Errorf("%d requests were sent, want 3: no login, no refresh, no replay", len(seen.Sent()))
		}
	})
}

// A token goes to the client's own address and nowhere else, whatever an option
// makes of the request.
func TestTokenStaysAtItsOrigin(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		other := wekatest.New(t, wekatest.InMemory(), wekatest.Plain())
		c, seen := watched(t, srv)
		mustStatus(t, c)
		before := len(seen.Sent())
		for name, option := range map[string]weka.CallOption{
			"host":       func(r *http.Request) { r.URL.Host = strings.TrimPrefix(other.URL, "http://") },
			"port":       func(r *http.Request) { r.URL.Host = r.URL.Hostname() + ":443" },
			"no port":    func(r *http.Request) { r.URL.Host = r.URL.Hostname() },
			"scheme":     func(r *http.Request) { r.URL.Scheme = "https" },
			"URL":        func(r *http.Request) { r.URL, _ = url.Parse(other.URL + "/api/v2/cluster") },
			"Host":       func(r *http.Request) { r.Host = "evil.example" }, // where a proxy would send it
			"opaque URL": func(r *http.Request) { r.URL.Opaque = "//evil.example/api/v2/cluster" },
		} {
			_, err := c.Cluster.GetClusterStatus(t.Context(), option)
			wantError(t, err, statusOperation, weka.ErrInvalidArgument)
			if len(seen.Sent()) != before {
				t.Fatalf("another %s: the request was sent: %+v", name, seen.Sent()[before:])
			}
		}
		mustStatus(t, c)
	})
}

// A redirect is an answer and is not followed, neither with a token nor with a
// password.
func TestRedirects(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, operation := range []string{statusOperation, "login"} {
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				other := wekatest.New(t, wekatest.InMemory(), wekatest.Plain())
				seen := &connecttest.Wire{Next: srv.Transport()}
				c := newClientOver(t, srv, seen, weka.WithPassword("admin", "admin"))
				srv.Intercept(operation, 1, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
					w.Header().Set("Location", other.URL+"/api/v2/cluster")
					w.WriteHeader(code)
				})
				err := status(t.Context(), c)
				var refused *weka.RedirectError
				if wantError(t, err, statusOperation); !errors.As(err, &refused) || !strings.Contains(err.Error(), "redirects are not followed") {
					t.Errorf("%d to %s: got %v", code, operation, err)
				}
				for _, s := range seen.Sent() {
					if s.Host != srv.URL {
						t.Errorf("%d to %s: followed to %s", code, operation, s.Host)
					}
				}
				mustStatus(t, c)
			})
		}
	}
}

// Nor does the client's own transport follow one.
func TestRedirectOverTLS(t *testing.T) {
	var reached []string
	other := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached = append(reached, r.URL.Path) }))
	defer other.Close()
	srv := httptest.NewTLSServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer srv.Close()
	c := newClientAt(t, srv.URL, weka.WithAccessToken("t"), weka.WithInsecureSkipVerify())
	if err := status(t.Context(), c); err == nil || len(reached) != 0 {
		t.Errorf("got %v, and the other server saw %v", err, reached)
	}
}
