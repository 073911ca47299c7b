package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	maxDocument = 64 << 20        // bytes, once decompressed; WEKA's is 1 MiB
	pullTimeout = 5 * time.Minute // for everything that one pull reads

	answerTimeout = time.Minute // for a connection, and for the headers of a response
)

// access says how to authenticate and which certificates to accept.
type access struct {
	product   string
	ca        string // a PEM file
	insecure  bool
	user      string
	clientKey bool
	errOut    io.Writer // prompts and progress
}

// fetch returns the document and its origin. The origin has no folder of this machine, and
// of an address neither user nor query.
func fetch(ctx context.Context, o order) ([]byte, string, error) {
	if !strings.Contains(o.from, "://") {
		return fetchFile(o)
	}
	address, err := url.Parse(o.from)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, "", fmt.Errorf("-from %q is neither a file nor an http or https URL", plainText(o.from))
	}
	ctx, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	g, err := newGetter(ctx, o, address)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", plain(address), err)
	}
	text, from, err := g.document(ctx, address)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", plain(address), err)
	}
	return text, plain(from), nil
}

func fetchFile(o order) ([]byte, string, error) {
	file, err := os.Open(o.from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("there is no file %s; a URL begins with https://", plainText(o.from))
	}
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = file.Close() }()
	origin := "file " + filepath.Base(o.from)
	text, err := readBounded(file)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", origin, err)
	}
	if !isHTML(text) {
		return text, origin, onlyOne(origin, text, o.release)
	}
	found, err := readPage(text, nil).document(nil, o.release)
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("%s: %w", origin, err)
	case found.text == nil:
		return nil, "", fmt.Errorf("%s: the page only names its document: pull from where the page is served", origin)
	}
	return found.text, origin, nil
}

// plain returns a URL without user and query.
func plain(address *url.URL) string {
	bare := url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}
	return bare.String()
}

// plainText removes the query from what is not a URL.
func plainText(from string) string {
	from, _, _ = strings.Cut(from, "?")
	return from
}

// A getter reads from one origin, and sends its credentials only there.
type getter struct {
	client        http.Client
	origin        *url.URL
	release       string
	authorization string
	errOut        io.Writer
}

func newGetter(ctx context.Context, o order, address *url.URL) (*getter, error) {
	config, err := o.access.tls()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true,
		DialContext: (&net.Dialer{Timeout: answerTimeout}).DialContext, TLSHandshakeTimeout: answerTimeout,
		ResponseHeaderTimeout: answerTimeout, DisableKeepAlives: true,
	}
	g := &getter{origin: address, release: o.release, errOut: o.access.errOut}
	g.client = http.Client{Transport: transport, CheckRedirect: g.sameOrigin}
	g.authorization, err = o.access.authorize(ctx, transport, address)
	return g, err
}

func (a access) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: a.insecure}
	if a.ca == "" {
		return config, nil
	}
	if a.insecure {
		return nil, errors.New("-ca and -insecure exclude each other: one verifies the certificate, the other does not")
	}
	text, err := os.ReadFile(a.ca)
	if err != nil {
		return nil, err
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("-ca %s contains no certificate in PEM", filepath.Base(a.ca))
	}
	return config, nil
}

// document reads the document that a URL serves, or that the page there contains or names.
func (g *getter) document(ctx context.Context, address *url.URL) ([]byte, *url.URL, error) {
	text, at, err := g.get(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	if !isHTML(text) {
		return text, at, onlyOne("the document", text, g.release)
	}
	shown := readPage(text, at)
	var missing error // a browser goes on without a script, and so does this
	for _, script := range shown.external {
		more, _, err := g.get(ctx, script)
		if err != nil {
			missing = cmp.Or(missing, fmt.Errorf("its script %s: %w", plain(script), err))
			continue
		}
		shown.scripts = append(shown.scripts, withoutComments(string(more)))
	}
	found, err := shown.document(at, g.release)
	if err != nil && missing != nil {
		err = fmt.Errorf("%w (%w)", err, missing)
	}
	if err != nil || found.text != nil {
		return found.text, at, err
	}
	if !sameOrigin(found.address, g.origin) {
		return nil, nil, fmt.Errorf("the page names a document at another origin (%s://%s): refused", found.address.Scheme, found.address.Host)
	}
	text, at, err = g.get(ctx, found.address)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("its document %s: %w", plain(found.address), err)
	case isHTML(text):
		return nil, nil, fmt.Errorf("its document %s is a page too", plain(found.address))
	}
	return text, at, nil
}

func (g *getter) get(ctx context.Context, address *url.URL) ([]byte, *url.URL, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept", "application/json, application/yaml;q=0.8, */*;q=0.5")
	if g.authorization != "" {
		request.Header.Set("Authorization", g.authorization)
	}
	response, err := g.client.Do(request)
	if err != nil {
		return nil, nil, explain(err)
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
		if encoding := response.Header.Get("Content-Encoding"); encoding != "" {
			return nil, nil, fmt.Errorf("the server sends the document compressed (%q): save and unpack it, and pull the file", encoding)
		}
	case http.StatusUnauthorized, http.StatusForbidden:
		if scheme, _, _ := strings.Cut(response.Header.Get("WWW-Authenticate"), " "); strings.EqualFold(scheme, "Basic") {
			return nil, nil, fmt.Errorf("the server responds %s and asks for HTTP Basic: save the document with curl -u NAME, and pull the file", response.Status)
		}
		return nil, nil, fmt.Errorf("the server responds %s: log in with -user NAME or -client-key", response.Status)
	default:
		return nil, nil, fmt.Errorf("the server responds %s instead of the document", response.Status)
	}
	body := &progress{Reader: response.Body, size: response.ContentLength, to: g.errOut}
	text, err := readBounded(body)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		of := ""
		if body.size > 0 {
			of = fmt.Sprintf(" of %d", body.size)
		}
		return nil, nil, fmt.Errorf("cut off after %d%s bytes", body.read, of)
	}
	return text, response.Request.URL, explain(err)
}

// explain removes the URL from an error of net/http, since its query may contain a secret,
// and says what to do about a certificate or a slow server.
func explain(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	var otherName x509.HostnameError
	if errors.As(err, &otherName) {
		names := otherName.Certificate.DNSNames
		for _, ip := range otherName.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		return fmt.Errorf("the certificate is for %s: use that name", some(names, 5))
	}
	if errors.As(err, new(*tls.CertificateVerificationError)) {
		return fmt.Errorf("%w: pass the certificate authority with -ca FILE, or accept any certificate with -insecure", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the document was not complete after %v: save it to a file, and pull that", pullTimeout)
	}
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return fmt.Errorf("no answer within %.0f minute", answerTimeout.Minutes())
	}
	return err
}

// sameOrigin allows redirects that change only the path.
func (g *getter) sameOrigin(next *http.Request, via []*http.Request) error {
	if !sameOrigin(next.URL, g.origin) {
		return fmt.Errorf("the server redirects to another origin (%s://%s): refused", next.URL.Scheme, next.URL.Host)
	}
	if len(via) > 5 {
		return errors.New("more than 5 redirects")
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Host, b.Host) && a.Scheme == b.Scheme
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

// progress reports on a long download how much was read.
type progress struct {
	io.Reader
	size int64 // -1 if the server does not say
	to   io.Writer

	read int64
	said time.Time
}

const progressEvery = 2 * time.Second

func (p *progress) Read(into []byte) (int, error) {
	if p.said.IsZero() {
		p.said = time.Now()
	}
	n, err := p.Reader.Read(into)
	p.read += int64(n)
	if now := time.Now(); now.Sub(p.said) >= progressEvery {
		p.said = now
		of := ""
		if p.size > 0 {
			of = fmt.Sprintf(" of %d", p.size>>10)
		}
		_, _ = fmt.Fprintf(p.to, "downloading: %d%s KiB\n", p.read>>10, of)
	}
	return n, err
}
