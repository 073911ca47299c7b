package ngeneatest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// item is one object of the Hub.
type item struct {
	members map[string]any // the JSON members that do not depend on the time
	hidden  any            // state that no response shows
	owner   *account       // the creator, nil for none
}

// collection holds the objects of one list, oldest first.
type collection struct {
	path        string // of the list in the document
	key         string // the member that identifies an object in a path
	linked      bool   // responses have the object's own address as url
	newestFirst bool   // in lists
	serial      int64
	items       []*item
	// show returns the members that depend on the time; nil for none.
	show func(it *item, now time.Time) map[string]any
}

// add adds an object, with a new id if the key is the id and it has none.
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

// view returns the members of an object; its address begins with an origin.
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

// mayKnow reports whether a request may see an object: a client key is visible to
// administrators and to its owner.
func (h *hub) mayKnow(r *simulator.Request, c *collection, it *item) bool {
	who := caller(r)
	return c != h.clientKeys || who == nil || who.administrator || it.owner == who
}

func (h *hub) respond(c *collection, r *simulator.Request, it *item) simulator.Response {
	return r.Success(c.view(it, h.origin(r.HTTP), r.Time))
}

// created responds with the id and the address of a new object.
func (h *hub) created(c *collection, r *simulator.Request, it *item) simulator.Response {
	shown := c.view(it, h.origin(r.HTTP), r.Time)
	return simulator.Response{Status: http.StatusCreated, Body: map[string]any{"id": shown["id"], "url": shown["url"]}}
}

// with makes a handler of a function for the object that the path identifies.
func (h *hub) with(c *collection, next func(*simulator.Request, *item) simulator.Response) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		it := c.find(c.key, r.PathValues[c.key])
		if it == nil || !h.mayKnow(r, c, it) {
			return notFound()
		}
		return next(r, it)
	}
}

func (h *hub) get(c *collection) simulator.Handler {
	return h.with(c, func(r *simulator.Request, it *item) simulator.Response { return h.respond(c, r, it) })
}

func (h *hub) remove(c *collection) simulator.Handler {
	return h.with(c, func(_ *simulator.Request, it *item) simulator.Response {
		c.items = slices.DeleteFunc(c.items, func(other *item) bool { return other == it })
		return simulator.Response{Status: http.StatusNoContent}
	})
}

// list makes the handler that responds with a page of a collection.
func (h *hub) list(c *collection) simulator.Handler {
	return func(r *simulator.Request) simulator.Response {
		if page, ok := h.page(r, h.visible(c, r)); ok {
			return r.Success(page)
		}
		return invalidPage()
	}
}

// visible returns the objects that a request may see, in the order of lists.
func (h *hub) visible(c *collection, r *simulator.Request) []any {
	all := []any{}
	for _, it := range c.items {
		if h.mayKnow(r, c, it) {
			all = append(all, c.view(it, h.origin(r.HTTP), r.Time))
		}
	}
	if c.newestFirst {
		slices.Reverse(all)
	}
	return all
}

// maxPageSize is the largest page_size that a Hub honours.
const maxPageSize = 100

// page returns the page of a list that a request asks for; false if there is none.
func (h *hub) page(r *simulator.Request, all []any) (map[string]any, bool) {
	number, size := 1, h.set.PageSize
	if text := r.Query.Get("page"); text != "" {
		number, _ = strconv.Atoi(text) // validated by the engine
	}
	if text := r.Query.Get("page_size"); text != "" {
		asked, _ := strconv.Atoi(text)
		switch {
		case asked == 0:
			size = max(1, len(all)) // no paging
		case asked > 0:
			size = min(asked, maxPageSize)
		}
	}
	pages := max(1, (len(all)+size-1)/size)
	if number < 1 || number > pages {
		return nil, false
	}
	start := (number - 1) * size
	page := map[string]any{
		"count": len(all), "next": nil, "previous": nil,
		"results": all[start:min(start+size, len(all))],
	}
	if number < pages {
		page["next"] = h.pageURL(r.HTTP, number+1)
	}
	if number > 1 {
		page["previous"] = h.pageURL(r.HTTP, number-1)
	}
	return page, true
}

// pageURL is the address of another page of a request's list. The first has no number.
func (h *hub) pageURL(r *http.Request, number int) string {
	query := r.URL.Query() // a copy
	query.Set("page", strconv.Itoa(number))
	if number == 1 {
		query.Del("page")
	}
	address := h.origin(r) + r.URL.EscapedPath()
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// origin is the start of all addresses in a response: the Host of the request, as in the
// framework, or that of [BehindProxy].
func (h *hub) origin(r *http.Request) string {
	switch {
	case h.set.origin != "":
		return h.set.origin
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
