package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Log gives the hooks that write to a logger. The messages and the names of their
// attributes stay as they are, so that a log can be searched for them:
//
//	attempt   debug  operation method path endpoint attempt status duration class
//	retry     info   operation method path repetition status class wait
//	endpoint  warn   endpoint error    it was set aside
//	endpoint  info   endpoint          it is back, or new
//
// An attribute that says nothing is left out. There are no others: what the server
// or the caller wrote does not get into a log.
func Log(logger *slog.Logger) Hooks {
	return Hooks{
		AfterAttempt: func(ctx context.Context, a Attempt) {
			if logger.Enabled(ctx, slog.LevelDebug) {
				logger.LogAttrs(ctx, slog.LevelDebug, "attempt", append(naming(a.Operation, a.Method, a.Path),
					slog.String("endpoint", a.Endpoint), slog.Int("attempt", a.Number),
					status(a.Status), slog.Duration("duration", a.Duration), class(a.Class))...)
			}
		},
		BeforeRetry: func(ctx context.Context, r Retrying) {
			logger.LogAttrs(ctx, slog.LevelInfo, "retry", append(naming(r.Operation, r.Method, r.Path),
				slog.Int("repetition", r.Repetition), status(r.Status), class(r.Class), slog.Duration("wait", r.Wait))...)
		},
		EndpointChanged: func(c EndpointChange) {
			level, attributes := slog.LevelInfo, []slog.Attr{slog.String("endpoint", c.Endpoint)}
			if c.Err != nil {
				level, attributes = slog.LevelWarn, append(attributes, slog.String("error", told(c.Err)))
			}
			logger.LogAttrs(context.Background(), level, "endpoint", attributes...)
		},
	}
}

// An empty slog.Attr is left out by every handler.

func naming(operation, method, path string) []slog.Attr {
	return []slog.Attr{nonempty("operation", operation), slog.String("method", method), nonempty("path", path)}
}

func nonempty(key, value string) slog.Attr {
	if value == "" {
		return slog.Attr{}
	}
	return slog.String(key, value)
}

func status(code int) slog.Attr {
	if code == 0 {
		return slog.Attr{}
	}
	return slog.Int("status", code)
}

func class(err error) slog.Attr {
	if err == nil {
		return slog.Attr{}
	}
	return slog.String("class", err.Error())
}

// LogSession gives the hook that writes to a logger what happens to a session, as
// [Log] does for calls:
//
//	session   debug (started), info, or warn (failed, not stored, session ended)   event expiry error
//
// An error is told in full where this module wrote it, and otherwise by its type: a
// store's or a password function's own can say anything.
func LogSession(logger *slog.Logger) func(token.Event) {
	return func(e token.Event) {
		level := slog.LevelInfo
		switch e.Kind {
		case token.Started:
			level = slog.LevelDebug
		case token.Failed, token.NotStored, token.SessionEnded:
			level = slog.LevelWarn
		}
		attributes := []slog.Attr{slog.String("event", e.Kind.String())}
		if !e.Expiry.IsZero() {
			attributes = append(attributes, slog.Time("expiry", e.Expiry))
		}
		if e.Err != nil {
			attributes = append(attributes, slog.String("error", told(e.Err)))
		}
		logger.LogAttrs(context.Background(), level, "session", attributes...)
	}
}

// told is what a log says of an error.
func told(err error) string {
	var failed *call.Error
	var operation *net.OpError
	var status statusError
	switch {
	case errors.As(err, &failed):
		return failed.Error()
	case errors.As(err, &status):
		return status.Error()
	case errors.As(err, &operation):
		return operation.Error()
	case isPlainHTTP(err):
		return "the server speaks http and not https"
	case isPermanent(err):
		return "the server's certificate is not trusted"
	}
	for _, known := range []error{
		token.ErrNoCredentials, token.ErrBadCredentials, token.ErrLoggedOut, token.ErrSessionEnded,
		token.ErrLockedOut, token.ErrTokenRejected, token.ErrClosed, token.ErrMalformed,
		context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprintf("%T", err)
}
