package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const wekaSteps = 21

// newCluster is the cluster of the story, closed when the test ends.
func newCluster(t *testing.T) *wekatest.Server {
	t.Helper()
	srv, err := startCluster()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return srv
}

// refuse answers every request of the operations to come with a 401.
func refuse(srv *wekatest.Server, operations ...string) {
	for _, operation := range operations {
		srv.Fail(operation, 1<<30, http.StatusUnauthorized, `{"data":"Unauthorized"}`)
	}
}

// Whatever breaks the session, the story does not hold and shows where.
func TestWEKAStoryFails(t *testing.T) {
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
		"two backends answer nothing but a proxy's page": {
			"✓ " + shares,
			func(srv *wekatest.Server) {
				for _, number := range []int{0, 2} {
					srv.On("getFileSystem").AtEndpoint(number).ProxyPage(http.StatusBadGateway)
				}
			},
			[]string{"✗ " + losesBackend},
		},
		"nobody can log in": {
			title,
			func(srv *wekatest.Server) { refuse(srv, "login") },
			[]string{"✓ " + connects, "✗ " + logsIn, "– " + creates, "– " + outlives, "– delete it"},
		},
		"the filesystem cannot be created": {
			title,
			func(srv *wekatest.Server) { srv.Fail("createFileSystem", 1, 400, `{"message":"no room"}`) },
			[]string{"✗ " + creates, "– " + outlives, "✓ ask for one that does not exist", "– delete it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newCluster(t)
			held, out := tellHalf(t.Context(), srv, nil, test.after, func() { test.fault(srv) })
			checkStory(t, held, out, wekaSteps, test.want)
		})
	}
}

// Ctrl-C ends the step under way, tries no other and leaves nothing running.
func TestStoryInterrupted(t *testing.T) {
	t.Parallel()
	srv := newCluster(t)
	ctx, interrupt := context.WithCancel(t.Context())
	srv.Intercept("getQuota", 1, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		interrupt()
		<-r.Context().Done()
	})
	held, out := tellHalf(ctx, srv, nil, "", nil)
	wanted := regexp.MustCompile(`\n✗ keep an id of 64 bits exact .* s  interrupted\n– give a directory a quota .*  not reached\n`)
	if held || !wanted.MatchString(out) || !strings.HasSuffix(out, "\n8 of 21 steps held\n") {
		t.Errorf("held: %v\n%s", held, out)
	}
}
