package ngeneatest_test

import (
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// states are those that a job is seen in, each once, over some steps of time.
func (c client) states(id int64, steps int) []any {
	c.t.Helper()
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
	c.t.Helper()
	if got := c.states(id, 6); !reflect.DeepEqual(got, want) {
		c.t.Errorf("job %d was %v, want %v", id, got, want)
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
		for range 2 { // twice is once
			c.wantText(200, "", "POST", fmt.Sprintf("/jobs/%d/cancel/", id), nil)
		}
		c.wantStates(id, "DEQUEUING", "CANCELLED")
		done := c.submit()
		time.Sleep(2 * time.Second)
		c.want(200, "POST", fmt.Sprintf("/jobs/%d/cancel/", done), nil)
		c.wantStates(done, "SUCCESS")
	})
}

func TestSubmitRefuses(t *testing.T) {
	c := start(t)
	for member, row := range map[string]struct {
		value any
		text  string
	}{
		"workflow":  {"nope", `{"workflow":["Object with name=nope does not exist."]}`},
		"site":      {"nope", `{"site":["Object with name=nope does not exist."]}`},
		"paths":     {[]any{}, `{"paths":["This list may not be empty."]}`},
		"discovery": {"x", `{"discovery":["\"x\" is not a valid choice."]}`},
	} {
		body := submission()
		body[member] = row.value
		c.wantText(400, row.text, "POST", "/file/workflow/", body)
	}
	if n := len(c.srv.Objects("/jobs/")); n != 0 {
		t.Errorf("there are %d jobs", n)
	}
}

func TestSubmission(t *testing.T) {
	c := start(t)
	id := c.submit()
	body := c.srv.Submission(id)
	if discovery, given := body["discovery"]; !given || discovery != nil || body["workflow"] != "migrate" {
		t.Errorf("kept %v", body)
	}
}

func TestStats(t *testing.T) {
	c := start(t, ngeneatest.WithPageSize(1))
	c.srv.Seed("/jobs/",
		object{"type": "migrate", "state": "FAILURE", "site": "dfoster1", "extra": 1},
		object{"type": "sync", "state": "PAUSED", "site": "dfoster1", "created": "2025-01-02T03:04:05.000006Z"})
	got := c.do("GET", "/jobs/", nil)
	page := got.body.(object)
	want := `{"created":{},"site":{"dfoster1":2},"state":{"ERROR":0,"FAILURE":1,"PAUSED":1,"PENDING":0,"STARTED":0,"SUCCESS":0},` +
		`"type":{"migrate":1,"premigrate":0,"recall":0,"sync":1}}`
	if text := encode(t, page["stats"]); text != want {
		t.Errorf("stats are %s, want %s", text, want)
	}
	newest := page["results"].([]any)[0].(object)
	if newest["type"] != "sync" || newest["created"] != "2025-01-02T03:04:05.000006Z" || newest["url"] != c.srv.URL+"/api/jobs/2/" {
		t.Errorf("the first is %v", newest)
	}
}

// A job that is submitted between two pages moves the others on, so that one is
// seen twice.
func TestPages(t *testing.T) {
	c := start(t)
	for range 25 {
		c.submit()
	}
	first := c.want(200, "GET", "/jobs/?colour=red", nil)
	if first["next"] != c.srv.URL+"/api/jobs/?colour=red&page=2" || first["previous"] != nil || encode(t, first["count"]) != "25" {
		t.Errorf("next %v, previous %v, count %v", first["next"], first["previous"], first["count"])
	}
	c.submit()
	second := c.want(200, "GET", "/jobs/?colour=red&page=2", nil)
	if second["next"] != nil || second["previous"] != c.srv.URL+"/api/jobs/?colour=red" {
		t.Errorf("next %v, previous %v", second["next"], second["previous"])
	}
	last := first["results"].([]any)[19].(object)["id"]
	if got := second["results"].([]any)[0].(object)["id"]; got != last {
		t.Errorf("page 2 begins with %v, want %v again", got, last)
	}
	for query, want := range map[string]int{"?page_size=0": 26, "?page_size=5": 5, "?page_size=200": 26, "": 20} {
		if got := len(c.want(200, "GET", "/jobs/"+query, nil)["results"].([]any)); got != want {
			t.Errorf("%q has %d items, want %d", query, got, want)
		}
	}
}

func TestBehindProxy(t *testing.T) {
	c := start(t, ngeneatest.BehindProxy("http://hub.internal:8000/"))
	c.submit()
	c.submit()
	page := c.want(200, "GET", "/jobs/?page_size=1", nil)
	if page["next"] != "http://hub.internal:8000/api/jobs/?page=2&page_size=1" {
		t.Errorf("next is %v", page["next"])
	}
	if url := page["results"].([]any)[0].(object)["url"]; url != "http://hub.internal:8000/api/jobs/2/" {
		t.Errorf("url is %v", url)
	}
}
