package transport

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// mostDumped is how many bytes of a body are read for the dump of it.
const mostDumped = 64 << 10

// dumpedHeaders are all that a dump shows: none of them is known to carry a secret.
var dumpedHeaders = []string{
	"Accept", "Allow", "Content-Length", "Content-Type", "Date", "Location", "Retry-After", "Server", "User-Agent", "X-Request-Id",
}

// Dump writes what is sent and what comes back to a Writer, for eyes that look for a
// fault. It is the layer next to the wire, so it shows each attempt, logins too:
//
//	1 > POST https://weka01:14000/api/v2/login
//	    Content-Type: application/json
//	    {"username":"admin","password":"[redacted]"}
//	1 < 200 OK
//	    Content-Type: application/json
//	    {"data":{"access_token":"[redacted]","expires_in":300}}
//
// Of the address it leaves out the values of the query, of the headers all but a few, and
// of a JSON body whatever stands under a name that is a secret's; what the request held
// there is taken out of the answer, too, wherever it is repeated. A body that is no JSON
// is not shown, of a long one 64 KiB. What a name does not tell stays: file names, user
// names, and a secret that somebody put where none belongs. So a dump is for a file that
// its owner reads, and no log.
//
// The request is written before it is sent; the answer when its body was read or closed.
// Each goes out in one Write, never two at once. An error of the Writer is not told.
type Dump struct {
	mu     sync.Mutex
	to     io.Writer
	number int // of the attempt written last
}

// NewDump makes a Dump to a Writer. One Dump serves all the stacks of a client.
func NewDump(to io.Writer) *Dump { return &Dump{to: to} }

// Over puts the dump above a RoundTripper.
func (d *Dump) Over(next http.RoundTripper) http.RoundTripper { return &dumping{d, next} }

type dumping struct {
	dump *Dump
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (d *dumping) RoundTrip(request *http.Request) (*http.Response, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s\n", request.Method, withoutValues(request.URL))
	secrets := bearer(request.Header)
	writeHeaders(&text, request.Header)
	secrets = append(secrets, writeBody(&text, request.Header, copyOf(request), nil)...)
	number := d.dump.write(0, '>', text.Bytes())

	answer, err := d.next.RoundTrip(request)
	if err != nil {
		d.dump.write(number, '<', []byte("no answer\n"))
		return answer, err
	}
	seen := &seenBody{under: answer.Body, tell: func(body []byte) {
		var text bytes.Buffer
		fmt.Fprintf(&text, "%d %s\n", answer.StatusCode, http.StatusText(answer.StatusCode))
		writeHeaders(&text, answer.Header)
		writeBody(&text, answer.Header, body, secrets)
		d.dump.write(number, '<', text.Bytes())
	}}
	if answer.Body == nil {
		seen.finish()
		return answer, nil
	}
	answer.Body = seen
	return answer, nil
}

// write puts out one block under its number, 0 for the next, and returns that.
func (d *Dump) write(number int, direction rune, text []byte) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if number == 0 {
		d.number++
		number = d.number
	}
	_, _ = fmt.Fprintf(d.to, "%d %c %s", number, direction, text)
	return number
}

// copyOf reads the beginning of a request's body from a copy. A body that cannot be had
// twice is the server's.
func copyOf(request *http.Request) []byte {
	if request.GetBody == nil {
		return nil
	}
	body, err := request.GetBody()
	if err != nil {
		return nil
	}
	defer func() { _ = body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(body, mostDumped))
	return text
}

// bearer is the token of a request, for servers that repeat it.
func bearer(header http.Header) []string {
	_, credentials, _ := strings.Cut(header.Get("Authorization"), " ")
	if len(credentials) < shortestEcho {
		return nil
	}
	return []string{credentials}
}

// withoutValues is an address without what its query says.
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
	for _, name := range dumpedHeaders {
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

// seenBody keeps the beginning of a body while the caller reads it.
type seenBody struct {
	under io.ReadCloser
	tell  func([]byte)

	mu   sync.Mutex // one may close what another still reads
	kept []byte
	told bool
}

// Read reads from the answer.
func (s *seenBody) Read(p []byte) (int, error) {
	n, err := s.under.Read(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, p[:min(n, mostDumped-len(s.kept))]...)
	if err != nil {
		s.finish()
	}
	return n, err
}

// Close ends it.
func (s *seenBody) Close() error {
	err := s.under.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish()
	return err
}

func (s *seenBody) finish() {
	if !s.told {
		s.told = true
		s.tell(s.kept)
	}
}
