package transport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/redact"
)

// maxDump is how many bytes of a body are dumped.
const maxDump = 64 << 10

// Dump writes requests and responses to a Writer, for debugging. It is the layer next to
// the network, so it shows each attempt, logins included:
//
//	1 > POST https://weka01:14000/api/v2/login
//	    Content-Type: application/json
//	    {"username":"admin","password":"[redacted]"}
//	1 < 200 OK
//	    Content-Type: application/json
//	    {"data":{"access_token":"[redacted]","expires_in":300}}
//
// It leaves out the values of the query, most headers, and the values of a JSON body that
// have the name of a secret. Where the response repeats a secret of the request, that is
// redacted too: see call.SecretsOf. A body other than JSON is not shown, and of a long one
// 64 KiB. What the name does not reveal is shown: file names, user names, and a secret in
// the wrong member. So a dump belongs into a file that its owner reads, not into a log.
//
// The request is written before it is sent; the response when its body was read or closed.
// Each is one Write, never two at the same time. Errors of the Writer are ignored.
type Dump struct {
	mu     sync.Mutex
	to     io.Writer
	number int // of the last attempt
}

// NewDump returns a Dump to a Writer. One Dump serves all stacks of a client.
func NewDump(to io.Writer) *Dump { return &Dump{to: to} }

// Over returns the layer that sends through next.
func (d *Dump) Over(next http.RoundTripper) http.RoundTripper { return &dumpLayer{d, next} }

type dumpLayer struct {
	dump *Dump
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l *dumpLayer) RoundTrip(request *http.Request) (*http.Response, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s\n", request.Method, withoutValues(request.URL))
	writeHeaders(&text, request.Header)
	writeBody(&text, request.Header, copyBody(request))
	number := l.dump.write(0, '>', text.String())

	response, err := l.next.RoundTrip(request)
	if err != nil {
		l.dump.write(number, '<', "no response\n")
		return response, err
	}
	body := &dumpedBody{from: response.Body, write: func(body []byte) {
		var text bytes.Buffer
		fmt.Fprintf(&text, "%d %s\n", response.StatusCode, http.StatusText(response.StatusCode))
		writeHeaders(&text, response.Header)
		writeBody(&text, response.Header, body)
		l.dump.write(number, '<', call.SecretsOf(request).Text(text.String()))
	}}
	if response.Body == nil {
		body.finish()
		return response, nil
	}
	response.Body = body
	return response, nil
}

// write writes one block under its number, 0 for the next one, and returns the number.
func (d *Dump) write(number int, direction rune, text string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if number == 0 {
		d.number++
		number = d.number
	}
	_, _ = fmt.Fprintf(d.to, "%d %c %s", number, direction, text)
	return number
}

// copyBody reads the beginning of a copy of the request's body. It returns nil for a body
// that can be read only once.
func copyBody(request *http.Request) []byte {
	if request.GetBody == nil {
		return nil
	}
	body, err := request.GetBody()
	if err != nil {
		return nil
	}
	defer func() { _ = body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(body, maxDump))
	return text
}

// withoutValues returns an address without the values of its query.
func withoutValues(address *url.URL) string {
	shown := url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path, RawPath: address.RawPath}
	names := make([]string, 0, 4)
	for part := range strings.SplitSeq(address.RawQuery, "&") {
		if name, _, hasValue := strings.Cut(part, "="); hasValue {
			names = append(names, name+"=…")
		} else if name != "" {
			names = append(names, "…")
		}
	}
	if len(names) == 0 {
		return shown.String()
	}
	return shown.String() + "?" + strings.Join(names, "&")
}

func writeHeaders(to *bytes.Buffer, header http.Header) {
	for _, name := range redact.PublicHeaders {
		for _, value := range header[name] {
			if name == "Location" {
				address, err := url.Parse(value)
				if err != nil {
					continue
				}
				value = withoutValues(address)
			}
			fmt.Fprintf(to, "    %s: %s\n", name, value)
		}
	}
}

// dumpedBody keeps the beginning of a response's body while the caller reads it.
type dumpedBody struct {
	from  io.ReadCloser
	write func([]byte)

	mu      sync.Mutex // Close may be called during a Read
	kept    []byte
	written bool
}

// Read reads from the response's body.
func (b *dumpedBody) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, p[:min(n, maxDump-len(b.kept))]...)
	if err != nil {
		b.finish()
	}
	return n, err
}

// Close closes the response's body.
func (b *dumpedBody) Close() error {
	err := b.from.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finish()
	return err
}

func (b *dumpedBody) finish() {
	if !b.written {
		b.written = true
		b.write(b.kept)
	}
}

// writeBody writes a body without the values that have the name of a secret.
func writeBody(to *bytes.Buffer, header http.Header, body []byte) {
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) == 0:
		return
	case !bytes.ContainsRune([]byte(`{["`), rune(trimmed[0])) || header.Get("Content-Encoding") != "":
		fmt.Fprintf(to, "    (no JSON, not shown)\n")
		return
	}
	to.WriteString("    ")
	r := &redactor{from: json.NewDecoder(bytes.NewReader(trimmed)), to: to}
	r.from.UseNumber()
	switch err := r.value(false); {
	case err != nil && len(body) >= maxDump:
		fmt.Fprintf(to, " … (cut after %d KiB)", maxDump>>10)
	case err != nil:
		to.WriteString(" … (breaks off)")
	}
	to.WriteByte('\n')
}

// redactor copies JSON as far as it is complete. The value of a secret becomes one redacted
// string, whatever its type; true, false and null reveal nothing and stay.
type redactor struct {
	from *json.Decoder
	to   *bytes.Buffer
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
		r.text(v)
	case json.Number:
		r.to.WriteString(v.String())
	default:
		fmt.Fprint(r.to, literal(v))
		hide = false
	}
	if hide {
		r.to.Truncate(begun)
		r.to.WriteString(`"` + redact.Mark + `"`)
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
			inner = hide || redact.IsSecretName(key)
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

// text copies a string. Tokens and private keys are recognized by their beginning, whatever
// their name.
func (r *redactor) text(v string) {
	if strings.HasPrefix(v, "eyJ") || strings.Contains(v, "PRIVATE KEY-----") {
		v = redact.Mark
	}
	r.quote(v)
}

func (r *redactor) quote(v string) {
	encoder := json.NewEncoder(r.to)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) == nil {
		r.to.Truncate(r.to.Len() - 1) // the newline
	}
}
