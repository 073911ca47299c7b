package ngenea

import (
	"context"
	"iter"
	"net/url"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
)

// AllJobs iterates over the jobs that the Hub keeps, for jobs_ttl days after their end
// (operation listJobs), a request a page. Nobody documents the filters, so they are
// passed through as they are: those of the user interface are by id, site, state and
// date of creation. "page_size" and "page" are inferred, and make pages larger or begin
// later. Members of a job that nobody documents are in its AdditionalProperties.
//
// All iterators of a client are alike. They take what the operation takes, copied when
// the iterator is made, and go on to the last page. An item that shifts to a later page
// while new ones come in front is given once; a later page that is not there any more is
// the end. Of the link to the next page only the query is used, since the Hub writes
// into it the host that it believes to have. An error comes once, as the last pair: an
// *[Error], of which [ErrRepeatedCursor] is one more kind. Options are those of every
// request. The context ends the iteration. A single page is what the operation itself
// answers.
func (c *Client) AllJobs(ctx context.Context, filters url.Values, options ...CallOption) iter.Seq2[ngeneaapi.Job, error] {
	key := keys()
	same := func(job ngeneaapi.Job) itemKey { return key(job.ID, "") }
	return linked(ctx, ngeneaapi.OpListJobs, same, filtered(filters, options), func(ctx context.Context, options []CallOption) ([]ngeneaapi.Job, string, error) {
		page, err := c.Jobs.ListJobs(ctx, nil, options...)
		if err != nil {
			return nil, "", err
		}
		return page.Results, page.Next, nil
	})
}

// JobStats counts the jobs by type, state and site, over all pages (the member stats of
// operation listJobs), with filters as [Client.AllJobs] takes them. A Hub that does not
// count answers none.
func (c *Client) JobStats(ctx context.Context, filters url.Values, options ...CallOption) (*ngeneaapi.JobStats, error) {
	page, err := c.Jobs.ListJobs(ctx, nil, filtered(filters, options)...)
	if err != nil {
		return nil, err
	}
	return &page.Stats, nil
}

// CancelJob asks the Hub to stop a job (operation cancelJob, inferred): it goes through
// DEQUEUING to CANCELLED, and tasks that run are finished first. [Client.WaitJob] waits
// for that, and reports it as a [JobError]. A job that is not there is [ErrNotFound].
func (c *Client) CancelJob(ctx context.Context, id int64, options ...CallOption) error {
	return c.Jobs.CancelJob(ctx, id, options...)
}
