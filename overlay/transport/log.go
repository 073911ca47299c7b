package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/failure"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Log returns hooks that write to a logger. Messages and attribute names are stable, so
// that logs can be searched for them:
//
//	attempt   debug  operation method path endpoint attempt status duration class
//	retry     info   operation method path reason repetition status class wait
//	endpoint  warn   endpoint error    it was set aside
//	endpoint  info   endpoint          it is back, or new
//	unfit     warn   operation method path pointer expected found   a member of a response
//
// Empty attributes are left out. There are no others: nothing that the server or the caller
// wrote gets into the log, except the names of members in a pointer.
//
// A member that does not fit its Go type is logged once for each operation and place, such
// as /data/*/total_budget with * for any index, and no more after 1000 places.
func Log(logger *slog.Logger) Hooks {
	places := &unfitPlaces{seen: map[unfitPlace]struct{}{}}
	return Hooks{
		UnfitMembers: func(ctx context.Context, u UnfitMembers) {
			for _, m := range u.Members {
				place := unfitPlace{cmp.Or(u.Operation, u.Method+" "+u.Path), anyIndex(m.Pointer)}
				if places.isNew(place) {
					logger.LogAttrs(ctx, slog.LevelWarn, "unfit", append(callAttrs(u.Operation, u.Method, u.Path),
						slog.String("pointer", place.pointer), slog.String("expected", m.Expected), slog.String("found", m.Found))...)
				}
			}
		},
		AfterAttempt: func(ctx context.Context, a Attempt) {
			if logger.Enabled(ctx, slog.LevelDebug) {
				logger.LogAttrs(ctx, slog.LevelDebug, "attempt", append(callAttrs(a.Operation, a.Method, a.Path),
					slog.String("endpoint", a.Endpoint), slog.Int("attempt", a.Number),
					statusAttr(a.Status), slog.Duration("duration", a.Duration), classAttr(a.Class))...)
			}
		},
		BeforeRetry: func(ctx context.Context, r Retrying) {
			logger.LogAttrs(ctx, slog.LevelInfo, "retry", append(callAttrs(r.Operation, r.Method, r.Path),
				nonempty("reason", r.Reason), slog.Int("repetition", r.Repetition), statusAttr(r.Status), classAttr(r.Class), slog.Duration("wait", r.Wait))...)
		},
		EndpointChanged: func(c EndpointChange) {
			level, attributes := slog.LevelInfo, []slog.Attr{slog.String("endpoint", c.Endpoint)}
			if c.Err != nil {
				level, attributes = slog.LevelWarn, append(attributes, slog.String("error", safeText(c.Err)))
			}
			logger.LogAttrs(context.Background(), level, "endpoint", attributes...)
		},
	}
}

// unfitPlaces are the places of unfit members that were logged.
type unfitPlaces struct {
	mu   sync.Mutex
	seen map[unfitPlace]struct{}
}

type unfitPlace struct{ operation, pointer string }

// maxPlaces bounds the memory for places: servers choose the names of members.
const maxPlaces = 1000

func (p *unfitPlaces) isNew(place unfitPlace) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.seen[place]; known || len(p.seen) >= maxPlaces {
		return false
	}
	p.seen[place] = struct{}{}
	return true
}

// anyIndex replaces the indexes in a JSON pointer by *.
func anyIndex(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// Every handler leaves out an empty slog.Attr.

func callAttrs(operation, method, path string) []slog.Attr {
	return []slog.Attr{nonempty("operation", operation), slog.String("method", method), nonempty("path", path)}
}

func nonempty(key, value string) slog.Attr {
	if value == "" {
		return slog.Attr{}
	}
	return slog.String(key, value)
}

func statusAttr(code int) slog.Attr {
	if code == 0 {
		return slog.Attr{}
	}
	return slog.Int("status", code)
}

func classAttr(err error) slog.Attr {
	if err == nil {
		return slog.Attr{}
	}
	return slog.String("class", err.Error())
}

// LogSession returns the hook that writes session events to a logger, as [Log] does for
// calls:
//
//	session   debug (started), info, or warn (failed, not stored, session ended)   event expiry error
//
// An error of this module is written in full, any other by its type, because a token store
// or a password function may put secrets into its errors.
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
			attributes = append(attributes, slog.String("error", safeText(e.Err)))
		}
		logger.LogAttrs(context.Background(), level, "session", attributes...)
	}
}

// safeText returns what a log may show of an error.
func safeText(err error) string {
	var failed *call.Error
	var operation *net.OpError
	var status statusError
	var system syscall.Errno // such as that of a token file
	switch {
	case errors.As(err, &failed):
		return failed.Error()
	case errors.As(err, &status):
		return status.Error()
	case errors.As(err, &operation):
		return operation.Error()
	case errors.As(err, &system):
		return system.Error()
	}
	if words := failure.OwnWords(failure.Explain(err)); words != "" {
		return words
	}
	for _, known := range []error{
		token.ErrNoCredentials, token.ErrBadCredentials, token.ErrLoggedOut, token.ErrSessionEnded,
		token.ErrLockedOut, token.ErrTokenRejected, token.ErrClosed, token.ErrMalformed, token.ErrUnsafeFile,
		context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprintf("%T", err)
}
