package pages_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/pages"
)

var operation = api.NewOperation(api.Definition{ID: "listThings", Method: "GET", Path: "/things/"})

// failed returns the *call.Error that err must be.
func failed(t *testing.T, err error) *call.Error {
	t.Helper()
	var e *call.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T, want a *call.Error: %v", err, err)
	}
	return e
}

// paged is a server's list: the pages by cursor, and what was asked.
type paged struct {
	pages map[string]pagedAnswer
	asked []string
}

type pagedAnswer struct {
	items []int
	next  string
	err   error
}

func (p *paged) fetch(ctx context.Context, cursor string) ([]int, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	p.asked = append(p.asked, cursor)
	answer := p.pages[cursor]
	return answer.items, answer.next, answer.err
}

func (p *paged) all(ctx context.Context, first string) iter.Seq2[int, error] {
	return pages.ByCursor(ctx, operation, first, p.fetch)
}

// collect ranges over a sequence and checks that an error is its end, with a zero item.
func collect[T any](t *testing.T, sequence iter.Seq2[T, error]) (items []T, err error) {
	t.Helper()
	for item, failed := range sequence {
		if err != nil {
			t.Fatalf("%v, %v comes after the error %v", item, failed, err)
		}
		if err = failed; err != nil {
			if !reflect.ValueOf(&item).Elem().IsZero() {
				t.Errorf("the error %v comes with the item %v", err, item)
			}
			continue
		}
		items = append(items, item)
	}
	return items, err
}

func wantItems[T any](t *testing.T, got []T, err error, want ...T) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

var errCut = errors.New("cut")

func TestPages(t *testing.T) {
	for name, test := range map[string]struct {
		pages map[string]pagedAnswer
		first string
		want  []int
		asked []string
	}{
		"one page":           {map[string]pagedAnswer{"": {items: []int{1, 2}}}, "", []int{1, 2}, []string{""}},
		"nothing":            {map[string]pagedAnswer{}, "", nil, []string{""}},
		"several":            {map[string]pagedAnswer{"": {items: []int{1}, next: "a"}, "a": {items: []int{2}, next: "7"}, "7": {items: []int{3}}}, "", []int{1, 2, 3}, []string{"", "a", "7"}},
		"an empty page":      {map[string]pagedAnswer{"": {next: "a"}, "a": {items: []int{2}}}, "", []int{2}, []string{"", "a"}},
		"from the middle on": {map[string]pagedAnswer{"": {items: []int{1}, next: "a"}, "a": {items: []int{2}, next: "b"}, "b": {items: []int{3}}}, "a", []int{2, 3}, []string{"a", "b"}},
	} {
		p := &paged{pages: test.pages}
		got, err := collect(t, p.all(t.Context(), test.first))
		wantItems(t, got, err, test.want...)
		if !slices.Equal(p.asked, test.asked) {
			t.Errorf("%s: asked for %q, want %q", name, p.asked, test.asked)
		}
	}
}

// A cursor that comes again is an error, at once and whatever lies between: nothing
// is fetched twice.
func TestRepeatedCursor(t *testing.T) {
	for name, test := range map[string]struct {
		next  map[string]string
		first string
		asked int
	}{
		"the same":                 {map[string]string{"": "a", "a": "a"}, "", 2},
		"the last but one":         {map[string]string{"": "a", "a": "b", "b": "a"}, "", 3},
		"an early one":             {map[string]string{"": "a", "a": "b", "b": "c", "c": "d", "d": "a"}, "", 5},
		"the one it began with":    {map[string]string{"x": "a", "a": "x"}, "x", 2},
		"the one it began with, 1": {map[string]string{"x": "x"}, "x", 1},
	} {
		p := &paged{pages: map[string]pagedAnswer{}}
		for cursor, next := range test.next {
			p.pages[cursor] = pagedAnswer{items: []int{1}, next: next}
		}
		got, err := collect(t, p.all(t.Context(), test.first))
		e := failed(t, err)
		if !errors.Is(err, pages.ErrRepeatedCursor) || !errors.Is(err, call.ErrMalformedResponse) || e.Operation != operation.ID() || e.Method != http.MethodGet || e.Path != "/things/" {
			t.Errorf("%s: got %v", name, err)
		}
		if len(p.asked) != test.asked || len(got) != test.asked {
			t.Errorf("%s: asked for %q, got %v", name, p.asked, got)
		}
	}
}

// An error on the way comes after the items before it, and is the end.
// Pages without a new item, with ever new cursors, are an error after a hundred in a row.
// Progress between them begins a new row.
func TestStalePages(t *testing.T) {
	for name, test := range map[string]struct {
		page  func(number int) []int
		asked int // 0 is no error
	}{
		"empty":             {func(int) []int { return nil }, 100},
		"the same":          {func(int) []int { return []int{1, 2} }, 101},
		"two in turn":       {func(number int) []int { return []int{number % 2, 7} }, 102},
		"empty after a few": {func(number int) []int { return []int{number, 7}[:2*min(1, max(0, 5-number))] }, 105},
		"progress at times": {func(number int) []int { return []int{number}[:1-min(1, number%100)] }, 0},
	} {
		asked := 0
		fetch := func(context.Context, string) ([]int, string, error) {
			asked++
			if asked == 1000 {
				return nil, "", nil
			}
			return test.page(asked - 1), strconv.Itoa(asked), nil
		}
		byLink := func(ctx context.Context, query string) ([]int, string, error) {
			items, next, err := fetch(ctx, query)
			if next != "" {
				next = "?page=" + next
			}
			return items, next, err
		}
		for kind, all := range map[string]iter.Seq2[int, error]{
			"cursor": pages.ByCursor(t.Context(), operation, "", fetch),
			"link":   pages.ByLink(t.Context(), operation, identity, byLink),
		} {
			asked = 0
			_, err := collect(t, all)
			if test.asked == 0 && (err != nil || asked != 1000) || test.asked > 0 && (!errors.Is(err, call.ErrMalformedResponse) || asked != test.asked) {
				t.Errorf("%s by %s: got %v after %d requests", name, kind, err, asked)
			}
		}
	}
	alike, asked := json.RawMessage(`{"type":"file"}`), 0
	got, err := collect(t, pages.ByCursor(t.Context(), operation, "", func(context.Context, string) ([]json.RawMessage, string, error) {
		if asked++; asked == 1000 {
			return nil, "", nil
		}
		return []json.RawMessage{alike}, strconv.Itoa(asked), nil
	}))
	if err != nil || len(got) != 999 {
		t.Errorf("entries of a query that are alike: got %d, %v", len(got), err)
	}
}

func TestPagesEndWithAnError(t *testing.T) {
	p := &paged{pages: map[string]pagedAnswer{"": {items: []int{1}, next: "a"}, "a": {err: errCut, next: "b"}}}
	got, err := collect(t, p.all(t.Context(), ""))
	if wantItems(t, got, nil, 1); !errors.Is(err, errCut) || len(p.asked) != 2 {
		t.Errorf("got %v, asked for %q", err, p.asked)
	}
}

// A loop that is left early asks for nothing more: in a page, at its end, at an error.
func TestPagesLeftEarly(t *testing.T) {
	for left, asked := range map[int]int{1: 1, 2: 1, 3: 2, 4: 3} {
		p := &paged{pages: map[string]pagedAnswer{"": {items: []int{1, 2}, next: "a"}, "a": {items: []int{3}, next: "b"}, "b": {err: errCut}}}
		n := 0
		for _, err := range p.all(t.Context(), "") {
			if n++; n == left || err != nil {
				break
			}
		}
		if len(p.asked) != asked {
			t.Errorf("left after %d: asked for %q", left, p.asked)
		}
	}
}

// A sequence can be ranged over again, and begins anew.
func TestPagesAgain(t *testing.T) {
	p := &paged{pages: map[string]pagedAnswer{"": {items: []int{1}, next: "a"}, "a": {items: []int{2}}}}
	sequence := p.all(t.Context(), "")
	for range 2 {
		got, err := collect(t, sequence)
		wantItems(t, got, err, 1, 2)
	}
}

// The context that ends between two pages ends the list with its error.
func TestPagesContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &paged{pages: map[string]pagedAnswer{"": {items: []int{1, 2}, next: "a"}, "a": {items: []int{3}}}}
	var got []int
	var last error
	for item, err := range p.all(ctx, "") {
		cancel()
		if last = err; err == nil {
			got = append(got, item)
		}
	}
	if !errors.Is(last, context.Canceled) || !slices.Equal(got, []int{1, 2}) {
		t.Errorf("got %v, %v", got, last)
	}
}

// linked is a list of a framework whose links hold its own idea of the address.
type linked struct {
	links map[string]linkedAnswer // by the encoded query
	asked []string
}

type linkedAnswer struct {
	items []int
	link  string
	err   error
}

func (l *linked) fetch(_ context.Context, query string) ([]int, string, error) {
	l.asked = append(l.asked, query)
	answer, known := l.links[query]
	if !known {
		return nil, "", fmt.Errorf("page %s: %w", query, call.ErrNotFound)
	}
	return answer.items, answer.link, answer.err
}

func identity(item *int) int { return *item }

func (l *linked) all(ctx context.Context) iter.Seq2[int, error] {
	return pages.ByLink(ctx, operation, identity, l.fetch)
}

// Of a link the query counts, all of it, and nothing else.
func TestLinkedPages(t *testing.T) {
	for name, link := range map[string]string{
		"as configured":    "https://hub.example.com/api/jobs/?page=2&state=A+B&state=C",
		"another host":     "http://evil.example.com:8000/api/jobs/?page=2&state=A%20B&state=C",
		"another path":     "http://backend/internal/?state=A%20B&state=C&page=2",
		"a query alone":    "?page=2&state=A%20B&state=C",
		"with a fragment":  "/x?page=2&state=A%20B&state=C#end",
		"with a user name": "http://u:p@hub/x?page=2&state=A%20B&state=C",
	} {
		l := &linked{links: map[string]linkedAnswer{
			"":                         {items: []int{1, 2}, link: link},
			"page=2&state=A+B&state=C": {items: []int{3}},
		}}
		got, err := collect(t, l.all(t.Context()))
		wantItems(t, got, err, 1, 2, 3)
		if want := []string{"", "page=2&state=A+B&state=C"}; !slices.Equal(l.asked, want) {
			t.Errorf("%s: asked for %q, want %q", name, l.asked, want)
		}
	}
}

// A list that is not paged has no link.
func TestBareListIsOnePage(t *testing.T) {
	l := &linked{links: map[string]linkedAnswer{"": {items: []int{1, 2}}}}
	got, err := collect(t, l.all(t.Context()))
	wantItems(t, got, err, 1, 2)
	if !slices.Equal(l.asked, []string{""}) {
		t.Errorf("asked for %q", l.asked)
	}
}

// The list that became shorter ends where it ends now; another error is one.
func TestPageThatIsNoLongerThere(t *testing.T) {
	l := &linked{links: map[string]linkedAnswer{"": {items: []int{1}, link: "?page=2"}}}
	got, err := collect(t, l.all(t.Context()))
	wantItems(t, got, err, 1)

	if _, err := collect(t, (&linked{}).all(t.Context())); !errors.Is(err, call.ErrNotFound) {
		t.Errorf("a first page that is not found: got %v", err)
	}

	l.links["page=2"] = linkedAnswer{err: call.ErrRouteMissing}
	got, err = collect(t, l.all(t.Context()))
	if wantItems(t, got, nil, 1); !errors.Is(err, call.ErrRouteMissing) {
		t.Errorf("got %v", err)
	}
}

// A link that cannot be used is an error after the items of its page, and shows
// nothing of itself.
func TestLinksThatAreNone(t *testing.T) {
	for link, class := range map[string]error{
		"https://hub.example.com/api/jobs/": pages.ErrRepeatedCursor,
		"https://hub.example.com/?":         pages.ErrRepeatedCursor,
		"http://[::1/?page=2":               call.ErrMalformedResponse,
		"?page=%zz":                         call.ErrMalformedResponse,
		"?a=1;b=2":                          call.ErrMalformedResponse,
	} {
		l := &linked{links: map[string]linkedAnswer{"": {items: []int{1}, link: link}}}
		got, err := collect(t, l.all(t.Context()))
		if wantItems(t, got, nil, 1); !errors.Is(err, class) || !errors.Is(err, call.ErrMalformedResponse) || failed(t, err).Operation != operation.ID() || len(l.asked) != 1 {
			t.Errorf("%s: got %v after %d requests", link, err, len(l.asked))
		}
	}
	l := &linked{links: map[string]linkedAnswer{"": {link: "http://x/?page=2"}, "page=2": {link: "http://y/?page=2"}}}
	if _, err := collect(t, l.all(t.Context())); !errors.Is(err, pages.ErrRepeatedCursor) {
		t.Errorf("the same query from two hosts: got %v", err)
	}
}

// numbered is a list that grows or shrinks while it is read, paged by number.
func numbered(size int, list func(request int) []int) func(context.Context, string) ([]int, string, error) {
	request := 0
	return func(_ context.Context, query string) ([]int, string, error) {
		items := list(request)
		request++
		page, _ := strconv.Atoi(strings.TrimPrefix(query, "page="))
		from, to := min(page*size, len(items)), min((page+1)*size, len(items))
		link := ""
		if to < len(items) {
			link = fmt.Sprintf("http://backend/?page=%d", page+1)
		}
		return items[from:to], link, nil
	}
}

// countdown is a list with the newest item, the highest number, first.
func countdown(newest int) []int {
	items := make([]int, newest)
	for i := range items {
		items[i] = newest - i
	}
	return items
}

// Items that shift to a later page come once: those of the page before, of all pages
// that so many new items can push back, and within a page. New ones that are pushed
// into view may come as well.
func TestShiftedItemsComeOnce(t *testing.T) {
	for _, added := range []int{0, 1, 10, 15, 20, 25, 100} {
		once := numbered(20, func(request int) []int {
			if request < 3 {
				return countdown(100)
			}
			return countdown(100 + added)
		})
		got, err := collect(t, pages.ByLink(t.Context(), operation, identity, once))
		slices.Sort(got)
		if once := slices.Compact(slices.Clone(got)); err != nil || len(once) != len(got) || len(got) < 100 || got[99] != 100 {
			t.Errorf("%d were added: got %v, %v", added, got, err)
		}
	}
	steady := numbered(20, func(request int) []int { return countdown(100 + 3*request) })
	got, err := collect(t, pages.ByLink(t.Context(), operation, identity, steady))
	wantItems(t, got, err, countdown(100)...)
	twice := numbered(20, func(int) []int { return []int{1, 1, 2} })
	got, err = collect(t, pages.ByLink(t.Context(), operation, identity, twice))
	wantItems(t, got, err, 1, 2)
}

// A page larger than what is remembered is remembered whole.
func TestShiftFromALargePage(t *testing.T) {
	list := numbered(5000, func(request int) []int { return countdown(12000 + 4999*min(request, 1)) })
	got, err := collect(t, pages.ByLink(t.Context(), operation, identity, list))
	wantItems(t, got, err, countdown(12000)...)
}

// Items without a key are not dropped: equal ones may be meant.
func TestNoKeyDropsNothing(t *testing.T) {
	list := numbered(2, func(int) []int { return []int{1, 1, 1, 2} })
	got, err := collect(t, pages.ByLink(t.Context(), operation, func(*int) string { return "" }, list))
	wantItems(t, got, err, 1, 1, 1, 2)
}

// A million items take as little memory as a thousand.
func TestMemoryIsBounded(t *testing.T) {
	const count, size = 10_000, 100
	page := make([]int, size)
	fetch := func(_ context.Context, query string) ([]int, string, error) {
		number, _ := strconv.Atoi(strings.TrimPrefix(query, "page="))
		for i := range page {
			page[i] = number*size + i
		}
		if number+1 == count {
			return page, "", nil
		}
		return page, "?page=" + strconv.Itoa(number+1), nil
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for item, err := range pages.ByLink(t.Context(), operation, identity, fetch) {
		if err != nil || item != n {
			t.Fatalf("got %d, %v, want %d", item, err, n)
		}
		if n++; n == count*size {
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); n != count*size || kept > 2<<20 {
		t.Errorf("%d items, %d bytes kept", n, kept)
	}
}
