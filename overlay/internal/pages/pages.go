// Package pages makes one iterator of a list that a server returns in pages: by a cursor,
// as WEKA does, or by links, as Django REST framework does.
package pages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"net/url"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// ErrRepeatedCursor reports that the server returned the cursor of an earlier page, so that
// the list would never end. The error that wraps it has the class call.ErrMalformedResponse.
var ErrRepeatedCursor = errors.New("the server returned the cursor of an earlier page, so the list would never end")

// maxStalePages is how many pages in a row may bring no new item. More are an error: a
// server that always has another cursor would be asked for ever. The front doors document it.
const maxStalePages = 100

var errStalePages = fmt.Errorf("%d pages in a row had no new item", maxStalePages)

// ByCursor iterates over a list, one request a page, until a page has no cursor. The
// number of pages is not limited, but that of pages in a row without a new item: empty ones,
// and those that begin with the item that began an earlier page. Items that are raw JSON
// are always new, since equal ones may be meant.
//
// fetch gets one page: its items, and the cursor of the next page, "" on the last. Its
// cursor is first at the beginning, "" for the first page of all, and then what the page
// before returned. It must not keep anything from one page to the next: a sequence can be
// ranged over several times, also at once, and begins anew each time. Items that it
// returns with an error come before the error.
//
// An error is the last pair of the sequence, with a zero item. A repeated cursor is a
// *call.Error with [ErrRepeatedCursor]; a hash of each cursor is kept to find it.
func ByCursor[T any](ctx context.Context, op *api.Operation, first string, fetch func(ctx context.Context, cursor string) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen, begins, stale := newHashes(), newHashes(), 0
		_ = seen.add([]byte(first))
		for cursor := first; ; {
			items, next, err := fetch(ctx, cursor)
			if stale++; len(items) > 0 && begins.addItem(items[0]) {
				stale = 0
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			switch {
			case err != nil || next == "":
			case !seen.add([]byte(next)):
				err = malformed(op, ErrRepeatedCursor)
			case stale >= maxStalePages:
				err = malformed(op, errStalePages)
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

// ByLink iterates over a list whose pages link to the next one. Only the query of a link is
// used: a server behind a proxy writes a scheme and host into it that may lead elsewhere.
//
// fetch gets one page by its query, "" for the first: its items, and the link to the next
// page, "" on the last and if the list is not paged. Later queries are those of the links,
// which include the filters of the first page, encoded.
//
// Items that move to a later page, because others were inserted before them, come once:
// key identifies them, and the keys of the last page and of at least the last 1000 items
// are kept. An item with a zero key equals no other. An item that moves to an earlier page,
// because others were removed, is missed, as with all paging by number.
//
// A page after the first that is not found (class call.ErrNotFound) is the end: the list
// has become shorter. Otherwise ByLink is like [ByCursor].
func ByLink[T any, K comparable](ctx context.Context, op *api.Operation, key func(*T) K, fetch func(ctx context.Context, query string) (items []T, link string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		recent := recent[T, K]{key: key, younger: map[K]struct{}{}}
		byQuery := func(ctx context.Context, query string) ([]T, string, error) {
			items, link, err := fetch(ctx, query)
			if query != "" && errors.Is(err, call.ErrNotFound) {
				return nil, "", nil
			}
			if err != nil {
				return nil, "", err
			}
			next, err := queryOf(op, link)
			return recent.drop(items), next, err
		}
		ByCursor(ctx, op, "", byQuery)(yield)
	}
}

// queryOf returns the query of a link. A link without one leads to the first page.
func queryOf(op *api.Operation, link string) (string, error) {
	if link == "" {
		return "", nil
	}
	address, err := url.Parse(link)
	if err != nil {
		return "", malformed(op, errors.New("the link to the next page is not a valid address"))
	}
	if address.RawQuery == "" {
		return "", malformed(op, ErrRepeatedCursor)
	}
	query, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		return "", malformed(op, errors.New("the link to the next page has no valid query"))
	}
	return query.Encode(), nil
}

// malformed is the error of a response that was found wrong after its call had succeeded.
func malformed(op *api.Operation, err error) *call.Error {
	return &call.Error{Operation: op.ID(), Method: op.Method(), Path: op.Path(), Class: call.ErrMalformedResponse, Err: err}
}

// hashes remembers texts by a hash. Two of a million have the same one with a probability of
// less than one in thirty million.
type hashes struct {
	seed maphash.Seed
	seen map[uint64]struct{}
}

func newHashes() *hashes { return &hashes{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}} }

// add reports whether the text is new.
func (h *hashes) add(text []byte) bool {
	hash := maphash.Bytes(h.seed, text)
	if _, known := h.seen[hash]; known {
		return false
	}
	h.seen[hash] = struct{}{}
	return true
}

// addItem reports whether an item is new, or whether that cannot be known.
func (h *hashes) addItem(item any) bool {
	if _, raw := item.(json.RawMessage); raw {
		return true
	}
	text, err := json.Marshal(item)
	return err != nil || h.add(text)
}

// minRecent is how many keys are kept at least: a list must grow by as many items between
// two requests before one of them comes twice.
const minRecent = 1000

// recent drops items that came shortly before. It keeps two generations of keys, and
// forgets the older one when the younger is full and its page complete: so the memory is
// bounded, and the last page is always known.
type recent[T any, K comparable] struct {
	key            func(*T) K
	younger, older map[K]struct{}
}

// drop returns the items of a page that are new.
func (r *recent[T, K]) drop(page []T) []T {
	if len(r.younger) >= minRecent {
		r.older, r.younger = r.younger, map[K]struct{}{}
	}
	var none K
	fresh := make([]T, 0, len(page))
	for i := range page {
		key := r.key(&page[i])
		_, young := r.younger[key]
		_, old := r.older[key]
		if key != none {
			r.younger[key] = struct{}{}
		}
		if !young && !old {
			fresh = append(fresh, page[i])
		}
	}
	return fresh
}
