// Package redact removes the secrets of a request, by their value, from everything that
// leaves the SDK: servers, proxies and libraries repeat what they were sent.
package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Mark replaces a secret.
const Mark = "[redacted]"

const (
	// shortest is the length from which a secret is removed: a shorter one occurs in too
	// many words.
	shortest = 3
	// shortestPart is the length from which a part of a secret counts as the secret: texts
	// are cut anywhere.
	shortestPart = 12
	// shortestFragment is the length from which a piece of base64 is removed.
	shortestFragment = 6
)

// Set is the secrets of a request. The nil Set is empty. A Set prints nothing of them.
type Set struct {
	spellings []spelling
	begins    [256]bool // with a byte that a spelling can begin with
}

// spelling is one way to write a secret.
type spelling struct {
	text   string
	base64 bool
}

// Format prints no secret, whatever the verb.
func (s *Set) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mark) }

// Add adds a secret: as it is, in base64, and in the base64 or percent-encoding of a body
// that has it escaped.
func (s *Set) Add(secret string) {
	if len(secret) < shortest {
		return
	}
	for _, form := range []string{secret, escapedJSON(secret, false), escapedJSON(secret, true), url.QueryEscape(secret)} {
		if s.add(spelling{text: form}) {
			s.addBase64(form)
		}
	}
}

// escapedJSON is a text as JSON has it, with or without the escapes that protect HTML.
func escapedJSON(text string, html bool) string {
	var quoted strings.Builder
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(html)
	_ = encoder.Encode(text) // a string and a Builder have no errors
	return strings.TrimSuffix(quoted.String()[1:], "\"\n")
}

func (s *Set) addBase64(secret string) {
	for before := range 3 { // bytes of another value that share its first character
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, before, before+len(secret)), secret...))
			text = text[(before*8+5)/6:]
			if (before+len(secret))%3 != 0 {
				text = text[:len(text)-1] // it holds bits of the byte that follows
			}
			if before == 0 || len(text) >= shortestFragment {
				s.add(spelling{text, true})
			}
		}
	}
}

// add reports whether the spelling is new.
func (s *Set) add(one spelling) bool {
	if slices.Contains(s.spellings, one) {
		return false
	}
	s.spellings = append(s.spellings, one)
	s.begins[one.text[0]] = true
	return true
}

// Text returns text without the secrets, in whatever mix of percent-encoding, JSON, HTML
// and base64 they are written.
func (s *Set) Text(text string) string {
	if s == nil || len(s.spellings) == 0 {
		return text
	}
	var cleaned strings.Builder
	kept := 0
	for i := 0; i < len(text); {
		length := 0
		c := text[i]
		inRun := c == '\\' && i > kept && text[i-1] == c // of backslashes, which match together
		if !inRun && (s.begins[c] || strings.IndexByte(`%\&+`, c) >= 0) {
			length = s.at(text[i:])
		}
		if length == 0 && (i == 0 || !isAlphanumeric(text[i-1])) { // its beginning can be cut off
			length = s.partAt(text[i:])
		}
		if length == 0 {
			i++
			continue
		}
		cleaned.WriteString(text[kept:i])
		cleaned.WriteString(Mark)
		i += length
		kept = i
	}
	if kept == 0 {
		return text
	}
	return cleaned.String() + text[kept:]
}

// at returns the length of the longest secret at the beginning of a text, 0 for none.
func (s *Set) at(text string) (length int) {
	for _, one := range s.spellings {
		used, matched := match(text, one.text)
		if matched < len(one.text) && matched < shortestPart {
			continue
		}
		if one.base64 && matched == len(one.text) {
			used += restOfBase64(text[used:])
		}
		length = max(length, used)
	}
	return length
}

// partAt returns the length of the longest part of a secret at the beginning of a text, if
// it stands there as it is.
func (s *Set) partAt(text string) (length int) {
	if len(text) < shortestPart {
		return 0
	}
	for _, one := range s.spellings {
		if i := strings.Index(one.text, text[:shortestPart]); i >= 0 {
			_, matched := match(text, one.text[i:])
			length = max(length, matched)
		}
	}
	return length
}

// restOfBase64 is the length of the last character of a secret in base64, which holds bits
// of what follows, and of the padding.
func restOfBase64(text string) int {
	rest := strings.TrimLeft(text, "=")
	if len(rest) == len(text) && text != "" && isBase64(text[0]) {
		rest = strings.TrimLeft(text[1:], "=")
	}
	return len(text) - len(rest)
}

func isBase64(c byte) bool { return isAlphanumeric(c) || strings.IndexByte("+/-_", c) >= 0 }

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// match compares a text with a secret: as it is, and with the escapes of the text decoded.
// It returns how many bytes of the text are the beginning of the secret, and how long that
// beginning is.
func match(text, secret string) (used, matched int) {
	if strings.HasPrefix(text, secret) {
		return len(secret), len(secret)
	}
	for matched < len(secret) && used < len(text) {
		u, m := unit(text[used:], secret[matched:])
		if m == 0 {
			break
		}
		used, matched = used+u, matched+m
	}
	return used, matched
}

// unit matches the next character, or run of backslashes, of a secret. Matched is 0 if the
// text has another.
func unit(text, secret string) (used, matched int) {
	switch text[0] {
	case '%':
		if len(text) > 2 {
			if c, err := strconv.ParseUint(text[1:3], 16, 8); err == nil && byte(c) == secret[0] {
				return 3, 1
			}
		}
	case '+':
		if secret[0] == ' ' {
			return 1, 1
		}
	case '&':
		for _, entity := range entities {
			if secret[0] == entity[0] && strings.HasPrefix(text, entity[1:]) {
				return len(entity) - 1, 1
			}
		}
	case '\\':
		return escaped(text, secret)
	}
	if text[0] == secret[0] {
		return 1, 1
	}
	return 0, 0
}

// entities are what HTML writes for the character that each begins with.
var entities = []string{"&&amp;", "<&lt;", ">&gt;", `"&quot;`, `"&#34;`, "'&#39;", "'&#x27;", "+&#43;"}

// escaped matches what begins with backslashes. How many there are depends on how often
// JSON was written into JSON, so that any number is as good as another.
func escaped(text, secret string) (used, matched int) {
	after := strings.TrimLeft(text, `\`)
	used = len(text) - len(after)
	if r, width := unicodeEscape(after); width > 0 && strings.HasPrefix(secret, string(r)) {
		return used + width, utf8.RuneLen(r)
	}
	rest := strings.TrimLeft(secret, `\`)
	matched = len(secret) - len(rest)
	if after == "" || rest == "" {
		return used, matched
	}
	if i := strings.IndexByte("bfnrt", after[0]); i >= 0 && rest[0] == "\b\f\n\r\t"[i] {
		return used + 1, matched + 1
	}
	if matched == 0 && after[0] == rest[0] { // an escape that is not needed, as of a slash
		return used + 1, 1
	}
	return used, matched
}

// unicodeEscape reads uXXXX, or the two of a surrogate pair.
func unicodeEscape(text string) (r rune, width int) {
	first, ok := codeUnit(text)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 5
	}
	low := strings.TrimLeft(text[5:], `\`)
	second, _ := codeUnit(low)
	if r = utf16.DecodeRune(first, second); r == utf8.RuneError {
		return 0, 0
	}
	return r, len(text) - len(low) + 5
}

func codeUnit(text string) (unit rune, ok bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, false
	}
	value, err := strconv.ParseUint(text[1:5], 16, 16)
	return rune(value), err == nil
}

// Header returns a copy of a header without the secrets, or the header if it has none.
func (s *Set) Header(header http.Header) http.Header {
	cloned := false
	for name, values := range header {
		for i, value := range values {
			shown := s.Text(value)
			if shown == value {
				continue
			}
			if !cloned {
				header, cloned = header.Clone(), true
			}
			header[name][i] = shown
		}
	}
	return header
}
