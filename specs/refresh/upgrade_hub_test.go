package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestUpgradeOfHub brings a site's document into the tree, as make refresh does it for
// the Hub, and once more: the second time nothing changes.
func TestUpgradeOfHub(t *testing.T) {
	s := newStage(t)
	from := write0(t, t.TempDir(), "served.json", string(spectacular(t)))
	upgrade := func() string {
		code, out, message := refresh(t, "upgrade", "-root", s.root, "-quick", "-from", from, "ngenea")
		if code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, message)
		}
		return out
	}
	said := upgrade()
	_, screen, _ := strings.Cut(said, "[8/8] install")
	s.expect(said, "operation added (24)", "GET /schedules/: Schedules.ListSchedules")
	s.expect(screen, "\nto read:\n", "  - contradicts: PATCH /features/{name}/, body.enabled", "  - not in the document: POST /datastores/",
		"summaries.tsv: write what 24 operations do")
	if strings.Contains(screen, "confirmed:") {
		t.Errorf("the screen lists what nobody has to read: %s", screen)
	}
	s.expect(s.read(filepath.Join(s.root, "CHANGELOG.md")), "### Ngenea Hub 2.10 (draft)")
	s.expect(s.read(filepath.Join(s.root, "gen/ngeneaapi/client.gen.go")), "ListSchedules(ctx")
	s.expect(upgrade(), "nothing changed")
}
