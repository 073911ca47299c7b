package weka_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const tooManyTasks = `{"message":"Operation cannot start because there are already 32 tasks running","data":{"tasks_num":32,` +
	`"exceptionClass":["CannotStartOperationTooManyTasks","BadStateException","OperationFailedException"]}}`

func createFileSystem(ctx context.Context, c *weka.Client, options ...weka.CallOption) error {
	body := wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40}
	_, err := c.FileSystems.Create(ctx, body, options...)
	return err
}

// A call that the maximum of background tasks rejects is sent again, even if it must not be
// repeated otherwise.
func TestTooManyTasksAreRetried(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail("createFileSystem", 2, http.StatusBadRequest, tooManyTasks)
		var meta weka.Response
		if err := createFileSystem(t.Context(), c, weka.WithResponse(&meta)); err != nil || meta.Attempts != 3 {
			t.Errorf("got %v, %d attempts", err, meta.Attempts)
		}
		srv.Fail("createFileSystem", 9, http.StatusBadRequest, tooManyTasks)
		failed := asError(t, createFileSystem(t.Context(), c), "createFileSystem", weka.ErrBusy)
		if failed.Attempts != 4 || !strings.Contains(failed.Message, "32 tasks") {
			t.Errorf("got %v", failed)
		}
		srv.ClearFaults()
		srv.Fail("createFileSystem", 1, http.StatusBadRequest, `{"message":"no","data":{"exceptionClass":["IllegalArgumentException"]}}`)
		if failed := asError(t, createFileSystem(t.Context(), c), "createFileSystem", weka.ErrValidation); failed.Attempts != 1 {
			t.Errorf("got %v", failed)
		}
	})
}

func TestPOSTWithoutAResponseIsSentOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithAttemptTimeout(5*time.Second))
		mustStatus(t, c)
		srv.Intercept("createFileSystem", 9, hang)
		begun := time.Now()
		failed := asError(t, createFileSystem(t.Context(), c), "createFileSystem", weka.ErrUnavailable, weka.ErrOutcomeUnknown)
		if took := time.Since(begun); failed.Attempts != 1 || srv.Count("createFileSystem") != 1 || took != 5*time.Second {
			t.Errorf("got %v after %v", failed, took)
		}
	})
}

func TestDeadlineLimitsRetries(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Intercept(statusOperation, 9, hang)
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		wantError(t, status(ctx, c), statusOperation, context.DeadlineExceeded)
		if took := time.Since(begun); took > 3*time.Second+50*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestRetryPolicyOption(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 1}))
		mustStatus(t, c)
		srv.Fail(statusOperation, 1, http.StatusBadGateway, "<html>")
		if failed := asError(t, status(t.Context(), c), statusOperation, weka.ErrUnavailable); failed.Attempts != 1 {
			t.Errorf("got %v", failed)
		}
	})
}

// Do sends a route again only if the operation that has it allows that.
func TestDoRetriesByTheClassOfTheRoute(t *testing.T) {
	c, err := weka.New("weka01", weka.WithAccessToken("t"), weka.WithTransport(connecttest.Always(http.StatusBadGateway, "<html>")),
		weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 2, FirstPause: 1}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for path, want := range map[string]int{"/users/7": 2, "/users/7/revoke": 1, "users/7/revoke/?force=true": 1, "/users/u1/%72evoke": 1} {
		var failed *weka.Error
		if err := c.Do(t.Context(), http.MethodDelete, path, nil, nil); !errors.As(err, &failed) || failed.Attempts != want {
			t.Errorf("%s: %v, want %d attempts", path, err, want)
		}
	}
}

// A read-only client logs in.
func TestReadOnly(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithReadOnly())
		for range 2 {
			if failed := asError(t, createFileSystem(t.Context(), c), "createFileSystem", weka.ErrReadOnly); failed.Attempts != 0 {
				t.Errorf("got %v", failed)
			}
			if err := c.Do(t.Context(), http.MethodDelete, "/fileSystems/1", nil, nil); !errors.Is(err, weka.ErrReadOnly) {
				t.Errorf("got %v", err)
			}
			if err := c.ChangePassword(t.Context(), "another"); !errors.Is(err, weka.ErrReadOnly) {
				t.Errorf("got %v", err)
			}
			mustStatus(t, c)
		}
		wantCounts(t, srv, 1, 0)
	})
}

// Hooks and log get logins and calls, and no secret.
func TestHooksAndLogger(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		var mu sync.Mutex
		var attempts []string
		var log bytes.Buffer
		var events int
		c := newClient(t, srv, weka.WithPassword("admin", "admin"),
			weka.WithHooks(weka.Hooks{AfterAttempt: func(_ context.Context, a weka.Attempt) {
				mu.Lock()
				defer mu.Unlock()
				attempts = append(attempts, a.Operation)
			}}),
			weka.WithSessionHook(func(weka.SessionEvent) { events++ }),
			weka.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		srv.Fail(statusOperation, 1, http.StatusServiceUnavailable, `{"data":"password"}`)
		mustStatus(t, c)
		if got := strings.Join(attempts, ", then "); got != "login, then getClusterStatus, then getClusterStatus" {
			t.Errorf("attempts: %s", got)
		}
		text := log.String()
		for message, want := range map[string]int{"msg=attempt": 3, "msg=retry": 1, "msg=session": events} {
			if got := strings.Count(text, message); got != want || want == 0 {
				t.Errorf("%d times %s, want %d", got, message, want)
			}
		}
		for _, secret := range []string{"Bearer", "password", "eyJ"} {
			if strings.Contains(text, secret) {
				t.Errorf("the log holds %q: %s", secret, text)
			}
		}
	})
}

// A 200 with another body than expected is an error, never a zero value.
func TestMalformedResponses(t *testing.T) {
	for _, body := range []string{
		`<html><body>Sign in</body></html>`, ``, ` `, `{"message":"ok"}`, `{"data":`, `{"data":"text"}`, `{"data":{"novel":1}}`, `"ok"`, "\x00\x01",
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail(statusOperation, 1, http.StatusOK, body)
			got, err := c.Cluster.GetStatus(t.Context())
			if wantError(t, err, statusOperation, weka.ErrMalformedResponse); got != nil {
				t.Errorf("%q: a result beside the error", body)
			}
			mustStatus(t, c)
		})
	}
}

// A truncated body is an error, for an object and for a list.
func TestTruncatedResponse(t *testing.T) {
	for operation, read := range map[string]func(context.Context, *weka.Client) error{
		statusOperation: status,
		"getFileSystems": func(ctx context.Context, c *weka.Client) error {
			_, err := c.FileSystems.List(ctx, nil)
			return err
		},
		"login": status,
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Intercept(operation, 4, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, `{"data":[{"name":"fs1"},{"access_token":"a"`)
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			})
			err := read(t.Context(), c)
			var failed *weka.Error
			if !errors.As(err, &failed) || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, weka.ErrMalformedResponse) {
				t.Errorf("%s: got %v, want a malformed response that breaks off", operation, err)
			}
			srv.ClearFaults()
			mustStatus(t, c)
		})
	}
}

// A connection that is closed before the response is ErrUnavailable.
func TestConnectionCut(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Intercept("createFileSystem", 1, func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })
		_, err := c.FileSystems.Create(t.Context(), newFilesystem("fs1"))
		wantError(t, err, "createFileSystem", weka.ErrUnavailable, weka.ErrOutcomeUnknown)
	})
}

// The outcome of a call that changes something is unknown if a request was sent and the
// server did not answer it: not that of a read, or of a call that waited for its login.
func TestOutcomeUnknown(t *testing.T) {
	cut := func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
	answer := func(status int) func(http.ResponseWriter, *http.Request, http.Handler) {
		return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"data":"no"}`)
		}
	}
	create := func(ctx context.Context, c *weka.Client) error { return createFileSystem(ctx, c) }
	remove := func(ctx context.Context, c *weka.Client) error { return c.FileSystems.Delete(ctx, "7", nil) }
	type failures = []func(http.ResponseWriter, *http.Request, http.Handler)
	for name, test := range map[string]struct {
		call      func(context.Context, *weka.Client) error
		operation string
		failures  failures
		want      bool
	}{
		"a create whose response is lost":        {create, "createFileSystem", failures{cut}, true},
		"a create that waits until its deadline": {create, "createFileSystem", failures{hang}, true},
		"a create that a proxy gives up":         {create, "createFileSystem", failures{answer(504)}, true},
		"a create that was not processed":        {create, "createFileSystem", failures{answer(503)}, false},
		"a create that is refused":               {create, "createFileSystem", failures{answer(409)}, false},
		"a create without a login":               {create, "login", failures{hang}, false},
		"a read":                                 {status, statusOperation, failures{hang, hang}, false},
		"a delete, each time":                    {remove, "deleteFileSystem", failures{hang, hang}, true},
		"a delete, then busy":                    {remove, "deleteFileSystem", failures{cut, answer(429), answer(429), answer(429)}, true},
		"a delete, then refused":                 {remove, "deleteFileSystem", failures{cut, answer(403)}, false},
		"a delete, always busy":                  {remove, "deleteFileSystem", failures{answer(429), answer(429), answer(429), answer(429)}, false},
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			if test.operation != "login" {
				mustStatus(t, c)
			}
			for _, failure := range test.failures {
				srv.Intercept(test.operation, 1, failure)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err := test.call(ctx, c)
			if err == nil || errors.Is(err, weka.ErrOutcomeUnknown) != test.want || strings.Contains(err.Error(), "may have acted") != test.want {
				t.Errorf("%s: got %v", name, err)
			}
		})
	}
}

func TestNoConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Close()
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrUnavailable)
	})
}

// The client does not wait for the rest of a 401.
func TestTruncated401(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Intercept(statusOperation, 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"data":`)
			_ = http.NewResponseController(w).Flush()
			hang(w, r, next)
		})
		began := time.Now()
		mustStatus(t, c)
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// A server that does not respond costs at most the caller's deadline, before the header and
// within the body.
func TestHangingServer(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request, http.Handler){
		"no header": hang,
		"half a body": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			_, _ = io.WriteString(w, `{"data":{`)
			_ = http.NewResponseController(w).Flush()
			hang(w, r, next)
		},
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			mustStatus(t, c)
			srv.Intercept(statusOperation, 1, answer)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			began := time.Now()
			err := status(ctx, c)
			if wantError(t, err, statusOperation, context.DeadlineExceeded); errors.Is(err, weka.ErrMalformedResponse) {
				t.Errorf("%s: %v: blames the answer", name, err)
			}
			if took := time.Since(began); took < 3*time.Second || took > 3*time.Second+50*time.Millisecond {
				t.Errorf("%s: took %v, want 3s", name, took)
			}
		})
	}
}

// A path value that would address another object is rejected before anything is sent,
// including a login.
func TestPathValues(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		for _, uid := range []string{"", ".", "..", "a/../b"} {
			_, err := c.FileSystems.Get(t.Context(), uid, nil)
			wantError(t, err, "getFileSystem", weka.ErrInvalidArgument)
		}
		if n := len(srv.Requests()); n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

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

// The operations with HTTP Basic send the caller's credentials or none, never the session's
// token. Their 401 causes no refresh and no replay.
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

// A caller's own Authorization header wins, even an empty one, and is not replaced.
func TestOwnAuthorization(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, seen := watched(t, srv)
		for _, own := range []string{"Bearer mine", "Basic bWU6bXk=", ""} {
			_, err := c.Cluster.GetStatus(t.Context(), weka.WithHeader("Authorization", own))
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

// A token is sent to the client's own address only, even if an option changes the request.
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
			"Host":       func(r *http.Request) { r.Host = "evil.example" }, // where a proxy would send the request
			"opaque URL": func(r *http.Request) { r.URL.Opaque = "//evil.example/api/v2/cluster" },
		} {
			_, err := c.Cluster.GetStatus(t.Context(), option)
			wantError(t, err, statusOperation, weka.ErrInvalidArgument)
			if len(seen.Sent()) != before {
				t.Fatalf("another %s: the request was sent: %+v", name, seen.Sent()[before:])
			}
		}
		mustStatus(t, c)
	})
}

// A redirect is not followed, neither with a token nor with a password.
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

// The client's own transport does not follow redirects either.
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
