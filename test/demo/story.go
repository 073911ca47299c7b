package main

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	// tokenLife is short, so that a story of seconds meets what takes a real
	// cluster five minutes, several times.
	tokenLife = 3 * time.Second
	// transition is how long a filesystem is CREATING, and REMOVING.
	transition = 300 * time.Millisecond
)

// playStory starts a cluster and tells the story against it.
func playStory(ctx context.Context, p *printer) (bool, error) {
	cluster, err := wekatest.Start(wekatest.WithAccessTTL(tokenLife), wekatest.WithTransitionTime(transition))
	if err != nil {
		return false, err
	}
	defer cluster.Close()
	return tell(ctx, p, cluster), nil
}

// tell tells the story against a cluster whose access tokens live tokenLife, and
// reports whether all of it held.
func tell(ctx context.Context, p *printer, cluster *wekatest.Server) bool {
	p.title(fmt.Sprintf("WEKA, against a simulated cluster at %s whose access tokens live %v", cluster.URL, tokenLife))
	s := &story{cluster: cluster, printer: p}
	defer s.end()
	return play(ctx, p, s.steps())
}

// story is what its steps share.
type story struct {
	cluster *wekatest.Server
	printer *printer

	client     *weka.Client        // from the first step on
	filesystem *wekaapi.FileSystem // from its creation on, as it was last seen
}

// The steps that others need.
const (
	connects = "make a client"
	logsIn   = "log in on first need"
	creates  = "create a filesystem"
	waits    = "wait until it is READY"
	shares   = "share one refresh among 32 callers"
	outlives = "outlive two token expiries"
)

// steps is the story in its order.
func (s *story) steps() []step {
	session, ready := []string{logsIn}, []string{waits}
	return []step{
		{connects, nil, s.connect},
		{logsIn, []string{connects}, s.logIn},
		{"read the cluster's status", session, s.readStatus},
		{"list the filesystem groups", session, s.listGroups},
		{creates, session, s.create},
		{waits, []string{creates}, s.waitUntilReady},
		{"find it by name in the list", ready, s.findByName},
		{"read it", ready, s.read},
		{"resize it", ready, s.resize},
		{"keep an id of 64 bits exact", ready, s.keepID},
		{shares, ready, s.shareRefresh},
		{outlives, ready, s.outliveTokens},
		{"ask for one that does not exist", session, s.missUnknown},
		{"create one under a taken name", ready, s.repeatName},
		{"create one of a bad size", session, s.sendBadValue},
		{"get a page in place of an answer", ready, s.receiveHTML},
		{"delete it and wait until it is gone", ready, s.deleteAndWait},
		{"count what the session cost", []string{shares, outlives}, s.countSession},
	}
}

func (s *story) end() {
	if s.client != nil {
		s.client.Close()
	}
}
