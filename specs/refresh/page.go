package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A page is a Swagger UI, which shows a document in one of three ways: its script
// holds the document (swaggerDoc, spec), names it (url), or lists several (urls).
// Nothing of a script is run: only these few forms are read.
type page struct {
	text     string
	scripts  []string
	external []*url.URL // scripts of the page's own origin that may hold the settings
}

// found is the document's text, or else its address.
type found struct {
	text    []byte
	address *url.URL
}

var (
	html          = regexp.MustCompile(`(?i)^(\xef\xbb\xbf)?\s*<(!doctype|html|!--|head|\?xml)`)
	scriptElement = regexp.MustCompile(`(?is)<script\b([^>]*)>(.*?)</script>`)
	sourceOf      = regexp.MustCompile(`(?i)\bsrc\s*=\s*["']([^"']+)["']`)
	library       = regexp.MustCompile(`(?i)bundle|preset|standalone|immutable|insq|polyfill|jquery|redoc`)
	loginForm     = regexp.MustCompile(`(?i)<input\b[^>]*\btype\s*=\s*["']?password`)
	swaggerPage   = regexp.MustCompile(`(?i)swagger-?ui`)

	embedded = regexp.MustCompile(`(?:^|[\s,;{(])["']?(?:swaggerDoc|spec)["']?\s*[:=]\s*\{`)
	listed   = regexp.MustCompile(`\burls["']?\s*[:=]\s*\[`)
	named    = regexp.MustCompile(`\b(?:url|specURL|specUrl)["']?\s*[:=]\s*`)
	entry    = regexp.MustCompile(`(?s)\{[^{}]*\}`)
	entryURL = regexp.MustCompile(`\burl["']?\s*:\s*`)
	entryFor = regexp.MustCompile(`\bname["']?\s*:\s*`)
)

const maxScripts = 8

// onlyOne refuses to choose a release where there is one document: which it is of would
// be taken for granted.
func onlyOne(here, release string) error {
	if release == "" {
		return nil
	}
	return fmt.Errorf("-release chooses among the documents that a page lists, and %s shows one: leave it out", here)
}

func isHTML(text []byte) bool { return html.Match(text) }

// readPage takes a page apart; at is where it was served, nil for a file.
func readPage(text []byte, at *url.URL) page {
	p := page{text: string(text)}
	for _, script := range scriptElement.FindAllStringSubmatch(p.text, -1) {
		src := sourceOf.FindStringSubmatch(script[1])
		if src == nil {
			p.scripts = append(p.scripts, script[2])
			continue
		}
		if at == nil || library.MatchString(src[1]) || len(p.external) == maxScripts {
			continue
		}
		if address, err := at.Parse(unescapeHTML(src[1])); err == nil && sameOrigin(address, at) {
			p.external = append(p.external, address)
		}
	}
	if !swaggerPage.MatchString(p.text) {
		p.external = nil
	}
	return p
}

var unescapeHTML = strings.NewReplacer("&amp;", "&", "&#x27;", "'", "&#39;", "'", "&quot;", `"`).Replace

// document finds what the page shows.
func (p page) document(at *url.URL, release string) (found, error) {
	if !swaggerPage.MatchString(p.text) {
		if loginForm.MatchString(p.text) {
			return found{}, errors.New("a login page answers, not the document: log in with -user NAME or -client-key")
		}
		return found{}, errors.New("an HTML page answers that is no Swagger UI: give the address of the document or of its Swagger UI")
	}
	for _, script := range p.scripts {
		text, err := embeddedIn(script)
		if text != nil {
			err = onlyOne("the page", release)
		}
		if err != nil || text != nil {
			return found{text: text}, err
		}
	}
	for _, script := range p.scripts {
		if list := bracketed(script, listed); list != "" {
			return choose(list, at, release)
		}
	}
	if err := onlyOne("the page", release); err != nil {
		return found{}, err
	}
	if strings.Contains(p.text, "drf-yasg") && at != nil {
		return found{address: &url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path, RawQuery: "format=openapi"}}, nil
	}
	for _, script := range p.scripts {
		for _, start := range named.FindAllStringIndex(script, -1) {
			reference, ok := evaluate(script, script[start[1]:], at, 3)
			if !ok || reference == "" {
				continue
			}
			return resolve(at, reference)
		}
	}
	return found{}, errors.New("the Swagger UI does not say where its document is in a form that is read here: give the document's own address")
}

// embeddedIn gives the JSON of a document that a script holds, or nil.
func embeddedIn(script string) ([]byte, error) {
	for _, at := range embedded.FindAllStringIndex(script, -1) {
		decoder := jsontext.NewDecoder(strings.NewReader(script[at[1]-1:]))
		value, err := decoder.ReadValue()
		if err != nil {
			return nil, fmt.Errorf("the document in the page's script is not JSON, or cut off: %w", err)
		}
		if bytes.Contains(value, []byte(`"openapi"`)) || bytes.Contains(value, []byte(`"swagger"`)) {
			return bytes.Clone(value), nil
		}
	}
	return nil, nil
}

// bracketed gives the text from a list's opening bracket to its closing one.
func bracketed(script string, start *regexp.Regexp) string {
	at := start.FindStringIndex(script)
	if at == nil {
		return ""
	}
	rest := script[at[1]-1:]
	depth, quote := 0, rune(0)
	for i, r := range rest {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case r == '[':
			depth++
		case r == ']':
			if depth--; depth == 0 {
				return rest[:i+1]
			}
		}
	}
	return ""
}

// choose picks the document that a page lists under a name.
func choose(list string, at *url.URL, release string) (found, error) {
	var names, addresses []string
	for _, item := range entry.FindAllString(list, -1) {
		start := entryURL.FindStringIndex(item)
		if start == nil {
			continue
		}
		address, _ := evaluate(item, item[start[1]:], at, 0)
		name := address
		if start := entryFor.FindStringIndex(item); start != nil {
			name, _ = evaluate(item, item[start[1]:], at, 0)
		}
		names, addresses = append(names, name), append(addresses, address)
	}
	chosen := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, release) })
	if len(names) == 1 && release == "" {
		chosen = 0
	}
	if chosen < 0 {
		return found{}, fmt.Errorf("the page lists several documents: choose one with -release NAME, NAME being one of %q", names)
	}
	return resolve(at, addresses[chosen])
}

func resolve(at *url.URL, reference string) (found, error) {
	if at == nil {
		return found{}, nil
	}
	address, err := at.Parse(reference)
	if err != nil {
		return found{}, fmt.Errorf("the page names its document %q, which is no address", reference)
	}
	return found{address: address}, nil
}
