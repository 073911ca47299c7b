package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var link = regexp.MustCompile(`\]\(([^)#:]+)\)|\b((?:specs|overlay|test|gen)/[a-z0-9_/]*[a-z0-9/](?:\.[a-z]+)?)\b`)

// The files and folders that the documents name exist.
func TestDocumentsNameExistingFiles(t *testing.T) {
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "MIGRATING.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(root, match[1]+match[2])); err != nil {
				t.Errorf("%s names %s, which does not exist", name, match[1]+match[2])
			}
		}
	}
}

var target = regexp.MustCompile("(?m)(?:`|^    )make ([a-z -]+)")

// The make targets that the documents name exist.
func TestDocumentsNameExistingTargets(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range target.FindAllStringSubmatch(string(text), -1) {
			for _, one := range strings.Fields(match[1]) {
				if !strings.Contains(string(makefile), "\n"+one+":") {
					t.Errorf("%s names make %s, which does not exist", name, one)
				}
			}
		}
	}
}
