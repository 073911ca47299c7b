package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// nearlyFull is the used share of its capacity from which a filesystem is migrated.
const nearlyFull = 0.9

// tierDown migrates every filesystem that is nearly full and returns the migrated paths.
// It goes on after a failure, and returns all errors.
func tierDown(ctx context.Context, cluster *weka.Client, hub *ngenea.Client, site string) (moved []string, err error) {
	filesystems, err := cluster.FileSystems.List(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("list filesystems: %w", err)
	}
	var failed []error
	for _, fs := range filesystems {
		if !isNearlyFull(fs) {
			continue
		}
		path := "/" + fs.Name
		if err := migrate(ctx, hub, site, path); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", path, err))
			continue
		}
		moved = append(moved, path)
	}
	return moved, errors.Join(failed...)
}

func isNearlyFull(fs wekaapi.FileSystem) bool {
	return fs.IsReady && float64(fs.UsedTotal) >= nearlyFull*float64(fs.TotalBudget)
}

func migrate(ctx context.Context, hub *ngenea.Client, site, path string) error {
	job, err := hub.Migrate(ctx, ngenea.Tiering{Site: site, Paths: []string{path}})
	if err != nil {
		return err
	}
	_, err = hub.WaitJob(ctx, job.ID, time.Hour, ngenea.OnProgress(func(*ngeneaapi.Job) {}))
	return err
}
