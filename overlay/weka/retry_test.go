package weka_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const tooManyTasks = `{"message":"Operation cannot start because there are already 32 tasks running","data":{"tasks_num":32,` +
	`"exceptionClass":["CannotStartOperationTooManyTasks","BadStateException","OperationFailedException"]}}`

func createFileSystem(ctx context.Context, c *weka.Client, options ...weka.CallOption) error {
	body := wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40}
	_, err := c.Filesystem.CreateFileSystem(ctx, body, options...)
	return err
}

// The cap of background tasks is waited out, even by what must not be done twice.
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

// A client timeout had one POST sent five times: it is sent once.
func TestComplaint_PostSentFiveTimesAfterATimeout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithAttemptTimeout(5*time.Second))
		mustStatus(t, c)
		srv.Intercept("createFileSystem", 9, hang)
		begun := time.Now()
		failed := asError(t, createFileSystem(t.Context(), c), "createFileSystem", weka.ErrUnavailable)
		if took := time.Since(begun); failed.Attempts != 1 || srv.Count("createFileSystem") != 1 || took != 5*time.Second {
			t.Errorf("got %v after %v", failed, took)
		}
	})
}

// Deadlines were ignored.
func TestComplaint_DeadlinesIgnored(t *testing.T) {
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

// A client that changes nothing logs in all the same.
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

// Hooks and log see logins and calls, and nothing secret.
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

// A 200 that is not what was promised is an error, never a zero value.
func TestMalformedAnswers(t *testing.T) {
	for _, body := range []string{
		`<html><body>Sign in</body></html>`, ``, ` `, `{"message":"ok"}`, `{"data":`, `{"data":"text"}`, `{"data":{"novel":1}}`, `"ok"`, "\x00\x01",
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail(statusOperation, 1, http.StatusOK, body)
			got, err := c.Cluster.GetClusterStatus(t.Context())
			if wantError(t, err, statusOperation, weka.ErrMalformedAnswer); got != nil {
				t.Errorf("%q: a result beside the error", body)
			}
			mustStatus(t, c)
		})
	}
}

// A body that breaks off half-way is an error, for an object and for a list.
func TestAnswerThatBreaksOff(t *testing.T) {
	for operation, read := range map[string]func(context.Context, *weka.Client) error{
		statusOperation: status,
		"getFileSystems": func(ctx context.Context, c *weka.Client) error {
			_, err := c.Filesystem.GetFileSystems(ctx, nil)
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
			if !errors.As(err, &failed) || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, weka.ErrMalformedAnswer) {
				t.Errorf("%s: got %v, want a malformed answer that breaks off", operation, err)
			}
			srv.ClearFaults()
			mustStatus(t, c)
		})
	}
}

// A connection that is cut before the answer is ErrUnavailable.
func TestConnectionCut(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Intercept("createFileSystem", 1, func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })
		_, err := c.Filesystem.CreateFileSystem(t.Context(), newFilesystem("fs1"))
		wantError(t, err, "createFileSystem", weka.ErrUnavailable)
	})
}

func TestNobodyThere(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Close()
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrUnavailable)
	})
}

// Nobody waits for the rest of a 401: its status says it all.
func TestHalfARefusal(t *testing.T) {
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

// A server that never answers costs no more than the caller's deadline, before the
// header and within the body.
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
			if wantError(t, err, statusOperation, context.DeadlineExceeded); errors.Is(err, weka.ErrMalformedAnswer) {
				t.Errorf("%s: %v: blames the answer", name, err)
			}
			if took := time.Since(began); took < 3*time.Second || took > 3*time.Second+50*time.Millisecond {
				t.Errorf("%s: took %v, want 3s", name, took)
			}
		})
	}
}

// A path value that would address something else is refused before anything is
// sent, the login included.
func TestPathValues(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		for _, uid := range []string{"", ".", "..", "a/../b"} {
			_, err := c.Filesystem.GetFileSystem(t.Context(), uid, nil)
			wantError(t, err, "getFileSystem", weka.ErrInvalidArgument)
		}
		if n := len(srv.Requests()); n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	})
}
