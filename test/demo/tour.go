package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/must"
)

// wantsTour reports whether the environment names a real system.
func wantsTour() bool { return os.Getenv("WEKA_HOST") != "" || os.Getenv("NGENEA_URL") != "" }

// The names of steps that others need.
const (
	reaches    = "reach the API"
	tourLogsIn = "log in"
)

// playTour runs the tours of the systems in the environment, with read-only clients.
func playTour(ctx context.Context, p *printer) (bool, error) {
	var parts []part
	if os.Getenv("WEKA_HOST") != "" {
		t, err := newWEKATour()
		if err != nil {
			return false, err
		}
		defer t.client.Close()
		parts = append(parts, t.part())
	}
	if os.Getenv("NGENEA_URL") != "" {
		t, err := newHubTour()
		if err != nil {
			return false, err
		}
		defer t.client.Close()
		parts = append(parts, t.part())
	}
	return play(ctx, p, parts...), nil
}

// explainTrust says what to do about a certificate of an unknown authority.
func explainTrust(err error, system, variable string) error {
	if _, untrusted := errors.AsType[x509.UnknownAuthorityError](err); untrusted {
		return fmt.Errorf("the certificate of %s has an unknown authority: set %s to a PEM file of the authority, or of the certificate itself", system, variable)
	}
	return err
}

// wekaTour is the tour of the cluster in the environment.
type wekaTour struct{ client *weka.Client }

func newWEKATour() (*wekaTour, error) {
	options := []weka.Option{weka.FromEnv(), weka.WithReadOnly()}
	if path := os.Getenv("WEKA_CA_FILE"); path != "" {
		options = append(options, weka.WithCAFile(path))
	}
	client, err := weka.New("", options...)
	return &wekaTour{client}, err
}

// part returns the steps. Every operation in them is of the class "safe".
func (t *wekaTour) part() part {
	session := []string{tourLogsIn}
	return part{"WEKA, a read-only tour of " + os.Getenv("WEKA_HOST"), []step{
		{reaches, nil, t.reach},
		{tourLogsIn, []string{reaches}, t.logIn},
		{"cluster", session, t.cluster},
		{"containers", session, t.containers},
		{"drives", session, t.drives},
		{"filesystem groups", session, t.groups},
		{"filesystems", session, t.filesystems},
		{"alerts", session, t.alerts},
		{"background tasks", session, t.tasks},
	}}
}

// reach needs no login: it separates errors of the address and the certificate from those
// of the password.
func (t *wekaTour) reach(ctx context.Context) string {
	health, err := t.client.Health.GetAPIHealth(ctx)
	must.Succeed(explainTrust(err, "the cluster", "WEKA_CA_FILE"))
	return health
}

func (t *wekaTour) logIn(ctx context.Context) string {
	who := must.Get(t.client.Users.WhoAmI(ctx))
	return fmt.Sprintf("%s, %s of %s", who.Username, who.Role, who.OrgName)
}

func (t *wekaTour) cluster(ctx context.Context) string {
	status := must.Get(t.client.Cluster.GetStatus(ctx))
	return describeStatus(status)
}

func (t *wekaTour) containers(ctx context.Context) string {
	all := must.Get(t.client.Containers.List(ctx, nil))
	return counts(all, func(c wekaapi.Container) string { return c.Status })
}

func (t *wekaTour) drives(ctx context.Context) string {
	all := must.Get(t.client.Drives.List(ctx, nil))
	var bytes int64
	for _, drive := range all {
		bytes += drive.SizeBytes
	}
	return counts(all, func(d wekaapi.Drive) string { return d.Status }) + ", " + size(bytes)
}

func (t *wekaTour) groups(ctx context.Context) string {
	all := must.Get(t.client.FileSystemGroups.List(ctx))
	return names(all, func(g wekaapi.FileSystemGroup) string { return g.Name })
}

func (t *wekaTour) filesystems(ctx context.Context) string {
	all := must.Get(t.client.FileSystems.List(ctx, nil))
	var budget, used int64
	for _, filesystem := range all {
		budget += filesystem.TotalBudget
		used += filesystem.UsedTotal
	}
	return fmt.Sprintf("%s used of %s; %s", size(used), size(budget),
		names(all, func(f wekaapi.FileSystem) string { return f.Name }))
}

func (t *wekaTour) alerts(ctx context.Context) string {
	all := must.Get(t.client.Alerts.List(ctx, nil))
	return names(all, func(a wekaapi.Alert) string { return a.Title })
}

func (t *wekaTour) tasks(ctx context.Context) string {
	all := must.Get(t.client.Tasks.List(ctx, nil))
	return counts(all, func(t wekaapi.Task) string { return t.State })
}

// hubTour is the tour of the Hub in the environment.
type hubTour struct{ client *ngenea.Client }

func newHubTour() (*hubTour, error) {
	options := []ngenea.Option{ngenea.FromEnv(), ngenea.WithReadOnly()}
	if path := os.Getenv("NGENEA_CA_FILE"); path != "" {
		options = append(options, ngenea.WithCAFile(path))
	}
	client, err := ngenea.New("", options...)
	return &hubTour{client}, err
}

// part returns the steps. Every operation in them is of the class "safe".
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

// reach sends no credentials: it separates errors of the address and the certificate from
// those of the password.
func (t *hubTour) reach(ctx context.Context) string {
	var response ngenea.Response
	err := t.client.Do(ctx, http.MethodGet, "health", nil, nil,
		ngenea.WithHeader("Authorization", "none"), ngenea.WithResponse(&response))
	if !errors.Is(err, ngenea.ErrUnauthorized) {
		must.Succeed(explainTrust(err, "the Hub", "NGENEA_CA_FILE"))
	}
	return fmt.Sprintf("a Hub responds: %d without credentials", response.Status)
}

func (t *hubTour) logIn(ctx context.Context) string {
	health := must.Get(t.client.Health.Get(ctx))
	return "logged in; the Hub is " + describeHealth(health)
}

func (t *hubTour) sites(ctx context.Context) string {
	return names(collect(t.client.AllSites(ctx, nil)), func(s ngeneaapi.Site) string { return s.Name })
}

func (t *hubTour) nodes(ctx context.Context) string {
	return names(collect(t.client.AllNodes(ctx, nil)), func(n ngeneaapi.Node) string { return n.Name })
}

func (t *hubTour) workflows(ctx context.Context) string {
	return names(collect(t.client.AllWorkflows(ctx, nil)), func(w ngeneaapi.Workflow) string { return w.Name })
}

// jobs reads the counts alone, since a Hub keeps jobs for months.
func (t *hubTour) jobs(ctx context.Context) string {
	stats := must.Get(t.client.JobStats(ctx, nil))
	total := int64(0)
	for _, n := range stats.State {
		total += n
	}
	if total == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: by state %s; by type %s", total, tallied(stats.State), tallied(stats.Type))
}

func (t *hubTour) features(ctx context.Context) string {
	on := func(f ngeneaapi.Feature) string {
		if f.Enabled {
			return f.Name + " on"
		}
		return f.Name + " off"
	}
	return names(collect(t.client.AllFeatures(ctx, nil)), on)
}

func (t *hubTour) alerts(ctx context.Context) string {
	return names(collect(t.client.AllAlerts(ctx, nil)), func(a ngeneaapi.Alert) string { return a.Name })
}

func (t *hubTour) configuration(ctx context.Context) string {
	c := must.Get(t.client.Configurations.Get(ctx))
	return fmt.Sprintf("jobs are kept for %d days, search results for %d; search by %s", c.JobsTTL, c.SearchResultTTL, c.SearchBackend)
}

// collect returns the items of an iterator.
func collect[T any](all iter.Seq2[T, error]) (items []T) {
	for item, err := range all {
		must.Succeed(err)
		items = append(items, item)
	}
	return items
}
