package ngenea_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func synctestTest(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

func TestSearch(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		srv.AddSite("second")
		srv.AddFile("second", "/mmfs1/data/other.tgz", 12)
		c := foster(t, srv)
		begin := time.Now()
		answer, err := c.RunSearch(t.Context(), ngenea.Search{
			Path: "/mmfs1/data", Filters: map[string]any{"core.filename": "*.tgz"},
		}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		var raw struct{ Results []map[string]any }
		if err := json.Unmarshal(answer.Raw, &raw); err != nil || len(raw.Results) != 3 || answer.ID == 0 {
			t.Errorf("got %s", answer.Raw)
		}
		if answer.Results.ID != answer.ID {
			t.Errorf("got %+v", answer.Results)
		}
		if took := time.Since(begin); took < 15*time.Second || took > time.Minute {
			t.Errorf("took %v", took)
		}
	}, ngeneatest.WithTransitionTime(8*time.Second))
}

func TestSearchOnTheWire(t *testing.T) {
	yes := true
	w := &connecttest.Wire{Next: connecttest.Responder(func(number int, _ *http.Request) (int, string) {
		if number == 1 {
			return http.StatusCreated, `{"url":"http://inside/api/search/3/"}`
		}
		return http.StatusOK, `[{"path":"/a"}]` // a list instead of an object
	})}
	answer, err := answered(t, w).RunSearch(t.Context(), ngenea.Search{
		Path: "/mmfs1", Sites: []string{"s"}, Recursive: &yes, Filters: map[string]any{"hsm.status": "migrated"},
		Done: func(a *ngenea.SearchResponse) bool { return strings.Contains(string(a.Raw), "/a") },
	}, time.Minute)
	if err != nil || answer.ID != 3 || string(answer.Raw) != `[{"path":"/a"}]` {
		t.Errorf("got %+v, %v", answer, err)
	}
	got := w.Sent()
	want := `{"filters":{"hsm.status":"migrated"},"path":"/mmfs1","recursive":true,"sites":["s"]}`
	if len(got) != 2 || canonical(t, got[0].Body) != want || target(got[1]) != "/api/search/3/" {
		t.Errorf("sent %v", got)
	}
	_, err = answered(t, w).RunSearch(t.Context(), ngenea.Search{}, time.Minute)
	connecttest.Classes(t, err, ngenea.ErrInvalidArgument)
}

// Without an ID in the response, no results are requested.
func TestSearchWithoutAnID(t *testing.T) {
	for _, answer := range []string{`{"id":0}`, `{"url":"http://inside/api/search/"}`, `{"url":"http://inside/api/jobs/3/"}`, `{"id":0,"url":"/api/search/0/"}`} {
		synctestTest(t, func(t *testing.T) {
			w := always(http.StatusCreated, answer)
			_, err := answered(t, w).RunSearch(t.Context(), ngenea.Search{Path: "/mmfs1"}, time.Minute)
			if connecttest.Classes(t, err, ngenea.ErrMalformedResponse); len(w.Sent()) != 1 {
				t.Errorf("%s: sent %v", answer, w.Sent())
			}
		})
	}
}

// At the end of its bound a search returns the results so far.
func TestSearchThatGoesOn(t *testing.T) {
	synctestTest(t, func(t *testing.T) {
		w := &connecttest.Wire{Next: connecttest.Responder(func(number int, r *http.Request) (int, string) {
			if r.Method == http.MethodPost {
				return http.StatusCreated, `{"id":3}`
			}
			return http.StatusOK, fmt.Sprintf(`{"id":3,"found":%d}`, number)
		})}
		answer, err := answered(t, w).RunSearch(t.Context(), ngenea.Search{Path: "/mmfs1"}, time.Minute)
		connecttest.Classes(t, err, ngenea.ErrWaitTimeout)
		if answer == nil || len(answer.Results.AdditionalProperties["found"]) == 0 {
			t.Errorf("got %+v", answer)
		}
	})
}

func TestSearchQuiet(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		begin := time.Now()
		_, err := foster(t, srv).RunSearch(t.Context(), ngenea.Search{Path: "/mmfs1/data", Quiet: time.Minute}, time.Hour)
		if took := time.Since(begin); err != nil || took < time.Minute {
			t.Errorf("took %v, %v", took, err)
		}
	})
}
