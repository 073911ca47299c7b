package weka

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// AllQuotas iterates over the directory quotas of the filesystem with that uid
// (operation listQuotas). Nil params mean all of them. See [Client.AllEvents].
func (c *Client) AllQuotas(ctx context.Context, uid string, params *wekaapi.ListQuotasParams, options ...CallOption) iter.Seq2[wekaapi.QuotaListItem, error] {
	given := copied(params)
	return pages(ctx, wekaapi.OpListQuotas, given.NextToken, func(ctx context.Context, cursor *string) ([]wekaapi.QuotaListItem, string, error) {
		params := given
		params.NextToken = cursor
		page, err := c.Quota.ListQuotas(ctx, uid, &params, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Items, page.NextToken, nil
	})
}

// DeprecatedQuota is what [Client.AllQuotasDeprecated] gives: a quota and the inode that
// the old route files it under.
type DeprecatedQuota struct {
	// Inode is a hexadecimal inode id and a snapshot's number, as "0x1f00000001:0".
	Inode string
	wekaapi.QuotaRecord
}

// AllQuotasDeprecated iterates over quotas by the route that releases before ListQuotas
// have (operation getQuotaDeprecated), in the order of their inodes within a page. Its
// params are required. See [Client.AllEvents].
//
// Deprecated: use [Client.AllQuotas].
func (c *Client) AllQuotasDeprecated(ctx context.Context, params *wekaapi.GetQuotaDeprecatedParams, options ...CallOption) iter.Seq2[DeprecatedQuota, error] {
	given := copied(params)
	return pages(ctx, wekaapi.OpGetQuotaDeprecated, given.NextToken, func(ctx context.Context, cursor *string) ([]DeprecatedQuota, string, error) {
		params := given
		params.NextToken = cursor
		page, err := c.Quota.GetQuotaDeprecated(ctx, &params, options...)
		if err != nil {
			return nil, "", err
		}
		items := make([]DeprecatedQuota, 0, len(page.Items))
		for _, inode := range slices.Sorted(maps.Keys(page.Items)) {
			items = append(items, DeprecatedQuota{Inode: inode, QuotaRecord: page.Items[inode]})
		}
		return items, page.NextToken, nil
	})
}
