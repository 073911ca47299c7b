package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A page is a Swagger UI page. Its script contains the document (swaggerDoc, spec), names
// it (url), or lists several (urls). Scripts are not run: only these forms are read.
type page struct {
	text     string
	scripts  []string
	external []*url.URL // scripts of the page's own origin that may contain the settings
}

// found is the text of the document, or else its URL.
type found struct {
	text    []byte
	address *url.URL
}

var (
	html          = regexp.MustCompile(`(?i)^(\xef\xbb\xbf)?\s*<(!doctype|html|!--|head|\?xml)`)
	scriptElement = regexp.MustCompile(`(?is)<!--.*?-->|<script\b([^>]*)>(.*?)</script>`) // or a comment, to pass over it
	sourceOf      = regexp.MustCompile(`(?i)\bsrc\s*=\s*["']([^"']+)["']`)
	library       = regexp.MustCompile(`(?i)bundle|preset|standalone|immutable|insq|polyfill|jquery|redoc`)
	loginForm     = regexp.MustCompile(`(?i)<input\b[^>]*\btype\s*=\s*["']?password`)
	swaggerPage   = regexp.MustCompile(`(?i)swagger-?ui`)

	embedded = regexp.MustCompile(`(?:^|[\s,;{(])["']?(?:swaggerDoc|spec)["']?\s*[:=]\s*\{`)
	listed   = regexp.MustCompile(`\b(?:urls|swaggerUrls)["']?\s*[:=]\s*\[`)
	custom   = regexp.MustCompile(`\b(?:customOptions|swaggerOptions)["']?\s*[:=]\s*\{`)
	// named are the forms of an address, the one that counts in a browser first: a setting
	// counts more than a variable, which may have another value in the end.
	named = []*regexp.Regexp{
		regexp.MustCompile(`\bswaggerUrl["']?\s*[:=]\s*`),
		regexp.MustCompile(`\burl["']?\s*:\s*`),
		regexp.MustCompile(`\b(?:url|specURL|specUrl)["']?\s*[:=]\s*`),
	}
	entry    = regexp.MustCompile(`(?s)\{[^{}]*\}`)
	entryURL = regexp.MustCompile(`\burl["']?\s*:\s*`)
	entryFor = regexp.MustCompile(`\bname["']?\s*:\s*`)
)

const maxScripts = 8

// onlyOne rejects -release where there is one document and it is not of that release.
func onlyOne(here string, text []byte, release string) error {
	if release == "" {
		return nil
	}
	if only, err := readDocument(text); err == nil && document.Release(only) == release {
		return nil
	}
	return fmt.Errorf("-release selects one of the documents that a page lists, and %s has one: omit it", here)
}

func isHTML(text []byte) bool { return html.Match(text) }

// readPage finds the scripts of a page; at is its URL, nil for a file.
func readPage(text []byte, at *url.URL) page {
	p := page{text: string(text)}
	for _, script := range scriptElement.FindAllStringSubmatch(p.text, -1) {
		src := sourceOf.FindStringSubmatch(script[1])
		if src == nil {
			p.scripts = append(p.scripts, withoutComments(script[2]))
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

// document finds the document of the page.
func (p page) document(at *url.URL, release string) (found, error) {
	if !swaggerPage.MatchString(p.text) {
		if loginForm.MatchString(p.text) {
			return found{}, errors.New("the server returns a login page instead of the document: log in with -user NAME or -client-key")
		}
		return found{}, errors.New("the server returns an HTML page that is not a Swagger UI: pass the URL of the document or of its Swagger UI")
	}
	for _, script := range p.scripts {
		text, err := embeddedIn(script)
		if text != nil {
			err = onlyOne("the page", text, release)
		}
		if err != nil || text != nil {
			return found{text: text}, err
		}
	}
	for _, script := range p.scripts {
		if list := bracketed(script, listed, '[', ']'); list != "" {
			return choose(list, at, release)
		}
	}
	if err := onlyOne("the page", nil, release); err != nil {
		return found{}, err
	}
	if strings.Contains(p.text, "drf-yasg") && at != nil {
		return found{address: &url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path, RawQuery: "format=openapi"}}, nil
	}
	if reference := p.address(at); reference != "" {
		return resolve(at, reference)
	}
	return found{}, errors.New("the Swagger UI does not name its document in a form that is supported here: pass the URL of the document")
}

// address returns the address of the document as the scripts write it, "" if none does.
func (p page) address(at *url.URL) string {
	for _, script := range p.scripts {
		if text := bracketed(script, custom, '{', '}'); text != "" {
			if reference := addressIn(script, text, at, named[1]); reference != "" {
				return reference
			}
		}
	}
	for _, form := range named {
		for _, script := range p.scripts {
			if reference := addressIn(script, script, at, form); reference != "" {
				return reference
			}
		}
	}
	return ""
}

// addressIn returns the first address in a part of a script that can be read.
func addressIn(script, part string, at *url.URL, form *regexp.Regexp) string {
	for _, start := range form.FindAllStringIndex(part, -1) {
		if reference, ok := evaluate(script, part[start[1]:], at, 3); ok && reference != "" {
			return reference
		}
	}
	return ""
}

// withoutComments returns a script with blanks for its comments.
func withoutComments(script string) string {
	out := []byte(script)
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case c == '"' || c == '\'' || c == '`':
			i = endOfLiteral(script, i, c)
		case strings.HasPrefix(script[i:], "//"):
			for ; i < len(script) && script[i] != '\n'; i++ {
				out[i] = ' '
			}
		case strings.HasPrefix(script[i:], "/*"):
			end := len(script)
			if length := strings.Index(script[i+2:], "*/"); length >= 0 {
				end = i + 2 + length + 2
			}
			for ; i < end; i++ {
				out[i] = ' '
			}
			i--
		case c == '/' && beginsPattern(script[:i]):
			i = endOfLiteral(script, i, c)
		}
	}
	return string(out)
}

// beginsPattern reports whether a slash after some code begins a regular expression: a value
// cannot stand before it.
func beginsPattern(before string) bool {
	before = strings.TrimRight(before, " \t\r\n")
	return before == "" || strings.ContainsRune("(,=:[!&|?{};+-*%~^<>", rune(before[len(before)-1])) || strings.HasSuffix(before, "return")
}

// endOfLiteral returns the index of the quote that ends the literal at an index, or of the end
// of its line, where none but a template goes on.
func endOfLiteral(script string, at int, quote byte) int {
	inClass := false
	for i := at + 1; i < len(script); i++ {
		switch c := script[i]; {
		case c == '\\':
			i++
		case quote == '/' && (c == '[' || c == ']'):
			inClass = c == '['
		case c == quote && !inClass, c == '\n' && quote != '`':
			return i
		}
	}
	return len(script)
}

// embeddedIn returns the JSON of the document that a script contains, or nil.
func embeddedIn(script string) ([]byte, error) {
	for _, at := range embedded.FindAllStringIndex(script, -1) {
		decoder := jsontext.NewDecoder(strings.NewReader(script[at[1]-1:]))
		value, err := decoder.ReadValue()
		if err != nil {
			return nil, fmt.Errorf("the document in the script of the page is not JSON, or not complete: %w", err)
		}
		if bytes.Contains(value, []byte(`"openapi"`)) || bytes.Contains(value, []byte(`"swagger"`)) {
			return bytes.Clone(value), nil
		}
	}
	return nil, nil
}

// bracketed returns a list or an object, from its opening bracket to its closing one.
func bracketed(script string, start *regexp.Regexp, opening, closing rune) string {
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
		case r == opening:
			depth++
		case r == closing:
			if depth--; depth == 0 {
				return rest[:i+1]
			}
		}
	}
	return ""
}

// choose selects the document that a page lists under a name.
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
		return found{}, fmt.Errorf("the page lists several documents: choose one with -release NAME, where NAME is one of %q", names)
	}
	return resolve(at, addresses[chosen])
}

func resolve(at *url.URL, reference string) (found, error) {
	if at == nil {
		return found{}, nil
	}
	address, err := at.Parse(reference)
	if err != nil {
		return found{}, fmt.Errorf("the page names its document %q, which is not a URL", reference)
	}
	return found{address: address}, nil
}

var (
	literal      = regexp.MustCompile("^(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`\\\\]*`)")
	locationTerm = regexp.MustCompile(`^(?:(?:window|document|self)\.)?location\.(origin|href|protocol|host|hostname|port|pathname|search)\b`)
	identifier   = regexp.MustCompile(`^[A-Za-z_$][\w$]*`)
	substitution = regexp.MustCompile(`\$\{([^}]*)\}`)
)

// evaluate reads an expression of literals, parts of the page's location, names of
// constants, and sums of these. It reports false for anything else.
func evaluate(script, expression string, at *url.URL, depth int) (string, bool) {
	var value strings.Builder
	for {
		expression = strings.TrimLeft(expression, " \t\r\n(")
		term, length, ok := evaluateTerm(script, expression, at, depth)
		if !ok {
			return "", false
		}
		value.WriteString(term)
		expression = strings.TrimLeft(expression[length:], " \t\r\n)")
		rest, more := strings.CutPrefix(expression, "+")
		if !more {
			return value.String(), !strings.HasPrefix(expression, ".") && !strings.HasPrefix(expression, "(")
		}
		expression = rest
	}
}

func evaluateTerm(script, expression string, at *url.URL, depth int) (value string, length int, ok bool) {
	if quoted := literal.FindString(expression); quoted != "" {
		inner := unescapeJS(quoted[1 : len(quoted)-1])
		if quoted[0] == '`' {
			inner, ok = substitute(script, inner, at, depth)
			return inner, len(quoted), ok
		}
		return inner, len(quoted), true
	}
	if part := locationTerm.FindStringSubmatch(expression); part != nil && at != nil {
		return locationPart(at, part[1]), len(part[0]), true
	}
	name := identifier.FindString(expression)
	if name == "" || depth == 0 {
		return "", 0, false
	}
	declared := regexp.MustCompile(`\b(?:var|let|const)\s+` + regexp.QuoteMeta(name) + `\s*=\s*`).FindStringIndex(script)
	if declared == nil {
		return "", 0, false
	}
	value, ok = evaluate(script, script[declared[1]:], at, depth-1)
	return value, len(name), ok
}

// substitute fills in the ${…} of a template literal.
func substitute(script, text string, at *url.URL, depth int) (string, bool) {
	good := true
	text = substitution.ReplaceAllStringFunc(text, func(part string) string {
		value, ok := evaluate(script, part[2:len(part)-1], at, max(depth-1, 0))
		good = good && ok
		return value
	})
	return text, good
}

// locationPart returns a property of window.location.
func locationPart(at *url.URL, part string) string {
	search := ""
	if at.RawQuery != "" {
		search = "?" + at.RawQuery
	}
	return map[string]string{
		"origin": at.Scheme + "://" + at.Host, "href": at.String(), "protocol": at.Scheme + ":", "host": at.Host,
		"hostname": at.Hostname(), "port": at.Port(), "pathname": at.EscapedPath(), "search": search,
	}[part]
}

var escapeJS = regexp.MustCompile(`\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)`)

func unescapeJS(text string) string {
	return escapeJS.ReplaceAllStringFunc(text, func(escape string) string {
		if len(escape) > 2 {
			if code, err := strconv.ParseUint(escape[2:], 16, 32); err == nil {
				return string(rune(code))
			}
		}
		return escape[1:]
	})
}
