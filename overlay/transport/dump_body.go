package transport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const hidden = "[redacted]"

// shortestEcho is the length from which a secret of the request is taken out of the
// answer: a shorter one stands in too many words.
const shortestEcho = 3

// Names of secrets, in small letters without _ and -: those that begin, end or hold one
// of the parts, and those that are one of the words. A test holds them against the
// documents of both products. Parts are wider than they need be: a cursor that is called
// next_token is hidden too.
var (
	secretParts = []string{
		"password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "keypem", "keytab", "sssdconf",
		"credential", "authorization", "cookie",
	}
	secretWords = []string{"access", "refresh", "key", "jwt", "bearer"}
)

func isSecretName(name string) bool {
	name = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
	return slices.Contains(secretWords, name) ||
		slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(name, part) })
}

// writeBody writes a body without its secrets, and returns those; echoes are secrets that
// it may repeat.
func writeBody(to *bytes.Buffer, header http.Header, body []byte, echoes []string) (secrets []string) {
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) == 0:
		return nil
	case !bytes.ContainsRune([]byte(`{["`), rune(trimmed[0])) || header.Get("Content-Encoding") != "":
		fmt.Fprintf(to, "    (no JSON, not shown)\n")
		return nil
	}
	to.WriteString("    ")
	r := &redactor{from: json.NewDecoder(bytes.NewReader(trimmed)), to: to, echoes: echoes}
	r.from.UseNumber()
	switch err := r.value(false); {
	case err != nil && len(body) >= mostDumped:
		fmt.Fprintf(to, " … (cut after %d KiB)", mostDumped>>10)
	case err != nil:
		to.WriteString(" … (breaks off)")
	}
	to.WriteByte('\n')
	return r.secrets
}

// redactor copies JSON, as far as it is complete. What lies under the name of a secret is
// one hidden text in the copy, whatever its shape; true, false and null tell nothing.
type redactor struct {
	from    *json.Decoder
	to      *bytes.Buffer
	echoes  []string
	secrets []string
}

func (r *redactor) value(hide bool) error {
	begun := r.to.Len()
	next, err := r.from.Token()
	if err != nil {
		return err
	}
	switch v := next.(type) {
	case json.Delim:
		err = r.nested(v, hide)
	case string:
		r.text(v, hide)
	case json.Number:
		r.to.WriteString(v.String())
	default:
		fmt.Fprint(r.to, literal(v))
		hide = false
	}
	if hide {
		r.to.Truncate(begun)
		r.to.WriteString(`"` + hidden + `"`)
	}
	return err
}

func literal(v json.Token) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprint(v)
}

// nested copies the members of an object or the items of a list.
func (r *redactor) nested(open json.Delim, hide bool) error {
	r.to.WriteRune(rune(open))
	for first := true; r.from.More(); first = false {
		if !first {
			r.to.WriteByte(',')
		}
		inner := hide
		if open == '{' {
			name, err := r.from.Token()
			if err != nil {
				return err
			}
			key, _ := name.(string)
			inner = hide || isSecretName(key)
			r.quote(key)
			r.to.WriteByte(':')
		}
		if err := r.value(inner); err != nil {
			return err
		}
	}
	closing, err := r.from.Token()
	if err != nil {
		return err
	}
	fmt.Fprint(r.to, closing)
	return nil
}

// text copies a string. A token or private key shows by how it begins, whatever its name.
func (r *redactor) text(v string, hide bool) {
	if hide {
		if len(v) >= shortestEcho {
			r.secrets = append(r.secrets, v)
		}
		return
	}
	if strings.HasPrefix(v, "eyJ") || strings.Contains(v, "PRIVATE KEY-----") {
		v = hidden
	}
	r.quote(v)
}

func (r *redactor) quote(v string) {
	for _, echo := range r.echoes {
		v = strings.ReplaceAll(v, echo, hidden)
	}
	encoder := json.NewEncoder(r.to)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) == nil {
		r.to.Truncate(r.to.Len() - 1) // the line's end
	}
}
