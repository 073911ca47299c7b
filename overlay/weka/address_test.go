package weka_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

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
		seen := &wire{next: answering{200, `{"data":{}}`}}
		c := newClientAt(t, address, weka.WithTransport(seen), weka.WithAccessToken("t"))
		if err := c.Do(t.Context(), "GET", "/x", nil, nil); err != nil {
			t.Errorf("%q: %v", address, err)
		}
		if got := seen.to("/x"); len(got) != 1 || got[0].host != want || got[0].authorization != "Bearer t" {
			t.Errorf("%q: sent %+v, want one request to %s with the token", address, got, want)
		}
	}
}

func TestAddressesRefused(t *testing.T) {
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
		wantLine(t, err)
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %q does not say %q", address, err, words)
		}
	}
}

// A password in an address is refused wherever it stands, and never shown.
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
	seen := &wire{next: answering{200, `{"data":{}}`}}
	c := newClientAt(t, "http://weka01", weka.AllowPlainHTTP(), weka.WithTransport(seen), weka.WithAccessToken("t"))
	if err := c.Do(t.Context(), "GET", "/x", nil, nil); err != nil || len(seen.to("/x")) != 1 {
		t.Errorf("got %v, want a call over http", err)
	}
}
