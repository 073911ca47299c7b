package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/test/must"
)

// hubServer is the Hub of the story: the simulated one, or the real one of test/hub.
type hubServer interface {
	tokenServer
	CAFile() string
	Requests() []ngeneatest.Request
	Count(operation string) int
	Submission(job int64) map[string]any
	NextJobs(n int, outcome ngeneatest.Outcome)
	Seed(collection string, objects ...map[string]any) []int64
	Objects(collection string) []map[string]any
	Err() error
}

// hubStory is the state that the Hub's steps share.
type hubStory struct {
	url, about string
	hub        hubServer
	printer    *printer

	person  *ngenea.Client              // logs in with the password; from the first step on
	key     *ngeneaapi.CreatedClientKey // created by the person
	program *ngenea.Client              // uses the key alone
	job     *ngeneaapi.Job              // the migrate, as submitted
}

// The names of steps that others need, besides those that both halves have.
const (
	makesKey      = "make a client key"
	dropsPassword = "drop the password"
	submits       = "submit a migrate with the key"
	watches       = "watch the job"
)

// part returns the Hub's steps.
func (s *hubStory) part() part {
	session, key := []string{logsIn}, []string{dropsPassword}
	title := fmt.Sprintf("Ngenea Hub, against %s at %s", s.about, s.url)
	return part{title, []step{
		{connects, nil, s.connect},
		{logsIn, []string{connects}, s.logIn},
		{outlives, session, s.outliveTokens},
		{makesKey, session, s.makeKey},
		{dropsPassword, []string{makesKey}, s.dropPassword},
		{submits, key, s.submit},
		{watches, []string{submits}, s.watch},
		{"recall what was migrated", []string{watches}, s.recall},
		{"watch a job that fails", key, s.watchFailure},
		{"list the jobs, with their stats", []string{watches}, s.listJobs},
		{"search the sites", key, s.search},
		{"post to a path without its slash", key, s.postWithoutSlash},
		{"submit for a site that does not exist", key, s.submitUnknownSite},
		{"submit without a path", key, s.submitNoPath},
		{"run an action with the key", key, s.runAction},
		{"revoke the key", key, s.revokeKey},
		{"count what the session cost", []string{outlives}, s.countSession},
	}}
}

func (s *hubStory) end() {
	for _, client := range []*ngenea.Client{s.person, s.program} {
		if client != nil {
			client.Close()
		}
	}
}

// client makes a client that trusts the Hub.
func (s *hubStory) client(credential ngenea.Option) (*ngenea.Client, error) {
	options := []ngenea.Option{credential}
	if file := s.hub.CAFile(); file != "" {
		options = append(options, ngenea.WithCAFile(file))
	}
	return ngenea.New(s.url, options...)
}

func (s *hubStory) connect(context.Context) string {
	s.person = must.Get(s.client(ngenea.WithPassword("dfoster", "secret")))
	n := len(s.hub.Requests())
	must.Hold(n == 0, "ngenea.New sent %d requests: want none", n)
	return "no request yet"
}

func (s *hubStory) logIn(ctx context.Context) string {
	health := must.Get(s.person.Health.Get(ctx))
	n := s.hub.Logins()
	must.Hold(n == 1, "the first call took %d logins: want one", n)
	return "the first call logged in once; the Hub is " + describeHealth(health)
}

func (s *hubStory) outliveTokens(ctx context.Context) string {
	return outlive(ctx, s.printer, s.hub, func(ctx context.Context) error {
		_, err := s.person.Health.Get(ctx)
		return err
	})
}

// makeKey also checks that printing the key does not show it.
func (s *hubStory) makeKey(ctx context.Context) string {
	key := must.Get(s.person.CreateClientKey(ctx, "nightly archive"))
	s.key = key
	shown := fmt.Sprintf("%+v", *key) + fmt.Sprintf("%#v", *key)
	secret := key.APIKey.Reveal()
	must.Hold(secret != "" && !strings.Contains(shown, secret), "the key is empty, or printing shows it")
	return fmt.Sprintf("number %d, %q; printed, it is %v", key.ID, key.Name, key.APIKey)
}

// dropPassword makes another client with the key alone.
func (s *hubStory) dropPassword(ctx context.Context) string {
	before := s.hub.Logins()
	s.program = must.Get(s.client(ngenea.WithClientKey(s.key.APIKey.Reveal())))
	all := collect(s.program.AllSites(ctx, nil))
	sites := names(all, func(site ngeneaapi.Site) string { return site.Name })
	n := s.hub.Logins() - before
	must.Hold(n == 0 && slices.ContainsFunc(all, func(site ngeneaapi.Site) bool { return site.Name == siteName }),
		"%d logins, sites %s: want none, and %s", n, sites, siteName)
	return "another client has the key alone; sites " + sites + "; no login"
}

// revokeKey revokes the key and checks that the next call fails after one request.
func (s *hubStory) revokeKey(ctx context.Context) string {
	must.Succeed(s.person.RevokeClientKey(ctx, s.key.ID))
	before := s.hub.Count("listSites")
	_, err := s.program.Sites.List(ctx, nil)
	response := wantError(err, "ErrClientKeyRejected", ngenea.ErrClientKeyRejected)
	n := s.hub.Count("listSites") - before
	must.Hold(n == 1, "the rejected call was sent %d times: want once", n)
	reason, _, _ := strings.Cut(ngenea.ErrClientKeyRejected.Error(), ":")
	return fmt.Sprintf("ErrClientKeyRejected, from a %d, sent once: %s", response.Status, reason)
}

// countSession checks the numbers of logins and refreshes at the Hub.
func (s *hubStory) countSession(context.Context) string {
	err := s.hub.Err()
	must.Hold(err == nil, "the simulator broke the API's document: %w", err)
	requests, redirects := s.hub.Requests(), 0
	for _, request := range requests {
		if request.Status == http.StatusMovedPermanently {
			redirects++
		}
	}
	logins, refreshes := s.hub.Count("createToken"), s.hub.Count("refreshToken")
	must.Hold(logins == 1 && refreshes >= 2 && redirects == 0,
		"%d logins, %d refreshes, %d redirects: want 1, at least 2, none", logins, refreshes, redirects)
	return fmt.Sprintf("%d requests in all: 1 login, %d refreshes, no redirect", len(requests), refreshes)
}
