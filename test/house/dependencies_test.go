package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the root module, and root its folder relative to this one.
const (
	module = "github.com/hotcold-go/hotcold"
	root   = "../.."
)

// listed is a package in the output of go list.
type listed struct {
	ImportPath string
	Dir        string
	Imports    []string
	Deps       []string // imported directly or indirectly
	GoFiles    []string
	Module     *struct{ Path string }
}

// packages returns the packages of the root module and all that they depend on, by
// import path.
var packages = sync.OnceValues(func() (map[string]*listed, error) {
	dir, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	list := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Imports,Deps,GoFiles,Module", "./...")
	list.Dir = dir
	var stderr bytes.Buffer
	list.Stderr = &stderr
	output, err := list.Output()
	if err != nil {
		return nil, errors.New(stderr.String())
	}
	all := map[string]*listed{}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		p := new(listed)
		switch err := decoder.Decode(p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

// pkg returns a package of the root module by its folder.
func pkg(t *testing.T, folder string) *listed {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	p := all[module+"/"+folder]
	if p == nil {
		t.Fatalf("go list has no package %s", folder)
	}
	return p
}

// isStandard reports whether path is in the standard library: other paths start with a
// domain.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// hasPrefix reports whether path is one of the libraries or a package of one.
func hasPrefix(libraries []string, path string) bool {
	return slices.ContainsFunc(libraries, func(library string) bool {
		return path == library || strings.HasPrefix(path, library+"/")
	})
}

// A program that imports a front door links these libraries only, none of the
// maintainers' packages or simulators, and nothing of the other product.
func TestFrontDoorsLinkLittle(t *testing.T) {
	libraries := []string{
		"github.com/gofrs/flock", "github.com/natefinch/atomic", "github.com/go-json-experiment/json",
		"github.com/oapi-codegen/nullable", "golang.org/x/sys",
		"github.com/oapi-codegen/runtime", "github.com/apapsch/go-jsonmerge/v2", "github.com/google/uuid",
	}
	for door, others := range map[string][]string{
		"overlay/weka":   {"overlay/ngenea", "gen/ngeneaapi"},
		"overlay/ngenea": {"overlay/weka", "gen/wekaapi"},
	} {
		forbidden := slices.Concat(others, []string{"specs", "overlay/internal/simulator", door + "/wekatest", door + "/ngeneatest"})
		for _, path := range pkg(t, door).Deps {
			folder, ours := strings.CutPrefix(path, module+"/")
			switch {
			case ours && hasPrefix(forbidden, folder):
				t.Errorf("%s links %s", door, folder)
			case !ours && !isStandard(path) && !hasPrefix(libraries, path):
				t.Errorf("%s links %s", door, path)
			}
		}
	}
}

// The linter skips generated code, so its imports are checked here.
func TestGeneratedCodeImportsLittle(t *testing.T) {
	allowed := []string{
		module + "/overlay/api",
		"github.com/oapi-codegen/nullable", "github.com/oapi-codegen/runtime",
	}
	for _, folder := range []string{"gen/wekaapi", "gen/ngeneaapi"} {
		for _, path := range pkg(t, folder).Imports {
			if !isStandard(path) && !hasPrefix(allowed, path) {
				t.Errorf("%s imports %s", folder, path)
			}
		}
	}
}

// The README lists every library that a program links.
func TestReadmeListsLinkedLibraries(t *testing.T) {
	_, section, _ := strings.Cut(readme(t), "## What you inherit\n")
	section, _, _ = strings.Cut(section, "\n## ")
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for _, door := range []string{"overlay/weka", "overlay/ngenea"} {
		for _, path := range pkg(t, door).Deps {
			if p := all[path]; p.Module != nil && p.Module.Path != module && !strings.Contains(section, "`"+p.Module.Path+"`") {
				t.Errorf("%s links %s, which the README does not list under What you inherit", door, p.Module.Path)
			}
		}
	}
}
