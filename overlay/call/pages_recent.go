package call

// minRecent is how many keys are kept at least: a list must grow by as many items
// between two requests before one of them comes twice.
const minRecent = 1000

// recent drops the items that came a short while ago. It keeps two generations of
// keys, and forgets the older one when the younger is full and its page complete: so
// the memory is bounded, and the last page is always known.
type recent[T any, K comparable] struct {
	key            func(T) K // nil drops nothing
	younger, older map[K]struct{}
}

func newRecent[T any, K comparable](key func(T) K) *recent[T, K] {
	return &recent[T, K]{key: key, younger: map[K]struct{}{}}
}

// drop gives the items of a page that are new.
func (r *recent[T, K]) drop(page []T) []T {
	if r.key == nil {
		return page
	}
	if len(r.younger) >= minRecent {
		r.older, r.younger = r.younger, map[K]struct{}{}
	}
	fresh := make([]T, 0, len(page))
	for _, item := range page {
		key := r.key(item)
		_, young := r.younger[key]
		_, old := r.older[key]
		r.younger[key] = struct{}{}
		if !young && !old {
			fresh = append(fresh, item)
		}
	}
	return fresh
}
