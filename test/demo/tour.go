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
func playTour(ctx context.Context, p *printer) (held bool, err error) {
	defer must.Catch(&err)
	var parts []part
	if os.Getenv("WEKA_HOST") != "" {
		client := must.Get(connectWEKA())
		defer client.Close()
		parts = append(parts, wekaTour(client))
	}
	if os.Getenv("NGENEA_URL") != "" {
		client := must.Get(connectHub())
		defer client.Close()
		parts = append(parts, hubTour(client))
	}
	return play(ctx, p, parts...), nil
}

func connectWEKA() (*weka.Client, error) {
	options := []weka.Option{weka.FromEnv(), weka.WithReadOnly()}
	if path := os.Getenv("WEKA_CA_FILE"); path != "" {
		options = append(options, weka.WithCAFile(path))
	}
	return weka.New("", options...)
}

func connectHub() (*ngenea.Client, error) {
	options := []ngenea.Option{ngenea.FromEnv(), ngenea.WithReadOnly()}
	if path := os.Getenv("NGENEA_CA_FILE"); path != "" {
		options = append(options, ngenea.WithCAFile(path))
	}
	return ngenea.New("", options...)
}

// explainTrust says what to do about a certificate of an unknown authority.
func explainTrust(err error, system, variable string) error {
	if _, untrusted := errors.AsType[x509.UnknownAuthorityError](err); untrusted {
		return fmt.Errorf("the certificate of %s has an unknown authority: set %s to a PEM file of the authority, or of the certificate itself", system, variable)
	}
	return err
}

// wekaTour returns the tour of a cluster. Every operation in it is of the class "safe".
func wekaTour(c *weka.Client) part {
	session := []string{tourLogsIn}
	return part{"WEKA, a read-only tour of " + os.Getenv("WEKA_HOST"), []step{
		// No login: it separates errors of the address and the certificate from those of the
		// password.
		{reaches, nil, func(ctx context.Context) string {
			health, err := c.Health.GetAPIHealth(ctx)
			must.Succeed(explainTrust(err, "the cluster", "WEKA_CA_FILE"))
			return health
		}},
		{tourLogsIn, []string{reaches}, func(ctx context.Context) string {
			who := must.Get(c.Users.WhoAmI(ctx))
			return fmt.Sprintf("%s, %s of %s", who.Username, who.Role, who.OrgName)
		}},
		{"cluster", session, func(ctx context.Context) string {
			return describeStatus(must.Get(c.Cluster.GetStatus(ctx)))
		}},
		{"containers", session, func(ctx context.Context) string {
			return counts(must.Get(c.Containers.List(ctx, nil)), func(c wekaapi.Container) string { return c.Status })
		}},
		{"drives", session, func(ctx context.Context) string {
			all := must.Get(c.Drives.List(ctx, nil))
			var bytes int64
			for _, drive := range all {
				bytes += drive.SizeBytes
			}
			return counts(all, func(d wekaapi.Drive) string { return d.Status }) + ", " + size(bytes)
		}},
		{"filesystem groups", session, func(ctx context.Context) string {
			return names(must.Get(c.FileSystemGroups.List(ctx)), func(g wekaapi.FileSystemGroup) string { return g.Name })
		}},
		{"filesystems", session, func(ctx context.Context) string {
			all := must.Get(c.FileSystems.List(ctx, nil))
			var budget, used int64
			for _, filesystem := range all {
				budget += filesystem.TotalBudget
				used += filesystem.UsedTotal
			}
			return fmt.Sprintf("%s used of %s; %s", size(used), size(budget),
				names(all, func(f wekaapi.FileSystem) string { return f.Name }))
		}},
		{"alerts", session, func(ctx context.Context) string {
			return names(must.Get(c.Alerts.List(ctx, nil)), func(a wekaapi.Alert) string { return a.Title })
		}},
		{"background tasks", session, func(ctx context.Context) string {
			return counts(must.Get(c.Tasks.List(ctx, nil)), func(t wekaapi.Task) string { return t.State })
		}},
	}}
}

// hubTour returns the tour of a Hub. Every operation in it is of the class "safe".
func hubTour(c *ngenea.Client) part {
	session := []string{tourLogsIn}
	return part{"Ngenea Hub, a read-only tour of " + os.Getenv("NGENEA_URL"), []step{
		// No credentials, for the same reason as in the tour of a cluster.
		{reaches, nil, func(ctx context.Context) string {
			var response ngenea.Response
			err := c.Do(ctx, http.MethodGet, "health", nil, nil,
				ngenea.WithHeader("Authorization", "none"), ngenea.WithResponse(&response))
			if !errors.Is(err, ngenea.ErrUnauthorized) {
				must.Succeed(explainTrust(err, "the Hub", "NGENEA_CA_FILE"))
			}
			return fmt.Sprintf("a Hub responds: %d without credentials", response.Status)
		}},
		{tourLogsIn, []string{reaches}, func(ctx context.Context) string {
			return "logged in; the Hub is " + describeHealth(must.Get(c.Health.Get(ctx)))
		}},
		{"sites", session, func(ctx context.Context) string {
			return names(collect(c.AllSites(ctx, nil)), func(s ngeneaapi.Site) string { return s.Name })
		}},
		{"nodes", session, func(ctx context.Context) string {
			return names(collect(c.AllNodes(ctx, nil)), func(n ngeneaapi.Node) string { return n.Name })
		}},
		{"workflows", session, func(ctx context.Context) string {
			return names(collect(c.AllWorkflows(ctx, nil)), func(w ngeneaapi.Workflow) string { return w.Name })
		}},
		// The counts alone, since a Hub keeps jobs for months.
		{"jobs", session, func(ctx context.Context) string {
			stats := must.Get(c.JobStats(ctx, nil))
			total := int64(0)
			for _, n := range stats.State {
				total += n
			}
			return listed(int(total), fmt.Sprintf("by state %s; by type %s", tallied(stats.State), tallied(stats.Type)))
		}},
		{"features", session, func(ctx context.Context) string {
			return names(collect(c.AllFeatures(ctx, nil)), func(f ngeneaapi.Feature) string {
				if f.Enabled {
					return f.Name + " on"
				}
				return f.Name + " off"
			})
		}},
		{"alerts", session, func(ctx context.Context) string {
			return names(collect(c.AllAlerts(ctx, nil)), func(a ngeneaapi.Alert) string { return a.Name })
		}},
		{"configuration", session, func(ctx context.Context) string {
			k := must.Get(c.Configurations.Get(ctx))
			return fmt.Sprintf("jobs are kept for %d days, search results for %d; search by %s", k.JobsTTL, k.SearchResultTTL, k.SearchBackend)
		}},
	}}
}

// collect returns the items of an iterator.
func collect[T any](all iter.Seq2[T, error]) (items []T) {
	for item, err := range all {
		must.Succeed(err)
		items = append(items, item)
	}
	return items
}
