package weka_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// every option, with an argument that is good.
func everyOption(t *testing.T) map[string]weka.Option {
	t.Setenv("HOME", t.TempDir())
	ask := func(context.Context) (string, error) { return "p", nil }
	yield := func(context.Context) (weka.Token, error) { return weka.Token{}, nil }
	return map[string]weka.Option{
		"WithPassword":           weka.WithPassword("u", "p"),
		"WithPasswordFunc":       weka.WithPasswordFunc("u", ask),
		"WithOrganization":       weka.WithOrganization("o"),
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
		"WithInsecureSkipVerify": weka.WithInsecureSkipVerify(),
		"AllowPlainHTTP":         weka.AllowPlainHTTP(),
		"WithRetryPolicy":        weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 1}),
		"WithAttemptTimeout":     weka.WithAttemptTimeout(time.Second),
		"WithReadOnly":           weka.WithReadOnly(),
		"WithHooks":              weka.WithHooks(weka.Hooks{}),
		"WithLogger":             weka.WithLogger(slog.New(slog.DiscardHandler)),
		"WithDump":               weka.WithDump(io.Discard),
	}
}

// Whatever contradicts each other is refused in either order, with both named.
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
		{"WithAccessToken", "WithOrganization"},
		{"WithAccessToken", "WithTokenFunc"},
		{"WithAccessToken", "WithTokenFile"},
		{"WithAccessToken", "WithTokenProfile"},
		{"WithAccessToken", "WithTokenCache"},
		{"WithAccessToken", "WithTokenStore"},
		{"WithTokenFunc", "WithPassword"},
		{"WithTokenFunc", "WithPasswordFunc"},
		{"WithTokenFunc", "WithOrganization"},
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
			wantLine(t, err)
		}
	}
}

func TestOptionTwice(t *testing.T) {
	for name, option := range everyOption(t) {
		_, err := weka.New("https://weka01", option, option)
		switch name {
		case "AllowPlainHTTP", "WithInsecureSkipVerify", "WithReadOnly":
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

func TestOptionsRefused(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for name, test := range map[string]struct {
		words   string
		options []weka.Option
	}{
		"no user":                     {"user name is empty", []weka.Option{weka.WithPassword("", "p")}},
		"no password":                 {"password is empty", []weka.Option{weka.WithPassword("u", "")}},
		"no user to ask for":          {"user name is empty", []weka.Option{weka.WithPasswordFunc("", func(context.Context) (string, error) { return "", nil })}},
		"nobody to ask":               {"no function", []weka.Option{weka.WithPasswordFunc("u", nil)}},
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
		"no option":                   {"option 2 of 2 is nil", []weka.Option{weka.WithAccessToken("t"), nil}},
		"an organization alone":       {"needs WithPassword", []weka.Option{weka.WithOrganization("o")}},
		"an organization and a file":  {"needs WithPassword", []weka.Option{weka.WithOrganization("o"), weka.WithTokenFile("x")}},
	} {
		_, err := weka.New("weka01", test.options...)
		if !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want ErrInvalidArgument that says %q", name, err, test.words)
			continue
		}
		wantLine(t, err)
	}
}

// Without a home folder, a token file below the current one would be somebody
// else's.
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

// New opens no connection: the first that the listener gets is the test's own.
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
