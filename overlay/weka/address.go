package weka

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const (
	defaultPort = "14000"   // every backend serves the API there
	basePath    = "/api/v2" // below which the paths of all operations lie
)

// givenAddress is an address as somebody wrote it.
type givenAddress struct {
	text string
	port string // where the text names none
	from string // who wrote it, for messages
}

// parse reads a host, host:port or URL. No scheme means https. What may hold a
// password or a token (a user, a query) is refused without being shown.
func (a givenAddress) parse() (*url.URL, error) {
	text := strings.TrimSpace(a.text)
	switch {
	case text == "":
		return nil, a.invalid("is empty: give a host such as weka01 or https://weka01:14000, or FromEnv() and WEKA_HOST")
	case strings.Contains(text, "@"):
		return nil, a.invalid("carries a user: give credentials with WithPassword instead")
	case strings.Contains(text, ","):
		return nil, a.invalid("is a list, which is not supported yet: give one address")
	case strings.ContainsAny(text, "?#"):
		return nil, a.invalid("has a query or fragment: give scheme, host and port only")
	}
	if !strings.Contains(text, "://") {
		text = "https://" + bracketed(text)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, a.invalid("%.100q is not a host, host:port or URL: write it as weka01, weka01:14000 or https://weka01:14000", a.text)
	}
	return a.normalised(u)
}

// normalised checks the parts of an address and writes them in one way, since
// origins and cached sessions are compared as text.
func (a givenAddress) normalised(u *url.URL) (*url.URL, error) {
	if u.Scheme != "https" && u.Scheme != "http" {
		return nil, a.invalid("has the scheme %.100q: write https, or http where that is allowed", u.Scheme)
	}
	host, ok := hostOf(u)
	if !ok {
		return nil, a.invalid("has no valid host name (%.100q): give a DNS name in ASCII or an IP address", u.Hostname())
	}
	if path := strings.TrimSuffix(u.Path, "/"); path != "" && path != basePath {
		return nil, a.invalid("has the path %.100q: give scheme, host and port only", u.Path)
	}
	port := u.Port()
	if port == "" && !strings.HasSuffix(u.Host, ":") {
		port = a.port
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return nil, a.invalid("has the port %.100q: a port is a number from 1 to 65535", port)
	}
	return &url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(host, strconv.FormatUint(number, 10)), Path: basePath}, nil
}

func (a givenAddress) invalid(format string, arguments ...any) error {
	return invalidOption(a.from+" "+format, arguments...)
}

// bracketed writes a bare IPv6 address as URLs want it.
func bracketed(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		return "[" + host + "]"
	}
	return host
}

var (
	dnsName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?$`)

	// almostIP is what some resolvers read as an IP address, and everybody in
	// another way.
	almostIP = regexp.MustCompile(`(^|\.)[0-9]+\.?$`)
)

// hostOf gives the host in lower case. An IPv6 zone is refused: it has a meaning
// on one machine only, and no certificate names one.
func hostOf(u *url.URL) (host string, ok bool) {
	host = strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), ip.Zone() == ""
	}
	return host, len(host) <= 253 && dnsName.MatchString(host) && !almostIP.MatchString(host)
}

// isLoopback tells an address that never leaves this machine.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost"
}

func invalidOption(format string, arguments ...any) error {
	return fmt.Errorf("weka.New: %w: "+format, append([]any{ErrInvalidArgument}, arguments...)...)
}
