package weka_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A 200 that is not what was promised is an error, never a zero value.
func TestMalformedAnswers(t *testing.T) {
	for _, body := range []string{
		`<html><body>Sign in</body></html>`, ``, ` `, `{}`, `{"data":`, `{"data":"text"}`, `{"data":null}`, `"ok"`, "\x00\x01",
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
