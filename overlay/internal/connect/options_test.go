package connect_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

const fingerprint = "AB:cd:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d"

// every option, each with a good argument.
var options = map[string]connect.Option{
	"FromEnv":                connect.FromEnv(),
	"WithCAFile":             connect.WithCAFile("none.pem"),
	"WithServerName":         connect.WithServerName("weka.example.com"),
	"WithPinnedCertificate":  connect.WithPinnedCertificate(fingerprint, strings.ReplaceAll(fingerprint, ":", "")),
	"WithInsecureSkipVerify": connect.WithInsecureSkipVerify(),
	"AllowPlainHTTP":         connect.AllowPlainHTTP(),
	"WithProxy":              connect.WithProxy("socks5://user:hunter2@proxy:1080"),
	"WithTransport":          connect.WithTransport(http.DefaultTransport),
	"WithHTTPClient":         connect.WithHTTPClient(&http.Client{}),
	"WithRetryPolicy":        connect.WithRetryPolicy(transport.RetryPolicy{}),
	"WithAttemptTimeout":     connect.WithAttemptTimeout(time.Second),
	"WithReadOnly":           connect.WithReadOnly(),
	"WithHooks":              connect.WithHooks(transport.Hooks{}),
	"WithLogger":             connect.WithLogger(slog.New(slog.DiscardHandler)),
	"WithDump":               connect.WithDump(io.Discard),
	"WithPassword":           connect.WithPassword("u", "p"),
	"WithPasswordFunc":       connect.WithPasswordFunc("u", ask),
	"WithAccessToken":        connect.WithAccessToken("t"),
	"WithTokenFunc":          connect.WithTokenFunc(func(context.Context) (token.Token, error) { return token.Token{}, nil }),
	"WithTokenCache":         connect.WithTokenCache("tokens"),
	"WithTokenStore":         connect.WithTokenStore(token.NewMemoryStore()),
	"WithSessionHook":        connect.WithSessionHook(func(token.Event) {}),
	"WithClientKey":          func(s *connect.Settings) { connect.Set(s, &s.ClientKey, "WithClientKey", api.NewSecret("k")) },
	"WithTokenFile":          func(s *connect.Settings) { connect.Set(s, &s.TokenFile, "WithTokenFile", "f") },
	"WithTokenProfile":       func(s *connect.Settings) { connect.Set(s, &s.TokenFile, "WithTokenProfile", "f") },
	"WithTenant":             func(s *connect.Settings) { connect.Set(s, &s.Organization, "WithTenant", "o") },
	"WithClusterName":        func(s *connect.Settings) { connect.Set(s, &s.ClusterName, "WithClusterName", "c") },
	"WithDiscovery":          func(s *connect.Settings) { connect.Set(s, &s.Discovery, "WithDiscovery", true) },
}

func ask(context.Context) (string, error) { return "p", nil }

// contradictions are the options that exclude others: each excludes all of its list.
var contradictions = map[string][]string{
	"WithTransport":          {"WithHTTPClient", "WithCAFile", "WithServerName", "WithPinnedCertificate", "WithInsecureSkipVerify", "WithProxy"},
	"WithHTTPClient":         {"WithCAFile", "WithServerName", "WithPinnedCertificate", "WithInsecureSkipVerify", "WithProxy"},
	"WithCAFile":             {"WithPinnedCertificate", "WithInsecureSkipVerify"},
	"WithServerName":         {"WithPinnedCertificate", "WithInsecureSkipVerify"},
	"WithInsecureSkipVerify": {"WithPinnedCertificate"},
	"WithPassword":           {"WithPasswordFunc"},
	"WithTokenFile":          {"WithTokenProfile", "WithTokenCache", "WithTokenStore"},
	"WithTokenProfile":       {"WithTokenCache", "WithTokenStore"},
	"WithTokenCache":         {"WithTokenStore"},
	"WithAccessToken": {
		"WithTokenFunc", "WithPassword", "WithPasswordFunc", "WithTenant",
		"WithTokenFile", "WithTokenProfile", "WithTokenCache", "WithTokenStore",
	},
	"WithTokenFunc": {
		"WithPassword", "WithPasswordFunc", "WithTenant", "WithTokenFile", "WithTokenProfile", "WithTokenCache", "WithTokenStore",
	},
	"WithClientKey": {
		"WithAccessToken", "WithTokenFunc", "WithPassword", "WithPasswordFunc",
		"WithTokenFile", "WithTokenProfile", "WithTokenCache", "WithTokenStore",
	},
}

// Every pair of options works together or is an error that names both, in either order.
func TestContradictions(t *testing.T) {
	repeatable := []string{"AllowPlainHTTP", "FromEnv", "WithInsecureSkipVerify", "WithReadOnly"}
	for one, first := range options {
		for other, second := range options {
			_, err := connect.Apply(&withPort, []connect.Option{first, second})
			want := ""
			switch {
			case one == other && !slices.Contains(repeatable, one):
				want = one + " is given twice"
			case slices.Contains(contradictions[one], other) || slices.Contains(contradictions[other], one):
				want = " contradict each other: "
			}
			switch {
			case want == "" && err != nil:
				t.Errorf("%s and %s: got %v", one, other, err)
			case want != "" && (!errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), want) ||
				!strings.Contains(err.Error(), one) || !strings.Contains(err.Error(), other)):
				t.Errorf("%s and %s: got %v, want %q", one, other, err, want)
			}
		}
	}
}

func TestBadValues(t *testing.T) {
	for name, test := range map[string]struct {
		words  string
		option connect.Option
	}{
		"no name":               {"not a DNS name", connect.WithServerName("")},
		"an address as name":    {"not a DNS name", connect.WithServerName("10.0.0.1")},
		"no fingerprint":        {"no fingerprint", connect.WithPinnedCertificate()},
		"a short fingerprint":   {"64 hexadecimal digits", connect.WithPinnedCertificate(fingerprint[:59])},
		"one bad of two":        {"64 hexadecimal digits", connect.WithPinnedCertificate(fingerprint, "x")},
		"a proxy without host":  {"not that of a proxy", connect.WithProxy("http://")},
		"a proxy of ftp":        {"not that of a proxy", connect.WithProxy("ftp://hunter2@proxy")},
		"a proxy without sense": {"not that of a proxy", connect.WithProxy("http://u:hunter2@pro xy\x00")},
		"no scheme":             {"not that of a proxy", connect.WithProxy("proxy:3128")},
		"no transport":          {"is given nil", connect.WithTransport(nil)},
		"no client":             {"is given nil", connect.WithHTTPClient(nil)},
		"a client's timeout":    {"leave it 0", connect.WithHTTPClient(&http.Client{Timeout: time.Second})},
	} {
		_, err := connect.Apply(&withPort, []connect.Option{test.option})
		if !errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", name, err, test.words)
		}
	}
}
