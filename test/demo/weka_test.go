package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

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
	wanted := regexp.MustCompile(`outlive two token expiries .* s  \d+ calls, 0 failed; [2-9] refreshes, still 1 login\n`)
	if !wanted.MatchString(got.out) {
		t.Errorf("no figures of the expiries in\n%s", got.out)
	}
}

// transcript keeps what is printed, and does something once a line has been.
type transcript struct {
	text strings.Builder
	line string // its beginning
	then func()
}

func (t *transcript) Write(printed []byte) (int, error) {
	n, err := t.text.Write(printed)
	if t.then != nil && strings.HasPrefix(string(printed), t.line) {
		t.then()
	}
	return n, err
}

// tellAll tells the story and calls then, unless it is nil, once the line is printed.
func tellAll(ctx context.Context, srv *wekatest.Server, line string, then func()) (held bool, out string) {
	told := &transcript{line: line, then: then}
	held = tell(ctx, newPrinter(told), srv)
	return held, told.text.String()
}

// refuse answers every request of the operations to come with a 401.
func refuse(srv *wekatest.Server, operations ...string) {
	for _, operation := range operations {
		srv.Fail(operation, 1<<30, http.StatusUnauthorized, `{"data":"Unauthorized"}`)
	}
}

// Whatever breaks the session, the story does not hold and shows where.
func TestStoryFails(t *testing.T) {
	const title = "WEKA, "
	for name, test := range map[string]struct {
		after string // the line that the fault follows
		fault func(*wekatest.Server)
		want  []string // lines, up to the duration
	}{
		"nothing renews the session": {
			"✓ resize it",
			func(srv *wekatest.Server) { refuse(srv, "refreshToken", "login") },
			[]string{"✗ " + shares, "✗ " + outlives, "– count what the session cost"},
		},
		"logins take the place of refreshes": {
			title,
			func(srv *wekatest.Server) { refuse(srv, "refreshToken") },
			[]string{"✗ " + shares, "✗ " + outlives, "✓ delete it and wait", "– count what the session cost"},
		},
		"nothing renews the session once the story is half told": {
			"✓ " + shares,
			func(srv *wekatest.Server) { refuse(srv, "refreshToken", "login") },
			[]string{"✗ " + outlives, "– count what the session cost"},
		},
		"nobody can log in": {
			title,
			func(srv *wekatest.Server) { refuse(srv, "login") },
			[]string{"✓ " + connects, "✗ " + logsIn, "– " + creates, "– " + outlives, "– delete it"},
		},
		"the filesystem cannot be created": {
			title,
			func(srv *wekatest.Server) { srv.Fail("createFileSystem", 1, 400, `{"message":"no room"}`) },
			[]string{"✗ " + creates, "– " + waits, "– " + outlives, "✓ ask for one that does not exist", "– delete it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wekatest.New(t, wekatest.WithAccessTTL(tokenLife))
			held, out := tellAll(t.Context(), srv, test.after, func() { test.fault(srv) })
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
	srv := wekatest.New(t, wekatest.WithAccessTTL(tokenLife))
	ctx, interrupt := context.WithCancel(t.Context())
	srv.Intercept("getQuota", 1, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		interrupt()
		<-r.Context().Done()
	})
	held, out := tellAll(ctx, srv, "", nil)
	wanted := regexp.MustCompile(`\n✗ keep an id of 64 bits exact .* s  interrupted\n– share one refresh .*  not reached\n`)
	if held || !wanted.MatchString(out) || !strings.HasSuffix(out, "\n9 of 18 steps held\n") {
		t.Errorf("held: %v\n%s", held, out)
	}
}
