package main

import (
	"context"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	// tokenLife is short, so that a story of seconds meets what takes a real cluster
	// five minutes and a Hub an hour, several times.
	tokenLife = 3 * time.Second
	// transition is how long a filesystem is CREATING, and REMOVING.
	transition = 300 * time.Millisecond
	// jobTransition is how long a job is PENDING, and STARTED: longer than the pause
	// between two looks at it, so that each state is seen.
	jobTransition = 800 * time.Millisecond
	// backends is at how many addresses the cluster answers.
	backends = 3
	// The pages of lists are so short that there are several.
	eventsPerPage = 2
	jobsPerPage   = 10
)

func startCluster() (*wekatest.Server, error) {
	return wekatest.Start(wekatest.WithAccessTTL(tokenLife), wekatest.WithTransitionTime(transition),
		wekatest.Endpoints(backends), wekatest.WithPageSize(eventsPerPage))
}

func startHub() (*ngeneatest.Server, error) {
	return ngeneatest.Start(ngeneatest.WithAccessTTL(tokenLife), ngeneatest.WithTransitionTime(jobTransition),
		ngeneatest.WithPageSize(jobsPerPage))
}

// playStory starts a cluster and a Hub, and tells the story against them.
func playStory(ctx context.Context, p *printer) (bool, error) {
	cluster, err := startCluster()
	if err != nil {
		return false, err
	}
	defer cluster.Close()
	hub, err := startHub()
	if err != nil {
		return false, err
	}
	defer hub.Close()
	return tell(ctx, p, cluster, hub), nil
}

// tell tells the story, and reports whether all of it held. Where there is no cluster
// or no Hub, its half is left out.
func tell(ctx context.Context, p *printer, cluster *wekatest.Server, hub *ngeneatest.Server) bool {
	var halves []part
	if cluster != nil {
		s := &wekaStory{cluster: cluster, printer: p}
		defer s.end()
		halves = append(halves, s.part())
	}
	if hub != nil {
		s := &hubStory{hub: hub, printer: p}
		defer s.end()
		halves = append(halves, s.part())
	}
	return play(ctx, p, halves...)
}
