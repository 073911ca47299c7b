package wekatest

import (
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// sizes reads total_capacity and ssd_capacity of a body, with the sizes that
// stand where they are absent, and refuses what the drives cannot hold. A
// filesystem that is not tiered is all on the drives; own is what it has there
// already.
func (c *cluster) sizes(r *simulator.Request, total, ssd, own int64) (newTotal, newSSD int64, refusal *simulator.Response) {
	asked, given := integer(r.Member("total_capacity"))
	if given {
		if asked < newFilesystemUse {
			fault := badParameter("total_capacity", fmt.Sprintf("must be at least %d", newFilesystemUse))
			return 0, 0, &fault
		}
		total, ssd = asked, asked
	}
	if asked, given := integer(r.Member("ssd_capacity")); given {
		if asked < newFilesystemUse || asked > total {
			fault := badParameter("ssd_capacity", fmt.Sprintf("must be between %d and total_capacity", newFilesystemUse))
			return 0, 0, &fault
		}
		ssd = asked
	}
	if left := c.free() + own; ssd > left {
		fault := badRequest(fmt.Sprintf(
			"Not enough available drive capacity for filesystem. requested %q, but only %q are free",
			decimal(ssd), decimal(left)), nil)
		return 0, 0, &fault
	}
	return total, ssd, nil
}

// decimal writes bytes as a cluster does in its messages: "1.07 GB", "0 B".
func decimal(bytes int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB", "PB", "EB"}
	value, unit := float64(bytes), 0
	for value >= 1000 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	short := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", value), "0"), ".")
	return short + " " + units[unit]
}
