package weka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Option configures a [Client]. The order of options does not matter. [New] reports those
// that contradict each other.
type Option func(*connect.Settings)

// WithPassword logs in as a local or LDAP user of the cluster, with the first call and
// whenever the session cannot be refreshed. A wrong password is sent once, or until two of
// several backends reject it: by default five failed logins lock the account for two
// minutes, and each further one extends the lock (operation getLockoutPolicy).
func WithPassword(user, password string) Option { return connect.WithPassword(user, password) }

// WithPasswordFunc is [WithPassword] with a password that ask returns when a login needs
// it, such as from a terminal or a secret manager. An error of ask fails the calls that
// wait for the login; a later call asks again. ask and the login have 30 seconds together.
// ask must not call the client.
func WithPasswordFunc(user string, ask func(context.Context) (string, error)) Option {
	return connect.WithPasswordFunc(user, ask)
}

// WithTenant logs in to another tenant (called organization before release 5.1) than
// Root, the default. A session belongs to one: use a client for each, or
// [Client.ForTenant].
func WithTenant(name string) Option {
	return func(s *connect.Settings) {
		connect.Set(s, &s.Organization, "WithTenant", connect.TrimNewline(name))
	}
}

// WithAccessToken uses a long-lived access token, as the cluster's command line or GUI
// generates it. It cannot be refreshed: when the cluster rejects it, calls fail with
// [ErrTokenRejected].
func WithAccessToken(accessToken string) Option { return connect.WithAccessToken(accessToken) }

// WithTokenFunc takes tokens from a function, such as a secret manager's client. The
// client calls it when it has no token, before the last one expires, and after the cluster
// rejected one. The function must not call the client.
func WithTokenFunc(next func(context.Context) (Token, error)) Option {
	return connect.WithTokenFunc(next)
}

// WithTokenFile uses the session in the token file of the vendor's command line,
// ~/.weka/auth-token.json if path is empty. The file names no cluster: it is used for the
// address that New is given. Refreshed tokens are written back under a lock, and other
// members of the file are kept, so that the command line stays logged in. With
// [WithPassword], a session that has ended is replaced by a login. The file has no room
// for a rejected password or a lockout: processes that share a password share a
// [WithTokenCache] instead.
//
// The file is read, and not written, if it belongs to another user, is on a read-only file
// system, or is in a volume of Kubernetes, where links are followed: refreshed tokens then
// serve this client only, and the session hook sees [SessionNotStored].
func WithTokenFile(path string) Option {
	return func(s *connect.Settings) { setTokenFile(s, "WithTokenFile", path, "") }
}

// WithTokenProfile is [WithTokenFile] for a profile of the vendor's command line,
// ~/.weka/auth-token-NAME.json. A name has 1 to 50 of A-Z, a-z, 0-9, _ and -.
func WithTokenProfile(name string) Option {
	return func(s *connect.Settings) {
		if !isProfileName(name) {
			s.Reject("WithTokenProfile: a profile's name has 1 to 50 of A-Z, a-z, 0-9, _ and -")
			return
		}
		setTokenFile(s, "WithTokenProfile", "", name)
	}
}

// WithTokenCache keeps the session in a folder that several processes may share: one of
// them logs in or refreshes, and the others use its tokens. A lockout holds for all of
// them, and a password that was rejected is not sent by any of them for 15 minutes. An
// entry belongs to an address, user and tenant. The folder has mode 0700, its files
// 0600; a folder that others can write to, or that belongs to another user, is
// [ErrUnsafeFile]. If the folder cannot be used for another reason, such as a full disk or
// a file system without locks, the client logs in for itself, and the session hook sees
// [SessionNotStored].
func WithTokenCache(dir string) Option { return connect.WithTokenCache(dir) }

// WithTokenStore keeps the session in a store for several machines: overlay/redisstore, or
// one of your own, such as in a Kubernetes secret or Vault. [TokenCodec] encodes what is kept
// there.
func WithTokenStore(store TokenStore) Option { return connect.WithTokenStore(store) }

// WithClusterName names the cluster in the token cache or store, so that clients with
// different addresses of one cluster share a session.
func WithClusterName(name string) Option {
	return func(s *connect.Settings) {
		connect.Set(s, &s.ClusterName, "WithClusterName", connect.TrimNewline(name))
	}
}

// WithSessionHook calls hook when the session is renewed, fails to be renewed, is adopted
// from another process, or ends. hook must be quick and must not call the client.
func WithSessionHook(hook func(SessionEvent)) Option { return connect.WithSessionHook(hook) }

// WithCAFile trusts the certificate authorities in a PEM file, and those of the system. A
// cluster's own certificate is self-signed: put it into the file. An empty path counts as no
// option.
func WithCAFile(path string) Option { return connect.WithCAFile(path) }

// WithServerName checks the certificate of the cluster for this DNS name instead of the host
// of its address, for addresses such as 10.0.0.1. It applies to every address, and to a
// proxy with https.
func WithServerName(name string) Option { return connect.WithServerName(name) }

// WithPinnedCertificate trusts certificates by their SHA-256 fingerprints and by nothing
// else: authority, host name and dates are not checked. A fingerprint has 64 hexadecimal
// digits, with or without colons, as openssl x509 -noout -fingerprint -sha256 prints it.
// Pass one for each backend that has a certificate of its own, and that of a new
// certificate before you install it.
func WithPinnedCertificate(fingerprints ...string) Option {
	return connect.WithPinnedCertificate(fingerprints...)
}

// WithInsecureSkipVerify accepts any certificate. For testing only: a machine between
// client and cluster can then read the password and every token.
func WithInsecureSkipVerify() Option { return connect.WithInsecureSkipVerify() }

// AllowPlainHTTP permits addresses with http. Without it only loopback addresses may have
// it, since http shows passwords and tokens to the network.
func AllowPlainHTTP() Option { return connect.AllowPlainHTTP() }

// WithProxy sends through the proxy at an address such as http://proxy:3128, https:// or
// socks5://, which may have a user and password. An empty address means no proxy. Without
// the option the environment decides: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
func WithProxy(address string) Option { return connect.WithProxy(address) }

// WithTransport sends through base, such as a proxy's or a simulator's transport. It
// contradicts the options for TLS and proxies, since base has its own. base must not
// follow redirects, which would send tokens to another host; an http.Transport does not.
func WithTransport(base http.RoundTripper) Option { return connect.WithTransport(base) }

// WithHTTPClient is [WithTransport] with the Transport of an http.Client,
// http.DefaultTransport if that is nil. CheckRedirect and Jar are not used: the client
// follows no redirects and keeps no cookies. A client with a Timeout is rejected, since
// that would limit all attempts of a call together: use [WithAttemptTimeout], or a
// context with a deadline.
func WithHTTPClient(client *http.Client) Option { return connect.WithHTTPClient(client) }

// WithDiscovery asks the cluster for its backends (GET /containers; GET /hosts before
// release 4.2) and uses them in addition to the addresses that New is given. It asks in
// the background, after the first call and then every five minutes while there are calls.
// A backend is used once it has answered GET /healthcheck, so one that cannot be reached
// costs nothing. If the cluster does not answer, the client keeps the backends it has. A
// client uses at most 256 backends, with the given addresses, and ignores further ones.
//
// The cluster names its backends by IP address, which certificates seldom do. Over TLS,
// their certificates must therefore be valid for the host name of the first address that
// New is given, or for that of [WithServerName], as they are where all backends share a
// certificate. Otherwise use [WithPinnedCertificate], or pass the backends to New. A
// transport of your own checks certificates in its own way. Over http only loopback is used,
// unless [AllowPlainHTTP] is given.
func WithDiscovery() Option {
	return func(s *connect.Settings) { connect.Set(s, &s.Discovery, "WithDiscovery", true) }
}

// RetryPolicy says how often and how fast a failed call is sent again: see
// [transport.RetryPolicy] and [WithRetryPolicy].
type RetryPolicy = transport.RetryPolicy

// WithRetryPolicy changes how failed calls are sent again. By default a call is sent at
// most four times, with random pauses that grow from 200 ms to 8 s.
// RetryPolicy{Attempts: 1} never sends again.
//
// The class of the operation decides what is sent again. Reads, and PUT and DELETE that
// may be repeated, are sent again after a network failure and after 429, 502, 503 and 504.
// Everything else is sent again only if the cluster cannot have acted: it could not be
// reached, returned 429, or rejected the call because of too many background tasks. A 500
// is final. A repeated DELETE that finds nothing is a success, with Response.Replayed.
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
// refreshes are. It protects against mistakes; a role without the right to write protects
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

// EndpointChange is a backend that is set aside or returns, as hooks see it.
type EndpointChange = transport.EndpointChange

// UnfitMembers are the members of a response that do not fit their Go types, as hooks see
// them.
type UnfitMembers = transport.UnfitMembers

// WithHooks calls functions before and after each attempt, before each retry, when a
// backend is set aside or returns, and for members of responses that do not fit. Logins and refreshes are attempts too. Hooks are for
// metrics and traces: they get the operation, the path template, the backend, numbers,
// status, duration and error class, but never a header, a body or a query.
func WithHooks(hooks Hooks) Option { return connect.WithHooks(hooks) }

// WithLogger logs each attempt at debug level, retries at info, backends that are set
// aside at warn and their return at info, members of responses that do not fit at warn, once
// a place, and changes of the session. The messages are "attempt", "retry", "endpoint",
// "unfit" and "session"; overlay/transport lists their attributes at Log and LogSession. Headers, bodies and queries are never logged.
func WithLogger(logger *slog.Logger) Option { return connect.WithLogger(logger) }

// WithDump writes every attempt, logins included, with its response, for debugging. It
// leaves out the values of queries, all but a few headers, JSON members with the name of a
// secret, bodies that are not JSON, and what exceeds 64 KiB of a body. Everything else is
// shown, such as user names and paths. It costs time and memory: for logs use
// [WithLogger].
func WithDump(to io.Writer) Option { return connect.WithDump(to) }

// FromEnv takes from the environment what no other option sets, with the variables of the
// vendor's command line. An address that is passed to New wins too.
//
//	WEKA_HOST, WEKA_PORT          one address, or several with commas between; the
//	                              port is for those without one
//	WEKA_USERNAME, WEKA_PASSWORD  as WithPassword; both or none
//	WEKA_ORG                      as WithTenant, for a login with a password
//	WEKA_TOKEN                    the path of a token file, as WithTokenFile; it is
//	                              not a token
//	WEKA_CA_FILE                  as WithCAFile, unless an option says what is trusted;
//	                              not a variable of the command line
//
// Without a user and without WEKA_TOKEN it uses ~/.weka/auth-token.json if that exists.
// Unlike the command line it has no default password.
func FromEnv() Option { return connect.FromEnv() }

// product is what overlay/internal/connect needs to know about WEKA.
var product = connect.Product{
	Caller:      "weka.New",
	Port:        "14000", // of every backend
	BasePath:    "/api/v2",
	Examples:    "weka01, weka01:14000 or https://weka01:14000",
	FromEnv:     "FromEnv() and WEKA_HOST",
	CAFile:      "WEKA_CA_FILE",
	Classify:    classify,
	Environment: addressFromEnv,
	Fill:        fillFromEnv,
}

func addressFromEnv() connect.AddressInput {
	return connect.AddressInput{Text: os.Getenv("WEKA_HOST"), Port: os.Getenv("WEKA_PORT"), Source: " in WEKA_HOST and WEKA_PORT"}
}

func fillFromEnv(s *connect.Settings) error {
	if s.HasToken() || s.TokenFile != "" {
		return nil
	}
	if s.Login.Password == nil {
		user, password := connect.TrimNewline(os.Getenv("WEKA_USERNAME")), os.Getenv("WEKA_PASSWORD")
		switch {
		case (user == "") != (password == ""):
			return errors.New("one of WEKA_USERNAME and WEKA_PASSWORD is empty: set both or none")
		case user != "":
			s.Login = connect.NewLogin(user, password)
		}
	}
	if s.Login.Password != nil && s.Organization == "" {
		s.Organization = connect.TrimNewline(os.Getenv("WEKA_ORG"))
	}
	if s.Login.Password != nil || s.KeepsSession() {
		return nil
	}
	if path := os.Getenv("WEKA_TOKEN"); path != "" {
		file, err := filepath.Abs(path)
		if err != nil || !isFile(file) { // not shown, since it may be a token by mistake
			return errors.New("WEKA_TOKEN must be the path of a token file, and no file is there")
		}
		s.TokenFile = file
		return nil
	}
	if path, err := profilePath(""); err == nil && isFile(path) {
		s.TokenFile = path
		return nil
	}
	return fmt.Errorf("%w: set WEKA_USERNAME and WEKA_PASSWORD, or WEKA_TOKEN to the path of a token file", token.ErrNoCredentials)
}

func isFile(path string) bool {
	info, err := os.Stat(path) //nolint:gosec // the caller names the file
	return err == nil && !info.IsDir()
}

// CallOption changes one call. Every method takes any number of them.
type CallOption = api.CallOption

// Response is what [WithResponse] reports about a call.
type Response = call.Response

// Unfit is a member of a response that does not fit its Go type: see Response.Unfit.
type Unfit = call.Unfit

// WithResponse fills r when the call ends, with or without an error: status, headers,
// endpoint, number of attempts, members that do not fit.
func WithResponse(r *Response) CallOption { return call.WithResponse(r) }

// WithRawBody copies the body of the response to body. It can hold secrets.
func WithRawBody(body *[]byte) CallOption { return call.WithRawBody(body) }

// WithHeader sets a header of the request.
func WithHeader(key, value string) CallOption { return call.WithHeader(key, value) }

// WithQuery adds a query parameter that the method does not have, such as one of a newer
// release.
func WithQuery(key, value string) CallOption { return call.WithQuery(key, value) }

// WithBasicAuth authenticates the call with a user and a password instead of the session's
// token. The eight operations whose Auth is "basic" need it, with an LDAP user.
func WithBasicAuth(user, password string) CallOption { return call.WithBasicAuth(user, password) }
