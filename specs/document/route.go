package document

import (
	"maps"
	"slices"
	"strings"
)

// A Route is an HTTP method, in upper case, and the template of a path.
type Route struct{ Method, Path string }

// String returns "METHOD /path".
func (r Route) String() string { return r.Method + " " + r.Path }

// RouteOf reads "METHOD /path".
func RouteOf(name string) Route {
	method, path, _ := strings.Cut(name, " ")
	return Route{method, path}
}

// nameless returns the path without the names of its parameters: /things/{}.
func nameless(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if IsParameter(segment) {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

// Respelled maps routes that a document has with other names for the parameters of their paths
// to the document's own: both are the same operation. A route that two of the document may be
// is not one of them.
func Respelled(document Object, routes []Route) map[Route]Route {
	known := map[Route]bool{}
	for _, r := range routes {
		known[r] = true
	}
	there, fresh := map[Route]bool{}, map[Route][]Route{}
	for _, o := range Operations(document) {
		there[o.Route()] = true
		if like := (Route{o.Method, nameless(o.Path)}); !known[o.Route()] {
			fresh[like] = append(fresh[like], o.Route())
		}
	}
	found, taken := map[Route]Route{}, map[Route]bool{}
	for _, r := range slices.SortedFunc(maps.Keys(known), func(a, b Route) int { return strings.Compare(a.String(), b.String()) }) {
		like := fresh[Route{r.Method, nameless(r.Path)}]
		if !there[r] && len(like) == 1 && !taken[like[0]] {
			found[r], taken[like[0]] = like[0], true
		}
	}
	return found
}

// Respell gives an older document the names that a newer one has for the parameters of the
// same paths. It changes the document.
func Respell(older, newer Object) {
	var routes []Route
	for _, o := range Operations(older) {
		routes = append(routes, o.Route())
	}
	for from, to := range Respelled(newer, routes) {
		move(older.Object("paths"), from, to.Path)
	}
}

// JoinPaths makes one path of those that differ only in the names of their parameters, and have
// no method in common: OpenAPI does not allow two. It changes the document.
func JoinPaths(document Object) {
	paths := document.Object("paths")
	first := map[string]string{} // by the path without names
	for _, path := range paths.Keys() {
		like := nameless(path)
		if first[like] == "" {
			first[like] = path
			continue
		}
		var routes []Route
		for _, method := range Methods {
			if paths.Object(path, method) != nil {
				routes = append(routes, Route{strings.ToUpper(method), path})
			}
		}
		isThere := func(r Route) bool { return paths.Object(first[like], strings.ToLower(r.Method)) != nil }
		if slices.ContainsFunc(routes, isThere) {
			continue
		}
		for _, r := range routes {
			move(paths, r, first[like])
		}
	}
}

// move moves an operation to another path, with the parameters of its own path, which get the
// names of the other.
func move(paths Object, from Route, path string) {
	item, method := paths.Object(from.Path), strings.ToLower(from.Method)
	names := map[string]string{}
	then, now := strings.Split(from.Path, "/"), strings.Split(path, "/")
	for i := range then {
		if IsParameter(then[i]) {
			names[strings.Trim(then[i], "{}")] = strings.Trim(now[i], "{}")
		}
	}
	moved := item.Object(method)
	if shared := item.List("parameters"); len(shared) > 0 {
		moved["parameters"] = Clone(Operation{Object: moved, Shared: shared}.OwnParameters())
	}
	for _, parameter := range (Operation{Object: moved}).Parameters() {
		if name, ok := names[parameter.Text("name")]; ok && parameter["in"] == "path" {
			parameter["name"] = name
		}
	}
	if paths[path] == nil {
		paths[path] = Object{}
	}
	paths.Object(path)[method] = moved
	if delete(item, method); !slices.ContainsFunc(Methods, func(m string) bool { return item[m] != nil }) {
		delete(paths, from.Path)
	}
}
