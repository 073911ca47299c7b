package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// root is the repository, relative to the folder in which make runs the command.
const root = ".."

// module is a Go module in a temporary folder, outside this repository's workspace: a
// consumer of the SDK, or a program with a generated client.
type module struct {
	folder string
}

// newModule makes a module of one of the programs. requirements are lines of its go.mod.
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

// environment limits the go command to the module and to the module cache, whose modules
// were verified when they were downloaded.
var environment = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -buildvcs=false", "GOSUMDB=off", "CGO_ENABLED=0")

// goCommand runs the go command in the module. It returns what the command prints, and the
// CPU time that it and its children took.
func (m *module) goCommand(ctx context.Context, extra []string, arguments ...string) (printed []byte, cpu time.Duration, err error) {
	command := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the arguments are ours
	command.Dir = m.folder
	command.Env = append(append([]string{}, environment...), extra...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	printed, err = command.Output()
	if err != nil {
		return nil, 0, fmt.Errorf("go %v: %w\n%s", arguments, err, &stderr)
	}
	return printed, command.ProcessState.UserTime() + command.ProcessState.SystemTime(), nil
}

// build builds the program and returns its path. It names main.go, because a build
// constraint keeps some programs out of this repository's own builds.
func (m *module) build(ctx context.Context) (program string, err error) {
	program = filepath.Join(m.folder, "program")
	_, _, err = m.goCommand(ctx, nil, "build", "-o", program, "main.go")
	return program, err
}

// generate runs a generator, in the repository, into the package client of the module. It
// reads the effective document, changed by edit. The arguments and the configuration name the
// files by these placeholders: CONFIG, DOCUMENT and CLIENT.
func (m *module) generate(ctx context.Context, edit func(document), config string, arguments ...string) error {
	client, path := filepath.Join(m.folder, "client"), filepath.Join(m.folder, "document.json")
	if err := os.Mkdir(client, 0o750); err != nil {
		return err
	}
	if err := writeDocument(path, edit); err != nil {
		return err
	}
	files := strings.NewReplacer("CONFIG", filepath.Join(m.folder, "config.yaml"), "DOCUMENT", path, "CLIENT", client)
	if err := os.WriteFile(files.Replace("CONFIG"), []byte(files.Replace(config)), 0o600); err != nil {
		return err
	}
	for i := range arguments {
		arguments[i] = files.Replace(arguments[i])
	}
	_, err := atRoot(ctx, append([]string{"run"}, arguments...)...)
	return err
}

// atRoot runs the go command in the repository, whose go.mod pins oapi-codegen.
func atRoot(ctx context.Context, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the arguments are ours
	command.Dir = root
	var stderr bytes.Buffer
	command.Stderr = &stderr
	printed, err := command.Output()
	if err != nil {
		err = fmt.Errorf("go %v: %w\n%s", arguments, err, &stderr)
	}
	return printed, err
}

// stockConfig asks for the client and its types with the generator's own templates. The
// other options are those without which the client does not compile.
const stockConfig = `package: client
output: CLIENT/client.gen.go
generate: {models: true, client: true}
compatibility: {always-prefix-enum-values: true}
allow-remote-refs-from: []
output-options:
  name-normalizer: ToCamelCaseWithInitialisms
  resolve-type-name-collisions: true
  response-type-suffix: Resp
`

// makeStock makes the program with the client that stock oapi-codegen generates.
func makeStock(ctx context.Context, folder string) (*module, error) {
	const runtime = "github.com/oapi-codegen/runtime"
	version, err := atRoot(ctx, "list", "-m", "-f", "{{.Version}}", runtime)
	if err != nil {
		return nil, err
	}
	m, err := newModule(folder, "stock", "require "+runtime+" "+strings.TrimSpace(string(version))+"\n")
	if err != nil {
		return nil, err
	}
	return m, m.generate(ctx, document.dropExtensions, stockConfig, "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen", "-config", "CONFIG", "DOCUMENT")
}

// ogenModule is not a requirement of this repository: the go command downloads it.
const (
	ogenModule  = "github.com/ogen-go/ogen"
	ogenVersion = "v1.25.0"
)

// ogenConfig asks for the client alone, and skips what ogen cannot generate.
const ogenConfig = `generator:
  features:
    enable: ["paths/client"]
    disable_all: true
  ignore_not_implemented: ["all"]
`

// makeOgen makes the program with the client that ogen generates.
func makeOgen(ctx context.Context, folder string) (*module, error) {
	m, err := newModule(folder, "ogen", "require "+ogenModule+" "+ogenVersion+"\n")
	if err != nil {
		return nil, err
	}
	edit := func(d document) {
		d.dropExtensions()
		d.allowNull("FileSystemObsBucket", "detachProgress")
	}
	if err := m.generate(ctx, edit, ogenConfig, ogenModule+"/cmd/ogen@"+ogenVersion, "-config", "CONFIG", "-target", "CLIENT", "-package", "client", "DOCUMENT"); err != nil {
		return nil, err
	}
	_, _, err = m.goCommand(ctx, []string{"GOSUMDB=" + os.Getenv("GOSUMDB")}, "mod", "tidy")
	return m, err
}

// document is an OpenAPI document.
type document map[string]any

// writeDocument writes the effective document to the file path, changed by edit.
func writeDocument(path string, edit func(document)) error {
	text, err := os.ReadFile(filepath.Join(root, "specs", "weka", "effective.json"))
	if err != nil {
		return err
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	edit(d)
	if text, err = json.Marshal(d); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// dropExtensions removes the extensions, which are meant for this repository's templates:
// with some of them oapi-codegen would generate structs without pointers, which is not its
// default.
func (d document) dropExtensions() { dropExtensions(map[string]any(d)) }

func dropExtensions(node any) {
	switch node := node.(type) {
	case map[string]any:
		for name, value := range node {
			if strings.HasPrefix(name, "x-") {
				delete(node, name)
			} else {
				dropExtensions(value)
			}
		}
	case []any:
		for _, value := range node {
			dropExtensions(value)
		}
	}
}

// allowNull makes a member of a schema nullable. The document has few such members, because
// the SDK reads null everywhere; a client of ogen fails on null anywhere else.
func (d document) allowNull(schema, member string) {
	at := map[string]any(d)
	for _, name := range []string{"components", "schemas", schema, "properties", member} {
		at, _ = at[name].(map[string]any)
	}
	at["nullable"] = true
}
