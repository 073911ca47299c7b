package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/test/must"
)

// root is the repository, relative to the folder in which make runs the command.
const root = ".."

// module is a Go module in a temporary folder, outside this repository's workspace: a
// consumer of the SDK, or a program with a generated client.
type module struct {
	folder string
}

// newModule makes a module of one of the programs. requirements are lines of its go.mod.
func newModule(folder, program, requirements string) *module {
	must.Succeed(os.MkdirAll(folder, 0o750))
	m := &module{folder: folder}
	m.write("go.mod", "module "+program+"\n\ngo 1.26.0\n\n"+requirements)
	m.copySource(filepath.Join(program, "main.go"))
	return m
}

// copySource copies a file of the folder programs, without the build constraint that keeps
// some of them out of this repository's own builds.
func (m *module) copySource(path string) {
	text := must.Get(os.ReadFile(filepath.Join("bench", "programs", path)))
	m.write(filepath.Base(path), strings.TrimPrefix(string(text), "//go:build ignore\n"))
}

func (m *module) write(name, text string) {
	must.Succeed(os.WriteFile(filepath.Join(m.folder, name), []byte(text), 0o600)) //nolint:gosec // a temporary folder
}

// goCommand runs the go command in the module. The environment, to which extra is added,
// limits it to the module and to the module cache, whose modules were verified when they were
// downloaded.
func (m *module) goCommand(ctx context.Context, extra []string, arguments ...string) (printed string, cpu time.Duration) {
	own := []string{"GOWORK=off", "GOFLAGS=-mod=mod -buildvcs=false", "GOSUMDB=off", "CGO_ENABLED=0"}
	return goCommand(ctx, m.folder, append(own, extra...), arguments...)
}

// goCommand runs the go command in a folder. It returns what the command prints, and the CPU
// time that it and its children took.
func goCommand(ctx context.Context, folder string, extra []string, arguments ...string) (printed string, cpu time.Duration) {
	command := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the arguments are ours
	command.Dir = folder
	command.Env = append(os.Environ(), extra...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	text, err := command.Output()
	must.Hold(err == nil, "go %v: %w\n%s", arguments, err, &stderr)
	return string(text), command.ProcessState.UserTime() + command.ProcessState.SystemTime()
}

// build builds the program and returns its path.
func (m *module) build(ctx context.Context) (program string) {
	program = filepath.Join(m.folder, "program")
	m.goCommand(ctx, nil, "build", "-o", program)
	return program
}

// generate runs a generator, in the repository, whose go.mod pins oapi-codegen, into the
// package client of the module. It reads the effective document, changed by edit. The
// arguments and the configuration name the files by these placeholders: CONFIG, DOCUMENT and
// CLIENT.
func (m *module) generate(ctx context.Context, edit func(document), config string, arguments ...string) {
	client, path := filepath.Join(m.folder, "client"), filepath.Join(m.folder, "document.json")
	must.Succeed(os.Mkdir(client, 0o750))
	writeDocument(path, edit)
	files := strings.NewReplacer("CONFIG", filepath.Join(m.folder, "config.yaml"), "DOCUMENT", path, "CLIENT", client)
	m.write("config.yaml", files.Replace(config))
	m.copySource("loop.go")
	for i := range arguments {
		arguments[i] = files.Replace(arguments[i])
	}
	goCommand(ctx, root, nil, append([]string{"run"}, arguments...)...)
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
func makeStock(ctx context.Context, folder string) *module {
	const runtime = "github.com/oapi-codegen/runtime"
	version, _ := goCommand(ctx, root, nil, "list", "-m", "-f", "{{.Version}}", runtime)
	m := newModule(folder, "stock", "require "+runtime+" "+strings.TrimSpace(version)+"\n")
	m.generate(ctx, document.dropExtensions, stockConfig, "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen", "-config", "CONFIG", "DOCUMENT")
	return m
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
func makeOgen(ctx context.Context, folder string) *module {
	m := newModule(folder, "ogen", "require "+ogenModule+" "+ogenVersion+"\n")
	edit := func(d document) {
		d.dropExtensions()
		d.allowNull("FileSystemObjectStoreBucket", "detachProgress")
	}
	m.generate(ctx, edit, ogenConfig, ogenModule+"/cmd/ogen@"+ogenVersion, "-config", "CONFIG", "-target", "CLIENT", "-package", "client", "DOCUMENT")
	m.goCommand(ctx, []string{"GOSUMDB=" + os.Getenv("GOSUMDB")}, "mod", "tidy")
	return m
}

// document is an OpenAPI document.
type document map[string]any

// writeDocument writes the effective document to the file path, changed by edit.
func writeDocument(path string, edit func(document)) {
	var d document
	must.Succeed(json.Unmarshal(must.Get(os.ReadFile(filepath.Join(root, "specs", "weka", "effective.json"))), &d))
	edit(d)
	must.Succeed(os.WriteFile(path, must.Get(json.Marshal(d)), 0o600))
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
	must.Hold(at != nil, "the document has no %s of %s", member, schema)
	at["nullable"] = true
}
