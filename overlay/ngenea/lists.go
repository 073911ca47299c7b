package ngenea

import (
	"context"
	"iter"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
)

// AllClientKeys iterates over the client keys that the user may see, without the keys
// themselves (operation listClientKeys). Nil params mean all of them. See
// [Client.AllJobs].
func (c *Client) AllClientKeys(ctx context.Context, params *ngeneaapi.ListClientKeysParams, options ...CallOption) iter.Seq2[ngeneaapi.ClientKey, error] {
	given, key := copied(params), keys()
	same := func(item ngeneaapi.ClientKey) itemKey { return key(item.ID, item.Name) }
	return linked(ctx, ngeneaapi.OpListClientKeys, same, options, func(ctx context.Context, options []CallOption) ([]ngeneaapi.ClientKey, string, error) {
		page, err := c.ClientKeys.ListClientKeys(ctx, &given, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Results, page.Next, nil
	})
}

// AllFeatures iterates over the features that can be switched (operation listFeatures).
// Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllFeatures(ctx context.Context, params *ngeneaapi.ListFeaturesParams, options ...CallOption) iter.Seq2[ngeneaapi.Feature, error] {
	given, key := copied(params), keys()
	same := func(item ngeneaapi.Feature) itemKey { return key(0, item.Name) }
	return linked(ctx, ngeneaapi.OpListFeatures, same, options, func(ctx context.Context, options []CallOption) ([]ngeneaapi.Feature, string, error) {
		page, err := c.Features.ListFeatures(ctx, &given, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Results, page.Next, nil
	})
}

// AllNodes iterates over the nodes whose workers have joined the Hub (operation
// listNodes). Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllNodes(ctx context.Context, params *ngeneaapi.ListNodesParams, options ...CallOption) iter.Seq2[ngeneaapi.Node, error] {
	given, key := copied(params), keys()
	same := func(item ngeneaapi.Node) itemKey { return key(item.ID, item.Name) }
	return linked(ctx, ngeneaapi.OpListNodes, same, options, func(ctx context.Context, options []CallOption) ([]ngeneaapi.Node, string, error) {
		page, err := c.Nodes.ListNodes(ctx, &given, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Results, page.Next, nil
	})
}

// AllSites iterates over the sites (operation listSites, inferred).
// Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllSites(ctx context.Context, params *ngeneaapi.ListSitesParams, options ...CallOption) iter.Seq2[ngeneaapi.Site, error] {
	given, key := copied(params), keys()
	same := func(item ngeneaapi.Site) itemKey { return key(item.ID, item.Name) }
	return linked(ctx, ngeneaapi.OpListSites, same, options, func(ctx context.Context, options []CallOption) ([]ngeneaapi.Site, string, error) {
		page, err := c.Sites.ListSites(ctx, &given, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Results, page.Next, nil
	})
}

// AllWorkflows iterates over the workflows, built-in and custom (operation
// listWorkflows, inferred). Nil params mean all of them. See [Client.AllJobs].
func (c *Client) AllWorkflows(ctx context.Context, params *ngeneaapi.ListWorkflowsParams, options ...CallOption) iter.Seq2[ngeneaapi.Workflow, error] {
	given, key := copied(params), keys()
	same := func(item ngeneaapi.Workflow) itemKey { return key(item.ID, item.Name) }
	return linked(ctx, ngeneaapi.OpListWorkflows, same, options, func(ctx context.Context, options []CallOption) ([]ngeneaapi.Workflow, string, error) {
		page, err := c.Workflows.ListWorkflows(ctx, &given, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Results, page.Next, nil
	})
}

// AllAlerts iterates over the alerts that are active and not muted (operation
// listAlerts), which come in one answer. Nil params mean all of them. See
// [Client.AllJobs].
func (c *Client) AllAlerts(ctx context.Context, params *ngeneaapi.ListAlertsParams, options ...CallOption) iter.Seq2[ngeneaapi.Alert, error] {
	given, key := copied(params), keys()
	same := func(item ngeneaapi.Alert) itemKey { return key(item.ID, "") }
	return linked(ctx, ngeneaapi.OpListAlerts, same, options, func(ctx context.Context, options []CallOption) ([]ngeneaapi.Alert, string, error) {
		alerts, err := c.Alerts.ListAlerts(ctx, &given, options...)
		return alerts, "", err
	})
}
