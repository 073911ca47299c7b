package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const shortLife = 2 * time.Second // of a token

// The program as `make demo` runs it: plain lines, each with a tick, and the sum.
func TestStoryHolds(t *testing.T) {
	t.Parallel()
	got := runDemo(t.Context())
	if got.status != 0 || got.complaints != "" {
		t.Errorf("status %d, %s", got.status, got.complaints)
	}
	lines := got.lines()
	if last := lines[len(lines)-1]; last != "18 of 18 steps held" {
		t.Errorf("the last line is %q", last)
	}
	if n := strings.Count(got.out, "\n✓ "); n != 18 || strings.ContainsAny(got.out, "\r\x1b✗–") {
		t.Errorf("%d ticks in\n%s", n, got.out)
	}
	wanted := regexp.MustCompile(`outlive two token expiries .* s  \d{3,} calls, 0 failed; [2-9] refreshes, still 1 login\n`)
	if !wanted.MatchString(got.out) {
		t.Errorf("no figures of the expiries in\n%s", got.out)
	}
}

func tellAll(ctx context.Context, srv *wekatest.Server) (held bool, out string) {
	var text strings.Builder
	held = tell(ctx, newPrinter(&text), srv, shortLife)
	return held, text.String()
}

const refusal = `{"data":"Unauthorized"}`

// refuseAfterTheFirst answers the first request of an operation and refuses the others.
func refuseAfterTheFirst(srv *wekatest.Server, operation string) {
	srv.Intercept(operation, 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) })
	srv.Fail(operation, 1<<30, http.StatusUnauthorized, refusal)
}

// Whatever breaks the session, the story does not hold and shows where.
func TestStoryFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault func(*wekatest.Server)
		want  []string // lines, up to the duration
	}{
		"nothing renews the session": {
			func(srv *wekatest.Server) {
				srv.Fail("refreshToken", 1<<30, http.StatusUnauthorized, refusal)
				refuseAfterTheFirst(srv, "login")
			},
			[]string{"✓ resize it", "✗ " + shares, "✗ " + outlives, "– count what the session cost"},
		},
		"logins take the place of refreshes": {
			func(srv *wekatest.Server) { srv.Fail("refreshToken", 1<<30, http.StatusUnauthorized, refusal) },
			[]string{"✗ " + shares, "✗ " + outlives, "✓ delete it and wait", "– count what the session cost"},
		},
		"nothing renews the session once the story is half told": {
			func(srv *wekatest.Server) {
				refuseAfterTheFirst(srv, "login")
				srv.Intercept("refreshToken", 1<<30, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					if srv.Count("getFileSystem") > 4*callersAtOnce {
						next = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
					}
					next.ServeHTTP(w, r)
				})
			},
			[]string{"✓ " + shares, "✗ " + outlives, "– count what the session cost"},
		},
		"nobody can log in": {
			func(srv *wekatest.Server) { srv.Fail("login", 1<<30, http.StatusUnauthorized, refusal) },
			[]string{"✓ " + connects, "✗ " + logsIn, "– " + creates, "– " + outlives, "– delete it"},
		},
		"the filesystem cannot be created": {
			func(srv *wekatest.Server) { srv.Fail("createFileSystem", 1, 400, `{"message":"no room"}`) },
			[]string{"✗ " + creates, "– " + waits, "– " + outlives, "✓ ask for one that does not exist", "– delete it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wekatest.New(t, wekatest.WithAccessTTL(shortLife))
			test.fault(srv)
			held, out := tellAll(t.Context(), srv)
			if held || !strings.HasSuffix(out, " of 18 steps held\n") || strings.HasSuffix(out, "\n18 of 18 steps held\n") {
				t.Errorf("held: %v", held)
			}
			for _, line := range test.want {
				if !strings.Contains(out, "\n"+line) {
					t.Errorf("no line %q", line)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// Ctrl-C ends the step under way, tries no other and leaves nothing running.
func TestStoryInterrupted(t *testing.T) {
	t.Parallel()
	srv := wekatest.New(t, wekatest.WithAccessTTL(shortLife))
	ctx, interrupt := context.WithCancel(t.Context())
	srv.Intercept("getQuota", 1, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		interrupt()
		<-r.Context().Done()
	})
	held, out := tellAll(ctx, srv)
	wanted := regexp.MustCompile(`\n✗ keep an id of 64 bits exact .* s  interrupted\n– share one refresh .*  not reached\n`)
	if held || !wanted.MatchString(out) || !strings.HasSuffix(out, "\n9 of 18 steps held\n") {
		t.Errorf("held: %v\n%s", held, out)
	}
}
