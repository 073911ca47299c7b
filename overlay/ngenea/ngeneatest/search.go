package ngeneatest

import (
	"path"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// search is what was asked for. The sites answer one after the other, each after
// a step's time.
type search struct {
	begun     time.Time
	sites     []string
	path      string
	recursive bool
	filters   map[string]any
}

// createSearch is POST /search/. No sites is all of them.
func (h *hub) createSearch(r *simulator.Request) simulator.Answer {
	asked := &search{begun: r.Time}
	text, _ := r.Member("path").(string)
	asked.path = clean(text)
	asked.recursive, _ = r.Member("recursive").(bool)
	asked.filters, _ = r.Member("filters").(map[string]any)
	list, _ := r.Member("sites").([]any)
	for _, site := range list {
		name, _ := site.(string)
		if h.sites.find("name", name) == nil {
			return invalid(map[string]any{"sites": []any{"Object with name=" + name + " does not exist."}})
		}
		asked.sites = append(asked.sites, name)
	}
	if len(list) == 0 {
		for _, site := range h.sites.items {
			name, _ := site.members["name"].(string)
			asked.sites = append(asked.sites, name)
		}
	}
	who, _ := r.Identity.(*account)
	return h.created(h.searches, r, h.searches.add(nil, asked, who))
}

// showSearch is what has been found by a time. What results look like is not
// documented: here they are as browsing shows a file.
func (h *hub) showSearch(it *item, now time.Time) map[string]any {
	results := []any{}
	asked, ok := it.hidden.(*search)
	if !ok {
		return map[string]any{} // a seeded one is as it was given
	}
	for i, site := range asked.sites {
		if now.Before(asked.begun.Add(time.Duration(i+1) * h.set.transition)) {
			break
		}
		for _, f := range h.files[site] {
			if !f.directory && asked.finds(f) {
				results = append(results, f.about(site))
			}
		}
	}
	return map[string]any{"results": results}
}

func (s *search) finds(f *file) bool {
	above := path.Dir(f.path)
	if above != s.path && (!s.recursive || !strings.HasPrefix(above+"/", strings.TrimSuffix(s.path, "/")+"/")) {
		return false
	}
	for name, condition := range s.filters {
		if name != "core.filename" || !matches(path.Base(f.path), condition) {
			return false // no file here has other metadata
		}
	}
	return true
}

// matches compares a value with a condition: a pattern, or a list of which one has
// to fit.
func matches(value string, condition any) bool {
	switch condition := condition.(type) {
	case string:
		ok, err := path.Match(condition, value)
		return ok && err == nil
	case []any:
		for _, one := range condition {
			if matches(value, one) {
				return true
			}
		}
	}
	return false
}
