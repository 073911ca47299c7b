package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs"
)

const (
	maxDocument = 64 << 20         // bytes; WEKA's is 1 MiB
	pullTimeout = 60 * time.Second // for the whole download
)

// source is source.yaml: where a contract came from. It holds no time and no
// address of a private machine, so that pulling the same bytes again changes nothing.
type source struct {
	Product  string `yaml:"product"`
	Release  string `yaml:"release"`
	Origin   string `yaml:"origin"`
	Served   string `yaml:"sha256_served"`
	Contract string `yaml:"sha256_contract"`
}

// pull reads a published document and writes the contract made of it. Nothing is
// written unless the document is fit.
func (p project) pull(ctx context.Context, from, dir string) error {
	if dir == "" {
		dir = p.specs("")
	}
	served, origin, err := fetch(ctx, from)
	if err != nil {
		return err
	}
	published, err := specs.Decode(served)
	if err != nil {
		return fmt.Errorf("%s: %w", origin, err)
	}
	contract, stripped, err := specs.Strip(published)
	if err != nil {
		return fmt.Errorf("%s: %w", origin, err)
	}
	text, err := specs.Encode(contract)
	if err != nil {
		return err
	}
	about, err := yaml.Marshal(source{p.product, release(contract), origin, sum(served), sum(text)})
	if err != nil {
		return err
	}
	p.report(stripped)
	if err := write(filepath.Join(dir, "openapi.json"), text); err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "source.yaml"), about); err != nil {
		return err
	}
	p.say("openapi.json: %s %s, %d bytes of %d served", p.product, release(contract), len(text), len(served))
	return nil
}

func release(contract specs.Object) string {
	info, _ := contract["info"].(specs.Object)
	version, _ := info["version"].(string)
	return version
}

func (p project) report(stripped specs.Stripped) {
	var words []string
	for keyword, count := range stripped.Prose {
		words = append(words, fmt.Sprintf("%d %s", count, keyword))
	}
	slices.Sort(words)
	p.say("left out: %s", strings.Join(words, ", "))
	for _, at := range stripped.Extensions {
		p.say("dropped the vendor's extension %q", at)
	}
	for _, at := range stripped.Unknown {
		p.say("dropped %q, which OpenAPI 3.0 does not know", at)
	}
}

func sum(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// fetch reads the whole document and says where it came from, in words that name
// no folder of this machine and no secret of an address.
func fetch(ctx context.Context, from string) ([]byte, string, error) {
	if !strings.Contains(from, "://") {
		file, err := os.Open(from)
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = file.Close() }()
		text, err := readBounded(file)
		return text, "file " + filepath.Base(from), err
	}
	address, err := url.Parse(from)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, "", fmt.Errorf("-from %q is neither a file nor an http or https address", from)
	}
	text, err := download(ctx, address)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", plain(address), err)
	}
	return text, plain(address), nil
}

// plain is an address without its user part and query.
func plain(address *url.URL) string {
	bare := url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}
	return bare.String()
}

func download(ctx context.Context, address *url.URL) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	client := http.Client{CheckRedirect: sameOrigin}
	response, err := client.Do(request)
	if err != nil {
		return nil, withoutAddress(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s, not the document", response.Status)
	}
	return readBounded(response.Body)
}

// withoutAddress drops the address from an error of net/http: its query may hold a secret.
func withoutAddress(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// sameOrigin lets a redirect change the path and nothing else.
func sameOrigin(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if next.URL.Host != first.Host || next.URL.Scheme != first.Scheme {
		return fmt.Errorf("the server redirects to another origin (%s://%s): refused", next.URL.Scheme, next.URL.Host)
	}
	if len(via) > 5 {
		return errors.New("more than 5 redirects")
	}
	return nil
}

func readBounded(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxDocument {
		return nil, fmt.Errorf("the document is larger than %d MiB", maxDocument>>20)
	}
	return text, nil
}
