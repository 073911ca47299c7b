package weka

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// releaseOperation is what a cluster tells its release by, and must not be asked for
// because of its own failure.
var releaseOperation = wekaapi.OpGetClusterStatus

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

// releaseLearner makes the calls of the services, and keeps the release of every status
// that comes along.
type releaseLearner struct {
	*call.Client
	release *releaseCache
}

// Call implements api.Caller.
func (l *releaseLearner) Call(ctx context.Context, operation *api.Operation, path []any, query, body, result any, options ...CallOption) error {
	err := l.Client.Call(ctx, operation, path, query, body, result, options...)
	if status, ok := result.(*wekaapi.ClusterStatus); ok && err == nil && status.Release != "" {
		l.release.keep(status.Release)
	}
	return err
}

// Operation is one operation of the API: what a method calls, and since when it is known.
type Operation = api.Operation

// Operations returns all operations that the services have, by path and method, for
// programs that ask what there is. Since is the first release known to have one, such as
// "5.1", by the vendor's lists of routes from 3.14 on; the operation may be older. The
// slice is the caller's own.
func Operations() []*Operation { return wekaapi.Operations() }

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
	return status.Release, nil
}
