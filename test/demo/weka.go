package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
)

// wekaStory is the state that WEKA's steps share.
type wekaStory struct {
	cluster *wekatest.Server
	printer *printer

	client     *weka.Client        // from the first step on
	filesystem *wekaapi.FileSystem // from its creation on, as last read
}

// The names of steps that others need. The Hub's half has the first three too.
const (
	connects = "make a client"
	logsIn   = "log in on first need"
	outlives = "outlive two token expiries"
	creates  = "create a filesystem and wait"
	shares   = "share one refresh among 32 callers"
)

// part returns WEKA's steps.
func (s *wekaStory) part() part {
	session, ready := []string{logsIn}, []string{creates}
	title := fmt.Sprintf("WEKA, against a simulated cluster of %d backends at %s whose access tokens live %v",
		len(s.cluster.URLs()), s.cluster.URL, tokenLife)
	return part{title, []step{
		{connects, nil, s.connect},
		{logsIn, []string{connects}, s.logIn},
		{"read the cluster's status", session, s.readStatus},
		{"list the filesystem groups", session, s.listGroups},
		{creates, session, s.create},
		{"find it by name in the list", ready, s.findByName},
		{"read it", ready, s.read},
		{"resize it", ready, s.resize},
		{"keep an id of 64 bits exact", ready, s.keepID},
		{"give a directory a quota", ready, s.setQuota},
		{"take a snapshot and restore it", ready, s.restoreSnapshot},
		{"walk through the events in pages", session, s.walkEvents},
		{shares, ready, s.shareRefresh},
		{losesBackend, ready, s.loseBackend},
		{outlives, ready, s.outliveTokens},
		{"ask for one that does not exist", session, s.readUnknown},
		{"create one under a taken name", ready, s.createDuplicate},
		{"create one of a bad size", session, s.createTooSmall},
		{"receive a web page instead of JSON", ready, s.receiveHTML},
		{"delete it and wait until it is gone", ready, s.deleteAndWait},
		{"count what the session cost", []string{shares, outlives}, s.countSession},
	}}
}

func (s *wekaStory) end() {
	if s.client != nil {
		s.client.Close()
	}
}

func (s *wekaStory) connect(context.Context) string {
	s.client = must.Get(weka.New(strings.Join(s.cluster.URLs(), ","), weka.WithPassword("admin", "admin"), weka.WithCAFile(s.cluster.CAFile())))
	n := len(s.cluster.Requests())
	must.Hold(n == 0, "weka.New sent %d requests: want none", n)
	return "of all its backends, trusted by a CA file; no request yet"
}

func (s *wekaStory) logIn(ctx context.Context) string {
	who := must.Get(s.client.Users.WhoAmI(ctx))
	n := s.cluster.Logins()
	must.Hold(n == 1, "the first call took %d logins: want one", n)
	must.Hold(who.Username != "", "the response has no user name")
	return "the first call logged in once"
}

// callersAtOnce is the number of calls that meet one expiry.
const callersAtOnce = 32

// shareRefresh ends the token that many calls are about to send: all are rejected, by two
// backends since one may be at fault, wait for one refresh and are sent again.
func (s *wekaStory) shareRefresh(ctx context.Context) string {
	must.Succeed(s.renewToken(ctx))
	logins, refreshes, rejected := s.cluster.Logins(), s.cluster.Refreshes(), s.rejections()
	s.cluster.ExpireTokens()
	s.cluster.Intercept("getFileSystem", callersAtOnce, holdUntil(ctx, callersAtOnce))
	must.Succeed(load.AtOnce(callersAtOnce, func(int) error { return s.callOnce(ctx) }))
	logins, refreshes, rejected = s.cluster.Logins()-logins, s.cluster.Refreshes()-refreshes, s.rejections()-rejected
	must.Hold(callersAtOnce <= rejected && rejected <= 2*callersAtOnce && refreshes == 1 && logins == 0,
		"%d responses of 401, %d refreshes, %d logins: want %d to %d, 1, 0", rejected, refreshes, logins, callersAtOnce, 2*callersAtOnce)
	return fmt.Sprintf("%d responses of 401, %d refresh, 0 failed calls", rejected, refreshes)
}

// renewToken rejects one call, so that the session has a new token: the regular renewal of
// an old one would change the counts. Unlike ExpireTokens, a rejection does not end the
// token of a renewal in progress.
func (s *wekaStory) renewToken(ctx context.Context) error {
	s.cluster.Fail("getFileSystem", 1, http.StatusUnauthorized, `{"data":"Unauthorized"}`)
	return s.callOnce(ctx)
}

// holdUntil holds requests back until n have arrived, or until ctx ends: requests sent after
// the first rejection would already have the new token.
func holdUntil(ctx context.Context, n int64) func(http.ResponseWriter, *http.Request, http.Handler) {
	var arrived atomic.Int64
	all := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if arrived.Add(1) == n {
			close(all)
		}
		select {
		case <-all:
		case <-ctx.Done():
		case <-r.Context().Done():
		}
		next.ServeHTTP(w, r)
	}
}

func (s *wekaStory) outliveTokens(ctx context.Context) string {
	return outlive(ctx, s.printer, s.cluster, s.callOnce)
}

// callOnce is the call of all callers.
func (s *wekaStory) callOnce(ctx context.Context) error {
	got, err := s.client.FileSystems.Get(ctx, s.filesystem.UID, nil)
	if err != nil {
		return err
	}
	if got.UID != s.filesystem.UID {
		return fmt.Errorf("requested %s, got %s", s.filesystem.UID, got.UID)
	}
	return nil
}

// countSession checks the numbers of logins and refreshes at the cluster.
func (s *wekaStory) countSession(context.Context) string {
	err := s.cluster.Err()
	must.Hold(err == nil, "the simulator broke the API's document: %w", err)
	logins, refreshes := s.cluster.Count("login"), s.cluster.Count("refreshToken")
	must.Hold(logins == 1 && refreshes >= 3, "%d logins and %d refreshes: want 1 and at least 3", logins, refreshes)
	return fmt.Sprintf("%d requests in all: 1 login, %d refreshes, %d responses of 401 that no caller saw",
		len(s.cluster.Requests()), refreshes, s.rejections())
}

// rejections counts the 401 responses of the cluster.
func (s *wekaStory) rejections() int {
	n := 0
	for _, request := range s.cluster.Requests() {
		if request.Status == http.StatusUnauthorized {
			n++
		}
	}
	return n
}

const (
	losesBackend = "lose one of the backends"

	// lostBackend is the index of that one in the cluster's addresses.
	lostBackend = 1
	// callsWithout is the number of calls that must succeed without it.
	callsWithout = 40
	// returnBound is the time in which the transport must use a backend that is back.
	returnBound = 5 * time.Second
)

// loseBackend takes a backend down during calls, and brings it back. It first gets a new
// token: a refresh that is cut off may need a login.
func (s *wekaStory) loseBackend(ctx context.Context) string {
	must.Succeed(s.renewToken(ctx))
	calls := load.Start(trafficCallers, callPause, func() error { return s.callOnce(ctx) })
	without, err := s.stopAndStart(ctx, calls)
	seen := calls.Stop()
	must.Succeed(cmp.Or(seen.Err(), err))
	return fmt.Sprintf("%d calls, %d of them while it was away, 0 failed; it is in use again", seen.Calls, without)
}

// stopAndStart waits until the backend has served a call, stops it for a number of calls,
// starts it and waits until it serves again. It returns the number of calls without it.
func (s *wekaStory) stopAndStart(ctx context.Context, calls *load.Load) (without int, err error) {
	defer must.Catch(&err)
	began := time.Now()
	serves := func(context.Context) (string, bool, error) {
		return "waiting for the backend to be used", s.servedSince(began), calls.Count().Err()
	}
	must.Succeed(poll(ctx, s.printer, returnBound, serves))
	before := calls.Count().Calls
	s.cluster.StopEndpoint(lostBackend)
	must.Succeed(poll(ctx, s.printer, returnBound, func(context.Context) (string, bool, error) {
		seen := calls.Count()
		without = seen.Calls - before
		return fmt.Sprintf("%d calls without the backend", without), without >= callsWithout, seen.Err()
	}))
	began = time.Now()
	must.Succeed(s.cluster.StartEndpoint(lostBackend))
	return without, poll(ctx, s.printer, returnBound, serves)
}

// servedSince reports whether the backend has served a call since then; the client's probes
// do not count.
func (s *wekaStory) servedSince(then time.Time) bool {
	return slices.ContainsFunc(s.cluster.Requests(), func(r wekatest.Request) bool {
		return r.Endpoint == lostBackend && r.Operation == "getFileSystem" && r.Time.After(then)
	})
}
