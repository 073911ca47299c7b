package weka_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/specs"
)

// iterators has the iterator of each paged operation, by its id. It counts the items.
var iterators = map[string]func(context.Context, *weka.Client, ...weka.CallOption) (int, error){
	"getEvents": func(ctx context.Context, c *weka.Client, o ...weka.CallOption) (int, error) {
		return count(c.AllEvents(ctx, nil, o...))
	},
	"getLocalEvents": func(ctx context.Context, c *weka.Client, o ...weka.CallOption) (int, error) {
		return count(c.AllLocalEvents(ctx, nil, o...))
	},
	"listQuotas": func(ctx context.Context, c *weka.Client, o ...weka.CallOption) (int, error) {
		return count(c.AllQuotas(ctx, "u1", nil, o...))
	},
	"getQuotaDeprecated": func(ctx context.Context, c *weka.Client, o ...weka.CallOption) (int, error) {
		return count(c.AllInodeQuotas(ctx, &wekaapi.GetQuotaDeprecatedParams{Type: "directory", UID: "u1"}, o...))
	},
	"queryCatalog": func(ctx context.Context, c *weka.Client, o ...weka.CallOption) (int, error) {
		return count(c.AllCatalogEntries(ctx, wekaapi.QueryCatalogBody{FSUUID: "u1"}, o...))
	},
	"queryCatalogDiff": func(ctx context.Context, c *weka.Client, o ...weka.CallOption) (int, error) {
		return count(c.AllCatalogDifferences(ctx, wekaapi.QueryCatalogDiffBody{FSUUID: "u1", OldPointInTime: "@GMT"}, o...))
	},
	"getSnapshotDiff": func(ctx context.Context, c *weka.Client, o ...weka.CallOption) (int, error) {
		return count(c.AllSnapshotDifferences(ctx, wekaapi.GetSnapshotDiffBody{FSName: "fs1", RecentSnap: "s2", MaxResults: 2}, o...))
	},
}

func count[T any](sequence iter.Seq2[T, error]) (n int, err error) {
	for _, err := range sequence {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// page is x-page of an operation of the effective document.
type page struct{ Cursor, Parameter string }

// pagedOperations are the operations with x-page in the effective document.
var pagedOperations = sync.OnceValue(func() map[string]page {
	effective, err := specs.Effective("weka")
	if err != nil {
		panic(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(effective, &document); err != nil {
		panic(err)
	}
	all := map[string]page{}
	for _, item := range document.Paths {
		for _, raw := range item {
			var operation struct {
				OperationID string `json:"operationId"`
				Page        *page  `json:"x-page"`
			}
			if json.Unmarshal(raw, &operation) == nil && operation.Page != nil {
				all[operation.OperationID] = *operation.Page
			}
		}
	}
	return all
})

// pager responds with one page after the other and records the cursors of the requests.
type pager struct {
	page
	operation string
	cursors   []string // JSON values, one a page; "" means no cursor
	sent      []string // JSON values, "" for none
	queries   []string
	paths     []string
	fail      int // the page with status 400
}

func (p *pager) RoundTrip(r *http.Request) (*http.Response, error) {
	p.sent = append(p.sent, p.cursorOf(r))
	p.queries = append(p.queries, r.URL.RawQuery)
	p.paths = append(p.paths, r.URL.Path)
	n := len(p.sent)
	if n == p.fail {
		return connecttest.Always(http.StatusBadRequest, `{"message":"no more"}`).RoundTrip(r)
	}
	cursor := ""
	if given := p.cursors[min(n, len(p.cursors))-1]; given != "" {
		cursor = fmt.Sprintf(`,%q:%s`, p.Cursor, given)
	}
	body := fmt.Sprintf(`{"data":[{"type":"a"},{"type":"b"}]%s}`, cursor)
	switch p.operation {
	case "getQuotaDeprecated":
		body = fmt.Sprintf(`{"data":{"0x2:0":{"inodeId":2},"0x1:0":{"inodeId":1}}%s}`, cursor)
	case "getSnapshotDiff":
		body = fmt.Sprintf(`{"data":{"results":[{"path":"/a"},{"path":"/b"}]%s}}`, cursor)
	}
	return connecttest.Always(http.StatusOK, body).RoundTrip(r)
}

// cursorOf returns the cursor of a request as JSON text, from its query or its body.
func (p *pager) cursorOf(r *http.Request) string {
	if values, found := r.URL.Query()[p.Parameter]; found {
		return strings.Join(values, "&")
	}
	if r.Body == nil {
		return ""
	}
	content, _ := io.ReadAll(r.Body)
	var members map[string]json.RawMessage
	_ = json.Unmarshal(content, &members)
	return strings.Trim(string(members[p.Parameter]), `"`)
}

// paging makes a client of a pager for an operation.
func paging(t *testing.T, operation string, cursors ...string) (*weka.Client, *pager) {
	t.Helper()
	p := &pager{page: pagedOperations()[operation], operation: operation, cursors: cursors}
	return newClientAt(t, "https://weka01", weka.WithAccessToken("t"), weka.WithTransport(p)), p
}

// Every paged operation of the document has an iterator, and every iterator has one.
func TestEveryPagedOperationHasAnIterator(t *testing.T) {
	paged := pagedOperations()
	if len(paged) == 0 {
		t.Fatal("no operation pages")
	}
	for id := range paged {
		if iterators[id] == nil {
			t.Errorf("%s has no iterator", id)
		}
	}
	for id := range iterators {
		if _, found := paged[id]; !found {
			t.Errorf("%s is not marked as paged", id)
		}
	}
	all, client := 0, reflect.TypeFor[*weka.Client]()
	for i := range client.NumMethod() {
		if strings.HasPrefix(client.Method(i).Name, "All") {
			all++
		}
	}
	if all != len(paged) {
		t.Errorf("%d methods are named All…, and %d operations page", all, len(paged))
	}
}

// A cursor of any JSON type is sent back as its text; null, "" and none are the end.
func TestIterators(t *testing.T) {
	for id, all := range iterators {
		for _, end := range []string{"", `""`, "null"} {
			c, p := paging(t, id, `"7f3e-aa"`, `"2025-01-02T03:04:05.678Z"`, `18446744073709551615`, `1.5`, end)
			n, err := all(t.Context(), c, weka.WithQuery("option", "x"))
			want := []string{"", "7f3e-aa", "2025-01-02T03:04:05.678Z", "18446744073709551615", "1.5"}
			if err != nil || n != 10 || !slices.Equal(p.sent, want) {
				t.Errorf("%s, ends with %q: got %d, %v; sent %q, want %q", id, end, n, err, p.sent, want)
			}
			for _, query := range p.queries {
				if !strings.Contains(query, "option=x") {
					t.Errorf("%s: the option is missing in %s", id, query)
				}
			}
		}
	}
}

func TestIteratorsRefuseARepeatedCursor(t *testing.T) {
	for id, all := range iterators {
		c, p := paging(t, id, `"a"`, `5`, `"a"`)
		n, err := all(t.Context(), c)
		wantError(t, err, id, weka.ErrRepeatedCursor, weka.ErrMalformedResponse)
		if n != 6 || len(p.sent) != 3 {
			t.Errorf("%s: got %d of %d pages", id, n, len(p.sent))
		}
	}
}

// Pages that repeat or are empty, with ever new cursors, end with an error.
func TestIteratorsRefuseStalePages(t *testing.T) {
	for _, items := range []string{`[]`, `[{"id":"7"}]`} {
		n := 0
		stale := weka.WithTransport(connecttest.Responder(func(number int, _ *http.Request) (int, string) {
			n = number
			return http.StatusOK, fmt.Sprintf(`{"data":%s,"next_token":"%d"}`, items, number)
		}))
		c := newClientAt(t, "weka01", weka.WithAccessToken("t"), stale)
		_, err := count(c.AllEvents(t.Context(), nil))
		if wantError(t, err, "getEvents", weka.ErrMalformedResponse); n > 101 || !strings.Contains(err.Error(), "100 pages") {
			t.Errorf("%s: got %v after %d requests", items, err, n)
		}
	}
}

func TestIteratorsEndWithAnError(t *testing.T) {
	for id, all := range iterators {
		c, p := paging(t, id, `"a"`, `"b"`)
		p.fail = 2
		n, err := all(t.Context(), c)
		wantError(t, err, id, weka.ErrValidation)
		if n != 2 || len(p.sent) != 2 {
			t.Errorf("%s: got %d of %d pages", id, n, len(p.sent))
		}
	}
}

// An iterator does not change the caller's parameters, and copies them.
func TestIteratorsCopyTheParameters(t *testing.T) {
	c, p := paging(t, "getEvents", `"b"`, `"c"`, "")
	cursor, severity := "a", "MAJOR"
	params := &wekaapi.GetEventsParams{NextToken: &cursor, Severity: &severity}
	sequence := c.AllEvents(t.Context(), params)
	params.Severity, params.NextToken = nil, nil
	for range 2 {
		if n, err := count(sequence); n != 6 || err != nil {
			t.Fatalf("got %d, %v", n, err)
		}
		p.sent = p.sent[:len(p.sent)-3]
	}
	want := []string{"severity=MAJOR&next_token=a", "severity=MAJOR&next_token=b", "severity=MAJOR&next_token=c"}
	if !slices.Equal(p.queries, slices.Concat(want, want)) || cursor != "a" {
		t.Errorf("sent %q, want %q twice", p.queries, want)
	}
}

func TestIteratorLeftEarlyAsksNoMore(t *testing.T) {
	c, p := paging(t, "getEvents", `"a"`, `"b"`, "")
	for _, err := range c.AllEvents(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(p.sent) != 1 {
		t.Errorf("%d requests for one event", len(p.sent))
	}
}

func TestEventsSince(t *testing.T) {
	for text, want := range map[string]string{
		"2025-01-02T03:04:05+02:00":   "2025-01-02T01:04:05Z",
		"2025-01-02T03:04:05.678901Z": "2025-01-02T03:04:05.678901Z",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := weka.EventsSince(at); got.StartTime == nil || *got.StartTime != want {
			t.Errorf("%s gives %v, want %s", text, got.StartTime, want)
		}
	}
	c, p := paging(t, "getEvents", "")
	if _, err := count(c.AllEvents(t.Context(), weka.EventsSince(time.Unix(0, 0)))); err != nil || p.queries[0] != "start_time=1970-01-01T00%3A00%3A00Z" {
		t.Errorf("got %v, sent %q", err, p.queries)
	}
}

// The map of the old route is returned with its keys, in their order.
func TestAllInodeQuotas(t *testing.T) {
	c, _ := paging(t, "getQuotaDeprecated", `7`, "")
	var got []string
	for quota, err := range c.AllInodeQuotas(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(quota.Inode, " ", quota.InodeID))
	}
	if want := []string{"0x1:0 1", "0x2:0 2", "0x1:0 1", "0x2:0 2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The differences end at the StopToken, or with the last one.
func TestAllSnapshotDifferencesStop(t *testing.T) {
	const last = "FFFF-FFFF-FFFFFFFF-FFFFFFFF-FFFFFFFF-FFFFFFFF-0"
	for stop, pages := range map[string]int{"": 3, "b": 2, "elsewhere": 3, last: 3} {
		c, p := paging(t, "getSnapshotDiff", `"a"`, `"b"`, `"`+last+`"`)
		begin := "0-0"
		body := wekaapi.GetSnapshotDiffBody{FSName: "fs1", RecentSnap: "s2", MaxResults: 2, ResumeToken: &begin}
		if stop != "" {
			body.StopToken = &stop
		}
		n, err := count(c.AllSnapshotDifferences(t.Context(), body))
		if err != nil || n != 2*pages || !slices.Equal(p.sent, []string{"0-0", "a", "b"}[:pages]) {
			t.Errorf("stop %q: got %d, %v; sent %q", stop, n, err, p.sent)
		}
	}
}

// No route of WEKA ends in a slash, so Do removes it.
func TestDoEndsWithoutASlash(t *testing.T) {
	c, p := paging(t, "getEvents", "")
	if err := c.Do(t.Context(), "GET", "events/?a=b", nil, nil); err != nil || len(p.paths) != 1 || p.paths[0] != "/api/v2/events" {
		t.Errorf("got %v, sent to %q", err, p.paths)
	}
}
