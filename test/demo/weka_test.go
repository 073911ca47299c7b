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

// newCluster starts the cluster of the story until the test ends.
func newCluster(t *testing.T) *wekatest.Server {
	t.Helper()
	srv, err := startCluster()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return srv
}

// reject responds 401 to every request of the operations.
func reject(srv *wekatest.Server, operations ...string) {
	for _, operation := range operations {
		srv.Fail(operation, 1<<30, http.StatusUnauthorized, `{"data":"Unauthorized"}`)
	}
}

// Faults make the right steps of WEKA's half fail.
func TestWEKAStoryFails(t *testing.T) {
	const title = "WEKA, "
	for name, test := range map[string]struct {
		after string // the line that the fault follows
		fault func(*wekatest.Server)
		want  []string // lines, up to the duration
	}{
		"refreshes and logins fail": {
			"✓ resize it",
			func(srv *wekatest.Server) { reject(srv, "refreshToken", "login") },
			[]string{"✗ " + shares, "✗ " + outlives, "– count what the session cost"},
		},
		"refreshes fail": {
			title,
			func(srv *wekatest.Server) { reject(srv, "refreshToken") },
			[]string{"✗ " + shares, "✗ " + outlives, "✓ delete it and wait", "– count what the session cost"},
		},
		"refreshes and logins fail later": {
			"✓ " + shares,
			func(srv *wekatest.Server) { reject(srv, "refreshToken", "login") },
			[]string{"✗ " + outlives, "– count what the session cost"},
		},
		"two backends respond with a proxy's page": {
			"✓ " + shares,
			func(srv *wekatest.Server) {
				for _, number := range []int{0, 2} {
					srv.On("getFileSystem").AtEndpoint(number).ProxyPage(http.StatusBadGateway)
				}
			},
			[]string{"✗ " + losesBackend},
		},
		"logins fail": {
			title,
			func(srv *wekatest.Server) { reject(srv, "login") },
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
			held, out := runHalf(t.Context(), srv, nil, test.after, func() { test.fault(srv) })
			checkStory(t, held, out, wekaSteps, test.want)
		})
	}
}

// An interrupt ends the running step, skips the others and leaves no goroutine.
func TestStoryInterrupted(t *testing.T) {
	t.Parallel()
	srv := newCluster(t)
	ctx, interrupt := context.WithCancel(t.Context())
	srv.Intercept("getQuota", 1, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		interrupt()
		<-r.Context().Done()
	})
	held, out := runHalf(ctx, srv, nil, "", nil)
	wanted := regexp.MustCompile(`\n✗ keep an id of 64 bits exact .* s  interrupted\n– give a directory a quota .*  not reached\n`)
	if held || !wanted.MatchString(out) || !strings.HasSuffix(out, "\n8 of 21 steps held\n") {
		t.Errorf("held: %v\n%s", held, out)
	}
}
