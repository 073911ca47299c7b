package simulator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedTests keeps the tests in the documentation of the products' packages
// such that compile and hold: they are those of documented_test.go, to the letter.
func TestDocumentedTests(t *testing.T) {
	for _, folder := range []string{"../../weka/wekatest", "../../ngenea/ngeneatest"} {
		read := func(name string) string {
			text, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		documentation := strings.ReplaceAll(strings.ReplaceAll(read("doc.go"), "//\t", ""), "//\n", "\n")
		_, tests, _ := strings.Cut(read("documented_test.go"), "\nfunc Test")
		all := strings.Split("\nfunc Test"+tests, "\nfunc Test")[1:]
		if len(all) != 2 {
			t.Errorf("%s: %d tests, want one on a port and one in a bubble", folder, len(all))
		}
		for _, test := range all {
			test = "func Test" + strings.TrimSpace(test) + "\n"
			if !strings.Contains(documentation, test) {
				t.Errorf("%s: the documentation does not show\n%s", folder, test)
			}
		}
		if lines := strings.Count(strings.TrimSpace(all[0]), "\n") + 1; lines > 17 {
			t.Errorf("%s: the documented test has %d lines", folder, lines)
		}
	}
}
