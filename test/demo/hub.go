package main

import (
	"fmt"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// hubStory is what the steps of the Hub's half share.
type hubStory struct {
	hub     *ngeneatest.Server
	printer *printer

	person  *ngenea.Client              // has the password, from the first step on
	key     *ngeneaapi.CreatedClientKey // made by the person
	program *ngenea.Client              // has the key and nothing else
	job     *ngeneaapi.Job              // the migrate, as it was last seen
}

// The steps that others need, beside those of both halves.
const (
	makesKey      = "make a client key"
	dropsPassword = "drop the password"
	submits       = "submit a migrate with the key"
	watches       = "watch the job"
)

// part is the Hub's half in its order.
func (s *hubStory) part() part {
	session, key := []string{logsIn}, []string{dropsPassword}
	return part{s.title(), []step{
		{connects, nil, s.connect},
		{logsIn, []string{connects}, s.logIn},
		{outlives, session, s.outliveTokens},
		{makesKey, session, s.makeKey},
		{dropsPassword, []string{makesKey}, s.dropPassword},
		{submits, key, s.submit},
		{watches, []string{submits}, s.watch},
		{"recall what was migrated", []string{watches}, s.recall},
		{"watch a job that fails", key, s.watchFailure},
		{"list the jobs, with their stats", []string{watches}, s.listJobs},
		{"search the sites", key, s.search},
		{"post to a path without its slash", key, s.forgetSlash},
		{"name a site that does not exist", key, s.nameUnknown},
		{"name no path at all", key, s.nameNothing},
		{"run an action with the key", key, s.runAction},
		{"revoke the key", key, s.revokeKey},
		{"count what the session cost", []string{outlives}, s.countSession},
	}}
}

func (s *hubStory) title() string {
	if s.hub == nil {
		return "Ngenea Hub"
	}
	return fmt.Sprintf("Ngenea Hub, against a simulated one at %s whose access tokens live %v", s.hub.URL, tokenLife)
}

func (s *hubStory) end() {
	for _, client := range []*ngenea.Client{s.person, s.program} {
		if client != nil {
			client.Close()
		}
	}
}
