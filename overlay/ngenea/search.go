package ngenea

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// searchQuiet is how long the results of a search must stay as they are to count as
// complete: longer than the stat_timeout after which the Hub gives up on a site.
const searchQuiet = 15 * time.Second

// Search is what to look for: see [Client.RunSearch].
type Search struct {
	Path  string   // the directory, as "/mmfs1/data"
	Sites []string // the names of the sites; none is all
	// Recursive says whether to look below the directory too. Nil leaves it to the Hub.
	Recursive *bool
	// Filters are conditions by the name of a metadata field: a value, a pattern or a
	// list of values, as {"core.filename": "*.jpg", "hsm.status": "migrated"}. Which
	// fields there are depends on the Hub's search backend; core.filename always is.
	Filters map[string]any
	// Done decides from an answer whether it is complete. Nil waits until the answer has
	// not changed for 15 seconds.
	Done func(*SearchAnswer) bool
}

// SearchAnswer is what the sites have found. Its shape is in no documentation, so what
// counts is the answer as it came.
type SearchAnswer struct {
	ID      int64                   // of the search; its results are kept for search_result_ttl days
	Raw     json.RawMessage         // the whole answer
	Results ngeneaapi.SearchResults // the same as an object, if it is one: its members by name
}

// RunSearch starts a search (operation createSearch) and asks for its results (getSearch)
// until they are complete, bound at most. Bound may be 0 where the context has a
// deadline.
//
// Sites answer one after the other, and nobody documents how the Hub says that all of
// them have. So the end is a guess unless Done knows better: the answer has stayed the
// same for 15 seconds. A site that takes longer than that is missed: ask again by the ID,
// with c.Search.GetSearch. At the end of bound, the answer so far is returned beside
// [ErrWaitTimeout]. A Hub gives no more than search_max_results for each site.
//
// A search without a path is [ErrInvalidArgument] and not sent. A Hub that is out of
// reach or busy is asked again, as in [Client.WaitJob].
func (c *Client) RunSearch(ctx context.Context, s Search, bound time.Duration, options ...CallOption) (*SearchAnswer, error) {
	if s.Path == "" {
		return nil, fmt.Errorf("ngenea: search: %w: the path is empty: give a directory", ErrInvalidArgument)
	}
	if _, limited := ctx.Deadline(); bound <= 0 && !limited || bound < 0 {
		return nil, fmt.Errorf("ngenea: search: %w", ErrNoBound)
	}
	created, err := c.Search.CreateSearch(ctx, ngeneaapi.CreateSearchBody{
		Path: s.Path, Sites: s.Sites, Recursive: s.Recursive, Filters: s.Filters,
	}, options...)
	if err != nil {
		return nil, err
	}
	w := &searchWait{client: c, id: created.ID, done: s.Done, options: options}
	if w.id == 0 {
		var ok bool
		if w.id, ok = idInURL(created.URL, "search"); !ok {
			return nil, fmt.Errorf("ngenea: search: %w: the Hub began it and did not say under which id", ErrMalformedAnswer)
		}
	}
	answer, err := wait.For(ctx, wait.Poll[*SearchAnswer]{Bound: bound, Get: w.get, State: w.judge, OnError: tolerate})
	if err != nil {
		return answer, fmt.Errorf("ngenea: search %d: %w", w.id, err)
	}
	return answer, nil
}

// searchWait is one wait for the results of a search.
type searchWait struct {
	client  *Client
	id      int64
	done    func(*SearchAnswer) bool // nil: see searchQuiet
	options []CallOption
	last    []byte
	since   time.Time // when the answer became what it is
}

func (w *searchWait) get(ctx context.Context) (*SearchAnswer, error) {
	answer := &SearchAnswer{ID: w.id}
	var raw []byte
	results, err := w.client.Search.GetSearch(ctx, w.id, with(w.options, WithRawBody(&raw))...)
	switch {
	case err == nil:
		answer.Results = *results
	case !errors.Is(err, ErrMalformedAnswer) || !json.Valid(raw): // a bare list is as good as an object
		return nil, err
	}
	answer.Raw = raw
	if w.since.IsZero() || !bytes.Equal(raw, w.last) {
		w.last, w.since = raw, time.Now()
	}
	return answer, nil
}

func (w *searchWait) judge(answer *SearchAnswer) (string, wait.Outcome) {
	complete := time.Since(w.since) >= searchQuiet
	if w.done != nil {
		complete = w.done(answer)
	}
	if complete {
		return "complete", wait.Done
	}
	return "being filled in", wait.Running
}
