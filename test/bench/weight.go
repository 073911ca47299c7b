package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hotcold-go/hotcold/test/results"
)

const weightRounds = 2

// measureWeight returns what a program pays for the SDK before it runs: compiling, linking,
// dependencies. Each program is built from a module of its own, like a consumer's.
func measureWeight(ctx context.Context, rounds int) ([]results.Row, error) {
	folder, err := os.MkdirTemp("", "hotcold-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	p, err := makePrograms(ctx, folder)
	if err != nil {
		return nil, err
	}
	compile, err := p.compile(ctx, rounds)
	if err != nil {
		return nil, err
	}
	lines, err := p.generatedLines()
	if err != nil {
		return nil, err
	}
	binary, err := p.binary(ctx)
	if err != nil {
		return nil, err
	}
	consumer, err := p.consumer(ctx)
	return append([]results.Row{compile, lines, binary}, consumer...), err
}

// programs are three that do the same, with different clients.
type programs struct {
	folder            string
	ours, stock, bare *module
}

func makePrograms(ctx context.Context, folder string) (p programs, err error) {
	p.folder = folder
	here, err := filepath.Abs(root)
	if err != nil {
		return p, err
	}
	const sdk = "github.com/hotcold-go/hotcold"
	if p.ours, err = newModule(filepath.Join(folder, "ours"), "ours", "require "+sdk+" v0.0.0\n\nreplace "+sdk+" => "+here+"\n"); err != nil {
		return p, err
	}
	if p.bare, err = newModule(filepath.Join(folder, "bare"), "bare", ""); err != nil {
		return p, err
	}
	p.stock, err = makeStock(ctx, filepath.Join(folder, "stock"))
	return p, err
}

// compile builds the programs with a cache that contains the standard library only, and
// compares the CPU time of the go command, the compiler and the linker.
func (p programs) compile(ctx context.Context, rounds int) (results.Row, error) {
	library := filepath.Join(p.folder, "std")
	if _, err := p.cold(ctx, p.bare, library); err != nil {
		return results.Row{}, err
	}
	// The packages of the standard library that bare does not import.
	for _, m := range []*module{p.ours, p.stock} {
		std, _, err := m.goCommand(ctx, nil, "list", "-deps", "-f", "{{if .Standard}}{{.ImportPath}}{{end}}", "main.go")
		if err != nil {
			return results.Row{}, err
		}
		if _, _, err := m.goCommand(ctx, []string{"GOCACHE=" + library}, append([]string{"build"}, strings.Fields(string(std))...)...); err != nil {
			return results.Row{}, err
		}
	}
	var us, them float64
	for round := range rounds {
		for m, least := range map[*module]*float64{p.ours: &us, p.stock: &them} {
			cache := filepath.Join(p.folder, "cache")
			if err := os.CopyFS(cache, os.DirFS(library)); err != nil {
				return results.Row{}, err
			}
			took, err := p.cold(ctx, m, cache)
			if err != nil {
				return results.Row{}, err
			}
			if err := os.RemoveAll(cache); err != nil {
				return results.Row{}, err
			}
			if round == 0 || took < *least {
				*least = took
			}
		}
	}
	return results.AtMost("cold compile: cpu", us/them, "", byToolchain(0.85, 0.65)), nil
}

// cold builds a program with a cache and returns the seconds of CPU time.
func (p programs) cold(ctx context.Context, m *module, cache string) (float64, error) {
	_, took, err := m.goCommand(ctx, []string{"GOCACHE=" + cache}, "build", "-o", os.DevNull, "main.go")
	return took.Seconds(), err
}

func (p programs) generatedLines() (results.Row, error) {
	us, err := countLines(filepath.Join(root, "gen", "wekaapi", "*.go"))
	if err != nil {
		return results.Row{}, err
	}
	them, err := countLines(filepath.Join(p.stock.folder, "client", "*.go"))
	return results.AtMost("generated: lines", us/them, "", 0.25), err
}

func countLines(pattern string) (float64, error) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("%s: %d files: %w", pattern, len(files), err)
	}
	lines := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		lines += bytes.Count(text, []byte{'\n'})
	}
	return float64(lines), nil
}

// binary returns how much larger our program is than the bare one.
func (p programs) binary(ctx context.Context) (results.Row, error) {
	us, err := p.size(ctx, p.ours)
	if err != nil {
		return results.Row{}, err
	}
	them, err := p.size(ctx, p.bare)
	return results.AtMost("binary: MB", (us-them)/1e6, "MB", byToolchain(2.4, 1.5)), err
}

func (p programs) size(ctx context.Context, m *module) (float64, error) {
	program, err := m.build(ctx)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(program)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()), nil
}

// linked is what a program may link beside the standard library: the SDK and what its calls
// need. Anything else is a mistake, such as a generator, a validator or YAML.
var linked = []string{
	"github.com/hotcold-go/hotcold/gen/", "github.com/hotcold-go/hotcold/overlay/",
	"github.com/go-json-experiment/json", "github.com/gofrs/flock", "github.com/natefinch/atomic",
	"github.com/oapi-codegen/runtime", "github.com/oapi-codegen/nullable", "github.com/apapsch/go-jsonmerge", "github.com/google/uuid",
	"golang.org/x/sync/", "golang.org/x/sys/",
}

// consumer returns the size of a consumer's go.sum and the number of packages in its
// program.
func (p programs) consumer(ctx context.Context) ([]results.Row, error) {
	if _, _, err := p.ours.goCommand(ctx, nil, "mod", "tidy"); err != nil {
		return nil, err
	}
	sums, err := countLines(filepath.Join(p.ours.folder, "go.sum"))
	if err != nil {
		return nil, err
	}
	listed, _, err := p.ours.goCommand(ctx, nil, "list", "-deps", "-f", "{{if .Module}}{{.ImportPath}}{{end}}", "main.go")
	if err != nil {
		return nil, err
	}
	packages := strings.Fields(string(listed))
	unneeded := unneeded(packages)
	for _, name := range unneeded {
		fmt.Fprintln(os.Stderr, "bench: linked, but not needed by calls:", name)
	}
	count := results.Reported("consumer: packages linked", float64(len(packages)), results.Count)
	count.Bound, count.Held = "needed by calls", len(unneeded) == 0
	return []results.Row{results.Reported("consumer: go.sum lines", sums, results.Count), count}, nil
}

// unneeded returns the packages that should not be in a program.
func unneeded(packages []string) (all []string) {
	for _, name := range packages {
		needed := false
		for _, prefix := range linked {
			needed = needed || strings.HasPrefix(name, prefix)
		}
		if !needed {
			all = append(all, name)
		}
	}
	return all
}
