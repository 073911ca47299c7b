package ngenea_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func seedJobs(srv *ngeneatest.Server, n int) {
	for i := range n {
		srv.Seed("/jobs/", map[string]any{"type": "migrate", "site": "dfoster1", "state": "SUCCESS", "note": i})
	}
}

// ids returns the ids of jobs. It fails the test for an error or a repeated job.
func ids(t *testing.T, jobs iter.Seq2[ngeneaapi.Job, error]) []int64 {
	t.Helper()
	var all []int64
	for job, err := range jobs {
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(all, job.ID) {
			t.Errorf("job %d came twice", job.ID)
		}
		all = append(all, job.ID)
	}
	return all
}

// The links of a Hub behind a proxy have another host, which is not used.
func TestAllJobsBehindAProxy(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		seedJobs(srv, 25)
		c := foster(t, srv)
		if got := ids(t, c.AllJobs(t.Context(), url.Values{"page_size": {"10"}})); len(got) != 25 {
			t.Errorf("got %d jobs", len(got))
		}
		if got := srv.Count("listJobs"); got != 3 {
			t.Errorf("%d requests, want 3", got)
		}
	}, ngeneatest.BehindProxy("http://hub.internal:8000"))
}

func TestJobsThatShiftComeOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		seedJobs(srv, 25)
		c := foster(t, srv)
		srv.Intercept("listJobs", 3, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			next.ServeHTTP(w, r)
			seedJobs(srv, 4)
		})
		if got := ids(t, c.AllJobs(t.Context(), nil)); len(got) < 25 {
			t.Errorf("got %d jobs", len(got))
		}
	}, ngeneatest.WithPageSize(10))
}

// Pages that repeat or are empty, with ever new links, end with an error.
func TestStalePages(t *testing.T) {
	for _, results := range []string{`[]`, `[{"id":1},{"id":2}]`, `[{"state":"SUCCESS"}]`} {
		w := &connecttest.Wire{Next: connecttest.Responder(func(number int, _ *http.Request) (int, string) {
			return http.StatusOK, fmt.Sprintf(`{"results":%s,"next":"http://hub/api/jobs/?page=%d"}`, results, number)
		})}
		var err error
		for _, err = range answered(t, w).AllJobs(t.Context(), nil) {
		}
		if wantError(t, err, "listJobs", ngenea.ErrMalformedResponse); len(w.Sent()) > 101 {
			t.Errorf("%s: got %v after %d requests", results, err, len(w.Sent()))
		}
	}
}

func TestPageThatIsGoneIsTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		seedJobs(srv, 15)
		c := foster(t, srv)
		calls := 0
		srv.Intercept("listJobs", 2, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if calls++; calls == 2 {
				w.WriteHeader(http.StatusNotFound)
				_, _ = w.Write([]byte(`{"detail":"Invalid page."}`))
				return
			}
			next.ServeHTTP(w, r)
		})
		if got := ids(t, c.AllJobs(t.Context(), nil)); len(got) != 10 {
			t.Errorf("got %d jobs", len(got))
		}
		for _, err := range c.AllJobs(t.Context(), url.Values{"page": {"99"}}) { // of the first page it is an error
			wantError(t, err, "listJobs", ngenea.ErrNotFound)
		}
	}, ngeneatest.WithPageSize(10))
}

// Filters and options are sent unchanged and once with every page.
func TestFiltersOnTheWire(t *testing.T) {
	w := &connecttest.Wire{Next: connecttest.Responder(func(number int, r *http.Request) (int, string) {
		if number == 3 {
			return 200, `{"count":3,"next":null,"results":[{"id":3}]}`
		}
		query := r.URL.Query()
		query.Set("page", strconv.Itoa(number+1))
		return 200, fmt.Sprintf(`{"count":3,"next":"http://elsewhere:1/api/jobs/?%s","results":[{"id":%d}],"stats":{"type":{"migrate":3},"site":{"s":3}}}`, query.Encode(), number)
	})}
	c := answered(t, w)
	filters := url.Values{"state": {"FAILURE", "ERROR"}, "site": {"a b"}}
	jobs := c.AllJobs(t.Context(), filters, ngenea.WithQuery("hide", "noop"))
	filters.Set("site", "changed")
	if got := ids(t, jobs); len(got) != 3 {
		t.Errorf("got %v", got)
	}
	var targets []string
	for _, s := range w.Sent() {
		u, err := url.Parse(target(s))
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, u.Path+"?"+u.Query().Encode())
	}
	want := []string{
		"/api/jobs/?hide=noop&site=a+b&state=FAILURE&state=ERROR",
		"/api/jobs/?hide=noop&page=2&site=a+b&state=FAILURE&state=ERROR",
		"/api/jobs/?hide=noop&page=3&site=a+b&state=FAILURE&state=ERROR",
	}
	if !slices.Equal(targets, want) {
		t.Errorf("sent %q", targets)
	}
}

func TestJobStats(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		seedJobs(srv, 25)
		stats, err := foster(t, srv).JobStats(t.Context(), nil)
		if err != nil || stats.Type["migrate"] != 25 || stats.State["SUCCESS"] != 25 || !strings.Contains(string(stats.Site), "dfoster1") {
			t.Errorf("got %+v, %v", stats, err)
		}
	})
}

// Undocumented members of a job are in AdditionalProperties.
func TestUnknownMembersOfAJob(t *testing.T) {
	c := answered(t, always(200, `{"count":1,"next":null,"results":[{"id":1,"runtime":12.5,"owner":{"name":"dfoster"}}]}`))
	for job, err := range c.AllJobs(t.Context(), nil) {
		if err != nil || string(job.AdditionalProperties["runtime"]) != "12.5" || string(job.Owner) != `{"name":"dfoster"}` {
			t.Errorf("got %+v, %v", job, err)
		}
	}
}

func count[T any](t *testing.T, items iter.Seq2[T, error]) (n int) {
	t.Helper()
	for _, err := range items {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// Every list has an iterator, for pages, for a bare array, and for items without ids.
func TestEveryList(t *testing.T) {
	for name, test := range map[string]struct {
		all  func(context.Context, *ngenea.Client) func(*testing.T) int
		path string
	}{
		"listAlerts": {func(ctx context.Context, c *ngenea.Client) func(*testing.T) int {
			return counter(c.AllAlerts(ctx, nil))
		}, "/api/alerts/"},
		"listClientKeys": {func(ctx context.Context, c *ngenea.Client) func(*testing.T) int {
			return counter(c.AllClientKeys(ctx, nil))
		}, "/api/auth/clientkeys/"},
		"listFeatures": {func(ctx context.Context, c *ngenea.Client) func(*testing.T) int {
			return counter(c.AllFeatures(ctx, nil))
		}, "/api/features/"},
		"listJobs":  {func(ctx context.Context, c *ngenea.Client) func(*testing.T) int { return counter(c.AllJobs(ctx, nil)) }, "/api/jobs/"},
		"listNodes": {func(ctx context.Context, c *ngenea.Client) func(*testing.T) int { return counter(c.AllNodes(ctx, nil)) }, "/api/nodes/"},
		"listSites": {func(ctx context.Context, c *ngenea.Client) func(*testing.T) int { return counter(c.AllSites(ctx, nil)) }, "/api/sites/"},
		"listWorkflows": {func(ctx context.Context, c *ngenea.Client) func(*testing.T) int {
			return counter(c.AllWorkflows(ctx, nil))
		}, "/api/workflows/"},
	} {
		t.Run(name, func(t *testing.T) {
			bare := always(200, `[{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":2,"name":"b"}]`)
			if got := test.all(t.Context(), answered(t, bare))(t); got != 2 {
				t.Errorf("got %d of a bare array, want 2", got)
			}
			if sent := bare.Sent(); len(sent) != 1 || target(sent[0]) != test.path {
				t.Errorf("sent %v", sent)
			}
			for _, err := range answered(t, always(503, "<html></html>")).AllJobs(t.Context(), nil) {
				wantError(t, err, "listJobs", ngenea.ErrUnavailable)
			}
			if name == "listAlerts" {
				return
			}
			nameless := always(200, `{"count":3,"next":null,"results":[{},{},{"uuid":"x"}]}`)
			if got := test.all(t.Context(), answered(t, nameless))(t); got != 3 {
				t.Errorf("got %d items without id, want 3", got)
			}
		})
	}
	source, err := os.ReadFile("../../specs/ngenea/source.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(source), "merged: true") {
		return // a site's own document has more lists
	}
	for _, o := range ngeneaapi.Operations() {
		_, known := listsWithIterators[o.ID()]
		if strings.HasPrefix(o.GoMethod(), "List") != known {
			t.Errorf("%s has no iterator", o.ID())
		}
	}
}

var listsWithIterators = map[string]bool{
	"listAlerts": true, "listClientKeys": true, "listFeatures": true, "listJobs": true, "listNodes": true, "listSites": true, "listWorkflows": true,
}

func counter[T any](items iter.Seq2[T, error]) func(*testing.T) int {
	return func(t *testing.T) int { return count(t, items) }
}
