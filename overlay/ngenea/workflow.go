package ngenea

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/oapi-codegen/nullable"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
)

// Discovery is how a workflow finds files below its paths.
type Discovery string

// The documented kinds of discovery; others are sent as they are.
const (
	// DiscoveryNone uses the paths as they are: files, not directories.
	DiscoveryNone Discovery = ""
	// DiscoveryRecursive walks directories.
	DiscoveryRecursive Discovery = "recursive"
	// DiscoverySnapdiff compares snapshots of an independent fileset.
	DiscoverySnapdiff Discovery = "snapdiff"
)

// Submission is a workflow to start: see [Client.Submit].
type Submission struct {
	Workflow string   // the name, built-in (migrate, recall, …) or of a custom workflow
	Site     string   // the name of the site where it starts
	Paths    []string // absolute paths there; at least one
	// Discovery is sent as null for DiscoveryNone, which turns off the workflow's own.
	Discovery Discovery
	// Fields are the values of the workflow's runtime fields, as lock_level. Others have the
	// workflow's defaults.
	Fields map[string]any
}

// UnknownJobError means that a workflow runs, or may run, as a job whose ID is unknown. Look
// for the job with [Client.AllJobs] before you submit again, which could start a second
// one. If the Hub accepted the workflow, the error is [ErrMalformedResponse]; without a
// response of the Hub it has the class and the cause of Err.
type UnknownJobError struct {
	Response json.RawMessage // the response; never printed
	Err      error           // why there is no response, or why it cannot be read, or nil
}

// Error says what to do. It does not show the response.
func (e *UnknownJobError) Error() string {
	text := "ngenea: submit: the outcome is unknown: look for the job with AllJobs before you submit again"
	if e.accepted() {
		text = fmt.Sprintf("ngenea: submit: the Hub accepted the workflow, but its response of %d bytes has no job: look for the job with AllJobs before you submit again", len(e.Response))
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the class and the cause.
func (e *UnknownJobError) Unwrap() []error {
	switch {
	case e.Err == nil:
		return []error{ErrMalformedResponse}
	case e.accepted():
		return []error{ErrMalformedResponse, e.Err}
	}
	return []error{e.Err}
}

// accepted reports whether the Hub certainly accepted the workflow.
func (e *UnknownJobError) accepted() bool {
	var failed *Error
	return e.Err == nil || errors.As(e.Err, &failed) && failed.Status/100 == 2
}

// mayRun reports whether a failed submission may have become a job: the success of the Hub
// cannot be read, the Hub failed, or it did not respond.
func mayRun(failed *Error) bool {
	return failed.Status/100 == 2 || failed.Status >= 500 || errors.Is(failed, ErrOutcomeUnknown)
}

// Format prints the line of Error for every verb.
func (e UnknownJobError) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

// Submit starts a workflow (operation submitWorkflow), which becomes a job: pass its ID to
// [Client.WaitJob]. It is sent once. Without a response of the Hub the job may run, and the
// error is an [UnknownJobError].
//
// The job has the ID, which may come from the response's url, and the other members of the
// response, whatever the document of the Hub says of it. Without an ID the error is an
// [UnknownJobError]. An unknown workflow or site is a [ValidationError]. A submission
// without workflow, site or path is [ErrInvalidArgument] and not sent.
//
// Without discovery, some custom workflows need a state for each path, whose form is not
// documented: send such a body with [Client.Do].
func (c *Client) Submit(ctx context.Context, s Submission, options ...CallOption) (*ngeneaapi.Job, error) {
	if problem := s.problem(); problem != "" {
		return nil, fmt.Errorf("ngenea: submit: %w: %s", ErrInvalidArgument, problem)
	}
	body := ngeneaapi.SubmitWorkflowBody{
		Workflow: s.Workflow, Site: s.Site, Paths: s.Paths, Fields: s.Fields,
		Discovery: nullable.NewNullNullable[string](),
	}
	if s.Discovery != DiscoveryNone {
		body.Discovery = nullable.NewNullableWithValue(string(s.Discovery))
	}
	var raw []byte // read here: documents of Hubs disagree about this response
	err := c.api.Call(ctx, ngeneaapi.OpSubmitWorkflow, nil, nil, &body, nil, with(options, WithRawBody(&raw))...)
	var failed *Error
	switch {
	case errors.As(err, &failed) && mayRun(failed):
		return nil, &UnknownJobError{Response: raw, Err: err}
	case err != nil:
		return nil, err
	}
	job, ok := submitted(raw)
	if !ok {
		return nil, &UnknownJobError{Response: raw}
	}
	return job, nil
}

// problem returns why a submission cannot be sent, "" if it can.
func (s *Submission) problem() string {
	switch {
	case s.Workflow == "":
		return "the workflow has no name"
	case s.Site == "":
		return "the site has no name"
	case len(s.Paths) == 0:
		return "there are no paths: pass at least one"
	case slices.Contains(s.Paths, ""):
		return "a path is empty"
	case slices.ContainsFunc(s.Paths, func(path string) bool { return !strings.HasPrefix(path, "/") }):
		return "a path is relative: pass absolute paths of the site, such as /mmfs1/data"
	}
	return ""
}

// submitted makes a job of the response to a submission.
func submitted(response []byte) (*ngeneaapi.Job, bool) {
	var seen struct {
		ID  json.RawMessage `json:"id"`
		URL string          `json:"url"`
	}
	_ = json.Unmarshal(response, &seen) // reads the other of the two if one does not fit
	id, err := strconv.ParseInt(strings.Trim(string(seen.ID), `"`), 10, 64)
	if err != nil || id <= 0 {
		var ok bool
		if id, ok = idInURL(seen.URL, "jobs"); !ok {
			return nil, false
		}
	}
	job := new(ngeneaapi.Job)
	_ = json.Unmarshal(response, job) // what does not fit stays in AdditionalProperties
	job.ID = id
	return job, true
}

// idInURL reads the id from an address such as http://hub/api/jobs/7/, if it is of that
// collection. The rest of the address is ignored.
func idInURL(address, collection string) (int64, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, false
	}
	folder, last := path.Split(path.Clean(u.Path))
	id, err := strconv.ParseInt(last, 10, 64)
	return id, err == nil && id > 0 && path.Base(folder) == collection
}

// LockLevel is how files are locked during a workflow.
type LockLevel string

// The documented lock levels; others are sent as they are.
const (
	LockLevelPartial  LockLevel = "partial"
	LockLevelImplicit LockLevel = "implicit"
	LockLevelNone     LockLevel = "none" // since Hub 2.3.2
)

// Tiering is what to move between a site and its cold storage.
type Tiering struct {
	Site  string   // the name of the site
	Paths []string // absolute paths there; at least one

	// LockLevel is the Hub's default if it is empty: partial for migrate, implicit for
	// premigrate and recall.
	LockLevel LockLevel
	// NoDiscovery uses the paths as they are. Otherwise directories are walked, the
	// documented default of these workflows.
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

// Migrate moves files to cold storage and leaves stubs, which the user interface calls
// dehydrating (built-in workflow migrate). See [Client.Submit].
func (c *Client) Migrate(ctx context.Context, t Tiering, options ...CallOption) (*ngeneaapi.Job, error) {
	return c.Submit(ctx, t.submission("migrate"), options...)
}

// Premigrate copies files to cold storage, so that a later migrate has nothing to copy
// (built-in workflow premigrate). See [Client.Submit].
func (c *Client) Premigrate(ctx context.Context, t Tiering, options ...CallOption) (*ngeneaapi.Job, error) {
	return c.Submit(ctx, t.submission("premigrate"), options...)
}

// Recall copies files back from cold storage, which the user interface calls hydrating
// (built-in workflow recall). See [Client.Submit].
func (c *Client) Recall(ctx context.Context, t Tiering, options ...CallOption) (*ngeneaapi.Job, error) {
	return c.Submit(ctx, t.submission("recall"), options...)
}

// Sending is what to send from one site to another.
type Sending struct {
	Site  string   // the name of the site that has the files
	Paths []string // absolute paths there; at least one

	DestinationSite  string // the name of the site that gets them
	DestinationQueue string // of that site, since Hub 2.4.0; the Hub's default if empty
	// Hydrate is whether the files arrive whole instead of as stubs; nil is the Hub's default.
	Hydrate *bool
	// NoDiscovery uses the paths as they are. Otherwise directories are walked, the
	// documented default of this workflow.
	NoDiscovery bool
}

// Send copies files to another site (built-in workflow send). Without a destination the
// error is a [ValidationError]. See [Client.Submit].
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
