package main

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// site is a cluster and a Hub, each with a client.
type site struct {
	weka    *wekatest.Server
	ngenea  *ngeneatest.Server
	cluster *weka.Client
	hub     *ngenea.Client
}

// newSite returns a site with two filesystems that are nearly full and one that is not.
func newSite(t *testing.T) site {
	t.Helper()
	s := site{weka: wekatest.New(t, wekatest.InMemory()), ngenea: ngeneatest.New(t, ngeneatest.InMemory())}
	var err error
	s.cluster, err = weka.New(s.weka.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(s.weka.Transport()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.cluster.Close)
	s.hub, err = ngenea.New(s.ngenea.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(s.ngenea.Transport()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.hub.Close)
	for name, used := range map[string]int64{"full": 95, "half": 50, "brim": 99} {
		s.weka.Seed("/fileSystems", map[string]any{
			"name": name, "total_budget": int64(100) << 30, "used_total": used << 30,
		})
	}
	s.weka.Advance(time.Second) // they are READY
	return s
}

func (s site) wantMoved(t *testing.T, want ...string) error {
	t.Helper()
	moved, err := tierDown(t.Context(), s.cluster, s.hub, "dfoster1")
	slices.Sort(moved)
	if !slices.Equal(moved, want) {
		t.Errorf("moved %q, want %q (%v)", moved, want, err)
	}
	return err
}

func TestFullFilesystemsAreMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		if err := s.wantMoved(t, "/brim", "/full"); err != nil {
			t.Error(err)
		}
		if n := s.ngenea.Count("submitWorkflow"); n != 2 || s.ngenea.Submission(1)["workflow"] != "migrate" {
			t.Errorf("%d submissions, the first %v", n, s.ngenea.Submission(1))
		}
	})
}

func TestOneFailureDoesNotStopTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.ngenea.NextJobs(1, ngeneatest.Fails)
		moved, err := tierDown(t.Context(), s.cluster, s.hub, "dfoster1")
		if failed, ok := errors.AsType[*ngenea.JobError](err); len(moved) != 1 || !ok || failed.Job.State != "FAILURE" {
			t.Errorf("moved %q, %v", moved, err)
		}
	})
}

// After a day both sessions have expired, and the refresh token of the Hub too.
func TestSessionsLastForDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		for range 3 {
			if err := s.wantMoved(t, "/brim", "/full"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(25 * time.Hour)
		}
		if s.weka.Logins() != 1 || s.weka.Refreshes() == 0 || s.ngenea.Logins() != 3 {
			t.Errorf("WEKA: %d logins, %d refreshes; Hub: %d logins", s.weka.Logins(), s.weka.Refreshes(), s.ngenea.Logins())
		}
	})
}

func TestTemporaryFailuresAreRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.weka.On("getFileSystems").Times(1).ProxyPage(http.StatusBadGateway)
		s.weka.On("getFileSystems").Times(1).EndToken()
		s.ngenea.On("getJob").Times(1).Reset()
		s.ngenea.On("getJob").Times(1).EndToken()
		if err := s.wantMoved(t, "/brim", "/full"); err != nil {
			t.Error(err)
		}
		s.weka.On("getFileSystems").Respond(http.StatusForbidden, `{"data":"Forbidden"}`)
		if err := s.wantMoved(t); !errors.Is(err, weka.ErrForbidden) {
			t.Errorf("got %v", err)
		}
	})
}

// The program on a port, with all settings from the environment.
func TestRun(t *testing.T) {
	cluster, hub := wekatest.New(t, wekatest.Plain()), ngeneatest.New(t, ngeneatest.Plain())
	cluster.Seed("/fileSystems", map[string]any{"name": "full", "total_budget": 1, "used_total": 1})
	cluster.Advance(time.Second) // it is READY
	for name, value := range map[string]string{
		"HOME": t.TempDir(), "WEKA_HOST": cluster.URL, "WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin",
		"NGENEA_URL": hub.URL, "NGENEA_USERNAME": "dfoster", "NGENEA_PASSWORD": "secret",
	} {
		t.Setenv(name, value)
	}
	if err := run(t.Context(), "dfoster1"); err != nil {
		t.Fatal(err)
	}
	if cluster.Logins() != 1 || hub.Count("submitWorkflow") != 1 {
		t.Errorf("%d logins, %d submissions", cluster.Logins(), hub.Count("submitWorkflow"))
	}
}
