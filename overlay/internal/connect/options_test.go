package connect_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
)

const fingerprint = "AB:cd:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d"

// the shared options, each with an argument that is good.
var shared = map[string]func(*connect.Settings){
	"WithCAFile": func(s *connect.Settings) { s.WithCAFile("none.pem") },
	"WithPinnedCertificate": func(s *connect.Settings) {
		s.WithPinnedCertificate([]string{fingerprint, strings.ReplaceAll(fingerprint, ":", "")})
	},
	"WithInsecureSkipVerify": func(s *connect.Settings) { s.WithInsecureSkipVerify() },
	"WithProxy":              func(s *connect.Settings) { s.WithProxy("socks5://user:hunter2@proxy:1080") },
	"WithTransport":          func(s *connect.Settings) { s.WithTransport(http.DefaultTransport) },
	"WithHTTPClient":         func(s *connect.Settings) { s.WithHTTPClient(&http.Client{}) },
	"AllowPlainHTTP":         func(s *connect.Settings) { s.AllowPlainHTTP() },
	"FromEnv":                func(s *connect.Settings) { s.Give("FromEnv") },
	"WithOne":                func(s *connect.Settings) { s.Give("WithOne") },
	"WithOther":              func(s *connect.Settings) { s.Give("WithOther") },
}

// Every pair either goes together or is refused, in either order, with both named.
func TestContradictions(t *testing.T) {
	contradict := map[[2]string]bool{{"WithOne", "WithOther"}: true, {"WithPinnedCertificate", "WithCAFile"}: true, {"WithTransport", "WithHTTPClient"}: true}
	for _, one := range []string{"WithCAFile", "WithPinnedCertificate"} {
		contradict[[2]string{one, "WithInsecureSkipVerify"}] = true
	}
	for _, one := range []string{"WithTransport", "WithHTTPClient"} {
		for _, other := range []string{"WithCAFile", "WithPinnedCertificate", "WithInsecureSkipVerify", "WithProxy"} {
			contradict[[2]string{one, other}] = true
		}
	}
	for one, giveOne := range shared {
		for other, giveOther := range shared {
			var s connect.Settings
			giveOne(&s)
			giveOther(&s)
			err := withPort.CheckOptions(&s.Options)
			switch twice := one == other; {
			case twice && (one == "AllowPlainHTTP" || one == "WithInsecureSkipVerify" || one == "FromEnv"):
				if err != nil {
					t.Errorf("%s twice: %v", one, err)
				}
			case twice:
				if err == nil || !strings.Contains(err.Error(), one+" is given twice") {
					t.Errorf("%s twice: %v", one, err)
				}
			case contradict[[2]string{one, other}] || contradict[[2]string{other, one}]:
				if !errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), one) || !strings.Contains(err.Error(), other) {
					t.Errorf("%s and %s: %v", one, other, err)
				}
			case err != nil:
				t.Errorf("%s and %s: %v", one, other, err)
			}
		}
	}
}

func TestOptionsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		words string
		give  func(*connect.Settings)
	}{
		"no path":               {"path is empty", func(s *connect.Settings) { s.WithCAFile("") }},
		"no fingerprint":        {"no fingerprint", func(s *connect.Settings) { s.WithPinnedCertificate(nil) }},
		"a short fingerprint":   {"64 hexadecimal digits", func(s *connect.Settings) { s.WithPinnedCertificate([]string{fingerprint[:59]}) }},
		"one bad of two":        {"64 hexadecimal digits", func(s *connect.Settings) { s.WithPinnedCertificate([]string{fingerprint, "x"}) }},
		"a proxy without host":  {"not that of a proxy", func(s *connect.Settings) { s.WithProxy("http://") }},
		"a proxy of ftp":        {"not that of a proxy", func(s *connect.Settings) { s.WithProxy("ftp://hunter2@proxy") }},
		"a proxy without sense": {"not that of a proxy", func(s *connect.Settings) { s.WithProxy("http://u:hunter2@pro xy\x00") }},
		"no scheme":             {"not that of a proxy", func(s *connect.Settings) { s.WithProxy("proxy:3128") }},
		"no transport":          {"is given nil", func(s *connect.Settings) { s.WithTransport(nil) }},
		"no client":             {"is given nil", func(s *connect.Settings) { s.WithHTTPClient(nil) }},
		"a client's timeout":    {"leave it 0", func(s *connect.Settings) { s.WithHTTPClient(&http.Client{Timeout: time.Second}) }},
	} {
		var s connect.Settings
		test.give(&s)
		err := withPort.CheckOptions(&s.Options)
		if !errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", name, err, test.words)
		}
	}
}

func TestHas(t *testing.T) {
	var s connect.Settings
	s.Give("WithOne")
	if !s.Has("WithOther", "WithOne") || s.Has("WithOther") || s.Has() {
		t.Error("Has does not tell what was given")
	}
}
