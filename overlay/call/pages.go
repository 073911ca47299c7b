package call

import (
	"context"
	"errors"
	"hash/maphash"
	"iter"
	"net/url"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// ErrRepeatedCursor says that a server gave the cursor of a page that had been
// fetched already, so that its list would never end. The error that holds it is of
// the class ErrMalformedAnswer.
var ErrRepeatedCursor = errors.New("the cursor of an earlier page came again, so the list would never end")

// Pages iterates over a list that comes in pages, one request a page, until a page
// has no cursor. There is no limit to their number.
//
// Fetch gets one page: its items and the cursor of the next page, "" on the last.
// Its cursor is first at the beginning, "" being the first page of all, and then what
// the page before gave. It must not keep anything from one page to the next: a
// sequence may be ranged over several times, at once too, and begins anew each time.
// Items that it returns beside an error come before the error.
//
// An error comes as the last pair of the sequence, with a zero item. A cursor that
// comes again is one, an *Error with [ErrRepeatedCursor]; to know, a hash is kept for
// every page.
func Pages[T any](ctx context.Context, op *api.Operation, first string, fetch func(ctx context.Context, cursor string) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := newCursors(first)
		for cursor := first; ; {
			items, next, err := fetch(ctx, cursor)
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if err == nil && next != "" && !seen.add(next) {
				err = malformedPage(op, ErrRepeatedCursor)
			}
			if err != nil {
				yield(none, err)
			}
			if err != nil || next == "" {
				return
			}
			cursor = next
		}
	}
}

// LinkedPages iterates over a list whose pages link to the next one by an address, as
// those of Django REST framework do. Of that address only the query is used: a server
// behind a proxy writes a scheme and host into it that may lead elsewhere.
//
// Fetch gets one page by its query: its items and the link to the next page, "" on
// the last or where the list is not paged at all. The first query is a copy of
// query, which the caller may go on using, and a nil one is nil; those that follow are
// the links' own and whole, filters included.
//
// Items that shift to a later page, because others were added before them, come once:
// key tells them apart, and the keys of the last page and of the last 1000 items or
// more are kept. A nil key drops nothing. An item that shifts to an earlier page,
// because others were removed, is missed, as it is by everyone who pages by number.
//
// A page after the first that is not found (class ErrNotFound) is the end: the list
// became shorter meanwhile. Otherwise LinkedPages is as [Pages].
func LinkedPages[T any, K comparable](ctx context.Context, op *api.Operation, query url.Values, key func(T) K, fetch func(ctx context.Context, query url.Values) (items []T, link string, err error)) iter.Seq2[T, error] {
	query = clone(query)
	return func(yield func(T, error) bool) {
		recent := newRecent(key)
		byQuery := func(ctx context.Context, cursor string) ([]T, string, error) {
			of, err := queryOfCursor(op, cursor, query)
			if err != nil {
				return nil, "", err
			}
			items, link, err := fetch(ctx, of)
			if cursor != "" && errors.Is(err, ErrNotFound) {
				return nil, "", nil
			}
			if err != nil {
				return nil, "", err
			}
			next, err := cursorOfLink(op, link)
			return recent.drop(items), next, err
		}
		for item, err := range Pages(ctx, op, "", byQuery) {
			if !yield(item, err) {
				return
			}
		}
	}
}

// cursorOfLink is the query of a link. A link without one leads to where the list
// began.
func cursorOfLink(op *api.Operation, link string) (string, error) {
	if link == "" {
		return "", nil
	}
	address, err := url.Parse(link)
	if err != nil {
		return "", malformedPage(op, errors.New("the link to the next page is not a valid address"))
	}
	if address.RawQuery == "" {
		return "", malformedPage(op, ErrRepeatedCursor)
	}
	return address.RawQuery, nil
}

func queryOfCursor(op *api.Operation, cursor string, first url.Values) (url.Values, error) {
	if cursor == "" {
		return clone(first), nil
	}
	query, err := url.ParseQuery(cursor)
	if err != nil {
		return nil, malformedPage(op, errors.New("the link to the next page has no valid query"))
	}
	return query, nil
}

func clone(query url.Values) url.Values {
	if query == nil {
		return nil
	}
	copied := make(url.Values, len(query))
	for name, values := range query {
		copied[name] = append([]string(nil), values...)
	}
	return copied
}

// malformedPage is an error of the answers, found when a call had succeeded.
func malformedPage(op *api.Operation, err error) *Error {
	return &Error{Operation: op.ID(), Method: op.Method(), Path: op.Path(), Class: ErrMalformedAnswer, Err: err}
}

// cursors remembers which there were. That two of a million cursors get one hash is
// less likely than one in thirty million.
type cursors struct {
	seed maphash.Seed
	seen map[uint64]struct{}
}

func newCursors(first string) *cursors {
	c := &cursors{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
	_ = c.add(first)
	return c
}

// add says whether the cursor is new.
func (c *cursors) add(cursor string) bool {
	hash := maphash.String(c.seed, cursor)
	if _, known := c.seen[hash]; known {
		return false
	}
	c.seen[hash] = struct{}{}
	return true
}
