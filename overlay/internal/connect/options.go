package connect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Option sets a field of the settings. It is an alias, so that each front door's option
// type takes it without a conversion.
type Option = func(*Settings)

// Settings is what the options of a client say. An option stores its value with [Set],
// and what is wrong with it with Reject; [Product.CheckOptions] reports both.
type Settings struct {
	caFile         string
	serverName     string // in the server's certificate; "" is the host of the address
	pins           [][sha256.Size]byte
	insecure       bool
	allowPlainHTTP bool
	proxy          func(*http.Request) (*url.URL, error) // nil: the environment's
	base           http.RoundTripper                     // nil: a transport of our own
	fromEnv        bool

	sending

	Login       Login
	accessToken api.Secret
	tokenFunc   token.LoginFunc
	Store       token.Store // nil: the session is kept in the client alone
	sessionHook func(token.Event)

	// Fields whose options only one front door has.
	ClientKey    api.Secret
	TokenFile    string // the path of a file that keeps the session; "" for none
	Organization string
	ClusterName  string
	Discovery    bool

	set      []setField
	rejected []string
}

// sending is how calls are sent and observed. It holds what an option made instead of its
// argument: a program without the option is then linked without the code, log/slog for
// one.
type sending struct {
	policy         transport.RetryPolicy
	attemptTimeout time.Duration
	readOnly       bool
	strict         bool // about the members of responses
	hooks          transport.Hooks
	logging        *logging                                  // nil: there is no logger
	dump           func(http.RoundTripper) http.RoundTripper // nil: nothing is dumped
}

type logging struct {
	calls   transport.Hooks
	session func(token.Event)
}

// Login is a user and what returns the password, which may ask a person for it and never
// returns an empty one without an error. Password is nil where there is none.
type Login struct {
	User     string
	Password func(context.Context) (string, error)
}

var errEmptyPassword = errors.New("the password function returned an empty password, which is not sent: it would count as a failed login")

// NewLogin is the login of a user with a password that is known.
func NewLogin(user, password string) Login {
	return Login{user, func(context.Context) (string, error) { return password, nil }}
}

// TrimNewline removes line breaks at the end of a name, as one read from a file has.
func TrimNewline(name string) string { return strings.TrimRight(name, "\r\n") }

// setField is a field that an option has set, by its address.
type setField struct {
	field  any
	option string
}

// Set stores the value of an option in its field of s.
func Set[T any](s *Settings, field *T, option string, value T) {
	*field = value
	s.set = append(s.set, setField{field, option})
}

// Reject records what is wrong with the value of an option.
func (s *Settings) Reject(format string, arguments ...any) {
	s.rejected = append(s.rejected, fmt.Sprintf(format, arguments...))
}

// require rejects the value of an option unless ok.
func (s *Settings) require(ok bool, format string, arguments ...any) {
	if !ok {
		s.Reject(format, arguments...)
	}
}

// setBy returns the first option that set one of the fields, but for one; "" if none did.
func (s *Settings) setBy(but string, fields ...any) string {
	for _, each := range s.set {
		if each.option != but && slices.Contains(fields, each.field) {
			return each.option
		}
	}
	return ""
}

// HasToken reports whether an option passed a token, a key or a function for tokens.
func (s *Settings) HasToken() bool {
	return s.setBy("", &s.accessToken, &s.tokenFunc, &s.ClientKey) != ""
}

// KeepsSession reports whether the session is kept anywhere but in the client.
func (s *Settings) KeepsSession() bool { return s.Store != nil || s.TokenFile != "" }

// HasCredentials reports whether a client can get tokens.
func (s *Settings) HasCredentials() bool {
	return s.Login.Password != nil || s.HasToken() || s.KeepsSession()
}

// NotOfSession returns the first option that is not about a session, "" if there is none.
func (s *Settings) NotOfSession() string {
	session := []any{&s.Login, &s.accessToken, &s.tokenFunc, &s.Store, &s.TokenFile, &s.ClusterName, &s.sessionHook}
	for _, each := range s.set {
		if !slices.Contains(session, each.field) {
			return each.option
		}
	}
	return ""
}

// Inherit copies from another client how calls are sent and observed.
func (s *Settings) Inherit(from *Settings) {
	s.sending, s.allowPlainHTTP = from.sending, from.allowPlainHTTP
}

// conflict says that no option for one field goes with another option for others.
type conflict struct {
	one    any
	others []any
	advice string
}

func (s *Settings) conflicts() []conflict {
	kept := []any{&s.Store, &s.TokenFile}
	return []conflict{
		{&s.base, []any{&s.base, &s.caFile, &s.serverName, &s.pins, &s.insecure, &s.proxy}, "a transport has its own TLS and proxy settings"},
		{&s.insecure, []any{&s.caFile, &s.serverName, &s.pins}, "either the certificate is checked or it is not"},
		{&s.pins, []any{&s.caFile, &s.serverName}, "a pinned certificate is trusted without its authority and its name"},
		{&s.Login, []any{&s.Login}, "pass one password"},
		{&s.Store, kept, "the session is kept in one place"},
		{&s.TokenFile, kept, "the session is kept in one place"},
		{
			&s.ClientKey, append(kept, &s.accessToken, &s.tokenFunc, &s.Login),
			"a client key is sent with every call, and there is no session beside it: make two clients",
		},
		{
			&s.accessToken, append(kept, &s.tokenFunc, &s.Login, &s.Organization),
			"the token is used as it is, and never renewed or kept",
		},
		{
			// The user of these tokens is unknown: from a cache they could reach the
			// client of another.
			&s.tokenFunc, append(kept, &s.Login, &s.Organization),
			"the function is responsible for the tokens, and for keeping them",
		},
	}
}

// CheckOptions reports what is wrong with the options alone: a bad value, an option that
// is given twice, two that contradict each other.
func (p *Product) CheckOptions(s *Settings) error {
	if len(s.rejected) > 0 {
		return p.Invalid("%s", s.rejected[0])
	}
	switches := []any{&s.insecure, &s.allowPlainHTTP, &s.fromEnv, &s.readOnly, &s.strict}
	for i, each := range s.set {
		if slices.Contains(s.set[:i], each) && !slices.Contains(switches, each.field) {
			return p.Invalid("%s is given twice: leave one out", each.option)
		}
	}
	for _, c := range s.conflicts() {
		one := s.setBy("", c.one)
		if other := s.setBy(one, c.others...); one != "" && other != "" {
			return p.Invalid("%s and %s contradict each other: %s", one, other, c.advice)
		}
	}
	return nil
}

// Apply returns the settings that the options make, checked. A nil option counts as none.
func Apply[O ~func(*Settings)](p *Product, options []O) (*Settings, error) {
	s := &Settings{}
	for _, option := range options {
		if option != nil {
			option(s)
		}
	}
	return s, p.CheckOptions(s)
}

// FromEnv takes the address and the credentials that are not given from the environment,
// as Product says.
func FromEnv() Option { return func(s *Settings) { Set(s, &s.fromEnv, "FromEnv", true) } }

// WithCAFile trusts the authorities of a PEM file, and those of the system. An empty path
// counts as no option, since programs pass what a variable holds.
func WithCAFile(path string) Option {
	return func(s *Settings) {
		if path != "" {
			Set(s, &s.caFile, "WithCAFile", path)
		}
	}
}

// caFromEnv takes the CA file from an environment variable, unless an option decides
// which certificates are trusted.
func (s *Settings) caFromEnv(variable string) {
	path := os.Getenv(variable)
	if path != "" && s.setBy("", &s.base, &s.caFile, &s.pins, &s.insecure) == "" {
		Set(s, &s.caFile, variable, path)
	}
}

// WithServerName checks certificates for a name instead of the host of the address.
func WithServerName(name string) Option {
	return func(s *Settings) {
		s.require(isDNSName(strings.ToLower(name)), "WithServerName: %.100q is not a DNS name: pass one that the server's certificate has", name)
		Set(s, &s.serverName, "WithServerName", name)
	}
}

// WithPinnedCertificate trusts the certificates with these SHA-256 fingerprints, in
// hexadecimal digits with or without colons, and no others.
func WithPinnedCertificate(fingerprints ...string) Option {
	return func(s *Settings) {
		s.require(len(fingerprints) > 0, "WithPinnedCertificate has no fingerprint: pass at least one")
		var pins [][sha256.Size]byte
		for _, text := range fingerprints {
			raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
			if err != nil || len(raw) != sha256.Size {
				s.Reject("WithPinnedCertificate: %.100q is not a SHA-256 fingerprint: pass 64 hexadecimal digits, as openssl x509 -noout -fingerprint -sha256 prints them", text)
				continue
			}
			pins = append(pins, [sha256.Size]byte(raw))
		}
		Set(s, &s.pins, "WithPinnedCertificate", pins)
	}
}

// WithInsecureSkipVerify trusts any certificate.
func WithInsecureSkipVerify() Option {
	return func(s *Settings) { Set(s, &s.insecure, "WithInsecureSkipVerify", true) }
}

// AllowPlainHTTP permits http to other machines.
func AllowPlainHTTP() Option {
	return func(s *Settings) { Set(s, &s.allowPlainHTTP, "AllowPlainHTTP", true) }
}

// proxySchemes are those that http.Transport supports.
var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

// WithProxy sends through a proxy instead of the environment's, or through none if the
// address is empty. The address may hold a password, so no error shows it.
func WithProxy(address string) Option {
	return func(s *Settings) {
		proxy := func(*http.Request) (*url.URL, error) { return nil, nil } //nolint:nilnil // no proxy
		if address != "" {
			u, err := url.Parse(address)
			if err != nil || u.Hostname() == "" || !slices.Contains(proxySchemes, u.Scheme) {
				s.Reject("WithProxy: the address is not that of a proxy: write it as http://proxy:3128, https:// or socks5://, or leave it empty for no proxy")
			}
			proxy = http.ProxyURL(u)
		}
		Set(s, &s.proxy, "WithProxy", proxy)
	}
}

// WithTransport sends through base instead of a transport of our own.
func WithTransport(base http.RoundTripper) Option {
	return func(s *Settings) {
		s.require(base != nil, "WithTransport is given nil: leave it out, or pass a transport")
		Set(s, &s.base, "WithTransport", base)
	}
}

// WithHTTPClient sends through the Transport of an http.Client, http.DefaultTransport if
// that is nil. Nothing else of the client is used. Its Timeout would limit all attempts of
// a call together, so it must be 0.
func WithHTTPClient(client *http.Client) Option {
	return func(s *Settings) {
		base := http.DefaultTransport
		switch {
		case client == nil:
			s.Reject("WithHTTPClient is given nil: leave it out, or pass a client")
		case client.Timeout != 0:
			s.Reject("WithHTTPClient: the client's Timeout would limit all attempts of a call together: leave it 0, and use WithAttemptTimeout or a context with a deadline")
		case client.Transport != nil:
			base = client.Transport
		}
		Set(s, &s.base, "WithHTTPClient", base)
	}
}

// WithRetryPolicy changes how failed calls are sent again.
func WithRetryPolicy(policy transport.RetryPolicy) Option {
	return func(s *Settings) {
		s.require(policy.Attempts >= 0 && policy.FirstPause >= 0 && policy.LongestPause >= 0 && policy.Patience >= 0, "WithRetryPolicy: a number is negative: 0 stands for the default")
		Set(s, &s.policy, "WithRetryPolicy", policy)
	}
}

// WithAttemptTimeout changes how long one attempt may make no progress.
func WithAttemptTimeout(idle time.Duration) Option {
	return func(s *Settings) {
		s.require(idle > 0, "WithAttemptTimeout: pass a time above 0")
		Set(s, &s.attemptTimeout, "WithAttemptTimeout", idle)
	}
}

// WithReadOnly rejects calls that may change something.
func WithReadOnly() Option { return func(s *Settings) { Set(s, &s.readOnly, "WithReadOnly", true) } }

// WithStrictResponses makes an error of a member that does not fit its Go type.
func WithStrictResponses() Option {
	return func(s *Settings) { Set(s, &s.strict, "WithStrictResponses", true) }
}

// WithHooks calls functions before and after each attempt.
func WithHooks(hooks transport.Hooks) Option {
	return func(s *Settings) { Set(s, &s.hooks, "WithHooks", hooks) }
}

// WithLogger logs attempts, retries, endpoints and the session.
func WithLogger(logger *slog.Logger) Option {
	return func(s *Settings) {
		s.require(logger != nil, "WithLogger is given nil: leave it out, or pass a logger")
		Set(s, &s.logging, "WithLogger", &logging{transport.Log(logger), transport.LogSession(logger)})
	}
}

// WithDump writes requests and responses, without their secrets.
func WithDump(to io.Writer) Option {
	return func(s *Settings) {
		s.require(to != nil, "WithDump is given nil: leave it out, or pass a writer")
		Set(s, &s.dump, "WithDump", transport.NewDump(to).Over)
	}
}

// WithPassword logs in with a user and a password.
func WithPassword(user, password string) Option {
	return func(s *Settings) {
		s.require(password != "", "WithPassword: the password is empty, and sending it would count as a failed login")
		s.setLogin("WithPassword", NewLogin(user, password))
	}
}

// WithPasswordFunc logs in with a user and the password that ask returns.
func WithPasswordFunc(user string, ask func(context.Context) (string, error)) Option {
	return func(s *Settings) {
		s.require(ask != nil, "WithPasswordFunc has no function: pass one")
		s.setLogin("WithPasswordFunc", Login{user, func(ctx context.Context) (string, error) {
			password, err := ask(ctx)
			if err == nil && password == "" {
				err = errEmptyPassword
			}
			return password, err
		}})
	}
}

func (s *Settings) setLogin(option string, login Login) {
	login.User = TrimNewline(login.User)
	s.require(login.User != "", "%s: the user name is empty", option)
	Set(s, &s.Login, option, login)
}

// WithAccessToken uses one token, which is never renewed.
func WithAccessToken(accessToken string) Option {
	return func(s *Settings) { Set(s, &s.accessToken, "WithAccessToken", api.NewSecret(accessToken)) }
}

// WithTokenFunc takes tokens from a function.
func WithTokenFunc(next func(context.Context) (token.Token, error)) Option {
	return func(s *Settings) {
		s.require(next != nil, "WithTokenFunc has no function: pass one")
		Set(s, &s.tokenFunc, "WithTokenFunc", token.LoginFunc(next))
	}
}

// WithTokenCache keeps the session in a folder.
func WithTokenCache(dir string) Option {
	return func(s *Settings) {
		absolute, err := filepath.Abs(dir) // a relative one would move with the program's folder
		s.require(dir != "" && err == nil, "WithTokenCache: pass the path of a folder")
		Set(s, &s.Store, "WithTokenCache", token.Store(token.NewCache(absolute)))
	}
}

// WithTokenStore keeps the session in a store of the caller's.
func WithTokenStore(store token.Store) Option {
	return func(s *Settings) {
		s.require(store != nil, "WithTokenStore has no store: pass one")
		Set(s, &s.Store, "WithTokenStore", store)
	}
}

// WithSessionHook calls a function when the session changes.
func WithSessionHook(hook func(token.Event)) Option {
	return func(s *Settings) { Set(s, &s.sessionHook, "WithSessionHook", hook) }
}
