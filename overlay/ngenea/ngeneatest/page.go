package ngeneatest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// maxPageSize is what a page holds at most, however much is asked for.
const maxPageSize = 100

// origin is what the addresses in the answer to a request begin with: what its
// Host header says, as the framework believes it, or what [BehindProxy] gives.
func (h *hub) origin(r *http.Request) string {
	switch {
	case h.set.origin != "":
		return h.set.origin
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// list makes the handler that answers with a page of a collection.
func (h *hub) list(c *collection) simulator.Handler {
	return func(r *simulator.Request) simulator.Answer {
		page, ok := h.page(r, h.visible(c, r))
		if !ok {
			return invalidPage()
		}
		return simulator.Answer{Status: http.StatusOK, Body: page}
	}
}

// visible lists what a request may know of a collection, in the order of lists.
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

// page is the page of a list that a request asks for; false if there is none.
func (h *hub) page(r *simulator.Request, all []any) (map[string]any, bool) {
	number, size := 1, h.set.pageSize
	if text := r.Query.Get("page"); text != "" {
		number, _ = strconv.Atoi(text) // the engine saw that it is a number
	}
	if text := r.Query.Get("page_size"); text != "" {
		asked, _ := strconv.Atoi(text)
		switch {
		case asked == 0:
			size = max(1, len(all)) // paging is off
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
		page["next"] = h.address(r.HTTP, number+1)
	}
	if number > 1 {
		page["previous"] = h.address(r.HTTP, number-1)
	}
	return page, true
}

// address is that of another page of a request's list. The first page has no
// number.
func (h *hub) address(r *http.Request, number int) string {
	query := url.Values{}
	for name, values := range r.URL.Query() {
		query[name] = values
	}
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
