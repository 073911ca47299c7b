package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

// hubTour looks at the Hub that the environment names.
type hubTour struct{ client *ngenea.Client }

func newHubTour() (*hubTour, error) {
	options := []ngenea.Option{ngenea.FromEnv(), ngenea.WithReadOnly()}
	if path := os.Getenv("NGENEA_CA_FILE"); path != "" {
		options = append(options, ngenea.WithCAFile(path))
	}
	client, err := ngenea.New("", options...)
	return &hubTour{client}, err
}

// part is the tour in its order. Every operation in it is of the class "safe".
func (t *hubTour) part() part {
	session := []string{tourLogsIn}
	return part{"Ngenea Hub, a read-only tour of " + os.Getenv("NGENEA_URL"), []step{
		{reaches, nil, t.reach},
		{tourLogsIn, []string{reaches}, t.logIn},
		{"sites", session, t.sites},
		{"nodes", session, t.nodes},
		{"workflows", session, t.workflows},
		{"jobs", session, t.jobs},
		{"features", session, t.features},
		{"alerts", session, t.alerts},
		{"configuration", session, t.configuration},
	}}
}

// reach asks without credentials, so that an address or a certificate that does not
// work is told from a password that does not.
func (t *hubTour) reach(ctx context.Context) (string, error) {
	var response ngenea.Response
	err := t.client.Do(ctx, http.MethodGet, "health", nil, nil,
		ngenea.WithHeader("Authorization", "none"), ngenea.WithResponse(&response))
	if err != nil && !errors.Is(err, ngenea.ErrUnauthorized) {
		return "", trusted(err, "the Hub", "NGENEA_CA_FILE")
	}
	return fmt.Sprintf("a Hub answers: %d without credentials", response.Status), nil
}

func (t *hubTour) logIn(ctx context.Context) (string, error) {
	health, err := t.client.Health.GetHealth(ctx)
	if err != nil {
		return "", err
	}
	return "let in; the Hub is " + describeHealth(health), nil
}

func (t *hubTour) sites(ctx context.Context) (string, error) {
	return namesOf(t.client.AllSites(ctx, nil), func(s ngeneaapi.Site) string { return s.Name })
}

func (t *hubTour) nodes(ctx context.Context) (string, error) {
	return namesOf(t.client.AllNodes(ctx, nil), func(n ngeneaapi.Node) string { return n.Name })
}

func (t *hubTour) workflows(ctx context.Context) (string, error) {
	return namesOf(t.client.AllWorkflows(ctx, nil), func(w ngeneaapi.Workflow) string { return w.Name })
}

// jobs asks for the counts and not for the jobs: a Hub keeps them for months.
func (t *hubTour) jobs(ctx context.Context) (string, error) {
	stats, err := t.client.JobStats(ctx, nil)
	if err != nil {
		return "", err
	}
	total := int64(0)
	for _, n := range stats.State {
		total += n
	}
	if total == 0 {
		return "none", nil
	}
	return fmt.Sprintf("%d: by state %s; by type %s", total, tallied(stats.State), tallied(stats.Type)), nil
}

func (t *hubTour) features(ctx context.Context) (string, error) {
	on := func(f ngeneaapi.Feature) string {
		if f.Enabled {
			return f.Name + " on"
		}
		return f.Name + " off"
	}
	return namesOf(t.client.AllFeatures(ctx, nil), on)
}

func (t *hubTour) alerts(ctx context.Context) (string, error) {
	return namesOf(t.client.AllAlerts(ctx, nil), func(a ngeneaapi.Alert) string { return a.Name })
}

func (t *hubTour) configuration(ctx context.Context) (string, error) {
	c, err := t.client.Configurations.GetConfigurations(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("jobs are kept for %d days, search results for %d; search by %s", c.JobsTTL, c.SearchResultTTL, c.SearchBackend), nil
}

// namesOf is names for a list that an iterator fetches.
func namesOf[T any](all iter.Seq2[T, error], name func(T) string) (string, error) {
	var items []T
	for item, err := range all {
		if err != nil {
			return "", err
		}
		items = append(items, item)
	}
	return names(items, name), nil
}
