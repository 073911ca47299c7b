package weka

import (
	"context"
	"sync/atomic"
	"time"
)

// releaseAge is how long a release is taken for granted: clusters are upgraded while
// clients live.
const releaseAge = time.Hour

// knownRelease is what the cluster said of itself, and when.
type knownRelease struct {
	number string
	asked  time.Time
}

// releaseCache keeps it; nil before it is asked for.
type releaseCache struct{ last atomic.Pointer[knownRelease] }

// known gives the release without asking, "" where it is not known.
func (r *releaseCache) known() string {
	if last := r.last.Load(); last != nil && time.Since(last.asked) < releaseAge {
		return last.number
	}
	return ""
}

func (r *releaseCache) keep(number string) {
	r.last.Store(&knownRelease{number, time.Now()})
}

// Release gives the release that the cluster runs, such as "5.1.0.605" (operation
// getClusterStatus). It asks once and then again after an hour, in case the cluster was
// upgraded.
func (c *Client) Release(ctx context.Context) (string, error) {
	if number := c.release.known(); number != "" {
		return number, nil
	}
	status, err := c.Cluster.GetClusterStatus(ctx)
	if err != nil {
		return "", err
	}
	c.release.keep(status.Release)
	return status.Release, nil
}
