package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

var slowly = ngeneatest.WithTransitionTime(time.Minute)

func submit(t *testing.T, c *ngenea.Client) int64 {
	t.Helper()
	job, err := c.Submit(t.Context(), sample)
	if err != nil {
		t.Fatal(err)
	}
	return job.ID
}

func TestWaitForJobs(t *testing.T) {
	for outcome, want := range map[ngeneatest.Outcome]struct {
		states string
		failed bool
	}{
		ngeneatest.Succeeds: {"PENDING STARTED SUCCESS", false},
		ngeneatest.Skips:    {"PENDING SKIPPED", false},
		ngeneatest.Fails:    {"PENDING STARTED FAILURE", true},
		ngeneatest.Errs:     {"PENDING STARTED ERROR", true},
	} {
		t.Run(string(outcome), func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
				c := foster(t, srv)
				srv.NextJobs(1, outcome)
				id := submit(t, c)
				var states []string
				job, err := c.WaitJob(t.Context(), id, time.Hour, ngenea.OnProgress(func(j *ngeneaapi.Job) {
					states = append(states, string(j.State))
				}))
				if got := strings.Join(states, " "); got != want.states {
					t.Errorf("the progress was %s, want %s", got, want.states)
				}
				if job == nil || job.ID != id || !strings.HasSuffix(want.states, string(job.State)) {
					t.Errorf("got %+v", job)
				}
				var failed *ngenea.JobError
				if errors.As(err, &failed) != want.failed || errors.Is(err, ngenea.ErrJobFailed) != want.failed || (err != nil) != want.failed {
					t.Fatalf("got %v", err)
				}
				if want.failed && (failed.Job != job || !strings.Contains(fmt.Sprintf("%#v", err), fmt.Sprint("job ", id, " ended as ", outcome))) {
					t.Errorf("got %#v", err)
				}
			}, slowly)
		})
	}
}

// A wait continues for a paused job, one that does not progress, and an unknown state.
func TestWaitEndsWithItsBound(t *testing.T) {
	for _, outcome := range []ngeneatest.Outcome{ngeneatest.Pauses, ngeneatest.Hangs, "REHYDRATING"} {
		t.Run(string(outcome), func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
				c := foster(t, srv)
				srv.NextJobs(1, outcome)
				id, begin := submit(t, c), time.Now()
				job, err := c.WaitJob(t.Context(), id, time.Hour)
				connecttest.Classes(t, err, ngenea.ErrWaitTimeout)
				if job == nil || job.State != ngeneaapi.JobState(outcome) || time.Since(begin) != time.Hour {
					t.Errorf("got %+v after %v", job, time.Since(begin))
				}
				if errors.Is(err, ngenea.ErrJobFailed) {
					t.Errorf("%v: it has not failed", err)
				}
				if got := srv.Count("getJob"); got > 1000 {
					t.Errorf("asked %d times in an hour", got)
				}
			}, slowly)
		})
	}
}

func TestWaitNeedsABound(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		_, err := c.WaitJob(t.Context(), 1, 0)
		connecttest.Classes(t, err, ngenea.ErrNoBound)
		_, err = c.RunSearch(t.Context(), ngenea.Search{Path: "/mmfs1"}, 0)
		connecttest.Classes(t, err, ngenea.ErrNoBound)
		if got := len(srv.Requests()); got > 0 {
			t.Errorf("%d requests were sent", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = c.WaitJob(ctx, submit(t, c), 0)
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWaitForJobsThatAreNotThere(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		begin := time.Now()
		job, err := c.WaitJob(t.Context(), 4711, time.Hour)
		wantError(t, err, "getJob", ngenea.ErrNotFound)
		if job != nil || time.Since(begin) > time.Second || errors.Is(err, ngenea.ErrJobVanished) {
			t.Errorf("got %+v, %v after %v", job, err, time.Since(begin))
		}
		id := submit(t, c)
		job, err = c.WaitJob(t.Context(), id, time.Hour, ngenea.OnProgress(func(*ngeneaapi.Job) {
			srv.Fail("getJob", 1, http.StatusNotFound, `{"detail":"Not found."}`)
		}))
		wantError(t, err, "getJob", ngenea.ErrJobVanished)
		if job == nil || job.ID != id {
			t.Errorf("got %+v", job)
		}
	}, slowly)
}

func TestWaitOutlivesTrouble(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		id := submit(t, c)
		srv.On("getJob").Times(12).ProxyPage(http.StatusBadGateway)
		srv.Fail("getJob", 2, http.StatusInternalServerError, `{"detail":"Oops."}`)
		srv.On("getJob").Times(2).Reset()
		if job, err := c.WaitJob(t.Context(), id, time.Hour); err != nil || job.State != ngeneaapi.JobStateSuccess {
			t.Errorf("got %+v, %v", job, err)
		}
		srv.Fail("getJob", 1, http.StatusForbidden, permission)
		_, err := c.WaitJob(t.Context(), id, time.Hour)
		wantError(t, err, "getJob", ngenea.ErrForbidden)
		srv.Fail("getJob", 1, http.StatusNotFound, djangoNotFound)
		_, err = c.WaitJob(t.Context(), id, time.Hour)
		var inferred *ngenea.InferredRouteError
		if connecttest.Classes(t, err, ngenea.ErrRouteMissing); errors.As(err, &inferred) != isInferred("getJob") {
			t.Errorf("%v: gives no advice, or needless advice", err)
		}
	}, slowly)
}

// A wait outlives an outage of two minutes, with a session that ends during it, unless an
// option says after how many failures it ends.
func TestWaitOutlivesAnOutage(t *testing.T) {
	const outage = 2 * time.Minute
	for name, begin := range map[string]func(*ngeneatest.Fault){
		"unreachable": func(f *ngeneatest.Fault) { f.Reset() },
		"silent":      func(f *ngeneatest.Fault) { f.Hang() },
		"proxy":       func(f *ngeneatest.Fault) { f.ProxyPage(http.StatusBadGateway) },
	} {
		bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
			c := foster(t, srv)
			id := submit(t, c)
			away := func() {
				begin(srv.On(""))
				time.AfterFunc(outage, srv.ClearFaults)
			}
			away()
			began := time.Now()
			job, err := c.WaitJob(t.Context(), id, 30*time.Minute, nil, ngenea.OnProgress(nil), ngenea.Tolerate(0))
			if err != nil || job.State != ngeneaapi.JobStateSuccess || time.Since(began) < outage {
				t.Errorf("%s: got %+v, %v after %v", name, job, err, time.Since(began))
			}
			if name == "silent" {
				return // a few polls last as long as the outage
			}
			away()
			if _, err = c.WaitJob(t.Context(), id, 30*time.Minute, ngenea.Tolerate(3)); !errors.Is(err, ngenea.ErrUnavailable) || errors.Is(err, ngenea.ErrWaitTimeout) {
				t.Errorf("%s, three failures tolerated: got %v", name, err)
			}
		}, slowly, ngeneatest.WithAccessTTL(30*time.Second))
	}
}

func TestCancelledJob(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		id := submit(t, c)
		var states []string
		job, err := c.WaitJob(t.Context(), id, time.Hour, ngenea.OnProgress(func(j *ngeneaapi.Job) {
			if states = append(states, string(j.State)); len(states) == 1 {
				if err := c.CancelJob(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
		}))
		connecttest.Classes(t, err, ngenea.ErrJobFailed)
		if want := []string{"PENDING", "DEQUEUING", "CANCELLED"}; !slices.Equal(states, want) || job.State != "CANCELLED" {
			t.Errorf("got %v, %+v", states, job)
		}
		wantError(t, c.CancelJob(t.Context(), 4711), "cancelJob", ngenea.ErrNotFound)
	}, slowly)
}

// The case of states is ignored, since their spelling is inferred; other changes of a job are
// progress too.
func TestStatesInAnyCase(t *testing.T) {
	synctestTest(t, func(t *testing.T) {
		w := &connecttest.Wire{Next: connecttest.Responder(func(number int, _ *http.Request) (int, string) {
			if number < 4 {
				return 200, fmt.Sprintf(`{"id":1,"state":"Started","done":%d}`, number/2)
			}
			return 200, `{"id":1,"state":"Success"}`
		})}
		seen := 0
		job, err := answered(t, w).WaitJob(t.Context(), 1, time.Hour, ngenea.OnProgress(func(*ngeneaapi.Job) { seen++ }))
		if err != nil || job.State != "Success" || seen != 3 {
			t.Errorf("got %+v, %v, seen %d times", job, err, seen)
		}
	})
}
