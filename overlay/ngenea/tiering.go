package ngenea

import (
	"context"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
)

// LockLevel says how files are locked while a workflow works on them.
type LockLevel string

// The lock levels that the documentation knows; any other is sent as it is.
const (
	LockLevelPartial  LockLevel = "partial"
	LockLevelImplicit LockLevel = "implicit"
	LockLevelNone     LockLevel = "none" // from Hub 2.3.2 on
)

// Tiering says what to move between a site and its cold storage.
type Tiering struct {
	Site  string   // the name of the site
	Paths []string // absolute paths there; at least one

	// LockLevel is left to the Hub if it is empty: partial for migrate, implicit for
	// premigrate and recall.
	LockLevel LockLevel
	// NoDiscovery takes the paths as they are. Otherwise directories are walked, as
	// these workflows are documented to do.
	NoDiscovery bool
}

func (t Tiering) submission(workflow string) Submission {
	s := Submission{Workflow: workflow, Site: t.Site, Paths: t.Paths, Discovery: recursive(t.NoDiscovery)}
	if t.LockLevel != "" {
		s.Fields = map[string]any{"lock_level": string(t.LockLevel)}
	}
	return s
}

func recursive(no bool) Discovery {
	if no {
		return DiscoveryNone
	}
	return DiscoveryRecursive
}

// Migrate moves files to cold storage and leaves stubs in their place, which the user
// interface calls dehydrating (built-in workflow migrate). See [Client.Submit].
func (c *Client) Migrate(ctx context.Context, t Tiering, options ...CallOption) (*ngeneaapi.Job, error) {
	return c.Submit(ctx, t.submission("migrate"), options...)
}

// Premigrate copies files to cold storage and keeps them, so that a later migrate has
// nothing to copy (built-in workflow premigrate). See [Client.Submit].
func (c *Client) Premigrate(ctx context.Context, t Tiering, options ...CallOption) (*ngeneaapi.Job, error) {
	return c.Submit(ctx, t.submission("premigrate"), options...)
}

// Recall brings files back from cold storage, which the user interface calls hydrating
// (built-in workflow recall). See [Client.Submit].
func (c *Client) Recall(ctx context.Context, t Tiering, options ...CallOption) (*ngeneaapi.Job, error) {
	return c.Submit(ctx, t.submission("recall"), options...)
}

// Sending says what to send from one site to another.
type Sending struct {
	Site  string   // the name of the site that has the files
	Paths []string // absolute paths there; at least one

	DestinationSite  string // the name of the site that gets them
	DestinationQueue string // of that site, from Hub 2.4.0 on; the Hub's choice if empty
	// Hydrate says whether the files arrive whole, or as stubs. Nil leaves it to the Hub.
	Hydrate *bool
	// NoDiscovery takes the paths as they are. Otherwise directories are walked, as
	// this workflow is documented to do.
	NoDiscovery bool
}

// Send copies files to another site (built-in workflow send). A sending without a
// destination is a [ValidationError] of the Hub's. See [Client.Submit].
func (c *Client) Send(ctx context.Context, s Sending, options ...CallOption) (*ngeneaapi.Job, error) {
	fields := map[string]any{}
	for name, value := range map[string]string{"destinationsite": s.DestinationSite, "destinationqueue": s.DestinationQueue} {
		if value != "" {
			fields[name] = value
		}
	}
	if s.Hydrate != nil {
		fields["hydrate"] = *s.Hydrate
	}
	return c.Submit(ctx, Submission{
		Workflow: "send", Site: s.Site, Paths: s.Paths, Discovery: recursive(s.NoDiscovery), Fields: fields,
	}, options...)
}
