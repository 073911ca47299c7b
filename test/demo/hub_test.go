package main

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

const hubSteps = 17

// newHub starts the Hub of the story until the test ends.
func newHub(t *testing.T) *ngeneatest.Server {
	t.Helper()
	srv, err := startHub()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return srv
}

// Faults make the right steps of the Hub's half fail.
func TestHubStoryFails(t *testing.T) {
	const title = "Ngenea Hub, "
	reject := func(srv *ngeneatest.Server, operation string) {
		srv.On(operation).Respond(http.StatusUnauthorized, `{"detail":"Token is invalid or expired","code":"token_not_valid"}`)
	}
	for name, test := range map[string]struct {
		after string // the line that the fault follows
		fault func(*ngeneatest.Server)
		want  []string // lines, up to the duration
	}{
		"refreshes fail": {
			title,
			func(srv *ngeneatest.Server) { reject(srv, "refreshToken") },
			[]string{"✗ " + outlives, "✓ " + makesKey, "✓ " + dropsPassword, "✓ revoke the key", "– count what the session cost"},
		},
		"logins fail": {
			title,
			func(srv *ngeneatest.Server) { reject(srv, "createToken") },
			[]string{"✓ " + connects, "✗ " + logsIn, "– " + outlives, "– " + makesKey, "– " + submits, "– revoke the key"},
		},
		"keys are rejected": {
			"✓ " + makesKey,
			func(srv *ngeneatest.Server) { reject(srv, "listSites") },
			[]string{"✗ " + dropsPassword, "– " + submits, "– " + watches},
		},
		// Three independent faults in one run, which takes several seconds.
		"a job fails, a proxy responds to a post, the key cannot be revoked": {
			"✓ " + submits,
			func(srv *ngeneatest.Server) {
				srv.SetJobState(1, "ERROR")
				srv.Fail("revokeClientKey", 1, http.StatusForbidden, `{"detail":"no"}`)
				srv.Fail("submitWorkflow", 2, http.StatusBadGateway, "<html>Bad Gateway</html>")
			},
			[]string{"✗ " + watches, "– recall what was migrated", "✗ watch a job that fails",
				"✗ post to a path without its slash", "✓ run an action with the key", "✗ revoke the key"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newHub(t)
			held, out := runHalf(t.Context(), nil, srv, test.after, func() { test.fault(srv) })
			checkStory(t, held, out, hubSteps, test.want)
		})
	}
}

// An interrupt ends the wait for a job.
func TestHubStoryInterrupted(t *testing.T) {
	t.Parallel()
	srv := newHub(t)
	srv.NextJobs(1, ngeneatest.Hangs)
	ctx, interrupt := context.WithCancel(t.Context())
	srv.Intercept("getJob", 1, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		interrupt()
		<-r.Context().Done()
	})
	held, out := runHalf(ctx, nil, srv, "", nil)
	if held || !strings.Contains(out, "  interrupted\n") || !strings.HasSuffix(out, "\n6 of 17 steps held\n") {
		t.Errorf("held: %v\n%s", held, out)
	}
}
