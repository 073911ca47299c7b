package house_test

import (
	"slices"
	"strings"
	"testing"
)

// The libraries that a room may import, by the beginnings of their paths.
const (
	fileLock    = "github.com/gofrs/flock"
	atomicWrite = "github.com/natefinch/atomic"
	jsonLibrary = "github.com/go-json-experiment/json"
	nullable    = "github.com/oapi-codegen/nullable"
	runtime     = "github.com/oapi-codegen/runtime"
	openapi     = "github.com/getkin/kin-openapi"
	overlays    = "github.com/speakeasy-api/openapi"
	yaml        = "gopkg.in/yaml.v3"
	generator   = "github.com/oapi-codegen/oapi-codegen"
	terminal    = "golang.org/x/term"
	syncLibrary = "golang.org/x/sync"
	goleak      = "go.uber.org/goleak"
)

// rooms is the table of DESIGN.md 2: what the code of each package may import beside the
// standard library. A package that is not in it fails the test: it has no room.
var rooms = map[string][]string{
	".":            nil,
	"specs/weka":   nil,
	"specs/ngenea": nil,
	"specs":        {"specs/weka", "specs/ngenea", openapi, overlays, jsonLibrary, yaml},
	"specs/refresh": {
		"specs", openapi, jsonLibrary, atomicWrite, generator, terminal, yaml,
	},

	"gen/wekaapi":   {nullable, runtime},
	"gen/ngeneaapi": {nullable, runtime},

	"overlay/internal/version": nil,
	"overlay/call":             {runtime, jsonLibrary},
	"overlay/token":            {syncLibrary, fileLock, atomicWrite},
	"overlay/transport":        {"overlay/call", "overlay/token"},
	"overlay/wait":             nil,
	// The bookkeeping that both front doors share lies under them, and knows neither.
	"overlay/internal/connect": {"overlay/call", "overlay/token", "overlay/transport", "overlay/internal/version"},
	"overlay/weka": {
		"gen/wekaapi", "overlay/call", "overlay/token", "overlay/transport", "overlay/wait",
		"overlay/internal/connect", "overlay/internal/version", nullable,
	},
	"overlay/ngenea": {
		"gen/ngeneaapi", "overlay/call", "overlay/token", "overlay/transport", "overlay/wait",
		"overlay/internal/connect", "overlay/internal/version", nullable,
	},

	// The simulators embed the documents, and leave what repairs them alone.
	"overlay/internal/simulator": {openapi},
	"overlay/weka/wekatest":      {"overlay/internal/simulator", "specs/weka", "overlay/weka"},
	"overlay/ngenea/ngeneatest":  {"overlay/internal/simulator", "specs/ngenea", "overlay/ngenea"},
}

func TestImportsKeepToTheTable(t *testing.T) {
	found := ours(t)
	for name, p := range found {
		allowed, known := rooms[name]
		if !known {
			t.Errorf("%s has no room: see DESIGN.md 2, and add it to the table here", name)
			continue
		}
		for _, imported := range p.Imports {
			if !isStandard(t, imported) && !permits(allowed, imported) {
				t.Errorf("%s imports %s", name, short(imported))
			}
		}
	}
	for name := range rooms {
		if found[name] == nil {
			t.Errorf("%s is in the table and not in the tree", name)
		}
	}
}

// permits reports whether one of the paths allowed is imported, or the library above it.
func permits(allowed []string, imported string) bool {
	return slices.ContainsFunc(allowed, func(one string) bool {
		if !strings.Contains(one, ".") { // one of ours, which permits itself alone
			return short(imported) == one
		}
		return imported == one || strings.HasPrefix(imported, one+"/")
	})
}

// isStandard believes the go command, and no look of a path.
func isStandard(t *testing.T, path string) bool {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	p := all[path]
	return path == "C" || p != nil && p.Standard
}

// Who uses a front door compiles these libraries and no others, however deep.
func TestFrontDoorsStayLight(t *testing.T) {
	light := []string{
		fileLock, atomicWrite, jsonLibrary, nullable, runtime, syncLibrary,
		"github.com/apapsch/go-jsonmerge", "github.com/google/uuid", "golang.org/x/sys",
	}
	found := ours(t)
	for _, door := range []string{"overlay/weka", "overlay/ngenea"} {
		for _, path := range found[door].Deps {
			switch name := short(path); {
			case name != path: // ours
				if name == "specs" || strings.HasPrefix(name, "specs/") || strings.HasSuffix(name, "test") || name == "overlay/internal/simulator" {
					t.Errorf("%s needs %s at run time", door, name)
				}
			case !isStandard(t, path) && !permits(light, path):
				t.Errorf("%s brings %s to whoever uses it", door, path)
			}
		}
	}
	if other := found["overlay/weka"].Deps; slices.Contains(other, module+"/overlay/ngenea") || slices.Contains(other, module+"/gen/ngeneaapi") {
		t.Error("overlay/weka brings the Hub along")
	}
	if other := found["overlay/ngenea"].Deps; slices.Contains(other, module+"/overlay/weka") || slices.Contains(other, module+"/gen/wekaapi") {
		t.Error("overlay/ngenea brings WEKA along")
	}
}

// Nothing outside test/ imports it, tests included; nothing at all imports a command.
func TestNothingImportsTestOrACommand(t *testing.T) {
	for name, p := range ours(t) {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			switch to := short(imported); {
			case strings.HasPrefix(to, "test/") || to == "test":
				t.Errorf("%s imports %s", name, to)
			case to == "specs/refresh":
				t.Errorf("%s imports the maintainers' command", name)
			}
		}
	}
}

// Simulators and generators are for tests and maintainers: tests of the run-time packages
// may import those, and goleak, and nothing that their packages do not know already.
func TestTestsBringNoLibrary(t *testing.T) {
	known := []string{goleak, jsonLibrary, nullable, yaml}
	for name, p := range ours(t) {
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if strings.HasPrefix(imported, module) || !strings.Contains(imported, ".") {
				continue
			}
			if !permits(known, imported) && !permits(rooms[name], imported) {
				t.Errorf("the tests of %s import %s: heavy libraries for tests belong to test/", name, imported)
			}
		}
	}
}
