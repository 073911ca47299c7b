package ngenea

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// searchStable is how long the results of a search must stay the same to be complete: longer
// than stat_timeout, after which the Hub gives up on a site.
const searchStable = 15 * time.Second

// Search is what [Client.RunSearch] looks for.
type Search struct {
	Path  string   // the directory, as "/mmfs1/data"
	Sites []string // the names of the sites; none means all
	// Recursive is whether to search subdirectories; nil is the Hub's default.
	Recursive *bool
	// Filters are conditions by metadata field: a value, a pattern or a list of values, as
	// {"core.filename": "*.jpg", "hsm.status": "migrated"}. The fields depend on the Hub's
	// search backend; it always has core.filename.
	Filters map[string]any
	// Done reports whether a response is complete. Nil waits until it has not changed for
	// Quiet.
	Done func(*SearchResponse) bool
	// Quiet is 15 seconds if it is 0. Sites that the Hub waits longer for (stat_timeout) need
	// more.
	Quiet time.Duration
}

// SearchResponse is the result of a search. Its shape is not documented, so it has the whole
// response.
type SearchResponse struct {
	ID      int64                   // of the search; the Hub keeps its results for search_result_ttl days
	Raw     json.RawMessage         // the whole response
	Results ngeneaapi.SearchResults // the members of the response, if it is an object
}

// RunSearch starts a search (operation createSearch) and polls its results (getSearch) until
// they are complete, for at most bound. bound may be 0 if the context has a deadline.
//
// Sites respond one after the other, and how the Hub reports that all have is not
// documented. Without Done, results are therefore taken as complete when they have not
// changed for 15 seconds, or Quiet. A site that takes longer is missed: read the results
// again with c.Search.Get and the ID. When bound passes, RunSearch returns the results so far
// and [ErrWaitTimeout]. A Hub returns at most search_max_results for each site.
//
// A search without a path is [ErrInvalidArgument] and not sent. If the Hub is unreachable or
// busy, RunSearch polls again, as [Client.WaitJob] does.
func (c *Client) RunSearch(ctx context.Context, s Search, bound time.Duration, options ...CallOption) (*SearchResponse, error) {
	if s.Path == "" {
		return nil, fmt.Errorf("ngenea: search: %w: the path is empty: pass a directory", ErrInvalidArgument)
	}
	if ctx == nil {
		return nil, errNilContext
	}
	if _, limited := ctx.Deadline(); bound <= 0 && !limited || bound < 0 {
		return nil, fmt.Errorf("ngenea: search: %w", ErrNoBound)
	}
	created, err := c.Search.Create(ctx, ngeneaapi.CreateSearchBody{
		Path: s.Path, Sites: s.Sites, Recursive: s.Recursive, Filters: s.Filters,
	}, options...)
	if err != nil {
		return nil, err
	}
	w := &searchWait{client: c, id: created.ID, done: s.Done, quiet: s.Quiet, options: options}
	if w.id == 0 {
		var ok bool
		if w.id, ok = idInURL(created.URL, "search"); !ok {
			return nil, fmt.Errorf("ngenea: search: %w: the Hub started it, but its response has no ID", ErrMalformedResponse)
		}
	}
	response, err := wait.For(ctx, wait.Poll[*SearchResponse]{Bound: bound, Get: w.get, State: w.judge, OnError: tolerate, Tolerance: -1})
	if err != nil {
		return response, fmt.Errorf("ngenea: search %d: %w", w.id, err)
	}
	return response, nil
}

// searchWait is one wait for the results of a search.
type searchWait struct {
	client  *Client
	id      int64
	done    func(*SearchResponse) bool // nil: see quiet
	quiet   time.Duration              // 0: see searchStable
	options []CallOption
	last    []byte
	since   time.Time // of the last change
}

func (w *searchWait) get(ctx context.Context) (*SearchResponse, error) {
	response := &SearchResponse{ID: w.id}
	var raw []byte
	results, err := w.client.Search.Get(ctx, w.id, with(w.options, WithRawBody(&raw))...)
	switch {
	case err == nil:
		response.Results = *results
	case !errors.Is(err, ErrMalformedResponse) || !json.Valid(raw): // a list instead of an object is valid
		return nil, err
	}
	response.Raw = raw
	if w.since.IsZero() || !bytes.Equal(raw, w.last) {
		w.last, w.since = raw, time.Now()
	}
	return response, nil
}

func (w *searchWait) judge(response *SearchResponse) (string, wait.Outcome) {
	complete := time.Since(w.since) >= cmp.Or(w.quiet, searchStable)
	if w.done != nil {
		complete = w.done(response)
	}
	if complete {
		return "complete", wait.Done
	}
	return "incomplete", wait.Running
}
