package wekatest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
	specs "github.com/hotcold-go/hotcold/specs/weka"
)

// Release makes the cluster run an earlier release, such as "4.3" or "5.0.2": it has the
// routes, parameters and members of the nearest earlier release whose contract was published
// ("4.2"), and the routes that are known to have come since. Others get a 404 or a 400. The
// default is the newest release.
func Release(number string) Option {
	return func(s *settings) { s.release, s.err = parseRelease(number) }
}

// release is the number of a release, the most significant part first, with three parts or
// more.
type release []int

// leadingNumbers are what is compared of the release of a document, such as 5.2-beta.
var leadingNumbers = regexp.MustCompile(`\d+(\.\d+)*`)

func parseRelease(text string) (release, error) {
	var numbers release
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("wekatest: %q is not a release such as 5.1 or 4.3.2", text)
		}
		numbers = append(numbers, n)
	}
	for len(numbers) < 3 {
		numbers = append(numbers, 0)
	}
	return numbers, nil
}

// String returns the release as a cluster reports it.
func (r release) String() string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint([]int(r)), "[]"), " ", ".")
}

// has reports whether the release has what came with another one; it has what the document
// gives no release for.
func (r release) has(since string) bool {
	other, err := parseRelease(since)
	return err != nil || slices.Compare(r, other) >= 0
}

// documents loads the effective document of a published release once per process, which takes
// a few tenths of a second; "" is the newest.
var documents = sync.OnceValue(func() func(string) (*simulator.Document, error) {
	loaded := map[string]func() (*simulator.Document, error){
		"": sync.OnceValues(func() (*simulator.Document, error) { return simulator.Load([]byte(specs.Effective())) }),
	}
	for _, published := range specs.Releases() {
		loaded[published] = sync.OnceValues(func() (*simulator.Document, error) {
			newest, err := loaded[""]()
			if err != nil {
				return nil, err
			}
			effective, _ := specs.OfRelease(published)
			earlier, err := simulator.Load([]byte(effective))
			if err != nil {
				return nil, err
			}
			return newest.With(earlier), nil
		})
	}
	return func(published string) (*simulator.Document, error) { return loaded[published]() }
})

// edition is what a release serves.
type edition struct {
	*simulator.Document
	contract string
}

// editionOf returns what a release serves: the document of the nearest earlier one, or that of
// the earliest. Without a release it is the newest, and sets it.
func editionOf(r *release) (edition, error) {
	newest, err := documents()("")
	if err != nil {
		return edition{}, err
	}
	last, err := parseRelease(leadingNumbers.FindString(newest.Release()))
	if *r == nil {
		*r = last
	}
	if err != nil || slices.Compare(*r, last) >= 0 {
		return edition{newest, specs.Contract()}, err
	}
	published := specs.Releases() // the earliest first
	nearest := published[0]
	for _, candidate := range published {
		if r.has(candidate) {
			nearest = candidate
		}
	}
	document, err := documents()(nearest)
	_, contract := specs.OfRelease(nearest)
	return edition{document, contract}, err
}
