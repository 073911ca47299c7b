package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// wekaTour looks at the cluster that the environment names.
type wekaTour struct{ client *weka.Client }

func newWEKATour() (*wekaTour, error) {
	options := []weka.Option{weka.FromEnv(), weka.WithReadOnly()}
	if path := os.Getenv("WEKA_CA_FILE"); path != "" {
		options = append(options, weka.WithCAFile(path))
	}
	client, err := weka.New("", options...)
	return &wekaTour{client}, err
}

// part is the tour in its order. Every operation in it is of the class "safe".
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

// reach asks what needs no login, so that an address or a certificate that does not
// work is told from a password that does not.
func (t *wekaTour) reach(ctx context.Context) (string, error) {
	health, err := t.client.Health.GetAPIHealth(ctx)
	return health, trusted(err, "the cluster", "WEKA_CA_FILE")
}

func (t *wekaTour) logIn(ctx context.Context) (string, error) {
	who, err := t.client.User.WhoAmI(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %s of %s", who.Username, who.Role, who.OrgName), nil
}

func (t *wekaTour) cluster(ctx context.Context) (string, error) {
	status, err := t.client.Cluster.GetClusterStatus(ctx)
	if err != nil {
		return "", err
	}
	return describeStatus(status), nil
}

func (t *wekaTour) containers(ctx context.Context) (string, error) {
	all, err := t.client.Containers.GetContainers(ctx, nil)
	if err != nil {
		return "", err
	}
	return counts(all, func(c wekaapi.Container) string { return c.Status }), nil
}

func (t *wekaTour) drives(ctx context.Context) (string, error) {
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

func (t *wekaTour) groups(ctx context.Context) (string, error) {
	all, err := t.client.FilesystemGroup.GetFileSystemGroups(ctx)
	if err != nil {
		return "", err
	}
	return names(all, func(g wekaapi.FileSystemGroup) string { return g.Name }), nil
}

func (t *wekaTour) filesystems(ctx context.Context) (string, error) {
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

func (t *wekaTour) alerts(ctx context.Context) (string, error) {
	all, err := t.client.Alerts.GetAlerts(ctx, nil)
	if err != nil {
		return "", err
	}
	return names(all, func(a wekaapi.Alert) string { return a.Title }), nil
}

func (t *wekaTour) tasks(ctx context.Context) (string, error) {
	all, err := t.client.Tasks.GetTasks(ctx, nil)
	if err != nil {
		return "", err
	}
	return counts(all, func(t wekaapi.Task) string { return t.State }), nil
}
