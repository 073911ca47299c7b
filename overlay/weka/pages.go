package weka

import (
	"context"
	"iter"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// ErrRepeatedCursor is the error of an iterator to which the cluster gave the cursor of
// an earlier page again: the list would never end.
var ErrRepeatedCursor = call.ErrRepeatedCursor

// EventsSince are the parameters of [Client.AllEvents] for the events from t on. Set
// more of them as needed: severity, types, categories, the order.
func EventsSince(t time.Time) *wekaapi.GetEventsParams {
	start := t.UTC().Format(time.RFC3339Nano)
	return &wekaapi.GetEventsParams{StartTime: &start}
}

// AllEvents iterates over cluster events (operation getEvents), a request a page.
// Nil params mean all events.
//
// All iterators of a client are alike. They take what the operation takes, copied when
// the iterator is made; a cursor in it says where to begin. They go on to the last page,
// whatever the number of pages. An error comes once, as the last pair: an *[Error], of
// which [ErrRepeatedCursor] is one more kind. Options are those of every request. The
// context ends the iteration. A single page is what the operation itself answers.
func (c *Client) AllEvents(ctx context.Context, params *wekaapi.GetEventsParams, options ...CallOption) iter.Seq2[wekaapi.Event, error] {
	given := copied(params)
	return pages(ctx, wekaapi.OpGetEvents, given.NextToken, func(ctx context.Context, cursor *string) ([]wekaapi.Event, string, error) {
		params := given
		params.NextToken = cursor
		page, err := c.Events.GetEvents(ctx, &params, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Items, page.NextToken, nil
	})
}

// AllLocalEvents iterates over the events of the one server that answers (operation
// getLocalEvents). Nil params mean all of them. See [Client.AllEvents].
func (c *Client) AllLocalEvents(ctx context.Context, params *wekaapi.GetLocalEventsParams, options ...CallOption) iter.Seq2[wekaapi.LocalEvent, error] {
	given := copied(params)
	return pages(ctx, wekaapi.OpGetLocalEvents, given.NextToken, func(ctx context.Context, cursor *string) ([]wekaapi.LocalEvent, string, error) {
		params := given
		params.NextToken = cursor
		page, err := c.Events.GetLocalEvents(ctx, &params, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Items, page.NextToken, nil
	})
}

// pages iterates over the pages of an operation. A cursor is nil where there is none: an
// empty one may not be sent.
func pages[T any](ctx context.Context, operation *api.Operation, first *string, fetch func(context.Context, *string) ([]T, string, error)) iter.Seq2[T, error] {
	var begin string
	if first != nil {
		begin = *first
	}
	return call.Pages(ctx, operation, begin, func(ctx context.Context, cursor string) ([]T, string, error) {
		if cursor == "" {
			return fetch(ctx, nil)
		}
		return fetch(ctx, &cursor)
	})
}

// copied gives params by value, those that are nil as none.
func copied[T any](params *T) (value T) {
	if params != nil {
		value = *params
	}
	return value
}
