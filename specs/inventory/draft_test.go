package inventory_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hotcold-go/hotcold/specs"
)

// TestDraftOfCommittedContract expects that nothing is drafted anew: the tables have a line for each route, in
// the order in which a refresh writes them.
func TestDraftOfCommittedContract(t *testing.T) {
	for _, name := range []string{"weka", "ngenea"} {
		dir := filepath.Join("..", name)
		product, err := specs.Load(name, os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		if product.Rules.Merged {
			continue // a site's document adds routes
		}
		drafts, err := product.Draft()
		if err != nil {
			t.Fatal(err)
		}
		for file, draft := range map[string][]byte{"summaries.tsv": drafts.Summaries, "releases.tsv": drafts.Releases} {
			text, err := os.ReadFile(filepath.Join(dir, file))
			if draft != nil && (err != nil || string(text) != string(draft)) {
				t.Errorf("%s/%s would change (%v)", name, file, err)
			}
		}
	}
}
