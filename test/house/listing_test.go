package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// module is ours, and root where it lies, seen from here.
const (
	module = "github.com/hotcold-go/hotcold"
	root   = "../.."
)

// listed is what `go list` says of a package.
type listed struct {
	ImportPath string
	Dir        string
	Deps       []string
	GoFiles    []string
	Module     *struct{ Path string }
}

// short is the import path as the tables here write it: without our module.
func short(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

// packages lists the packages of the module, those of its nested modules left out, and
// whatever they depend on, by import path. It asks the go command once.
var packages = sync.OnceValues(func() (map[string]*listed, error) {
	dir, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	list := exec.Command("go", "list", "-deps",
		"-json=ImportPath,Dir,Deps,GoFiles,Module", "./...")
	list.Dir = dir
	var complaint bytes.Buffer
	list.Stderr = &complaint
	output, err := list.Output()
	if err != nil {
		return nil, errors.New(complaint.String())
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

// ours are the packages of the module, by their short paths.
func ours(t *testing.T) map[string]*listed {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*listed{}
	for path, p := range all {
		if p.Module != nil && p.Module.Path == module {
			found[short(path)] = p
		}
	}
	if len(found) < 10 {
		t.Fatalf("go list knows %d packages of the module", len(found))
	}
	return found
}
