package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// productName is that of a folder, and of the package of a front door.
var productName = regexp.MustCompile(`^[a-z][a-z0-9]{1,30}$`)

// newCommand adds a product: its folder, the configuration of the generator, a front door,
// and what is generated of its document.
func newCommand(ctx context.Context, arguments []string, out, errOut io.Writer) error {
	var o order
	flags := flag.NewFlagSet("new", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	o.flags(flags)
	title := flags.String("title", "", "the name of the product for readers; its name in the document by default")
	root := flags.String("root", ".", "the root of the repository")
	var name string
	if len(arguments) > 0 { // before the flags, or after them
		name, arguments = arguments[0], arguments[1:]
	}
	if strings.HasPrefix(name, "-") {
		name, arguments = "", append([]string{name}, arguments...)
	}
	if err := flags.Parse(arguments); err != nil || o.from == "" {
		return errUsage
	}
	if rest := flags.Args(); name == "" && len(rest) == 1 {
		name = rest[0]
	} else if len(rest) != 0 {
		return errUsage
	}
	p := project{root: *root, product: name, out: out}
	o.access.product, o.access.errOut = name, errOut
	if !productName.MatchString(name) {
		return fmt.Errorf("the product's name %q becomes a package: use small letters and digits", name)
	}
	if _, err := os.Stat(p.specs("")); err == nil {
		return fmt.Errorf("specs/%s is there already", name)
	}
	return p.newProduct(ctx, o, *title)
}

func (p project) newProduct(ctx context.Context, o order, title string) error {
	served, origin, err := fetch(ctx, o)
	if err != nil {
		return err
	}
	result, err := p.contractOf(served, order{defects: true})
	if err != nil {
		return fmt.Errorf("%s: %w", origin, err)
	}
	text, err := document.Encode(result.contract)
	if err != nil {
		return err
	}
	p.report(result)
	about, err := yaml.Marshal(source{
		Product: p.product, Release: document.Release(result.contract), Origin: origin, Served: sum(served), Contract: sum(text),
	})
	if err != nil {
		return err
	}
	files, err := p.skeleton(newProduct{Name: p.product, Title: printable(title), BasePath: basePath(result.contract)})
	if err != nil {
		return err
	}
	files[filepath.Join("specs", p.product, "openapi.json")] = text
	files[filepath.Join("specs", p.product, "source.yaml")] = about
	if err := p.replace(files); err != nil {
		return err
	}
	return p.generateNew(ctx)
}

// basePath returns the path of the document's first server.
func basePath(doc document.Object) string {
	for _, server := range doc.List("servers") {
		if at, err := url.Parse(document.AsText(document.AsObject(server)["url"])); err == nil {
			return strings.TrimSuffix(at.Path, "/")
		}
	}
	return ""
}

// newProduct is what the templates of a new product's files need.
type newProduct struct{ Name, Title, BasePath string }

// skeleton returns the texts of the files that a new product needs besides its contract.
func (p project) skeleton(n newProduct) (map[string][]byte, error) {
	if n.Title == "" {
		n.Title = n.Name
	}
	files := map[string][]byte{}
	for name, text := range skeletons {
		var made bytes.Buffer
		if err := template.Must(template.New(name).Parse(text)).Execute(&made, n); err != nil {
			return nil, err
		}
		code := made.Bytes()
		if strings.HasSuffix(name, ".go") {
			var err error
			if code, err = format.Source(code); err != nil {
				return nil, err
			}
		}
		files[strings.ReplaceAll(name, "NAME", p.product)] = code
	}
	config, err := os.ReadFile(filepath.Join(p.root, "gen/wekaapi/oapi-codegen.yaml"))
	if err != nil {
		return nil, err
	}
	config = bytes.ReplaceAll(config, []byte("wekaapi"), []byte(p.product+"api"))
	files["gen/"+p.product+"api/oapi-codegen.yaml"] = bytes.ReplaceAll(config, []byte("WEKA's API"), []byte("the API of "+n.Title))
	directives, err := os.ReadFile(filepath.Join(p.root, "generate.go"))
	if err != nil {
		return nil, err
	}
	const last = "\n//go:generate go run ./specs/refresh readme\n"
	before, _, found := strings.Cut(string(directives), last)
	_, ours, of := strings.Cut(before, "\n//go:generate go run ./specs/refresh repair weka\n")
	ours, _, _ = strings.Cut(ours, "\n\n")
	if !found || !of {
		return nil, errors.New("generate.go does not have the lines that a new product follows")
	}
	ours = strings.NewReplacer("wekaapi", p.product+"api", "weka", p.product).Replace("//go:generate go run ./specs/refresh repair weka\n" + ours)
	files["generate.go"] = []byte(before + "\n" + strings.TrimSpace(ours) + "\n" + last)
	return files, nil
}

// generateNew generates and compiles a new product, or lists the defects of its document.
func (p project) generateNew(ctx context.Context) error {
	product, drafts, err := p.draft()
	if err != nil {
		return err
	}
	problems, rest, err := p.problems(product, drafts)
	if err != nil {
		return err
	}
	if err := p.refuse(problems, "then run make generate; the folders of the product are there"); err != nil {
		return err
	}
	m, err := madeOf(product, rest)
	if err != nil {
		return err
	}
	if err := errors.Join(p.writeEffective(m), p.writeNames(m)); err != nil {
		return err
	}
	if err := p.generate(ctx); err != nil {
		return err
	}
	if err := p.tool(ctx, "go", "build", "./gen/"+p.product+"api", "./overlay/"+p.product); err != nil {
		return err
	}
	p.say("overlay/%s is the front door; product.yaml says how pull logs in; summaries.tsv wants sentences; .golangci.yml wants a rule", p.product)
	return nil
}

// skeletons are the files of a new product, by path.
var skeletons = map[string]string{
	"specs/NAME/product.yaml": `# What {{.Title}} is for the tools in specs: see specs.About.
title: {{.Title}}
`,
	"specs/NAME/overlay.yaml": `# The repairs of {{.Title}}'s document: see specs/README.md.
overlay: 1.0.0
x-speakeasy-jsonpath: rfc9535
info: {title: Repairs of {{.Title}}'s document, version: "1"}
actions: []
`,
	"specs/NAME/summaries.tsv": "method\tpath\tsummary\tsuccessor\n",
	"specs/NAME/documents.go": `// Package {{.Name}} embeds the documents of {{.Title}}'s API, for its simulator.
package {{.Name}}

import _ "embed"

//go:embed effective.json
var effective string

//go:embed openapi.json
var contract string

// Effective returns the effective document, OpenAPI 3.0 in JSON.
func Effective() string { return effective }

// Contract returns the unrepaired contract.
func Contract() string { return contract }
`,
	"overlay/NAME/client.go": `// Package {{.Name}} is the client of {{.Title}}.
package {{.Name}}

import (
	"github.com/hotcold-go/hotcold/gen/{{.Name}}api"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Option configures a client.
type Option = connect.Option

// The options of New.
var (
	WithAccessToken = connect.WithAccessToken
	WithTokenFunc   = connect.WithTokenFunc
	WithCAFile      = connect.WithCAFile
	WithTransport   = connect.WithTransport
	WithReadOnly    = connect.WithReadOnly
	AllowPlainHTTP  = connect.AllowPlainHTTP
)

var product = connect.Product{Caller: "{{.Name}}.New", BasePath: "{{.BasePath}}", Examples: "host or https://host", OneAddress: true}

// Client has the operations of the API as methods of its services. It is safe for concurrent
// use; make one and keep it.
type Client struct{ {{.Name}}api.Services }

// New makes a client of the server at address. It opens no connection.
func New(address string, options ...Option) (*Client, error) {
	s, wire, err := connect.Open(&product, address, options)
	if err != nil {
		return nil, err
	}
	var tokens transport.Tokens
	if s.HasToken() {
		identity := token.Identity{System: "{{.Name}}", Endpoints: wire.Origins()}
		if tokens, err = product.NewTokens(s, identity, nil); err != nil {
			return nil, err
		}
	}
	stack := transport.Stack(s.CallLayers(s.Layers(wire), wire, tokens))
	return &Client{ {{.Name}}api.NewServices(product.NewCaller(s, wire, stack, nil))}, nil
}
`,
}
