package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// playTour looks at the cluster that the environment names. It only reads.
func playTour(ctx context.Context, p *printer) (bool, error) {
	options := []weka.Option{weka.FromEnv()}
	if path := os.Getenv("WEKA_CA_FILE"); path != "" {
		options = append(options, weka.WithCAFile(path))
	}
	client, err := weka.New("", options...)
	if err != nil {
		return false, err
	}
	defer client.Close()
	p.title("WEKA, a read-only tour of " + os.Getenv("WEKA_HOST"))
	return play(ctx, p, (&tour{client}).steps()), nil
}

type tour struct{ client *weka.Client }

// steps is the tour in its order. Every operation in it is of the class "safe".
func (t *tour) steps() []step {
	const reaches, logsIn = "reach the API", "log in"
	session := []string{logsIn}
	return []step{
		{reaches, nil, t.reach},
		{logsIn, []string{reaches}, t.logIn},
		{"cluster", session, t.cluster},
		{"containers", session, t.containers},
		{"drives", session, t.drives},
		{"filesystem groups", session, t.groups},
		{"filesystems", session, t.filesystems},
		{"alerts", session, t.alerts},
		{"background tasks", session, t.tasks},
	}
}

// reach asks what needs no login, so that an address or a certificate that does not
// work is told from a password that does not.
func (t *tour) reach(ctx context.Context) (string, error) {
	health, err := t.client.Health.GetAPIHealth(ctx)
	if _, untrusted := errors.AsType[x509.UnknownAuthorityError](err); untrusted {
		return "", errors.New("nobody vouches for the cluster's certificate: set WEKA_CA_FILE to a PEM file of its authority, or of itself")
	}
	return health, err
}

func (t *tour) logIn(ctx context.Context) (string, error) {
	who, err := t.client.User.WhoAmI(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %s of %s", who.Username, who.Role, who.OrgName), nil
}

func (t *tour) cluster(ctx context.Context) (string, error) {
	status, err := t.client.Cluster.GetClusterStatus(ctx)
	if err != nil {
		return "", err
	}
	return describeStatus(status), nil
}

func (t *tour) containers(ctx context.Context) (string, error) {
	all, err := t.client.Containers.GetContainers(ctx, nil)
	if err != nil {
		return "", err
	}
	return counts(all, func(c wekaapi.Container) string { return c.Status }), nil
}

func (t *tour) drives(ctx context.Context) (string, error) {
	all, err := t.client.Drive.GetDrives(ctx, nil)
	if err != nil {
		return "", err
	}
	var bytes int64
	for _, drive := range all {
		bytes += drive.SizeBytes
	}
	return counts(all, func(d wekaapi.Drive) string { return d.Status }) + ", " + size(bytes), nil
}

func (t *tour) groups(ctx context.Context) (string, error) {
	all, err := t.client.FilesystemGroup.GetFileSystemGroups(ctx)
	if err != nil {
		return "", err
	}
	return names(all, func(g wekaapi.FileSystemGroup) string { return g.Name }), nil
}

func (t *tour) filesystems(ctx context.Context) (string, error) {
	all, err := t.client.Filesystem.GetFileSystems(ctx, nil)
	if err != nil {
		return "", err
	}
	var budget, used int64
	for _, filesystem := range all {
		budget += filesystem.TotalBudget
		used += filesystem.UsedTotal
	}
	return fmt.Sprintf("%s used of %s; %s", size(used), size(budget),
		names(all, func(f wekaapi.FileSystem) string { return f.Name })), nil
}

func (t *tour) alerts(ctx context.Context) (string, error) {
	all, err := t.client.Alerts.GetAlerts(ctx, nil)
	if err != nil {
		return "", err
	}
	return names(all, func(a wekaapi.Alert) string { return a.Title }), nil
}

func (t *tour) tasks(ctx context.Context) (string, error) {
	all, err := t.client.Tasks.GetTasks(ctx, nil)
	if err != nil {
		return "", err
	}
	return counts(all, func(t wekaapi.Task) string { return t.State }), nil
}
