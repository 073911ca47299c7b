package main

import (
	"fmt"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// wekaStory is what the steps of WEKA's half share.
type wekaStory struct {
	cluster *wekatest.Server
	printer *printer

	client     *weka.Client        // from the first step on
	filesystem *wekaapi.FileSystem // from its creation on, as it was last seen
}

// The steps that others need. The Hub's half has the first two as well.
const (
	connects = "make a client"
	logsIn   = "log in on first need"
	outlives = "outlive two token expiries"
	creates  = "create a filesystem and wait"
	shares   = "share one refresh among 32 callers"
)

// part is WEKA's half in its order.
func (s *wekaStory) part() part {
	session, ready := []string{logsIn}, []string{creates}
	return part{s.title(), []step{
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
		{"take a snapshot and go back to it", ready, s.goBack},
		{"walk through the events in pages", session, s.walkEvents},
		{shares, ready, s.shareRefresh},
		{losesBackend, ready, s.loseBackend},
		{outlives, ready, s.outliveTokens},
		{"ask for one that does not exist", session, s.missUnknown},
		{"create one under a taken name", ready, s.repeatName},
		{"create one of a bad size", session, s.sendBadValue},
		{"get a page in place of an answer", ready, s.receiveHTML},
		{"delete it and wait until it is gone", ready, s.deleteAndWait},
		{"count what the session cost", []string{shares, outlives}, s.countSession},
	}}
}

func (s *wekaStory) title() string {
	if s.cluster == nil {
		return "WEKA"
	}
	return fmt.Sprintf("WEKA, against a simulated cluster of %d backends at %s whose access tokens live %v",
		len(s.cluster.URLs()), s.cluster.URL, tokenLife)
}

func (s *wekaStory) end() {
	if s.client != nil {
		s.client.Close()
	}
}
