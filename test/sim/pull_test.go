package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The refresh command pulls the contract byte for byte, from the document's own address and
// from the pages that contain it.
func TestPull(t *testing.T) {
	for product, addresses := range map[string][]string{
		"weka":   {"/api/v2/docs", "/api/v2/docs/ui/"},
		"ngenea": {"/api/docs/?format=openapi", "/api/docs/", "/api/docs/ui/"},
	} {
		p := startProduct(t, product, "-plain")
		p.discard()
		want, err := os.ReadFile(filepath.Join("..", "..", "specs", product, "openapi.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range addresses {
			out := t.TempDir()
			pull := exec.CommandContext(t.Context(), "go", "run", "./specs/refresh", "pull", "-from", p.url+address, "-out", out, product)
			pull.Dir = filepath.Join("..", "..")
			if said, err := pull.CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", address, err, said)
				continue
			}
			got, err := os.ReadFile(filepath.Join(out, "openapi.json"))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: pulled %d bytes, want the contract of %d: %v", address, len(got), len(want), err)
			}
		}
	}
}

// discard reads all further lines, so that the simulator does not block.
func (p *process) discard() {
	p.reading.Go(func() {
		for p.lines.Scan() {
		}
	})
}

// The page loads nothing from other hosts, and its assets exist.
func TestBrowserPage(t *testing.T) {
	for product, at := range map[string]string{"weka": "/api/v2/docs/ui/", "ngenea": "/api/docs/ui/"} {
		p := startProduct(t, product, "-plain")
		p.discard()
		page := p.read(at)
		for _, asset := range []string{"swagger-ui.css", "swagger-ui-bundle.js"} {
			if !strings.Contains(page, `"`+at+asset+`"`) {
				t.Errorf("%s: the page does not load %s:\n%s", product, asset, page)
			}
			if text := p.read(at + asset); len(text) < 10_000 {
				t.Errorf("%s: %s has %d bytes", product, asset, len(text))
			}
		}
		if strings.Contains(page, "//") {
			t.Errorf("%s: the page loads something from elsewhere:\n%s", product, page)
		}
	}
}

// read returns the body at a path.
func (p *process) read(path string) string {
	p.t.Helper()
	response, err := p.get(path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %v", path, response.Status, err)
	}
	return string(text)
}
