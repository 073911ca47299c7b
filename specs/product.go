package specs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// A Product is one vendor's contract with everything that we state about it: the
// files of specs/NAME except those that are made from them.
type Product struct {
	Name      string
	Contract  Object
	overlay   *overlay.Overlay
	numbers   numberNames
	summaries map[route]summary
	releases  map[route]string
	changes   changes
	removed   Object // removed.json: what the contract lost in its release, see restored
	types     []Type // as committed
	Inventory []Row  // as committed; nil when there is none yet
	Merged    bool   // a site's own document was laid over the contract: repairs may find another place, or none
}

// A route is what an operation is called by, whatever its id: method and path.
type route struct{ method, path string }

type summary struct {
	text      string
	successor string // the operationId to use instead of a deprecated one, or ""
}

// Load reads the files of specs/NAME from a file system whose root is that
// folder. openapi.json and overlay.yaml must be there; the
// others may be absent.
func Load(name string, files fs.FS) (*Product, error) {
	p := &Product{Name: name}
	for _, part := range []struct {
		file     string
		required bool
		read     func([]byte) error
	}{
		{"openapi.json", true, p.readContract},
		{"overlay.yaml", true, p.readOverlay},
		{"numbers.yaml", false, p.readNumbers},
		{"summaries.tsv", false, p.readSummaries},
		{"releases.tsv", false, p.readReleases},
		{"operations.tsv", false, p.readInventory},
		{"types.tsv", false, p.readTypes},
		{"changes.yaml", false, p.readChanges},
		{"removed.json", false, p.readRemoved},
		{"source.yaml", false, p.readSource},
	} {
		text, err := fs.ReadFile(files, part.file)
		if errors.Is(err, fs.ErrNotExist) && !part.required {
			continue
		}
		if err == nil {
			err = part.read(text)
		}
		if err != nil {
			return nil, fmt.Errorf("specs/%s/%s: %w", name, part.file, err)
		}
	}
	return p, nil
}

func (p *Product) readContract(text []byte) (err error) {
	p.Contract, err = Decode(text)
	return err
}

func (p *Product) readSource(text []byte) error {
	var source struct {
		Merged bool `yaml:"merged"`
	}
	err := yaml.Unmarshal(text, &source)
	p.Merged = source.Merged
	return err
}

func (p *Product) readOverlay(text []byte) (err error) {
	p.overlay, err = parseOverlay(text)
	return err
}

// numberNames are the reviewed exceptions to "every number is an int64".
type numberNames struct {
	Number  string       `yaml:"number"` // "float64" where the type number means what it says; int64 otherwise
	Uint64  []numberName `yaml:"uint64"`
	Float64 []numberName `yaml:"float64"`
}

type numberName struct {
	Name     string `yaml:"name"`
	Pattern  string `yaml:"pattern"`
	Evidence string `yaml:"evidence"`
	matches  func(string) bool
}

func (n numberName) String() string { return n.Name + n.Pattern }

func (p *Product) readNumbers(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p.numbers); err != nil {
		return err
	}
	for _, names := range [][]numberName{p.numbers.Uint64, p.numbers.Float64} {
		for i, n := range names {
			if strings.TrimSpace(n.Evidence) == "" {
				return fmt.Errorf("%s has no evidence", n)
			}
			if (n.Name == "") == (n.Pattern == "") {
				return fmt.Errorf("%s must have either a name or a pattern", n)
			}
			names[i].matches = func(s string) bool { return s == n.Name }
			if n.Pattern != "" {
				pattern, err := regexp.Compile(n.Pattern)
				if err != nil {
					return err
				}
				names[i].matches = pattern.MatchString
			}
		}
	}
	return nil
}

func (p *Product) readSummaries(text []byte) (err error) {
	p.summaries, err = readRoutes(text, func(rest []string) summary { return summary{rest[0], rest[1]} }, "summary", "successor")
	return err
}

func (p *Product) readReleases(text []byte) (err error) {
	p.releases, err = readRoutes(text, func(rest []string) string { return rest[0] }, "since")
	return err
}
