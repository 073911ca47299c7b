package connect

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// Product is what a front door says about its API.
type Product struct {
	Caller   string // what errors begin with, as "weka.New"
	Port     string // of an address without one; "" is the port of the scheme
	BasePath string // of all operations, as "/api/v2"; an address may end in it
	Prefixed bool   // an address may have a path before BasePath, which a proxy adds
	Examples string // of addresses, as "weka01 or https://weka01:14000"
	FromEnv  string // where an empty address can come from, as "FromEnv() and WEKA_HOST"
	CAFile   string // the environment variable that FromEnv reads for WithCAFile

	OneAddress bool // a client has one address

	Classify func(*api.Operation, *call.Error) error // see call.Config

	// With FromEnv, Environment returns an address, and Fill sets fields that no option
	// set.
	Environment func() AddressInput
	Fill        func(*Settings) error
}

// Invalid returns an error that is [call.ErrInvalidArgument] and begins with the caller.
func (p *Product) Invalid(format string, arguments ...any) error {
	return fmt.Errorf("%s: %w: "+format, append([]any{p.Caller, call.ErrInvalidArgument}, arguments...)...)
}

// Open returns the settings and the wire of a New. It opens no connection.
func Open[O ~func(*Settings)](p *Product, address string, options []O) (*Settings, *Wire, error) {
	s, err := Apply(p, options)
	if err != nil {
		return nil, nil, err
	}
	addresses, err := p.Resolve(s, address)
	if err != nil {
		return nil, nil, err
	}
	wire, err := p.NewWire(s, addresses)
	return s, wire, err
}

// Resolve returns the addresses of a client, and completes its settings from the
// environment if FromEnv is among its options.
func (p *Product) Resolve(s *Settings, address string) ([]*url.URL, error) {
	input := AddressInput{Text: address}
	if s.fromEnv {
		if environment := p.Environment(); address == "" && environment.Text != "" {
			input = environment
		}
		if err := p.Fill(s); err != nil {
			return nil, p.Invalid("FromEnv: %w", err)
		}
		s.caFromEnv(p.CAFile)
	}
	addresses, err := p.Addresses(input)
	if err != nil {
		return nil, err
	}
	if p.OneAddress && len(addresses) > 1 {
		return nil, p.Invalid("there are %d addresses: make a client for each of them", len(addresses))
	}
	for _, address := range addresses {
		if !s.Permits(address) {
			return nil, p.Invalid("http to %s would show password and tokens to the network: use https, or AllowPlainHTTP()", address.Hostname())
		}
	}
	if s.Organization != "" && s.Login.Password == nil {
		return nil, p.Invalid("WithTenant chooses where to log in: it needs WithPassword")
	}
	return addresses, nil
}

// Permits reports whether tokens may be sent to an address: over https, within this
// machine, or anywhere with AllowPlainHTTP.
func (s *Settings) Permits(address *url.URL) bool {
	return address.Scheme == "https" || s.allowPlainHTTP || isLoopback(address.Hostname())
}

func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost"
}

// AddressInput is one address as the user wrote it, or several with commas between.
type AddressInput struct {
	Text   string
	Port   string // of an address without one; "" is the product's
	Source string // where the text comes from, for messages, as " in WEKA_HOST"
}

// Origin returns the scheme, host and port of an address, as "https://weka01:14000".
func Origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// Origins returns the origin of each address.
func Origins(addresses []*url.URL) []string {
	origins := make([]string, 0, len(addresses))
	for _, address := range addresses {
		origins = append(origins, Origin(address))
	}
	return origins
}

// Addresses parses hosts, host:ports and URLs into a canonical form with the product's
// base path, since origins and kept sessions are compared as text. No scheme means https.
// The order stays, duplicates are merged, and all have one scheme. An address with a user
// or a query may hold a password or a token: the error does not show it.
func (p *Product) Addresses(input AddressInput) ([]*url.URL, error) {
	texts := strings.Split(input.Text, ",")
	parts := make([]part, 0, len(texts))
	for i, text := range texts {
		one := part{product: p, text: strings.TrimSpace(text), port: cmp.Or(strings.TrimSpace(input.Port), p.Port), name: "the address" + input.Source}
		if len(texts) > 1 {
			one.name = fmt.Sprintf("address %d of %d%s", i+1, len(texts), input.Source)
		}
		if err := one.secretFree(); err != nil {
			return nil, err
		}
		parts = append(parts, one)
	}
	var addresses []*url.URL
	for _, one := range parts {
		u, err := one.parse()
		if err != nil {
			return nil, err
		}
		if len(addresses) > 0 && u.Scheme != addresses[0].Scheme {
			return nil, one.invalid("has the scheme %s and the first has %s: use one scheme for all", u.Scheme, addresses[0].Scheme)
		}
		if !slices.ContainsFunc(addresses, func(known *url.URL) bool { return known.Host == u.Host }) {
			addresses = append(addresses, u)
		}
	}
	return addresses, nil
}

// part is one of the addresses of an input.
type part struct {
	product          *Product
	text, port, name string
}

func (a part) invalid(format string, arguments ...any) error {
	return a.product.Invalid(a.name+" "+format, arguments...)
}

// secretFree is checked for all parts before an error shows any: a password may hold a
// comma.
func (a part) secretFree() error {
	switch {
	case strings.Contains(a.text, "@"):
		return a.invalid("has a user: pass credentials with WithPassword instead")
	case strings.ContainsAny(a.text, "?#"):
		return a.invalid("has a query or fragment: pass scheme, host and port only")
	}
	return nil
}

// hasNumberAsPort is true for an address without a port. A number is so short that it is no
// password.
func hasNumberAsPort(text string) bool {
	_, rest, found := strings.Cut(text, "://")
	if !found {
		rest = text
	}
	if _, err := netip.ParseAddr(rest); err == nil {
		return true // an IPv6 address without brackets
	}
	if _, after, found := strings.Cut(rest, "]"); found && strings.HasPrefix(rest, "[") {
		rest = after
	}
	_, port, _ := strings.Cut(rest, ":")
	port, _, _ = strings.Cut(port, "/")
	port = strings.TrimLeft(port, "0")
	return len(port) <= len("65535") && strings.Trim(port, "0123456789") == ""
}

func (a part) parse() (*url.URL, error) {
	if a.text == "" {
		return nil, a.invalid("is empty: pass a host such as %s, or use %s", a.product.Examples, a.product.FromEnv)
	}
	if !hasNumberAsPort(a.text) {
		return nil, a.invalid("has a port that is not a number, and is not shown, since it could be a password: write it as %s, and pass credentials with WithPassword", a.product.Examples)
	}
	text := a.text
	if !strings.Contains(text, "://") {
		text = "https://" + bracketed(text)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, a.invalid("%.100q is not a host, host:port or URL: write it as %s", a.text, a.product.Examples)
	}
	return a.normalised(u)
}

func (a part) normalised(u *url.URL) (*url.URL, error) {
	if u.Scheme != "https" && u.Scheme != "http" {
		return nil, a.invalid("has the scheme %.100q: use https, or http where that is allowed", u.Scheme)
	}
	host, ok := hostOf(u)
	if !ok {
		return nil, a.invalid("has no valid host name (%.100q): pass a DNS name in ASCII or an IP address", u.Hostname())
	}
	prefix := strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), a.product.BasePath)
	if prefix != "" && (!a.product.Prefixed || path.Clean(prefix) != prefix || u.RawPath != "") {
		return nil, a.invalid("has the path %.100q: pass scheme, host and port only, the API is at %s", u.Path, a.product.BasePath)
	}
	port, err := a.portOf(u)
	if err != nil {
		return nil, err
	}
	if port == "" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return &url.URL{Scheme: u.Scheme, Host: host, Path: prefix + a.product.BasePath}, nil
	}
	return &url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(host, port), Path: prefix + a.product.BasePath}, nil
}

// portOf returns the port as a plain number. If the product has no port of its own, the
// scheme's port is "", as in browsers and Host headers.
func (a part) portOf(u *url.URL) (string, error) {
	port := u.Port()
	if port == "" && !strings.HasSuffix(u.Host, ":") {
		if a.port == "" {
			return "", nil
		}
		port = a.port
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return "", a.invalid("has the port %.100q: a port is a number from 1 to 65535", port)
	}
	if a.product.Port == "" && (u.Scheme == "https" && number == 443 || u.Scheme == "http" && number == 80) {
		return "", nil
	}
	return strconv.FormatUint(number, 10), nil
}

// bracketed puts a bare IPv6 address in brackets, as URLs have it.
func bracketed(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		return "[" + host + "]"
	}
	return host
}

// isDNSName reports whether host, in lower case, is a DNS name. One whose last label is a
// number is not: some programs read it as an IP address, each in its own way.
func isDNSName(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			return false
		}
		if label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return len(host) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// hostOf returns the host in lower case. It rejects an IPv6 zone, which has a meaning on
// one machine only, and which no certificate names.
func hostOf(u *url.URL) (host string, ok bool) {
	host = strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), ip.Zone() == ""
	}
	return host, isDNSName(host)
}
