package ngeneatest

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// AddFile adds a file of a size in bytes at an absolute path of a site, and its parent
// directories. It panics if there is no such site.
func (s *Server) AddFile(site, path string, size int64) {
	s.engine.Exclusive(func() {
		if s.hub.sites.find("name", site) == nil {
			panic(fmt.Sprintf("ngeneatest: there is no site %q for the file %s", site, path))
		}
		s.hub.addFile(site, path, size, s.clock.Now())
	})
}

type file struct {
	path      string // absolute and clean
	directory bool
	size      int64
	changed   time.Time
}

// clean returns an absolute path: mmfs1 is /mmfs1.
func clean(text string) string { return path.Clean("/" + text) }

func (h *hub) addFile(site, at string, size int64, now time.Time) {
	at = clean(at)
	for parent := path.Dir(at); parent != "/"; parent = path.Dir(parent) {
		if h.file(site, parent) == nil {
			h.files[site] = append(h.files[site], &file{path: parent, directory: true, size: 4096, changed: now})
		}
	}
	if old := h.file(site, at); old != nil {
		old.size, old.changed = size, now
		return
	}
	h.files[site] = append(h.files[site], &file{path: at, size: size, changed: now})
	slices.SortFunc(h.files[site], func(a, b *file) int { return strings.Compare(a.path, b.path) })
}

// file returns the file or directory at a path of a site, nil if there is none.
func (h *hub) file(site, at string) *file {
	for _, f := range h.files[site] {
		if f.path == at {
			return f
		}
	}
	return nil
}

func (f *file) view(site string) map[string]any {
	kind := "file"
	if f.directory {
		kind = "directory"
	}
	return map[string]any{
		"site": site, "path": strings.TrimPrefix(f.path, "/"), "type": kind, "size": f.size,
		"ctime": iso8601(f.changed), "mtime": iso8601(f.changed),
	}
}

// browse is GET /file/: a file or directory, with a page of its entries as children.
func (h *hub) browse(r *simulator.Request) simulator.Response {
	site := r.Query.Get("site")
	if h.sites.find("name", site) == nil {
		return invalidField("site", noObject(site))
	}
	f := h.file(site, clean(r.Query.Get("path")))
	if f == nil {
		return notFound()
	}
	children := []any{}
	for _, child := range h.files[site] {
		shown := child.view(site)
		if kind := r.Query.Get("type"); path.Dir(child.path) == f.path && (kind == "" || kind == shown["type"]) {
			children = append(children, shown)
		}
	}
	page, ok := h.page(r, children)
	if !ok {
		return invalidPage()
	}
	shown := f.view(site)
	shown["url"] = h.origin(r.HTTP) + r.HTTP.URL.RequestURI()
	shown["children"] = page["results"]
	return simulator.Response{Status: http.StatusOK, Body: shown}
}

// search is a search of sites, which respond one after the other, a step apart.
type search struct {
	begun     time.Time
	sites     []string
	path      string
	recursive bool
	filters   map[string]any
}

// createSearch is POST /search/. Without sites it searches all.
func (h *hub) createSearch(r *simulator.Request) simulator.Response {
	asked := &search{begun: r.Time, path: clean(r.Text("path")), recursive: r.Member("recursive") == true}
	asked.filters, _ = r.Member("filters").(map[string]any)
	list, _ := r.Member("sites").([]any)
	for _, site := range list {
		name, _ := site.(string)
		if h.sites.find("name", name) == nil {
			return invalidField("sites", noObject(name))
		}
		asked.sites = append(asked.sites, name)
	}
	if len(list) == 0 {
		for _, site := range h.sites.items {
			name, _ := site.members["name"].(string)
			asked.sites = append(asked.sites, name)
		}
	}
	searches := h.of("/search/")
	return h.created(searches, r, searches.add(nil, asked, caller(r)))
}

// showSearch returns the results at a time. The form of results is not documented: here
// it is that of browse.
func (h *hub) showSearch(it *item, now time.Time) map[string]any {
	results := []any{}
	asked, ok := it.hidden.(*search)
	if !ok {
		return map[string]any{} // seeded
	}
	for i, site := range asked.sites {
		if now.Before(asked.begun.Add(time.Duration(i+1) * h.set.Transition)) {
			break
		}
		for _, f := range h.files[site] {
			if !f.directory && asked.finds(f) {
				results = append(results, f.view(site))
			}
		}
	}
	return map[string]any{"results": results}
}

func (s *search) finds(f *file) bool {
	parent := path.Dir(f.path)
	if parent != s.path && (!s.recursive || !strings.HasPrefix(parent+"/", strings.TrimSuffix(s.path, "/")+"/")) {
		return false
	}
	for name, condition := range s.filters {
		if name != "core.filename" || !matches(path.Base(f.path), condition) {
			return false // the files have no other metadata
		}
	}
	return true
}

// matches compares a value with a pattern, or with a list of patterns of which one must
// match.
func matches(value string, condition any) bool {
	switch condition := condition.(type) {
	case string:
		ok, err := path.Match(condition, value)
		return ok && err == nil
	case []any:
		return slices.ContainsFunc(condition, func(one any) bool { return matches(value, one) })
	}
	return false
}
