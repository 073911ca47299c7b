package ngenea

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Option configures a [Client]. The order of options does not matter. [New] reports those
// that contradict each other.
type Option func(*connect.Settings)

// WithPassword logs in as a user of the Hub, with the first call and whenever the session
// cannot be refreshed: a refresh token lives a day. A wrong password is sent once.
func WithPassword(user, password string) Option { return connect.WithPassword(user, password) }

// WithPasswordFunc is [WithPassword] with a password that ask returns when a login needs
// it, such as from a terminal or a secret manager. An error of ask fails the calls that
// wait for the login; a later call asks again. ask and the login have 30 seconds together.
// ask must not call the client.
func WithPasswordFunc(user string, ask func(context.Context) (string, error)) Option {
	return connect.WithPasswordFunc(user, ask)
}

// WithClientKey sends a client key with every call ("Authorization: Api-Key …"). A key is
// valid until it is revoked, so there is no login and no expiry: automation should use
// it. [Client.CreateClientKey] makes one. Operations that the Hub allows to logged-in
// users only are [ErrJWTOnly] and not sent; a key that the Hub rejects is
// [ErrClientKeyRejected].
func WithClientKey(key string) Option {
	return func(s *connect.Settings) {
		if key == "" {
			s.Reject("WithClientKey: the key is empty: pass the text that CreateClientKey returned")
		}
		connect.Set(s, &s.ClientKey, "WithClientKey", NewSecret(key))
	}
}

// WithAccessToken uses an access token (a JWT) from elsewhere. It lives an hour and cannot
// be refreshed: when the Hub rejects it, calls fail with [ErrTokenRejected].
func WithAccessToken(accessToken string) Option { return connect.WithAccessToken(accessToken) }

// WithTokenFunc takes tokens from a function, such as a secret manager's client. The
// client calls it when it has no token, before the last one expires, and after the Hub
// rejected one. The function must not call the client.
func WithTokenFunc(next func(context.Context) (Token, error)) Option {
	return connect.WithTokenFunc(next)
}

// WithTokenCache keeps the session in a folder that several processes may share: one of
// them logs in or refreshes, and the others use its tokens. A password that was rejected
// is not sent by any of them for 15 minutes. An entry belongs to an address and user. The
// folder has mode 0700, its files 0600; a folder that others can write to, or that belongs
// to another user, is [ErrUnsafeFile]. If the folder cannot be used for another reason,
// such as a full disk or a file system without locks, the client logs in for itself, and
// the session hook sees [SessionNotStored].
func WithTokenCache(dir string) Option { return connect.WithTokenCache(dir) }

// WithTokenStore keeps the session in a store for several machines: overlay/redisstore, or
// one of your own, such as in a Kubernetes secret or Vault. [TokenCodec] encodes what is kept
// there.
func WithTokenStore(store TokenStore) Option { return connect.WithTokenStore(store) }

// WithSessionHook calls hook when the session is renewed, fails to be renewed, is adopted
// from another process, or ends. hook must be quick and must not call the client.
func WithSessionHook(hook func(SessionEvent)) Option { return connect.WithSessionHook(hook) }

// WithCAFile trusts the certificate authorities in a PEM file, such as the one that signed
// the Hub's certificate, and those of the system. An empty path counts as no option.
func WithCAFile(path string) Option { return connect.WithCAFile(path) }

// WithServerName checks the certificate of the Hub for this DNS name instead of the host
// of its address, for addresses such as 10.0.0.1. It applies to every address, and to a
// proxy with https.
func WithServerName(name string) Option { return connect.WithServerName(name) }

// WithPinnedCertificate trusts certificates by their SHA-256 fingerprints and by nothing
// else: authority, host name and dates are not checked. A fingerprint has 64 hexadecimal
// digits, with or without colons, as openssl x509 -noout -fingerprint -sha256 prints it.
// Pass that of a new certificate before you install it.
func WithPinnedCertificate(fingerprints ...string) Option {
	return connect.WithPinnedCertificate(fingerprints...)
}

// WithInsecureSkipVerify accepts any certificate. For testing only: a machine between
// client and Hub can then read the password, the key and every token.
func WithInsecureSkipVerify() Option { return connect.WithInsecureSkipVerify() }

// AllowPlainHTTP permits addresses with http, as the Hub's own examples on port 8000 have.
// Without it only loopback addresses may have it, since http shows passwords, keys and
// tokens to the network.
func AllowPlainHTTP() Option { return connect.AllowPlainHTTP() }

// WithProxy sends through the proxy at an address such as http://proxy:3128, https:// or
// socks5://, which may have a user and password. An empty address means no proxy. Without
// the option the environment decides: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
func WithProxy(address string) Option { return connect.WithProxy(address) }

// WithTransport sends through base, such as a proxy's or a simulator's transport. It
// contradicts the options for TLS and proxies, since base has its own. base must not
// follow redirects, which would send tokens to another host and make a GET of a POST
// without its slash; an http.Transport does not.
func WithTransport(base http.RoundTripper) Option { return connect.WithTransport(base) }

// WithHTTPClient is [WithTransport] with the Transport of an http.Client,
// http.DefaultTransport if that is nil. CheckRedirect and Jar are not used: the client
// follows no redirects and keeps no cookies. A client with a Timeout is rejected, since
// that would limit all attempts of a call together: use [WithAttemptTimeout], or a
// context with a deadline.
func WithHTTPClient(client *http.Client) Option { return connect.WithHTTPClient(client) }

// RetryPolicy says how often and how fast a failed call is sent again: see
// [transport.RetryPolicy] and [WithRetryPolicy].
type RetryPolicy = transport.RetryPolicy

// WithRetryPolicy changes how failed calls are sent again. By default a call is sent at
// most four times, with random pauses that grow from 200 ms to 8 s.
// RetryPolicy{Attempts: 1} never sends again.
//
// The class of the operation decides what is sent again. Reads, and what changes nothing
// more when it is repeated, are sent again after a network failure and after 429, 502, 503
// and 504. Everything else, above all a submitted workflow, is sent again only if the Hub
// cannot have acted: it could not be reached, or returned 429. A 500 is final. A repeated
// DELETE that finds nothing is a success, with Response.Replayed.
//
// A client whose calls all fail stops repeating them, until calls succeed again.
func WithRetryPolicy(policy RetryPolicy) Option { return connect.WithRetryPolicy(policy) }

// WithAttemptTimeout limits how long one attempt may make no progress, from its start to
// the headers of the response and between two parts of the body. The default is a minute.
// A long response that keeps coming is not cut off. To limit a call as a whole, give its
// context a deadline.
func WithAttemptTimeout(idle time.Duration) Option { return connect.WithAttemptTimeout(idle) }

// WithReadOnly makes a client that changes nothing: every operation that is not of class
// safe, and every Do other than GET and HEAD, is [ErrReadOnly] and not sent. Logins and
// refreshes are. It protects against mistakes; a group without the right to write protects
// against more.
func WithReadOnly() Option { return connect.WithReadOnly() }

// WithStrictResponses makes a call fail with [ErrMalformedResponse] if a member of its
// response does not fit its Go type. By default the member is left at its zero value and
// reported: see [Response], [Hooks] and [WithLogger]. It is meant for tests.
func WithStrictResponses() Option { return connect.WithStrictResponses() }

// Hooks are functions that observe attempts: see [WithHooks].
type Hooks = transport.Hooks

// Attempt is one attempt, as hooks see it.
type Attempt = transport.Attempt

// Retrying is the decision to send a call again, as hooks see it.
type Retrying = transport.Retrying

// UnfitMembers are the members of a response that do not fit their Go types, as hooks see
// them.
type UnfitMembers = transport.UnfitMembers

// WithHooks calls functions before and after each attempt, before each retry, and for
// members of responses that do not fit. Logins
// and refreshes are attempts too. Hooks are for metrics and traces: they get the
// operation, the path template, the address, numbers, status, duration and error class,
// but never a header, a body or a query.
func WithHooks(hooks Hooks) Option { return connect.WithHooks(hooks) }

// WithLogger logs each attempt at debug level, retries at info, members of responses that do
// not fit at warn, once a place, and changes of the session. The messages are "attempt",
// "retry", "unfit" and "session"; overlay/transport lists their attributes at Log and
// LogSession. Headers, bodies and queries are never logged.
func WithLogger(logger *slog.Logger) Option { return connect.WithLogger(logger) }

// WithDump writes every attempt, logins included, with its response, for debugging. It
// leaves out the values of queries, all but a few headers, JSON members with the name of a
// secret, bodies that are not JSON, and what exceeds 64 KiB of a body. Everything else is
// shown, such as user names and paths. It costs time and memory: for logs use
// [WithLogger].
func WithDump(to io.Writer) Option { return connect.WithDump(to) }

// FromEnv takes from the environment what no other option sets. An address that is passed
// to New wins too.
//
//	NGENEA_URL                        the address
//	NGENEA_CLIENT_KEY                 as WithClientKey
//	NGENEA_USERNAME, NGENEA_PASSWORD  as WithPassword; both or none
//	NGENEA_CA_FILE                    as WithCAFile, unless an option says what is trusted
//
// If both a key and a password are set, it uses the key, which is made for programs. A
// client that keeps its session ([WithTokenCache], [WithTokenStore]) uses the password.
func FromEnv() Option { return connect.FromEnv() }

// product is what overlay/internal/connect needs to know about the Hub.
var product = connect.Product{
	Caller:      "ngenea.New",
	BasePath:    "/api",
	Prefixed:    true,
	Examples:    "hub.example.com, hub.example.com:8000 or https://hub.example.com",
	FromEnv:     "FromEnv() and NGENEA_URL",
	CAFile:      "NGENEA_CA_FILE",
	OneAddress:  true,
	Classify:    classify,
	Environment: addressFromEnv,
	Fill:        fillFromEnv,
}

func addressFromEnv() connect.AddressInput {
	return connect.AddressInput{Text: os.Getenv("NGENEA_URL"), Source: " in NGENEA_URL"}
}

func fillFromEnv(s *connect.Settings) error {
	if s.HasToken() || s.Login.Password != nil {
		return nil
	}
	key, user, password := os.Getenv("NGENEA_CLIENT_KEY"), connect.TrimNewline(os.Getenv("NGENEA_USERNAME")), os.Getenv("NGENEA_PASSWORD")
	switch {
	case (user == "") != (password == ""):
		return errors.New("one of NGENEA_USERNAME and NGENEA_PASSWORD is empty: set both or none")
	case user != "" && (key == "" || s.KeepsSession()):
		s.Login = connect.NewLogin(user, password)
	case key != "":
		s.ClientKey = NewSecret(key)
	case !s.KeepsSession():
		return fmt.Errorf("%w: set NGENEA_CLIENT_KEY, or NGENEA_USERNAME and NGENEA_PASSWORD", ErrNoCredentials)
	}
	return nil
}

// CallOption changes one call. Every method takes any number of them.
type CallOption = api.CallOption

// Response is what [WithResponse] reports about a call.
type Response = call.Response

// Unfit is a member of a response that does not fit its Go type: see Response.Unfit.
type Unfit = call.Unfit

// WithResponse fills r when the call ends, with or without an error: status, headers,
// number of attempts, members that do not fit.
func WithResponse(r *Response) CallOption { return call.WithResponse(r) }

// WithRawBody copies the body of the response to body. It can hold secrets.
func WithRawBody(body *[]byte) CallOption { return call.WithRawBody(body) }

// WithHeader sets a header of the request. An Authorization header replaces the client's
// own credentials.
func WithHeader(key, value string) CallOption { return call.WithHeader(key, value) }

// WithQuery adds a query parameter that the method does not have. Most filters of the
// Hub's lists are not documented.
func WithQuery(key, value string) CallOption { return call.WithQuery(key, value) }
