package weka

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/pages"
)

// ErrRepeatedCursor is the error of an iterator that gets the cursor of an earlier page
// again: the list would never end.
var ErrRepeatedCursor = pages.ErrRepeatedCursor

// iterate iterates over the pages of an operation. params are its parameters or its body,
// cursor returns the field of the cursor in them, and items the items and the next cursor
// of a page.
func iterate[P, R, T any](
	ctx context.Context, operation *api.Operation, params *P, cursor func(*P) **string,
	fetch func(context.Context, *P, ...CallOption) (*R, error), options []CallOption, items func(*R) ([]T, string),
) iter.Seq2[T, error] {
	var first P
	if params != nil {
		first = *params
	}
	begin := ""
	if at := *cursor(&first); at != nil {
		begin = *at
	}
	return pages.ByCursor(ctx, operation, begin, func(ctx context.Context, next string) ([]T, string, error) {
		params := first
		*cursor(&params) = nil // an empty cursor must not be sent
		if next != "" {
			*cursor(&params) = &next
		}
		page, err := fetch(ctx, &params, options...)
		if err != nil {
			return nil, "", err
		}
		list, after := items(page)
		return list, after, nil
	})
}

// byValue adapts an operation that takes its body by value to iterate.
func byValue[B, R any](call func(context.Context, B, ...CallOption) (*R, error)) func(context.Context, *B, ...CallOption) (*R, error) {
	return func(ctx context.Context, body *B, options ...CallOption) (*R, error) {
		return call(ctx, *body, options...)
	}
}

// EventsSince returns the parameters of [Client.AllEvents] for the events since t. Set
// further fields as needed: severity, types, categories, the order.
func EventsSince(t time.Time) *wekaapi.GetEventsParams {
	start := t.UTC().Format(time.RFC3339Nano)
	return &wekaapi.GetEventsParams{StartTime: &start}
}

// AllEvents iterates over cluster events (operation getEvents), with one request a page.
// Nil params mean all events.
//
// All iterators of a client work alike. They copy the parameters of the operation; a
// cursor among them says where to begin. They go on to the last page. An error is the
// last pair: an [Error], or [ErrRepeatedCursor]. A hundred pages in a row that are empty or
// repeat earlier ones are [ErrMalformedResponse]. The options apply to every request. The
// end of the context ends the iteration. For a single page, call the operation.
func (c *Client) AllEvents(ctx context.Context, params *wekaapi.GetEventsParams, options ...CallOption) iter.Seq2[wekaapi.Event, error] {
	return iterate(ctx, wekaapi.OpGetEvents, params,
		func(p *wekaapi.GetEventsParams) **string { return &p.NextToken }, c.Events.List, options,
		func(page *wekaapi.EventPage) ([]wekaapi.Event, string) { return page.Items, page.NextToken })
}

// AllLocalEvents iterates over the events of the backend that receives the request
// (operation getLocalEvents). Nil params mean all of them. See [Client.AllEvents].
func (c *Client) AllLocalEvents(ctx context.Context, params *wekaapi.GetLocalEventsParams, options ...CallOption) iter.Seq2[wekaapi.LocalEvent, error] {
	return iterate(ctx, wekaapi.OpGetLocalEvents, params,
		func(p *wekaapi.GetLocalEventsParams) **string { return &p.NextToken }, c.Events.ListLocalEvents, options,
		func(page *wekaapi.LocalEventPage) ([]wekaapi.LocalEvent, string) { return page.Items, page.NextToken })
}

// AllQuotas iterates over the directory quotas of a filesystem (operation listQuotas). Nil
// params mean all of them. See [Client.AllEvents].
func (c *Client) AllQuotas(ctx context.Context, uid string, params *wekaapi.ListQuotasParams, options ...CallOption) iter.Seq2[wekaapi.QuotaListItem, error] {
	fetch := func(ctx context.Context, params *wekaapi.ListQuotasParams, options ...CallOption) (*wekaapi.QuotaPage, error) {
		return c.Quotas.List(ctx, uid, params, options...)
	}
	return iterate(ctx, wekaapi.OpListQuotas, params,
		func(p *wekaapi.ListQuotasParams) **string { return &p.NextToken }, fetch, options,
		func(page *wekaapi.QuotaPage) ([]wekaapi.QuotaListItem, string) { return page.Items, page.NextToken })
}

// InodeQuota is an item of [Client.AllInodeQuotas].
type InodeQuota struct {
	// Inode is a hexadecimal inode id and a snapshot's number, as "0x1f00000001:0".
	Inode string
	wekaapi.QuotaRecord
}

// AllInodeQuotas iterates over quotas with the route of releases without listQuotas
// (operation getQuotaDeprecated), ordered by inode within a page. Its params are required.
// See [Client.AllEvents].
//
// Deprecated: use [Client.AllQuotas].
func (c *Client) AllInodeQuotas(ctx context.Context, params *wekaapi.GetQuotaDeprecatedParams, options ...CallOption) iter.Seq2[InodeQuota, error] {
	return iterate(ctx, wekaapi.OpGetQuotaDeprecated, params,
		func(p *wekaapi.GetQuotaDeprecatedParams) **string { return &p.NextToken }, c.Quotas.ListByInode, options,
		func(page *wekaapi.QuotaDeprecatedPage) ([]InodeQuota, string) {
			items := make([]InodeQuota, 0, len(page.Items))
			for _, inode := range slices.Sorted(maps.Keys(page.Items)) {
				items = append(items, InodeQuota{Inode: inode, QuotaRecord: page.Items[inode]})
			}
			return items, page.NextToken
		})
}

// AllCatalogEntries iterates over the results of a catalog query (operation queryCatalog).
// An entry is a JSON object of the fields that the body selects; pages of equal entries count
// as new. See [Client.AllEvents].
func (c *Client) AllCatalogEntries(ctx context.Context, body wekaapi.QueryCatalogBody, options ...CallOption) iter.Seq2[json.RawMessage, error] {
	return iterate(ctx, wekaapi.OpQueryCatalog, &body,
		func(b *wekaapi.QueryCatalogBody) **string { return &b.ResumeCookie }, byValue(c.Catalog.Query), options,
		func(page *wekaapi.QueryCatalogPage) ([]json.RawMessage, string) { return page.Items, page.NextCookie })
}

// AllCatalogDifferences iterates over the differences between two snapshots in the catalog
// (operation queryCatalogDiff). See [Client.AllEvents].
func (c *Client) AllCatalogDifferences(ctx context.Context, body wekaapi.QueryCatalogDiffBody, options ...CallOption) iter.Seq2[wekaapi.CatalogDiffEntry, error] {
	return iterate(ctx, wekaapi.OpQueryCatalogDiff, &body,
		func(b *wekaapi.QueryCatalogDiffBody) **string { return &b.ResumeCookie }, byValue(c.Catalog.QueryDiff), options,
		func(page *wekaapi.QueryCatalogDiffPage) ([]wekaapi.CatalogDiffEntry, string) {
			return page.Items, page.NextCookie
		})
}

// endOfDifferences is the last cookie of every preparation. There is nothing after it.
const endOfDifferences = "FFFF-FFFF-FFFFFFFF-FFFFFFFF-FFFFFFFF-FFFFFFFF-0"

// AllSnapshotDifferences iterates over the differences between two snapshots of a
// filesystem (operation getSnapshotDiff), after Snapshots.PrepareDiff. To read them with
// several iterators, give each one of the prepared cookies as ResumeToken and the next
// cookie, at which it ends, as StopToken. See [Client.AllEvents].
func (c *Client) AllSnapshotDifferences(ctx context.Context, body wekaapi.GetSnapshotDiffBody, options ...CallOption) iter.Seq2[wekaapi.SnapshotDiffEntry, error] {
	stop := ""
	if body.StopToken != nil {
		stop = *body.StopToken
	}
	return iterate(ctx, wekaapi.OpGetSnapshotDiff, &body,
		func(b *wekaapi.GetSnapshotDiffBody) **string { return &b.ResumeToken }, byValue(c.Snapshots.GetDiff), options,
		func(page *wekaapi.SnapshotDiff) ([]wekaapi.SnapshotDiffEntry, string) {
			if next := page.NextResumeToken; next != stop && next != endOfDifferences {
				return page.Results, next
			}
			return page.Results, ""
		})
}
