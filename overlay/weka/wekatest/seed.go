package wekatest

import (
	"fmt"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Seed puts objects into a collection, by the path of its list ("/alerts",
// "/tasks", "/events", "/fileSystems"), past the checks that a request meets:
// what no request can make, or what a test does not care to make that way. Each
// has the members that answers show (a filesystem total_budget, not
// total_capacity); those not given are what a new object has. A task runs until
// it is aborted. Seed returns the uids, and panics for a collection that the
// simulator keeps no state for.
func (s *Server) Seed(collection string, objects ...map[string]any) []string {
	var uids []string
	s.engine.Exclusive(func() {
		found := s.mustHave(collection)
		for _, members := range objects {
			o := s.cluster.store.Add(found, simulator.Clone(members), s.clock.Now())
			uids = append(uids, o.Text("uid"))
		}
	})
	return uids
}

// Objects are those of a collection, by the path of its list, as they are now and
// whoever may see them; a copy. It panics for a collection that the simulator
// keeps no state for.
func (s *Server) Objects(collection string) []map[string]any {
	var all []map[string]any
	s.engine.Exclusive(func() {
		found, now := s.mustHave(collection), s.clock.Now()
		s.cluster.settle(now)
		for _, o := range found.All() {
			all = append(all, simulator.Clone(found.Show(o, now)))
		}
	})
	return all
}

// MakeDirectory makes a directory in a filesystem, by uid or name, and those above
// it, as a mount would, and returns its inode. With files in it, a quota on it is
// ADDING before it is ACTIVE. It panics if there is no such filesystem.
func (s *Server) MakeDirectory(filesystem, path string, files int) (inode uint64) {
	s.engine.Exclusive(func() {
		o := s.cluster.of("/fileSystems").Find("uid", filesystem)
		if o == nil {
			o = s.cluster.of("/fileSystems").Find("name", filesystem)
		}
		if o == nil {
			panic(fmt.Sprintf("wekatest: there is no filesystem %q to make %s in", filesystem, path))
		}
		inode = s.cluster.makeDirectory(filesystemOf(o), path, files).inode
	})
	return inode
}

func (s *Server) mustHave(collection string) *simulator.Collection {
	found := s.cluster.of(collection)
	if found == nil {
		panic(fmt.Sprintf("wekatest: the simulator keeps no state for %q", collection))
	}
	return found
}
