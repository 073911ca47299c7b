package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// root is the repository, relative to the folder in which make runs the command.
const root = ".."

// module is a Go module in a temporary folder: a consumer of the SDK, or of the stock
// client, with nothing from this repository's workspace.
type module struct {
	folder string
}

// newModule makes a module of one program. Requirements are lines of its go.mod.
func newModule(folder, program, requirements string) (*module, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	source, err := os.ReadFile(filepath.Join("bench", "programs", program, "main.go"))
	if err != nil {
		return nil, err
	}
	m := &module{folder: folder}
	for name, text := range map[string][]byte{
		"main.go": source,
		"go.mod":  []byte("module " + program + "\n\ngo 1.26.0\n\n" + requirements),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// environment keeps the go command to the module and to what is in the module cache.
// Its modules were checked when they came there.
var environment = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -buildvcs=false", "GOSUMDB=off", "CGO_ENABLED=0")

// goCommand runs the go command in the module, and gives what it prints and how much
// CPU it and everything that it started took.
func (m *module) goCommand(ctx context.Context, extra []string, arguments ...string) (printed []byte, cpu time.Duration, err error) {
	command := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the arguments are ours
	command.Dir = m.folder
	command.Env = append(append([]string{}, environment...), extra...)
	var said bytes.Buffer
	command.Stderr = &said
	printed, err = command.Output()
	if err != nil {
		return nil, 0, fmt.Errorf("go %v: %w\n%s", arguments, err, &said)
	}
	return printed, command.ProcessState.UserTime() + command.ProcessState.SystemTime(), nil
}

// build makes the program. main.go is named because a constraint keeps one of them out
// of this repository's own builds.
func (m *module) build(ctx context.Context, extra []string, program string) error {
	_, _, err := m.goCommand(ctx, extra, "build", "-o", program, "main.go")
	return err
}
