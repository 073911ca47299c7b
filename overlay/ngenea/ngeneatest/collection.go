package ngeneatest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// item is one object of the Hub.
type item struct {
	members map[string]any // what answers show of it at any time
	hidden  any            // what the simulator keeps of it beside
	owner   *account       // who made it, nil for nobody
}

// collection is the objects that a list shows, oldest first.
type collection struct {
	path        string // of the list in the document
	key         string // the member that a path names an object by
	linked      bool   // each has its own address as url
	newestFirst bool   // in lists
	serial      int64
	items       []*item
	// show is how an object looks; nil is as its members are.
	show func(it *item, now time.Time) map[string]any
}

// add puts an object in, with an id if it is to have one and has none.
func (c *collection) add(members map[string]any, hidden any, owner *account) *item {
	added := &item{members: maps.Clone(members), hidden: hidden, owner: owner}
	if added.members == nil {
		added.members = map[string]any{}
	}
	if c.key == "id" && added.members["id"] == nil {
		c.serial++
		added.members["id"] = c.serial
	}
	c.items = append(c.items, added)
	return added
}

// find returns the object with that value in a member, nil if there is none.
func (c *collection) find(member string, value any) *item {
	text := fmt.Sprint(value)
	for _, it := range c.items {
		if got, ok := it.members[member]; ok && fmt.Sprint(got) == text {
			return it
		}
	}
	return nil
}

// of returns the object that a request's path names, nil if there is none.
func (c *collection) of(r *simulator.Request) *item { return c.find(c.key, r.PathValues[c.key]) }

func (c *collection) remove(gone *item) {
	c.items = slices.DeleteFunc(c.items, func(it *item) bool { return it == gone })
}

// view is an object as an answer has it whose addresses begin with an origin.
func (c *collection) view(it *item, origin string, now time.Time) map[string]any {
	shown := maps.Clone(it.members)
	if c.show != nil {
		maps.Copy(shown, c.show(it, now))
	}
	if c.linked {
		shown["url"] = fmt.Sprintf("%s/api%s%v/", origin, c.path, it.members[c.key])
	}
	return shown
}

// about answers a request with an object.
func (h *hub) about(c *collection, r *simulator.Request, it *item) simulator.Answer {
	return r.Operation.Answer(c.view(it, h.origin(r.HTTP), r.Time))
}

// get makes the handler that answers with one object.
func (h *hub) get(c *collection) simulator.Handler {
	return h.with(c, func(r *simulator.Request, it *item) simulator.Answer { return h.about(c, r, it) })
}

// with makes a handler of one for an object that exists.
func (h *hub) with(c *collection, next func(*simulator.Request, *item) simulator.Answer) simulator.Handler {
	return func(r *simulator.Request) simulator.Answer {
		it := c.of(r)
		if it == nil || !h.mayKnow(r, c, it) {
			return notFound()
		}
		return next(r, it)
	}
}

// update makes the handler that keeps the members of a body, those alone that are
// named if there are any.
func (h *hub) update(c *collection, names ...string) simulator.Handler {
	return h.with(c, func(r *simulator.Request, it *item) simulator.Answer {
		body, _ := r.Body.(map[string]any)
		for name, value := range body {
			if len(names) == 0 || slices.Contains(names, name) {
				it.members[name] = value
			}
		}
		return h.about(c, r, it)
	})
}

// remove makes the handler that takes an object out.
func (h *hub) remove(c *collection) simulator.Handler {
	return h.with(c, func(_ *simulator.Request, it *item) simulator.Answer {
		c.remove(it)
		return simulator.Answer{Status: http.StatusNoContent}
	})
}
