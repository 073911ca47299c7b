package ngeneatest

import (
	"fmt"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Seed puts objects into a collection, by the path of its list ("/alerts/",
// "/jobs/", "/features/"), past the checks that a request meets. Each has the
// members that answers show, undocumented ones too. A job goes on by the clock,
// unless it has a state, which it then keeps; a node may have a site and online
// beside. Seed returns the ids (0 where there is none), and panics for a collection
// that a Hub does not have.
func (s *Server) Seed(collection string, objects ...map[string]any) []int64 {
	var ids []int64
	s.engine.Exclusive(func() {
		c := s.mustHave(collection)
		for _, members := range objects {
			it := s.hub.seed(c, simulator.Copied(members), s.clock.Now())
			id, _ := it.members["id"].(int64)
			ids = append(ids, id)
		}
	})
	return ids
}

func (h *hub) seed(c *collection, members map[string]any, now time.Time) *item {
	if id, ok := members["id"].(int); ok {
		members["id"] = int64(id)
	}
	if id, ok := members["id"].(int64); ok {
		c.serial = max(c.serial, id)
	}
	switch c {
	case h.jobs:
		created := members["created"]
		it := h.addJob(members, nil, now)
		if created != nil {
			it.members["created"] = created
		}
		it.hidden.(*job).fixed, _ = members["state"].(string)
		return it
	case h.nodes:
		site, _ := members["site"].(string)
		online, given := members["online"].(bool)
		delete(members, "site")
		delete(members, "online")
		return c.add(members, &worker{site: site, online: online || !given}, nil)
	}
	return c.add(members, nil, nil)
}

// Objects are those of a collection, by the path of its list, as they are now and
// whoever may see them, oldest first; a copy. It panics for a collection that a
// Hub does not have.
func (s *Server) Objects(collection string) []map[string]any {
	var all []map[string]any
	s.engine.Exclusive(func() {
		c := s.mustHave(collection)
		for _, it := range c.items {
			all = append(all, simulator.Copied(c.view(it, s.URL, s.clock.Now())))
		}
	})
	return all
}

func (s *Server) mustHave(path string) *collection {
	found := s.hub.of(path)
	if found == nil {
		panic(fmt.Sprintf("ngeneatest: a Hub has no collection %q", path))
	}
	return found
}

// AddSite adds a site with one worker, which is online, and one file,
// /mmfs1/data/sample_data.tgz. The site dfoster1 is there from the start.
func (s *Server) AddSite(name string) {
	s.engine.Exclusive(func() { s.hub.addSite(name, s.clock.Now()) })
}

// AddFile puts a file of some bytes at an absolute path of a site, and the
// directories above it. It panics for a site that there is none of.
func (s *Server) AddFile(site, path string, size int64) {
	s.engine.Exclusive(func() {
		if s.hub.sites.find("name", site) == nil {
			panic(fmt.Sprintf("ngeneatest: there is no site %q to put %s at", site, path))
		}
		s.hub.addFile(site, path, size, s.clock.Now())
	})
}

// SetNode takes a node down or brings it back, which health shows. It panics for
// a node that there is none of.
func (s *Server) SetNode(name string, online bool) {
	s.engine.Exclusive(func() {
		it := s.hub.nodes.find("name", name)
		if it == nil {
			panic(fmt.Sprintf("ngeneatest: there is no node %q", name))
		}
		it.hidden.(*worker).online = online
	})
}

// NextJobs says what becomes of the next n jobs that are submitted. Those after
// them succeed.
func (s *Server) NextJobs(n int, outcome Outcome) {
	s.engine.Exclusive(func() { s.hub.outcomes = append(s.hub.outcomes, slices.Repeat([]Outcome{outcome}, n)...) })
}

// SetJobState keeps a job in a state, any word; "" hands it back to the clock. It
// panics, as the other methods for jobs do, for a job that there is none of.
func (s *Server) SetJobState(id int64, state string) {
	s.withJob(id, func(j *job, _ time.Time) { j.fixed = state })
}

// PauseJob pauses a job that has not ended: it is PAUSING, then PAUSED.
func (s *Server) PauseJob(id int64) { s.withJob(id, (*job).pause) }

// ResumeJob lets a paused job go on.
func (s *Server) ResumeJob(id int64) { s.withJob(id, (*job).resume) }

// Submission is the body that a job was submitted with, as JSON decodes it into a
// map with numbers as [encoding/json.Number]; nil for a seeded job.
func (s *Server) Submission(id int64) (body map[string]any) {
	s.withJob(id, func(j *job, _ time.Time) {
		if j.submission != nil {
			body = simulator.Copied(j.submission)
		}
	})
	return body
}

func (s *Server) withJob(id int64, call func(*job, time.Time)) {
	s.engine.Exclusive(func() {
		it := s.hub.jobs.find("id", id)
		if it == nil {
			panic(fmt.Sprintf("ngeneatest: there is no job %d", id))
		}
		call(it.hidden.(*job), s.clock.Now())
	})
}
