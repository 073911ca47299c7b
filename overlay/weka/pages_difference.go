package weka

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// AllCatalogEntries iterates over what a catalogue query finds (operation queryCatalog).
// An entry is a JSON object of the fields that the body selects. See [Client.AllEvents].
func (c *Client) AllCatalogEntries(ctx context.Context, body wekaapi.QueryCatalogBody, options ...CallOption) iter.Seq2[json.RawMessage, error] {
	return pages(ctx, wekaapi.OpQueryCatalog, body.ResumeCookie, func(ctx context.Context, cursor *string) ([]json.RawMessage, string, error) {
		body := body
		body.ResumeCookie = cursor
		page, err := c.Catalog.QueryCatalog(ctx, body, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Items, page.NextCookie, nil
	})
}

// AllCatalogDifferences iterates over the differences between two catalogued snapshots
// (operation queryCatalogDiff). See [Client.AllEvents].
func (c *Client) AllCatalogDifferences(ctx context.Context, body wekaapi.QueryCatalogDiffBody, options ...CallOption) iter.Seq2[wekaapi.CatalogDiffEntry, error] {
	return pages(ctx, wekaapi.OpQueryCatalogDiff, body.ResumeCookie, func(ctx context.Context, cursor *string) ([]wekaapi.CatalogDiffEntry, string, error) {
		body := body
		body.ResumeCookie = cursor
		page, err := c.Catalog.QueryCatalogDiff(ctx, body, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Items, page.NextCookie, nil
	})
}

// endOfDifferences is the last cookie of every preparation: nothing lies behind it.
const endOfDifferences = "FFFF-FFFF-FFFFFFFF-FFFFFFFF-FFFFFFFF-FFFFFFFF-0"

// AllSnapshotDifferences iterates over the differences between two snapshots of a
// filesystem (operation getSnapshotDiff), after PrepareSnapshotDiff. To share the work,
// give each iterator one of the prepared cookies as ResumeToken and the one after it as
// StopToken: that is where it ends. See [Client.AllEvents].
func (c *Client) AllSnapshotDifferences(ctx context.Context, body wekaapi.GetSnapshotDiffBody, options ...CallOption) iter.Seq2[wekaapi.SnapshotDiffEntry, error] {
	stop := copied(body.StopToken)
	return pages(ctx, wekaapi.OpGetSnapshotDiff, body.ResumeToken, func(ctx context.Context, cursor *string) ([]wekaapi.SnapshotDiffEntry, string, error) {
		body := body
		body.ResumeToken = cursor
		page, err := c.Snapshots.GetSnapshotDiff(ctx, body, options...)
		if err != nil {
			return nil, "", err
		}
		next := page.NextResumeToken
		if next == stop || next == endOfDifferences {
			next = ""
		}
		return page.Results, next, nil
	})
}
