package connect

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Given are addresses as somebody wrote them: one, or several with commas between.
type Given struct {
	Text string
	Port string // where an address names none; "" is the product's
	From string // where the text comes from, for messages, as " in WEKA_HOST"
}

// Origin is the scheme, host and port of an address, as "https://weka01:14000".
func Origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// Origins are those of several addresses.
func Origins(addresses []*url.URL) []string {
	origins := make([]string, 0, len(addresses))
	for _, address := range addresses {
		origins = append(origins, Origin(address))
	}
	return origins
}

// Addresses reads hosts, host:ports and URLs, and writes each in one way, with the
// product's base path, since origins and kept sessions are compared as text. No
// scheme means https. The order stays, duplicates are merged, and all are of one
// scheme. What may hold a password or a token (a user, a query) is refused without
// being shown.
func (p *Product) Addresses(given Given) ([]*url.URL, error) {
	if given.Port == "" {
		given.Port = p.Port
	}
	texts := strings.Split(given.Text, ",")
	parts := make([]part, 0, len(texts))
	for i, text := range texts {
		one := part{product: p, text: strings.TrimSpace(text), port: given.Port, name: "the address" + given.From}
		if len(texts) > 1 {
			one.name = "address " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(texts)) + given.From
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
			return nil, one.invalid("says %s and the first says %s: write one scheme for all", u.Scheme, addresses[0].Scheme)
		}
		if !slices.ContainsFunc(addresses, func(known *url.URL) bool { return known.Host == u.Host }) {
			addresses = append(addresses, u)
		}
	}
	return addresses, nil
}

// CheckAddresses refuses http, unless it stays on this machine or the caller
// allowed it.
func (p *Product) CheckAddresses(s *Settings, addresses []*url.URL) error {
	for _, address := range addresses {
		if !s.Permits(address) {
			return p.Invalid("http to %s would show password and tokens to the network: use https, or AllowPlainHTTP()", address.Hostname())
		}
	}
	return nil
}

// Permits tells whether tokens may go to an address: over https, within this
// machine, or anywhere with AllowPlainHTTP.
func (s *Settings) Permits(address *url.URL) bool {
	return address.Scheme == "https" || s.plainHTTP || isLoopback(address.Hostname())
}

// isLoopback tells an address that never leaves this machine.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost"
}

// part is one of the addresses of a text.
type part struct {
	product          *Product
	text, port, name string
}

func (a part) invalid(format string, arguments ...any) error {
	return a.product.Invalid(a.name+" "+format, arguments...)
}

// secretFree is asked of all parts before any is shown: a password may hold a comma.
func (a part) secretFree() error {
	switch {
	case strings.Contains(a.text, "@"):
		return a.invalid("carries a user: give credentials with WithPassword instead")
	case strings.ContainsAny(a.text, "?#"):
		return a.invalid("has a query or fragment: give scheme, host and port only")
	}
	return nil
}

func (a part) parse() (*url.URL, error) {
	if a.text == "" {
		return nil, a.invalid("is empty: give a host such as %s, or %s", a.product.Examples, a.product.FromEnv)
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
		return nil, a.invalid("has the scheme %.100q: write https, or http where that is allowed", u.Scheme)
	}
	host, ok := hostOf(u)
	if !ok {
		return nil, a.invalid("has no valid host name (%.100q): give a DNS name in ASCII or an IP address", u.Hostname())
	}
	if path := strings.TrimSuffix(u.Path, "/"); path != "" && path != a.product.BasePath {
		return nil, a.invalid("has the path %.100q: give scheme, host and port only, the API is looked for at %s", u.Path, a.product.BasePath)
	}
	port, err := a.portOf(u)
	if err != nil {
		return nil, err
	}
	if port == "" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return &url.URL{Scheme: u.Scheme, Host: host, Path: a.product.BasePath}, nil
	}
	return &url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(host, port), Path: a.product.BasePath}, nil
}

// portOf gives the port as a plain number. Where the product has none of its own, the
// scheme's own is "", as browsers and Host headers have it.
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
