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
	openapi     = "github.com/getkin/kin-openapi"
	overlays    = "github.com/speakeasy-api/openapi"
	yaml        = "gopkg.in/yaml.v3"
	generator   = "github.com/oapi-codegen/oapi-codegen"
	terminal    = "golang.org/x/term"
	goleak      = "go.uber.org/goleak"
	telemetry   = "go.opentelemetry.io/otel"
	comparison  = "github.com/oasdiff/oasdiff"
	moreTools   = "golang.org/x/exp"
	goTools     = "golang.org/x/tools"
)

// rooms is the table of what the code of each package may import beside the standard
// library. A package that is not in it fails the test: it has no room. The map in
// CONTRIBUTING.md says what each room is for.
var rooms = map[string][]string{
	".":            {generator}, // pinned behind a build tag
	"specs/weka":   nil,
	"specs/ngenea": nil,
	"specs":        {"specs/weka", "specs/ngenea", openapi, overlays, jsonLibrary, yaml},
	"specs/refresh": {
		"specs", openapi, jsonLibrary, atomicWrite, generator, terminal, yaml,
	},
	"specs/refresh/diff": {openapi, comparison, moreTools, goTools}, // a module of its own

	"gen/wekaapi":   {nullable}, // where a document tells null from absent
	"gen/ngeneaapi": {nullable},

	"overlay/internal/version": nil,
	"overlay/call":             {jsonLibrary},
	"overlay/token":            {fileLock, atomicWrite},
	"overlay/transport":        {"overlay/call", "overlay/token"},
	"overlay/wait":             nil,
	// The bookkeeping that both front doors share lies under them, and knows neither.
	"overlay/internal/connect": {"overlay/call", "overlay/token", "overlay/transport"},
	// What the tests of both front doors share.
	"overlay/internal/connect/connecttest": {"overlay/call"},
	"overlay/weka": {
		"gen/wekaapi", "overlay/call", "overlay/token", "overlay/transport", "overlay/wait",
		"overlay/internal/connect", "overlay/internal/version",
	},
	"overlay/ngenea": {
		"gen/ngeneaapi", "overlay/call", "overlay/token", "overlay/transport", "overlay/wait",
		"overlay/internal/connect", "overlay/internal/version", nullable,
	},

	// A module of its own, which none pays for who does not use it.
	"overlay/telemetry": {"overlay/call", "overlay/token", "overlay/transport", telemetry},

	// The simulators embed the documents, and leave what repairs them alone.
	"overlay/internal/simulator": {openapi},
	// What tests of both must pass.
	"overlay/internal/simulator/simulatortest": nil,
	"overlay/weka/wekatest":                    {"overlay/internal/simulator", "specs/weka"},
	"overlay/ngenea/ngeneatest":                {"overlay/internal/simulator", "specs/ngenea"},
}

// testsOf is what the tests of a package may import beside what its code may, itself,
// and whatever lies below it.
var testsOf = map[string][]string{
	"overlay/call":               {"gen/wekaapi", "gen/ngeneaapi", nullable},
	"overlay/internal/simulator": {"specs/weka", "specs/ngenea"},
	"overlay/telemetry": {
		"overlay/weka", "overlay/weka/wekatest", "overlay/ngenea", "overlay/ngenea/ngeneatest",
	},
	"overlay/weka":              {"overlay/internal/connect/connecttest", "specs", jsonLibrary},
	"overlay/ngenea":            {"overlay/internal/connect/connecttest"},
	"overlay/weka/wekatest":     {"overlay/weka", "overlay/internal/simulator/simulatortest"},
	"overlay/ngenea/ngeneatest": {"overlay/ngenea", "overlay/internal/simulator/simulatortest", "specs"},
}

func TestImportsKeepToTheTable(t *testing.T) {
	found := sources(t)
	for name, s := range found {
		allowed, known := rooms[name]
		if !known {
			t.Errorf("%s has no room: see the map in CONTRIBUTING.md, and add it to the table here", name)
			continue
		}
		for _, imported := range s.code {
			if !isStandard(imported) && !permits(allowed, imported) {
				t.Errorf("%s imports %s", name, short(imported))
			}
		}
		for _, one := range allowed {
			if !strings.HasPrefix(name, "gen/") && !slices.ContainsFunc(s.code, func(imported string) bool { return permits([]string{one}, imported) }) {
				t.Errorf("%s may import %s and does not: take that from the table", name, one)
			}
		}
	}
	for name := range rooms {
		if found[name] == nil {
			t.Errorf("%s is in the table and not in the tree", name)
		}
	}
}

// Tests turn no arrow round either, and bring no library of their own: heavy ones stay
// in test/.
func TestTestsKeepToTheTable(t *testing.T) {
	for name, s := range sources(t) {
		allowed := slices.Concat(rooms[name], testsOf[name], []string{goleak})
		for _, imported := range s.tests {
			below := short(imported) == name || strings.HasPrefix(short(imported), name+"/")
			if !isStandard(imported) && !below && !permits(allowed, imported) {
				t.Errorf("the tests of %s import %s", name, short(imported))
			}
		}
	}
}

// permits reports whether one of the paths allowed is imported, or a library below it.
func permits(allowed []string, imported string) bool {
	return slices.ContainsFunc(allowed, func(one string) bool {
		if isStandard(one) { // one of ours, which permits itself alone
			return short(imported) == one
		}
		return imported == one || strings.HasPrefix(imported, one+"/")
	})
}

// isStandard goes by what the go command does: what others publish lies under a domain.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// Who uses a front door compiles these libraries and no others, however deep.
func TestFrontDoorsStayLight(t *testing.T) {
	light := []string{
		fileLock, atomicWrite, jsonLibrary, nullable, "golang.org/x/sys",
	}
	found := ours(t)
	for _, door := range []string{"overlay/weka", "overlay/ngenea"} {
		for _, path := range found[door].Deps {
			switch name := short(path); {
			case name != path: // ours
				if name == "specs" || strings.HasPrefix(name, "specs/") || strings.HasSuffix(name, "test") || name == "overlay/internal/simulator" {
					t.Errorf("%s needs %s at run time", door, name)
				}
			case !isStandard(path) && !permits(light, path):
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

// A command and test/ are imported by nothing, whatever a table says.
func TestNothingImportsTestOrACommand(t *testing.T) {
	for name, s := range sources(t) {
		for _, imported := range slices.Concat(s.code, s.tests) {
			switch to := short(imported); {
			case to == "test" || strings.HasPrefix(to, "test/"):
				t.Errorf("%s imports %s", name, to)
			case to == "specs/refresh":
				t.Errorf("%s imports the maintainers' command", name)
			}
		}
	}
}
