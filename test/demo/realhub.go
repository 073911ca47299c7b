package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/test/must"
)

// realHubAddress is the environment variable with which make hub names its Hub.
const realHubAddress = "REAL_HUB"

// playRealHub runs the Hub's half against the Hub of test/hub.
func playRealHub(ctx context.Context, p *printer) (held bool, err error) {
	defer must.Catch(&err)
	hub := &realHub{address: must.Get(url.Parse(os.Getenv(realHubAddress)))}
	hub.control("clear", nil, new(any))
	s := &hubStory{url: hub.address.String(), about: "a real one", hub: hub, printer: p}
	defer s.end()
	return play(ctx, p, s.part()), nil
}

// realHub is the Hub of test/hub, whose path /control/ does what a simulator's methods do.
// Its methods stop the step that calls them if the Hub does not respond.
type realHub struct{ address *url.URL }

// control asks for something below /control/.
func (h *realHub) control(what string, in, out any) {
	body := must.Get(json.Marshal(in))
	target := url.URL{Scheme: h.address.Scheme, Host: h.address.Host, Path: "/control/" + what}
	request := must.Get(http.NewRequestWithContext(context.Background(), http.MethodPost, target.String(), bytes.NewReader(body)))
	response, err := http.DefaultClient.Do(request)
	must.Succeed(err)
	defer func() { _ = response.Body.Close() }()
	must.Succeed(json.NewDecoder(response.Body).Decode(out))
}

func (h *realHub) CAFile() string { return "" }
func (h *realHub) Err() error     { return nil } // it says so by its responses

// Requests returns all requests, with the operations of the document.
func (h *realHub) Requests() []ngeneatest.Request {
	var all []ngeneatest.Request
	h.control("requests", nil, &all)
	for i, request := range all {
		path := strings.TrimPrefix(request.Path, strings.TrimSuffix(h.address.Path, "/")+"/api")
		operations := ngeneaapi.Operations()
		if at := slices.IndexFunc(operations, func(o *api.Operation) bool { return o.Method() == request.Method && o.Path() == path }); at >= 0 {
			all[i].Operation = operations[at].ID()
		}
	}
	return all
}

func (h *realHub) Count(operation string) int {
	return len(slices.DeleteFunc(h.Requests(), func(r ngeneatest.Request) bool { return r.Operation != operation }))
}

func (h *realHub) Logins() int    { return h.succeeded("createToken") }
func (h *realHub) Refreshes() int { return h.succeeded("refreshToken") }

func (h *realHub) succeeded(operation string) int {
	return len(slices.DeleteFunc(h.Requests(), func(r ngeneatest.Request) bool { return r.Operation != operation || r.Status != http.StatusOK }))
}

func (h *realHub) Submission(job int64) map[string]any {
	for _, one := range h.Objects("/jobs/") {
		if id, _ := one["id"].(float64); int64(id) == job {
			submission, _ := one["submission"].(map[string]any)
			return submission
		}
	}
	return nil
}

func (h *realHub) Objects(string) (jobs []map[string]any) {
	h.control("jobs", nil, &jobs)
	return jobs
}

func (h *realHub) NextJobs(n int, _ ngeneatest.Outcome) { h.control("fail", n, new(any)) }

func (h *realHub) Seed(_ string, jobs ...map[string]any) []int64 {
	h.control("seed", jobs, new(any))
	return nil
}
