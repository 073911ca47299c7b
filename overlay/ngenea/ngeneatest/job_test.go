package ngeneatest_test

import (
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// states returns the successive states of a job over some seconds.
func (c client) states(id int64, steps int) []any {
	c.T.Helper()
	var seen []any
	for range steps {
		state := c.want(200, "GET", fmt.Sprintf("/jobs/%d/", id), nil)["state"]
		if len(seen) == 0 || seen[len(seen)-1] != state {
			seen = append(seen, state)
		}
		time.Sleep(time.Second)
	}
	return seen
}

func (c client) wantStates(id int64, want ...any) {
	c.T.Helper()
	if got := c.states(id, 6); !reflect.DeepEqual(got, want) {
		c.T.Errorf("job %d was %v, want %v", id, got, want)
	}
}

func TestJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, ngeneatest.WithTransitionTime(time.Second))
		c.wantStates(c.submit(), "PENDING", "STARTED", "SUCCESS")
		for outcome, want := range map[ngeneatest.Outcome][]any{
			ngeneatest.Fails:              {"PENDING", "STARTED", "FAILURE"},
			ngeneatest.Errs:               {"PENDING", "STARTED", "ERROR"},
			ngeneatest.Skips:              {"PENDING", "SKIPPED"},
			ngeneatest.Hangs:              {"PENDING", "STARTED"},
			ngeneatest.Outcome("FAILING"): {"PENDING", "STARTED", "FAILING"},
		} {
			c.srv.NextJobs(1, outcome)
			c.wantStates(c.submit(), want...)
		}
		c.wantStates(c.submit(), "PENDING", "STARTED", "SUCCESS") // those are used up
	})
}

func TestPausedJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, ngeneatest.WithTransitionTime(time.Second))
		c.srv.NextJobs(1, ngeneatest.Pauses)
		id := c.submit()
		c.wantStates(id, "PENDING", "STARTED", "PAUSING", "PAUSED")
		c.srv.ResumeJob(id)
		c.wantStates(id, "STARTED", "SUCCESS")

		id = c.submit()
		time.Sleep(1500 * time.Millisecond)
		c.srv.PauseJob(id)
		c.wantStates(id, "PAUSING", "PAUSED")
		c.srv.ResumeJob(id)
		c.wantStates(id, "STARTED", "SUCCESS")

		c.srv.SetJobState(id, "SOMETHING_NEW")
		c.wantStates(id, "SOMETHING_NEW")
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, ngeneatest.WithTransitionTime(time.Second))
		c.srv.NextJobs(1, ngeneatest.Hangs)
		id := c.submit()
		for range 2 { // the second does nothing
			c.wantText(200, "", "POST", fmt.Sprintf("/jobs/%d/cancel/", id), nil)
		}
		c.wantStates(id, "DEQUEUING", "CANCELLED")
		done := c.submit()
		time.Sleep(2 * time.Second)
		c.want(200, "POST", fmt.Sprintf("/jobs/%d/cancel/", done), nil)
		c.wantStates(done, "SUCCESS")
	})
}

func TestStats(t *testing.T) {
	c := start(t, ngeneatest.WithPageSize(1))
	c.srv.Seed("/jobs/",
		object{"type": "migrate", "state": "FAILURE", "site": "dfoster1", "extra": 1},
		object{"type": "sync", "state": "PAUSED", "site": "dfoster1", "created": "2025-01-02T03:04:05.000006Z"})
	got := c.Do("GET", "/jobs/", nil)
	page := got.Body.(object)
	want := `{"created":{},"site":{"dfoster1":2},"state":{"ERROR":0,"FAILURE":1,"PAUSED":1,"PENDING":0,"STARTED":0,"SUCCESS":0},` +
		`"type":{"migrate":1,"premigrate":0,"recall":0,"sync":1}}`
	if text := simulatortest.Encode(t, page["stats"]); text != want {
		t.Errorf("stats are %s, want %s", text, want)
	}
	newest := page["results"].([]any)[0].(object)
	if newest["type"] != "sync" || newest["created"] != "2025-01-02T03:04:05.000006Z" || newest["url"] != c.srv.URL+"/api/jobs/2/" {
		t.Errorf("the first is %v", newest)
	}
}
