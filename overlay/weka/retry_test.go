package weka_test

import (
	"bytes"
	"context"
	"errors"
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
