package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const weightRounds = 2

// measureWeight returns what a program pays for the SDK before it runs: compiling, linking,
// dependencies. Each program is built from a module of its own, like a consumer's.
func measureWeight(ctx context.Context, rounds int) []results.Row {
	folder := must.Get(os.MkdirTemp("", "hotcold-bench-"))
	defer func() { _ = os.RemoveAll(folder) }()
	const sdk = "github.com/hotcold-go/hotcold"
	p := programs{
		folder: folder,
		ours: newModule(filepath.Join(folder, "ours"), "ours",
			"require "+sdk+" v0.0.0\n\nreplace "+sdk+" => "+must.Get(filepath.Abs(root))+"\n"),
		bare:  newModule(filepath.Join(folder, "bare"), "bare", ""),
		stock: makeStock(ctx, filepath.Join(folder, "stock")),
	}
	lines := countLines(filepath.Join(root, "gen", "wekaapi", "*.go")) / countLines(filepath.Join(p.stock.folder, "client", "*.go"))
	megabytes := (size(ctx, p.ours) - size(ctx, p.bare)) / 1e6
	return append([]results.Row{
		results.AtMost("cold compile: cpu", p.compile(ctx, rounds), "", byToolchain(0.85, 0.65)),
		results.AtMost("generated: lines", lines, "", 0.25),
		results.AtMost("binary: MB", megabytes, "MB", byToolchain(2.4, 1.5)),
	}, p.consumer(ctx)...)
}

// programs are three that do the same, with different clients.
type programs struct {
	folder            string
	ours, stock, bare *module
}

// compile builds the programs with a cache that contains the standard library only, and
// compares the CPU time of the go command, the compiler and the linker: ours over stock.
func (p programs) compile(ctx context.Context, rounds int) float64 {
	library := filepath.Join(p.folder, "std")
	cold(ctx, p.bare, library)
	// The packages of the standard library that bare does not import.
	for _, m := range []*module{p.ours, p.stock} {
		std, _ := m.goCommand(ctx, nil, "list", "-deps", "-f", "{{if .Standard}}{{.ImportPath}}{{end}}")
		m.goCommand(ctx, []string{"GOCACHE=" + library}, append([]string{"build"}, strings.Fields(std)...)...)
	}
	us, them := math.Inf(1), math.Inf(1)
	for range rounds {
		for m, least := range map[*module]*float64{p.ours: &us, p.stock: &them} {
			cache := filepath.Join(p.folder, "cache")
			must.Succeed(os.CopyFS(cache, os.DirFS(library)))
			*least = min(*least, cold(ctx, m, cache))
			must.Succeed(os.RemoveAll(cache))
		}
	}
	return us / them
}

// cold builds a program with a cache and returns the seconds of CPU time.
func cold(ctx context.Context, m *module, cache string) float64 {
	_, took := m.goCommand(ctx, []string{"GOCACHE=" + cache}, "build", "-o", os.DevNull)
	return took.Seconds()
}

func countLines(pattern string) float64 {
	files := must.Get(filepath.Glob(pattern))
	must.Hold(len(files) > 0, "%s: no files", pattern)
	lines := 0
	for _, file := range files {
		lines += bytes.Count(must.Get(os.ReadFile(file)), []byte{'\n'})
	}
	return float64(lines)
}

// size returns the bytes of a program.
func size(ctx context.Context, m *module) float64 {
	return float64(must.Get(os.Stat(m.build(ctx))).Size())
}

// consumer returns the size of a consumer's go.sum and the number of packages in its
// program. What those may be is checked in test/house.
func (p programs) consumer(ctx context.Context) []results.Row {
	p.ours.goCommand(ctx, nil, "mod", "tidy")
	sums := countLines(filepath.Join(p.ours.folder, "go.sum"))
	linked, _ := p.ours.goCommand(ctx, nil, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{$.ImportPath}}{{end}}{{end}}")
	return []results.Row{
		results.Reported("consumer: go.sum lines", sums, results.Count),
		results.Reported("consumer: packages linked", len(strings.Fields(linked)), results.Count),
	}
}
