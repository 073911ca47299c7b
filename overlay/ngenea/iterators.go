package ngenea

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/pages"
)

// itemKey identifies an item of a list by its id or its name, which are mostly inferred. It
// is zero for an item without either.
type itemKey struct {
	id   int64
	name string
}

// iterate iterates over the pages of an operation. items returns the items of a page and the
// link to the next one.
func iterate[P, R, T any](
	ctx context.Context, operation *api.Operation, params *P,
	fetch func(context.Context, *P, ...CallOption) (*R, error), options []CallOption,
	items func(*R) (list []T, next string), key func(*T) itemKey,
) iter.Seq2[T, error] {
	var first P
	if params != nil {
		first = *params
	}
	options = slices.Clone(options)
	return pages.ByLink(ctx, operation, key, func(ctx context.Context, query string) ([]T, string, error) {
		options := options
		if query != "" {
			options = with(options, func(request *http.Request) { request.URL.RawQuery = query })
		}
		params := first
		page, err := fetch(ctx, &params, options...)
		if err != nil {
			return nil, "", err
		}
		list, next := items(page)
		return list, next, nil
	})
}

// with returns options with one more. It does not change the caller's slice.
func with(options []CallOption, one CallOption) []CallOption {
	return append(slices.Clip(options), one)
}

// filtered returns options with filters, copied.
func filtered(filters url.Values, options []CallOption) []CallOption {
	var all []CallOption
	for name, values := range filters {
		for _, value := range values {
			all = append(all, WithQuery(name, value))
		}
	}
	return append(all, options...)
}

// AllJobs iterates over the jobs of the Hub (operation listJobs), with one request a page.
// The Hub keeps jobs for jobs_ttl days after their end. The filters are not documented and
// sent as they are; those of the user interface are by id, site, state and date of
// creation. "page_size" and "page", the first page, are inferred. Undocumented members of a
// job are in its AdditionalProperties.
//
// All iterators of a client work alike. They copy the parameters of the operation, and go on
// to the last page. An item that moves to a later page because of new ones is returned
// once. A later page that no longer exists is the end. Of the link to the next page they
// use the query only, since its host is the one that the Hub assumes to have. An error is
// the last pair: an [Error], or [ErrRepeatedCursor]. A hundred pages in a row without a new
// item are [ErrMalformedResponse]. The options apply to every request. The end of the
// context ends the iteration. For a single page, call the operation.
func (c *Client) AllJobs(ctx context.Context, filters url.Values, options ...CallOption) iter.Seq2[ngeneaapi.Job, error] {
	return iterate(ctx, ngeneaapi.OpListJobs, nil, c.Jobs.List, filtered(filters, options),
		func(page *ngeneaapi.JobPage) ([]ngeneaapi.Job, string) { return page.Results, page.Next },
		func(job *ngeneaapi.Job) itemKey { return itemKey{id: job.ID} })
}

// AllClientKeys iterates over the client keys that the user may see, without the keys
// themselves (operation listClientKeys). Nil params mean all of them. See
// [Client.AllJobs].
func (c *Client) AllClientKeys(ctx context.Context, params *ngeneaapi.ListClientKeysParams, options ...CallOption) iter.Seq2[ngeneaapi.ClientKey, error] {
	return iterate(ctx, ngeneaapi.OpListClientKeys, params, c.ClientKeys.List, options,
		func(page *ngeneaapi.ClientKeyPage) ([]ngeneaapi.ClientKey, string) { return page.Results, page.Next },
		func(key *ngeneaapi.ClientKey) itemKey { return itemKey{key.ID, key.Name} })
}

// AllFeatures iterates over the features that can be turned on or off (operation
// listFeatures). Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllFeatures(ctx context.Context, params *ngeneaapi.ListFeaturesParams, options ...CallOption) iter.Seq2[ngeneaapi.Feature, error] {
	return iterate(ctx, ngeneaapi.OpListFeatures, params, c.Features.List, options,
		func(page *ngeneaapi.FeaturePage) ([]ngeneaapi.Feature, string) { return page.Results, page.Next },
		func(feature *ngeneaapi.Feature) itemKey { return itemKey{name: feature.Name} })
}

// AllNodes iterates over the nodes whose workers have joined the Hub (operation
// listNodes). Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllNodes(ctx context.Context, params *ngeneaapi.ListNodesParams, options ...CallOption) iter.Seq2[ngeneaapi.Node, error] {
	return iterate(ctx, ngeneaapi.OpListNodes, params, c.Nodes.List, options,
		func(page *ngeneaapi.NodePage) ([]ngeneaapi.Node, string) { return page.Results, page.Next },
		func(node *ngeneaapi.Node) itemKey { return itemKey{node.ID, node.Name} })
}

// AllSites iterates over the sites (operation listSites, inferred).
// Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllSites(ctx context.Context, params *ngeneaapi.ListSitesParams, options ...CallOption) iter.Seq2[ngeneaapi.Site, error] {
	return iterate(ctx, ngeneaapi.OpListSites, params, c.Sites.List, options,
		func(page *ngeneaapi.SitePage) ([]ngeneaapi.Site, string) { return page.Results, page.Next },
		func(site *ngeneaapi.Site) itemKey { return itemKey{site.ID, site.Name} })
}

// AllWorkflows iterates over the workflows, built-in and custom (operation
// listWorkflows, inferred). Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllWorkflows(ctx context.Context, params *ngeneaapi.ListWorkflowsParams, options ...CallOption) iter.Seq2[ngeneaapi.Workflow, error] {
	return iterate(ctx, ngeneaapi.OpListWorkflows, params, c.Workflows.List, options,
		func(page *ngeneaapi.WorkflowPage) ([]ngeneaapi.Workflow, string) { return page.Results, page.Next },
		func(workflow *ngeneaapi.Workflow) itemKey { return itemKey{workflow.ID, workflow.Name} })
}

// AllAlerts iterates over the alerts that are active and not muted (operation listAlerts).
// The Hub returns them in one response. Nil params mean all of them. See
// [Client.AllJobs].
func (c *Client) AllAlerts(ctx context.Context, params *ngeneaapi.ListAlertsParams, options ...CallOption) iter.Seq2[ngeneaapi.Alert, error] {
	fetch := func(ctx context.Context, params *ngeneaapi.ListAlertsParams, options ...CallOption) (*[]ngeneaapi.Alert, error) {
		alerts, err := c.Alerts.List(ctx, params, options...)
		return &alerts, err
	}
	return iterate(ctx, ngeneaapi.OpListAlerts, params, fetch, options,
		func(alerts *[]ngeneaapi.Alert) ([]ngeneaapi.Alert, string) { return *alerts, "" },
		func(alert *ngeneaapi.Alert) itemKey { return itemKey{id: alert.ID} })
}
