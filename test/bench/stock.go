package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// stockConfig asks for the client and its types, by the generator's own templates. The
// options beside are those without which it does not compile.
const stockConfig = `package: client
output: %s
generate: {models: true, client: true}
compatibility: {always-prefix-enum-values: true}
allow-remote-refs-from: []
output-options:
  name-normalizer: ToCamelCaseWithInitialisms
  resolve-type-name-collisions: true
  response-type-suffix: Resp
`

// makeStock generates the stock client of the effective document into the folder, as a
// module with the program that lists filesystems.
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
	client := filepath.Join(folder, "client")
	if err := os.Mkdir(client, 0o750); err != nil {
		return nil, err
	}
	config, plain := filepath.Join(folder, "config.yaml"), filepath.Join(folder, "document.json")
	if err := os.WriteFile(config, fmt.Appendf(nil, stockConfig, filepath.Join(client, "client.gen.go")), 0o600); err != nil {
		return nil, err
	}
	if err := writePlain(plain); err != nil {
		return nil, err
	}
	_, err = atRoot(ctx, "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen", "-config", config, plain)
	return m, err
}

// writePlain copies the effective document without its extensions. They are this
// project's words to its own templates, and some of them the generator takes for its
// own: left in, they would give stock structs without pointers.
func writePlain(path string) error {
	text, err := os.ReadFile(filepath.Join(root, "specs", "weka", "effective.json"))
	if err != nil {
		return err
	}
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	dropExtensions(document)
	if text, err = json.Marshal(document); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

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

// atRoot runs the go command in the repository, where the generator is pinned.
func atRoot(ctx context.Context, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the arguments are ours
	command.Dir = root
	command.Stderr = os.Stderr
	printed, err := command.Output()
	if err != nil {
		err = fmt.Errorf("go %s: %w", arguments[0], err)
	}
	return printed, err
}
