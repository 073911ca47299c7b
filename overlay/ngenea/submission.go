package ngenea

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"

	"github.com/oapi-codegen/nullable"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
)

// Discovery is how a workflow finds what lies below the paths that it is given.
type Discovery string

// The techniques that the documentation knows; any other is sent as it is.
const (
	// DiscoveryNone takes the paths as they are: files, not directories.
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
	// Discovery is sent as null where it is DiscoveryNone, which switches it off even
	// where the workflow has one of its own.
	Discovery Discovery
	// Fields are the values of the workflow's runtime fields, as lock_level. What is not
	// in it has the workflow's default.
	Fields map[string]any
}

// UnknownJobError is a workflow that became a job nobody named, or may have: sending
// it again could start a second one. Look for it with [Client.AllJobs]. Where the Hub
// took the workflow without saying which job it is, that is [ErrMalformedAnswer]; where
// no answer of the Hub's came, the error has the class and the cause of Err.
type UnknownJobError struct {
	Answer json.RawMessage // as it came; never printed
	Err    error           // why there is no answer, or why it could not be read, or nil
}

// Error says what to do; it does not show the answer.
func (e *UnknownJobError) Error() string {
	text := "ngenea: submit: nobody said whether the Hub took the workflow: look for the job with AllJobs before submitting again"
	if e.taken() {
		text = fmt.Sprintf("ngenea: submit: the Hub took the workflow, and its answer of %d bytes names no job: look for the job with AllJobs before submitting again", len(e.Answer))
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the class and the cause.
func (e *UnknownJobError) Unwrap() []error {
	switch {
	case e.Err == nil:
		return []error{ErrMalformedAnswer}
	case e.taken():
		return []error{ErrMalformedAnswer, e.Err}
	}
	return []error{e.Err}
}

// taken tells a workflow that the Hub took from one that it may have.
func (e *UnknownJobError) taken() bool {
	var failed *Error
	return e.Err == nil || errors.As(e.Err, &failed) && failed.Status/100 == 2
}

// mayRun tells a submission that may have become a job although the call failed: the
// Hub's success could not be read, or the request went out and no answer of its own
// came back.
func mayRun(failed *Error) bool {
	switch {
	case failed.Status != 0:
		return failed.Status/100 == 2 || failed.Status >= 500
	case failed.Attempts == 0:
		return false
	}
	var connection *net.OpError
	if errors.As(failed, &connection) && (connection.Op == "dial" || connection.Op == "proxyconnect") {
		return false // it reached nobody
	}
	return slices.ContainsFunc([]error{ErrUnavailable, ErrClosed, context.Canceled, context.DeadlineExceeded}, func(class error) bool {
		return errors.Is(failed, class)
	})
}

// Format prints the line of Error for every verb.
func (e UnknownJobError) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

// Submit starts a workflow (operation submitWorkflow), which becomes a job: give its ID
// to [Client.WaitJob]. It is sent once: where no answer comes, or only a proxy's, the job
// may run all the same, and the error is an [UnknownJobError].
//
// Nobody documents what the Hub answers. The job returned has the ID, read from the
// answer's url if that is all there is, and whatever else was told; an answer with
// neither is an [UnknownJobError]. A workflow or site that the Hub does not know is a
// [ValidationError], and a submission without workflow, site or path is
// [ErrInvalidArgument] and not sent.
//
// Where discovery is off, some custom workflows want a state with each path; nobody
// documents in what form. Send such a body with [Client.Do].
func (c *Client) Submit(ctx context.Context, s Submission, options ...CallOption) (*ngeneaapi.Job, error) {
	if fault := s.fault(); fault != "" {
		return nil, fmt.Errorf("ngenea: submit: %w: %s", ErrInvalidArgument, fault)
	}
	body := ngeneaapi.SubmitWorkflowBody{
		Workflow: s.Workflow, Site: s.Site, Paths: s.Paths, Fields: s.Fields,
		Discovery: nullable.NewNullNullable[string](),
	}
	if s.Discovery != DiscoveryNone {
		body.Discovery = nullable.NewNullableWithValue(string(s.Discovery))
	}
	var raw []byte
	answer, err := c.Workflows.SubmitWorkflow(ctx, body, with(options, WithRawBody(&raw))...)
	var failed *Error
	switch {
	case errors.As(err, &failed) && mayRun(failed):
		return nil, &UnknownJobError{Answer: raw, Err: err}
	case err != nil:
		return nil, err
	}
	job, ok := submitted(answer)
	if !ok {
		return nil, &UnknownJobError{Answer: raw}
	}
	return job, nil
}

// fault says why a submission cannot be sent, "" if it can.
func (s *Submission) fault() string {
	switch {
	case s.Workflow == "":
		return "the workflow has no name"
	case s.Site == "":
		return "the site has no name"
	case len(s.Paths) == 0:
		return "there are no paths: give at least one"
	case slices.Contains(s.Paths, ""):
		return "a path is empty"
	}
	return ""
}

// submitted makes a job of what the Hub answered. Members that a job has go to their
// fields, the others stay reachable.
func submitted(answer *ngeneaapi.SubmittedJob) (*ngeneaapi.Job, bool) {
	id := answer.ID
	if id == 0 {
		var ok bool
		if id, ok = idInURL(answer.URL, "jobs"); !ok {
			return nil, false
		}
	}
	job := &ngeneaapi.Job{ID: id, AdditionalProperties: map[string]json.RawMessage{}}
	fields := map[string]any{"created": &job.Created, "site": &job.Site, "type": &job.Type, "state": &job.State}
	for name, value := range answer.AdditionalProperties {
		into, known := fields[name]
		switch {
		case name == "owner":
			job.Owner = value
		case !known || json.Unmarshal(value, into) != nil:
			job.AdditionalProperties[name] = value
		}
	}
	if answer.URL != "" {
		job.AdditionalProperties["url"], _ = json.Marshal(answer.URL)
	}
	return job, true
}

// idInURL reads the id from an address such as http://hub/api/jobs/7/, if it is one of
// that collection. Nothing else of the address counts.
func idInURL(address, collection string) (int64, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, false
	}
	folder, last := path.Split(path.Clean(u.Path))
	id, err := strconv.ParseInt(last, 10, 64)
	return id, err == nil && id > 0 && path.Base(folder) == collection
}
