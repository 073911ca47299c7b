package weka_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// everyOption returns all options, each with a good argument.
func everyOption(t *testing.T) map[string]weka.Option {
	t.Setenv("HOME", t.TempDir())
	ask := func(context.Context) (string, error) { return "p", nil }
	yield := func(context.Context) (weka.Token, error) { return weka.Token{}, nil }
	return map[string]weka.Option{
		"WithPassword":           weka.WithPassword("u", "p"),
		"WithPasswordFunc":       weka.WithPasswordFunc("u", ask),
		"WithTenant":             weka.WithTenant("o"),
		"WithAccessToken":        weka.WithAccessToken("t"),
		"WithTokenFunc":          weka.WithTokenFunc(yield),
		"WithTokenFile":          weka.WithTokenFile(""),
		"WithTokenProfile":       weka.WithTokenProfile("lab"),
		"WithTokenCache":         weka.WithTokenCache(t.TempDir()),
		"WithTokenStore":         weka.WithTokenStore(token.NewMemoryStore()),
		"WithClusterName":        weka.WithClusterName("c"),
		"WithSessionHook":        weka.WithSessionHook(func(weka.SessionEvent) {}),
		"WithTransport":          weka.WithTransport(http.DefaultTransport),
		"WithHTTPClient":         weka.WithHTTPClient(&http.Client{}),
		"WithPinnedCertificate":  weka.WithPinnedCertificate(strings.Repeat("a1", 32)),
		"WithProxy":              weka.WithProxy("http://proxy:3128"),
		"WithDiscovery":          weka.WithDiscovery(),
		"WithCAFile":             weka.WithCAFile(t.TempDir() + "/none"),
		"WithServerName":         weka.WithServerName("weka.example.com"),
		"WithInsecureSkipVerify": weka.WithInsecureSkipVerify(),
		"AllowPlainHTTP":         weka.AllowPlainHTTP(),
		"WithRetryPolicy":        weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 1}),
		"WithAttemptTimeout":     weka.WithAttemptTimeout(time.Second),
		"WithReadOnly":           weka.WithReadOnly(),
		"WithStrictResponses":    weka.WithStrictResponses(),
		"WithHooks":              weka.WithHooks(weka.Hooks{}),
		"WithLogger":             weka.WithLogger(slog.New(slog.DiscardHandler)),
		"WithDump":               weka.WithDump(io.Discard),
	}
}

// Options that contradict each other are an error that names both, in either order.
func TestOptionConflicts(t *testing.T) {
	options := everyOption(t)
	for _, pair := range [][2]string{
		{"WithPassword", "WithPasswordFunc"},
		{"WithTokenFile", "WithTokenProfile"},
		{"WithTokenFile", "WithTokenCache"},
		{"WithTokenFile", "WithTokenStore"},
		{"WithTokenProfile", "WithTokenCache"},
		{"WithTokenProfile", "WithTokenStore"},
		{"WithTokenCache", "WithTokenStore"},
		{"WithAccessToken", "WithPassword"},
		{"WithAccessToken", "WithPasswordFunc"},
		{"WithAccessToken", "WithTenant"},
		{"WithAccessToken", "WithTokenFunc"},
		{"WithAccessToken", "WithTokenFile"},
		{"WithAccessToken", "WithTokenProfile"},
		{"WithAccessToken", "WithTokenCache"},
		{"WithAccessToken", "WithTokenStore"},
		{"WithTokenFunc", "WithPassword"},
		{"WithTokenFunc", "WithPasswordFunc"},
		{"WithTokenFunc", "WithTenant"},
		{"WithTokenFunc", "WithTokenFile"},
		{"WithTokenFunc", "WithTokenProfile"},
		{"WithTokenFunc", "WithTokenCache"},
		{"WithTokenFunc", "WithTokenStore"},
		{"WithTransport", "WithCAFile"},
		{"WithTransport", "WithInsecureSkipVerify"},
		{"WithTransport", "WithHTTPClient"},
		{"WithTransport", "WithPinnedCertificate"},
		{"WithTransport", "WithProxy"},
		{"WithHTTPClient", "WithCAFile"},
		{"WithCAFile", "WithPinnedCertificate"},
		{"WithCAFile", "WithInsecureSkipVerify"},
	} {
		for _, order := range [][2]string{pair, {pair[1], pair[0]}} {
			_, err := weka.New("weka01", options[order[0]], options[order[1]])
			if !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), pair[0]) || !strings.Contains(err.Error(), pair[1]) {
				t.Errorf("%v: got %v, want ErrInvalidArgument that names both", order, err)
				continue
			}
			connecttest.Line(t, err)
		}
	}
}

func TestOptionTwice(t *testing.T) {
	for name, option := range everyOption(t) {
		_, err := weka.New("https://weka01", option, option)
		switch name {
		case "AllowPlainHTTP", "WithInsecureSkipVerify", "WithReadOnly", "WithStrictResponses":
			if err != nil {
				t.Errorf("%s twice: %v", name, err)
			}
		default:
			if !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), name+" is given twice") {
				t.Errorf("%s twice: got %v", name, err)
			}
		}
	}
}

func TestBadOptions(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for name, test := range map[string]struct {
		words   string
		options []weka.Option
	}{
		"no user":                     {"user name is empty", []weka.Option{weka.WithPassword("", "p")}},
		"no password":                 {"password is empty", []weka.Option{weka.WithPassword("u", "")}},
		"no user to ask for":          {"user name is empty", []weka.Option{weka.WithPasswordFunc("", func(context.Context) (string, error) { return "", nil })}},
		"no function to ask":          {"no function", []weka.Option{weka.WithPasswordFunc("u", nil)}},
		"no token":                    {"no access token", []weka.Option{weka.WithAccessToken("")}},
		"a token with a line break":   {"not allowed in a header", []weka.Option{weka.WithAccessToken("hunter2\n")}},
		"no token function":           {"no function", []weka.Option{weka.WithTokenFunc(nil)}},
		"a profile that climbs":       {"1 to 50", []weka.Option{weka.WithTokenProfile("../x")}},
		"a profile without a name":    {"1 to 50", []weka.Option{weka.WithTokenProfile("")}},
		"a profile with a long name":  {"1 to 50", []weka.Option{weka.WithTokenProfile(strings.Repeat("a", 51))}},
		"a bad profile after a file":  {"1 to 50", []weka.Option{weka.WithTokenFile("x"), weka.WithTokenProfile("a/b")}},
		"a bad profile before a file": {"1 to 50", []weka.Option{weka.WithTokenProfile("a/b"), weka.WithTokenFile("x")}},
		"no cache folder":             {"path of a folder", []weka.Option{weka.WithTokenCache("")}},
		"no store":                    {"no store", []weka.Option{weka.WithTokenStore(nil)}},
		"a client with a timeout":     {"leave it 0", []weka.Option{weka.WithHTTPClient(&http.Client{Timeout: time.Second})}},
		"a proxy with a password":     {"not that of a proxy", []weka.Option{weka.WithProxy("ftp://u:hunter2@proxy")}},
		"no fingerprint":              {"no fingerprint", []weka.Option{weka.WithPinnedCertificate()}},
		"no transport":                {"is given nil", []weka.Option{weka.WithTransport(nil)}},
		"negative attempts":           {"is negative", []weka.Option{weka.WithRetryPolicy(weka.RetryPolicy{Attempts: -1})}},
		"negative patience":           {"is negative", []weka.Option{weka.WithRetryPolicy(weka.RetryPolicy{Patience: -1})}},
		"no attempt timeout":          {"above 0", []weka.Option{weka.WithAttemptTimeout(0)}},
		"no logger":                   {"is given nil", []weka.Option{weka.WithLogger(nil)}},
		"no writer for a dump":        {"WithDump is given nil", []weka.Option{weka.WithDump(nil)}},
		"an organization alone":       {"needs WithPassword", []weka.Option{weka.WithTenant("o")}},
		"an organization and a file":  {"needs WithPassword", []weka.Option{weka.WithTenant("o"), weka.WithTokenFile("x")}},
	} {
		_, err := weka.New("weka01", test.options...)
		if !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want ErrInvalidArgument that says %q", name, err, test.words)
			continue
		}
		connecttest.Line(t, err)
	}
}

// Without a home folder there is no token file: the current folder may belong to another
// user.
func TestNoHome(t *testing.T) {
	for _, home := range []string{"", "relative"} {
		t.Setenv("HOME", home)
		t.Chdir(t.TempDir())
		for name, option := range map[string]weka.Option{
			"WithTokenFile":    weka.WithTokenFile(""),
			"WithTokenProfile": weka.WithTokenProfile("lab"),
		} {
			if _, err := weka.New("weka01", option); !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), "set HOME") {
				t.Errorf("%s with HOME=%q: got %v", name, home, err)
			}
		}
	}
}

// New opens no connection: the first one is the test's own.
func TestNewOpensNoConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	c, err := weka.New(listener.Addr().String(), weka.WithPassword("admin", "admin"))
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	own, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = own.Close() }()
	first, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	if got, want := first.RemoteAddr().String(), own.LocalAddr().String(); got != want {
		t.Errorf("the first connection came from %s, want %s, the test's own", got, want)
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"weka01":                           "https://weka01:14000",
		"weka01:443":                       "https://weka01:443",
		"weka01:014000":                    "https://weka01:14000",
		"https://weka01":                   "https://weka01:14000",
		"https://weka01:8443":              "https://weka01:8443",
		"HTTPS://WEKA01.Example.COM:14000": "https://weka01.example.com:14000",
		"  weka01\n":                       "https://weka01:14000",
		"weka01/":                          "https://weka01:14000",
		"https://weka01:14000/":            "https://weka01:14000",
		"https://weka01/api/v2":            "https://weka01:14000",
		"weka01:14000/api/v2/":             "https://weka01:14000",
		"my_host-1.lab.":                   "https://my_host-1.lab.:14000",
		"10.0.0.1":                         "https://10.0.0.1:14000",
		"10.0.0.1:443":                     "https://10.0.0.1:443",
		"::1":                              "https://[::1]:14000",
		"[::1]":                            "https://[::1]:14000",
		"[::1]:443":                        "https://[::1]:443",
		"2001:DB8:0::1":                    "https://[2001:db8::1]:14000",
		"https://[2001:db8::1]":            "https://[2001:db8::1]:14000",
		"http://127.0.0.1:8080":            "http://127.0.0.1:8080",
		"http://localhost":                 "http://localhost:14000",
		"http://[::1]":                     "http://[::1]:14000",
	} {
		seen := &connecttest.Wire{Next: connecttest.Always(200, `{"data":{}}`)}
		c := newClientAt(t, address, weka.WithTransport(seen), weka.WithAccessToken("t"))
		if err := c.Do(t.Context(), "GET", "/x", nil, nil); err != nil {
			t.Errorf("%q: %v", address, err)
		}
		if got := seen.Sent("/x"); len(got) != 1 || got[0].Host != want || got[0].Authorization != "Bearer t" {
			t.Errorf("%q: sent %+v, want one request to %s with the token", address, got, want)
		}
	}
}

func TestBadAddresses(t *testing.T) {
	for address, words := range map[string]string{
		"":                                "is empty: pass a host",
		" \t\n":                           "is empty: pass a host",
		"https://":                        "no valid host name",
		"https://:14000":                  "no valid host name",
		"ftp://weka01":                    "use https",
		"://weka01":                       "write it as weka01",
		"https://weka01?force=true":       "query or fragment",
		"weka01?":                         "query or fragment",
		"https://weka01#top":              "query or fragment",
		"weka01#":                         "query or fragment",
		"https://weka01/ui":               "has the path",
		"weka01//":                        "has the path",
		"weka01/api/v2/../v1":             "has the path",
		"https://weka01:14000,":           "address 2 of 2 is empty",
		"weka01,weka02:abc":               "address 2 of 2",
		"https://weka01,http://weka02":    "one scheme for all",
		"http://127.0.0.1,http://weka01":  "http to weka01",
		"weka01:0":                        "from 1 to 65535",
		"weka01:99999":                    "from 1 to 65535",
		"weka01:":                         "from 1 to 65535",
		"weka01:abc":                      "write it as weka01",
		"weka01:-1":                       "write it as weka01",
		"weka01:14000:14000":              "weka01",
		"weka 01":                         "weka01",
		"weka01\n.evil":                   "write it as weka01",
		"weka01\x00":                      "write it as weka01",
		"weka\x1b[31m01":                  "write it as weka01",
		"weka\u202801":                    "no valid host name",
		"wekä01":                          "no valid host name",
		"..":                              "no valid host name",
		"weka..01":                        "no valid host name",
		".weka01":                         "no valid host name",
		"-weka01":                         "no valid host name",
		"weka01\\api":                     "weka01",
		"999.1.1.1":                       "no valid host name",
		"127.1":                           "no valid host name",
		"1":                               "no valid host name",
		"[::1":                            "write it as weka01",
		"fe80::1%eth0":                    "write it as weka01",
		"https://[fe80::1%25eth0]":        "no valid host name",
		"http:/weka01":                    "port",
		strings.Repeat("a", 64):           "no valid host name",
		strings.Repeat("a.", 130) + "com": "no valid host name",
		"http://weka01":                   "use https, or AllowPlainHTTP()",
		"http://10.0.0.1":                 "use https, or AllowPlainHTTP()",
		"http://localhost.evil.com":       "use https, or AllowPlainHTTP()",
	} {
		_, err := weka.New(address, weka.WithPassword("admin", "x"))
		if !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("%q: got %v, want ErrInvalidArgument", address, err)
			continue
		}
		connecttest.Line(t, err)
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %q does not say %q", address, err, words)
		}
	}
}

// A password anywhere in an address is an error that does not show it.
func TestAddressWithUser(t *testing.T) {
	for _, address := range []string{
		"https://admin:hunter2@weka01",
		"admin:hunter2@weka01:14000",
		"https://hunter2@weka01",
		"https://admin:hunter2/x@weka01",
		"https://admin:12/hunter2@weka01",
		"https://admin:hunter2@a,https://admin:hunter2@b",
		"https://admin:hunter2@weka01\x00",
		"https://admin:hunter2@@weka01",
		"https://weka01?password=hunter2",
		"https://weka01:abc?password=hunter2",
		"https://weka01#hunter2",
	} {
		_, err := weka.New(address)
		if !errors.Is(err, weka.ErrInvalidArgument) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, want ErrInvalidArgument without the password", address, err)
		}
	}
}

func TestPlainHTTP(t *testing.T) {
	seen := &connecttest.Wire{Next: connecttest.Always(200, `{"data":{}}`)}
	c := newClientAt(t, "http://weka01", weka.AllowPlainHTTP(), weka.WithTransport(seen), weka.WithAccessToken("t"))
	if err := c.Do(t.Context(), "GET", "/x", nil, nil); err != nil || len(seen.Sent("/x")) != 1 {
		t.Errorf("got %v, want a call over http", err)
	}
}

// setEnv sets the variables of the vendor's command line, the others to "". HOME is an empty
// folder.
func setEnv(t *testing.T, variables map[string]string) (home string) {
	t.Helper()
	for _, name := range []string{"WEKA_HOST", "WEKA_PORT", "WEKA_USERNAME", "WEKA_PASSWORD", "WEKA_ORG", "WEKA_TOKEN", "WEKA_CA_FILE"} {
		t.Setenv(name, variables[name])
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	return home
}

func TestAddressFromEnv(t *testing.T) {
	for _, test := range []struct{ host, port, given, want string }{
		{host: "weka01", want: "https://weka01:14000"},
		{host: "weka01", port: "443", want: "https://weka01:443"},
		{host: "weka01:8443", port: "443", want: "https://weka01:8443"},
		{host: "::1", port: "443", want: "https://[::1]:443"},
		{host: "[::1]", port: "443", want: "https://[::1]:443"},
		{host: "https://weka01", port: "443", want: "https://weka01:443"},
		{host: " weka01 ", want: "https://weka01:14000"},
		{host: "weka01", port: "443", given: "other", want: "https://other:14000"},
	} {
		setEnv(t, map[string]string{"WEKA_HOST": test.host, "WEKA_PORT": test.port, "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"})
		seen := &connecttest.Wire{Next: connecttest.Always(200, `{"data":{"access_token":"a","status":"OK"}}`)}
		mustStatus(t, newClientAt(t, test.given, weka.FromEnv(), weka.WithTransport(seen)))
		if got := seen.Sent("/cluster"); len(got) != 1 || got[0].Host != test.want {
			t.Errorf("%+v: sent %+v, want it at %s", test, got, test.want)
		}
	}
}

// WEKA_HOST may have several addresses.
func TestAddressesFromEnv(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_HOST": "weka01,weka02:8443,::1", "WEKA_PORT": "443", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"})
	const want = "weka.Client of https://weka01:443, https://weka02:8443, https://[::1]:443"
	if got := fmt.Sprint(newClientAt(t, "", weka.FromEnv())); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBadEnvironment(t *testing.T) {
	folder := t.TempDir()
	for name, test := range map[string]struct {
		words     string
		variables map[string]string
		options   []weka.Option
	}{
		"a bad CA file":      {"WEKA_CA_FILE: \"/none.pem\" cannot be read", map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p", "WEKA_CA_FILE": "/none.pem"}, nil},
		"no address":         {"pass a host", map[string]string{"WEKA_PORT": "14000", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"a bad host":         {"the address in WEKA_HOST", map[string]string{"WEKA_HOST": "ftp://x", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"one bad of two":     {"address 2 of 2 in WEKA_HOST", map[string]string{"WEKA_HOST": "weka01,weka02:x", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"a bad port":         {"WEKA_PORT has the port", map[string]string{"WEKA_HOST": "weka01", "WEKA_PORT": "abc", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"no password":        {"set both or none", map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "u"}, nil},
		"no user":            {"set both or none", map[string]string{"WEKA_HOST": "weka01", "WEKA_PASSWORD": "hunter2"}, nil},
		"nothing":            {"set WEKA_USERNAME", map[string]string{"WEKA_HOST": "weka01"}, nil},
		"a token, no path":   {"must be the path", map[string]string{"WEKA_HOST": "weka01", "WEKA_TOKEN": "hunter2"}, nil},
		"a folder":           {"must be the path", map[string]string{"WEKA_HOST": "weka01", "WEKA_TOKEN": folder}, nil},
		"http over the wire": {"AllowPlainHTTP", map[string]string{"WEKA_HOST": "http://weka01", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"an organization for a file": {"needs WithPassword", map[string]string{"WEKA_HOST": "weka01", "WEKA_TOKEN": os.Args[0]},
			[]weka.Option{weka.WithTenant("acme")}},
		"a contradiction beside it": {"contradict", map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"},
			[]weka.Option{weka.WithAccessToken("t"), weka.WithPassword("u", "p")}},
	} {
		setEnv(t, test.variables)
		_, err := weka.New("", append(test.options, weka.FromEnv())...)
		if !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want ErrInvalidArgument that says %q", name, err, test.words)
			continue
		}
		connecttest.Line(t, err)
	}
	setEnv(t, map[string]string{"WEKA_HOST": "weka01"})
	if _, err := weka.New("", weka.FromEnv()); !errors.Is(err, weka.ErrNoCredentials) {
		t.Errorf("got %v, want ErrNoCredentials", err)
	}
}

// Without FromEnv the environment is not read.
func TestNotFromEnv(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin"})
	if _, err := weka.New("", weka.WithPassword("u", "p")); !errors.Is(err, weka.ErrInvalidArgument) {
		t.Errorf("got %v, want the empty address refused", err)
	}
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		wantError(t, status(t.Context(), newClient(t, srv)), statusOperation, weka.ErrNoCredentials)
	})
}

// A client reads the environment once.
func TestEnvironmentIsReadOnce(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "env", "WEKA_PASSWORD": "p", "WEKA_ORG": "acme"})
	seen := &connecttest.Wire{Next: connecttest.Always(200, `{"data":{"access_token":"issued","status":"OK"}}`)}
	c := newClientAt(t, "", weka.FromEnv(), weka.WithTransport(seen))
	setEnv(t, map[string]string{"WEKA_HOST": "weka02", "WEKA_USERNAME": "later", "WEKA_PASSWORD": "q", "WEKA_ORG": "other"})
	mustStatus(t, c)
	logins := seen.Sent("/login")
	if len(logins) != 1 || logins[0].Host != "https://weka01:14000" || logins[0].Body != `{"org":"acme","password":"p","username":"env"}` {
		t.Errorf("logged in with %+v, want what the environment held when the client was made", logins)
	}
}

// The order of credentials: options before the environment, a user before a token file,
// WEKA_TOKEN before the file at home. There is no default password.
func TestCredentialsFromEnv(t *testing.T) {
	both := map[string]string{"WEKA_USERNAME": "env", "WEKA_PASSWORD": "p"}
	inOrganization := map[string]string{"WEKA_USERNAME": "env", "WEKA_PASSWORD": "p", "WEKA_ORG": "acme"}
	yield := func(context.Context) (weka.Token, error) { return weka.Token{Access: api.NewSecret("yielded")}, nil }
	for name, test := range map[string]struct {
		variables         map[string]string
		named, atHome     string // tokens in the files of WEKA_TOKEN and of HOME
		option            weka.Option
		wantLogin, wantAs string // body of the login, Authorization of the call
	}{
		"user":                        {variables: both, wantLogin: `{"password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"user and organization":       {variables: inOrganization, wantLogin: `{"org":"acme","password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"user before files":           {variables: both, named: "named", atHome: "home", wantLogin: `{"password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"WEKA_TOKEN":                  {named: "named", atHome: "home", wantAs: "Bearer named"},
		"the file at home":            {atHome: "home", wantAs: "Bearer home"},
		"an organization of no login": {variables: map[string]string{"WEKA_ORG": "acme"}, atHome: "home", wantAs: "Bearer home"},
		"WithPassword wins": {variables: both, named: "named", option: weka.WithPassword("option", "p"),
			wantLogin: `{"password":"p","username":"option"}`, wantAs: "Bearer issued"},
		"WithPassword and WEKA_ORG": {variables: map[string]string{"WEKA_ORG": "acme"}, option: weka.WithPassword("option", "p"),
			wantLogin: `{"org":"acme","password":"p","username":"option"}`, wantAs: "Bearer issued"},
		"WithPassword and half an environment": {variables: map[string]string{"WEKA_USERNAME": "env"}, option: weka.WithPassword("option", "p"),
			wantLogin: `{"password":"p","username":"option"}`, wantAs: "Bearer issued"},
		"WithTenant wins": {variables: inOrganization, option: weka.WithTenant("other"),
			wantLogin: `{"org":"other","password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"WithAccessToken wins": {variables: inOrganization, named: "named", option: weka.WithAccessToken("option"), wantAs: "Bearer option"},
		"WithTokenFunc wins":   {variables: inOrganization, named: "named", option: weka.WithTokenFunc(yield), wantAs: "Bearer yielded"},
		"WithTokenFile wins":   {variables: both, named: "named", atHome: "home", option: weka.WithTokenFile(tokenFile(t, "option")), wantAs: "Bearer option"},
		"a store beside a user": {variables: both, named: "named", option: weka.WithTokenCache(ownFolder(t)),
			wantLogin: `{"password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"a store before files": {named: "named", atHome: "home", option: weka.WithTokenStore(stored("stored")), wantAs: "Bearer stored"},
	} {
		home := setEnv(t, test.variables)
		if test.named != "" {
			t.Setenv("WEKA_TOKEN", tokenFile(t, test.named))
		}
		if test.atHome != "" {
			writeFile(t, filepath.Join(home, ".weka", "auth-token.json"), `{"access_token":"`+test.atHome+`"}`)
		}
		options := []weka.Option{weka.FromEnv()}
		if test.option != nil {
			options = append(options, test.option)
		}
		seen := &connecttest.Wire{Next: connecttest.Always(200, `{"data":{"access_token":"issued","status":"OK"}}`)}
		mustStatus(t, newClientAt(t, "weka01", append(options, weka.WithTransport(seen))...))
		logins, calls := seen.Sent("/login"), seen.Sent("/cluster")
		if len(calls) != 1 || calls[0].Authorization != test.wantAs {
			t.Errorf("%s: called with %+v, want %s", name, calls, test.wantAs)
		}
		if test.wantLogin == "" && len(logins) != 0 || test.wantLogin != "" && (len(logins) != 1 || logins[0].Body != test.wantLogin) {
			t.Errorf("%s: logged in with %+v, want %q", name, logins, test.wantLogin)
		}
	}
}

// The user of the environment does not use the session of a file.
func TestTokenFileBesideEnv(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin"})
	for name, option := range map[string]weka.Option{
		"file":    weka.WithTokenFile(filepath.Join(ownFolder(t), "none.json")),
		"profile": weka.WithTokenProfile("none"),
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			err := status(t.Context(), newClient(t, srv, weka.FromEnv(), option))
			if wantError(t, err, statusOperation, weka.ErrNoCredentials); srv.Count("login") != 0 {
				t.Errorf("%s: logged in", name)
			}
		})
	}
}

// tokenFile is the path of a token file with an access token in it.
func tokenFile(t *testing.T, access string) string {
	t.Helper()
	path := filepath.Join(ownFolder(t), "session.json")
	writeFile(t, path, `{"access_token":"`+access+`"}`)
	return path
}

// stored is a store with one token for all identities.
type stored string

func (s stored) Load(context.Context, token.Identity) (token.Token, error) {
	return token.Token{Access: api.NewSecret(string(s))}, nil
}

func (s stored) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	current, err := s.Load(ctx, id)
	if err == nil {
		_, err = change(current)
	}
	return err
}

// Nil options count as none, those of New, of a call and of a wait.
func TestNilOptions(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, nil, weka.WithHooks(weka.Hooks{}), nil)
		if _, err := c.Tenants.List(t.Context(), nil); err != nil {
			t.Error(err)
		}
		if _, err := c.FileSystems.List(t.Context(), nil, nil, weka.WithRawBody(nil), weka.WithResponse(nil)); err != nil {
			t.Error(err)
		}
		for _, option := range []weka.WaitOption[*wekaapi.FileSystem]{nil, weka.OnProgress[*wekaapi.FileSystem](nil)} {
			fs, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem("fs"+strconv.FormatBool(option == nil)), time.Hour, option)
			if err != nil || fs.Status != "READY" {
				t.Errorf("got %+v, %v", fs, err)
			}
		}
	})
}
