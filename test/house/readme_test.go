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

// The README names every library that a program inherits.
func TestReadmeNamesWhatIsInherited(t *testing.T) {
	_, section, _ := strings.Cut(readme(t), "## What you inherit\n")
	section, _, _ = strings.Cut(section, "\n## ")
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for _, door := range []string{"overlay/weka", "overlay/ngenea"} {
		for _, path := range all[module+"/"+door].Deps {
			if p := all[path]; p.Module != nil && p.Module.Path != module && !strings.Contains(section, "`"+p.Module.Path+"`") {
				t.Errorf("%s brings %s, which is not under What you inherit", door, p.Module.Path)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)\)|\b((?:specs|overlay|test|gen)/[a-z0-9_/]*[a-z0-9/](?:\.[a-z]+)?)\b`)

// What the documents point at is there.
func TestDocumentsPointAtWhatIsThere(t *testing.T) {
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "MIGRATING.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(root, match[1]+match[2])); err != nil {
				t.Errorf("%s points at %s", name, match[1]+match[2])
			}
		}
	}
}

var target = regexp.MustCompile("(?m)(?:`|^    )make ([a-z -]+)")

// Each make target that the documents name is one.
func TestDocumentsNameRealTargets(t *testing.T) {
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
					t.Errorf("%s names make %s, which is none", name, one)
				}
			}
		}
	}
}
