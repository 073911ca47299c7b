package connect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
)

// withPort has a default port of its own, withoutPort that of the scheme.
var (
	withPort = connect.Product{
		Caller: "weka.New", Port: "14000", BasePath: "/api/v2",
		Examples: "weka01, weka01:14000 or https://weka01:14000", FromEnv: "FromEnv() and WEKA_HOST",
	}
	withoutPort = connect.Product{
		Caller: "ngenea.New", BasePath: "/api",
		Examples: "hub.example.com or https://hub.example.com", FromEnv: "FromEnv() and NGENEA_URL",
	}
)

func TestAddressLists(t *testing.T) {
	for text, want := range map[string][]string{
		"weka01,weka02,weka03":                    {"https://weka01:14000", "https://weka02:14000", "https://weka03:14000"},
		"weka02 , https://weka01:8443/api/v2/":    {"https://weka02:14000", "https://weka01:8443"},
		"::1,[::1]:443,2001:DB8::1,[2001:db8::2]": {"https://[::1]:14000", "https://[::1]:443", "https://[2001:db8::1]:14000", "https://[2001:db8::2]:14000"},
		"weka01,WEKA01:14000,https://weka01/":     {"https://weka01:14000"},
		"::1,0:0:0:0:0:0:0:1":                     {"https://[::1]:14000"},
		"http://127.0.0.1,http://[::1]:80":        {"http://127.0.0.1:14000", "http://[::1]:80"},
	} {
		got, err := withPort.Addresses(connect.AddressInput{Text: text})
		if err != nil || !slices.Equal(connect.Origins(got), want) {
			t.Errorf("%q: got %v, %v, want %v", text, connect.Origins(got), err, want)
		}
		for _, address := range got {
			if address.Path != "/api/v2" {
				t.Errorf("%q: %s has not the base path", text, address)
			}
		}
	}
}

// Without a port of the product, the scheme's is left out, so that an address has one
// form.
func TestAddressesOfTheSchemesPort(t *testing.T) {
	for text, want := range map[string]string{
		"hub.example.com":                       "https://hub.example.com",
		"https://hub.example.com:443/api/":      "https://hub.example.com",
		"https://hub.example.com:0443":          "https://hub.example.com",
		"http://hub.example.com:80":             "http://hub.example.com",
		"https://hub.example.com:80":            "https://hub.example.com:80",
		"http://hub.example.com:8000/api":       "http://hub.example.com:8000",
		"2001:db8::1":                           "https://[2001:db8::1]",
		"[2001:db8::1]:8000":                    "https://[2001:db8::1]:8000",
		"hub.example.com,hub.example.com:443":   "https://hub.example.com",
		"https://hub.example.com,2001:db8::1":   "https://hub.example.com https://[2001:db8::1]",
		"https://hub.example.com , 10.0.0.1:81": "https://hub.example.com https://10.0.0.1:81",
	} {
		got, err := withoutPort.Addresses(connect.AddressInput{Text: text})
		if origins := strings.Join(connect.Origins(got), " "); err != nil || origins != want {
			t.Errorf("%q: got %s, %v, want %s", text, origins, err, want)
		}
	}
}

// The error of a bad address says which of the list it is.
func TestBadAddressLists(t *testing.T) {
	for text, words := range map[string][]string{
		"weka01,":                      {"address 2 of 2 is empty", "pass a host such as weka01", "FromEnv() and WEKA_HOST"},
		",weka01":                      {"address 1 of 2 is empty"},
		"weka01,,weka02":               {"address 2 of 3 is empty"},
		"weka01,weka02:abc":            {"address 2 of 2", "write it as weka01"},
		"admin:hunter2":                {"the address has a port", "WithPassword"},
		"https://admin:hunter2/api/v2": {"the address has a port"},
		"weka01,admin:hun,ter2":        {"address 2 of 3 has a port"},
		"admin:hunter2:1":              {"has a port"},
		"[::1]:hunter2":                {"has a port"},
		"weka01,weka02:99999,weka03":   {"address 2 of 3 has the port", "99999"},
		"weka01,https://weka02/ui":     {"address 2 of 2 has the path", "/ui", "/api/v2"},
		"weka01,weka02?x=hunter2":      {"address 2 of 2 has a query"},
		"weka01,admin:hunter2@weka02":  {"address 2 of 2 has a user"},
		"https://a:hun,hunter2@weka02": {"has a user"},
		"https://weka01,http://weka02": {"address 2 of 2 has the scheme http", "one scheme"},
		"weka01,http://127.0.0.1":      {"address 2 of 2 has the scheme http", "one scheme"},
		"weka01 weka02":                {"weka01 weka02"},
		"weka01;weka02":                {"weka01;weka02"},
		"weka01,fe80::1%eth0":          {"address 2 of 2"},
		"weka01,127.1":                 {"address 2 of 2 has no valid host name"},
	} {
		_, err := withPort.Addresses(connect.AddressInput{Text: text})
		if !errors.Is(err, call.ErrInvalidArgument) || !strings.HasPrefix(err.Error(), "weka.New: invalid argument: ") {
			t.Errorf("%q: got %v", text, err)
			continue
		}
		for _, word := range words {
			if !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "hun,") {
				t.Errorf("%q: %v does not say %q alone", text, err, word)
			}
		}
	}
	if _, err := withPort.Addresses(connect.AddressInput{Text: "a,b:x", Source: " in WEKA_HOST"}); err == nil || !strings.Contains(err.Error(), "address 2 of 2 in WEKA_HOST") {
		t.Errorf("got %v, want where the address comes from", err)
	}
	if _, err := withoutPort.Addresses(connect.AddressInput{Text: "https://hub.example.com/hub/api"}); err == nil || !strings.Contains(err.Error(), "the API is at /api") {
		t.Errorf("got %v, want a prefix refused", err)
	}
}

// Plain http is limited to this machine unless it is allowed.
func TestPlainHTTP(t *testing.T) {
	for text, want := range map[string]bool{
		"https://weka01": true, "http://127.0.0.1,http://[::1],http://localhost": true,
		"http://weka01": false, "http://127.0.0.1,http://10.0.0.1": false, "http://localhost.example.com": false,
	} {
		if _, err := withPort.Resolve(&connect.Settings{}, text); (err == nil) != want || err != nil && !strings.Contains(err.Error(), "AllowPlainHTTP()") {
			t.Errorf("%s: got %v", text, err)
		}
		allowed, err := connect.Apply(&withPort, []connect.Option{connect.AllowPlainHTTP()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := withPort.Resolve(allowed, text); err != nil {
			t.Errorf("%s, allowed: got %v", text, err)
		}
	}
}
