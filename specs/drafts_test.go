package specs_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDraftsOfTheOwnContract finds nothing to draft: the tables fit the contract, and
// stand in the order that a refresh writes.
func TestDraftsOfTheOwnContract(t *testing.T) {
	for _, name := range products {
		product := load(t, name)
		if product.Rules.Merged {
			continue // a site's document was pulled over it, with routes of its own
		}
		drafts, err := product.Draft()
		if err != nil {
			t.Fatal(err)
		}
		for file, draft := range map[string][]byte{"summaries.tsv": drafts.Summaries, "releases.tsv": drafts.Releases} {
			text, err := os.ReadFile(filepath.Join(name, file))
			if draft != nil && (err != nil || string(text) != string(draft)) {
				t.Errorf("%s/%s would change (%v)", name, file, err)
			}
		}
		if len(drafts.Undescribed) > 0 {
			t.Errorf("%s: without a summary of ours: %q", name, drafts.Undescribed)
		}
	}
}
