package wekatest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// release is a release of the product: its numbers, the most significant first.
type release []int

// newest is the release that the document is of, which a cluster runs unless it
// is told otherwise.
var newest = release{5, 1, 0}

func parseRelease(text string) (release, error) {
	var numbers release
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("wekatest: %q is not a release such as 5.1 or 4.3.2", text)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// full is the release as a cluster reports it, with three numbers at least.
func (r release) full() string {
	parts := make([]string, 0, 3)
	for i := range max(3, len(r)) {
		n := 0
		if i < len(r) {
			n = r[i]
		}
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, ".")
}

// has says whether the release knows what came with another one.
func (r release) has(since string) bool {
	came, err := parseRelease(since)
	if err != nil {
		return true // the document does not say
	}
	for i, n := range came {
		own := 0
		if i < len(r) {
			own = r[i]
		}
		if own != n {
			return own > n
		}
	}
	return true
}

// laterMembers are members of bodies that came after their operation, by
// operation, each with its release.
var laterMembers = map[string]map[string]string{
	"refreshToken": {"access_token_expiry": "5.1", "refresh_token_expiry": "5.1"},
}

// unknown names the members of a request that the release does not know yet.
func (r release) unknown(request *simulator.Request) []string {
	var names []string
	for member, since := range laterMembers[request.Operation.ID] {
		if request.Member(member) != nil && !r.has(since) {
			names = append(names, member)
		}
	}
	return names
}
