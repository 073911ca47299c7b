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

// file is a file or a directory of a site.
type file struct {
	path      string // absolute and clean
	directory bool
	size      int64
	changed   time.Time
}

// clean is a path as the simulator keeps it: the virtual root mmfs1 is /mmfs1.
func clean(text string) string { return path.Clean("/" + text) }

// addFile puts a file at a path of a site, and the directories above it.
func (h *hub) addFile(site, at string, size int64, now time.Time) {
	at = clean(at)
	for above := path.Dir(at); above != "/"; above = path.Dir(above) {
		if h.file(site, above) == nil {
			h.files[site] = append(h.files[site], &file{path: above, directory: true, size: 4096, changed: now})
		}
	}
	if old := h.file(site, at); old != nil {
		old.size, old.changed = size, now
		return
	}
	h.files[site] = append(h.files[site], &file{path: at, size: size, changed: now})
	slices.SortFunc(h.files[site], func(a, b *file) int { return strings.Compare(a.path, b.path) })
}

// file returns what is at a path of a site, nil if nothing is.
func (h *hub) file(site, at string) *file {
	for _, f := range h.files[site] {
		if f.path == at {
			return f
		}
	}
	return nil
}

// about is what answers show of a file.
func (f *file) about(site string) map[string]any {
	kind := "file"
	if f.directory {
		kind = "directory"
	}
	return map[string]any{
		"site": site, "path": strings.TrimPrefix(f.path, "/"), "type": kind, "size": f.size,
		"ctime": iso8601(f.changed), "mtime": iso8601(f.changed),
	}
}

// browse is GET /file/: one directory or file, and a page of what is in it as
// children.
func (h *hub) browse(r *simulator.Request) simulator.Answer {
	site := r.Query.Get("site")
	if h.sites.find("name", site) == nil {
		return invalid(map[string]any{"site": []any{fmt.Sprintf("Object with name=%s does not exist.", site)}})
	}
	f := h.file(site, clean(r.Query.Get("path")))
	if f == nil {
		return notFound()
	}
	children := []any{}
	for _, child := range h.files[site] {
		shown := child.about(site)
		if kind := r.Query.Get("type"); path.Dir(child.path) == f.path && (kind == "" || kind == shown["type"]) {
			children = append(children, shown)
		}
	}
	page, ok := h.page(r, children)
	if !ok {
		return invalidPage()
	}
	shown := f.about(site)
	shown["url"] = h.origin(r.HTTP) + r.HTTP.URL.RequestURI()
	shown["children"] = page["results"]
	return simulator.Answer{Status: http.StatusOK, Body: shown}
}
