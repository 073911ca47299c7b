package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/hotcold-go/hotcold/overlay/internal/redact"
)

func asJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(quoted[1 : len(quoted)-1])
}

// asciiJSON escapes every character.
func asciiJSON(text string) string {
	var escaped strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&escaped, `\u%04x`, unit)
	}
	return escaped.String()
}

// Whatever a secret consists of, no spelling of it stays, and the rest of the text does.
func TestText(t *testing.T) {
	for _, secret := range []string{
		"hunter2", "pa\"ss\\word", `C:\new\table`, "<b>&'/+=%41", "50%25", "a b+c d", "pässwörd-日本-😀", "tab\tand\nline", "abc",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x", "\xff\xfe-bytes",
	} {
		var set redact.Set
		set.Add(secret)
		for name, spelled := range map[string]string{
			"plain":            secret,
			"JSON":             asJSON(secret),
			"JSON in JSON":     asJSON(asJSON(secret)),
			"twice in JSON":    asJSON(asJSON(asJSON(secret))),
			"ASCII JSON":       asciiJSON(secret),
			"query":            url.QueryEscape(secret),
			"path":             url.PathEscape(secret),
			"lower case":       lowerPercent(secret),
			"HTML":             html.EscapeString(secret),
			"base64":           base64.StdEncoding.EncodeToString([]byte(secret)),
			"without padding":  base64.RawStdEncoding.EncodeToString([]byte(secret)),
			"URL alphabet":     base64.URLEncoding.EncodeToString([]byte(secret)),
			"base64, escaped":  url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(secret))),
			"base64 in JSON":   strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(secret)), "/", `\/`),
			"escaped slashes":  strings.ReplaceAll(asJSON(secret), "/", `\/`),
			"JSON, escaped":    url.QueryEscape(asJSON(secret)),
			"JSON in base64":   base64.StdEncoding.EncodeToString([]byte(asJSON(secret))),
			"query in base64":  base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(secret))),
			"raw URL alphabet": base64.RawURLEncoding.EncodeToString([]byte(secret)),
		} {
			if !utf8.ValidString(secret) && (strings.Contains(name, "JSON") || name == "escaped slashes") {
				continue // JSON has no form for it
			}
			if got := set.Text("before «" + spelled + "» after"); !strings.HasPrefix(got, "before «[redacted]") || !strings.HasSuffix(got, "» after") || len(got) > len("before «[redacted]%3D%3D» after") {
				t.Errorf("%q, %s: %q became %q", secret, name, spelled, got)
			}
		}
		for before := range 3 { // as a part of base64
			encoded := base64.StdEncoding.EncodeToString([]byte("user:"[before:] + secret + ":rest"))
			if got := set.Text(encoded); len(secret) > 6 && !strings.Contains(got, "[redacted]") {
				t.Errorf("%q after %d bytes: %s became %s", secret, before, encoded, got)
			}
		}
	}
}

func lowerPercent(s string) string {
	var text strings.Builder
	for _, c := range []byte(s) {
		text.WriteString("%" + hex.EncodeToString([]byte{c}))
	}
	return text.String()
}

// A hostile text takes no longer than another.
func TestTextOfBackslashes(t *testing.T) {
	var set redact.Set
	set.Add(`a\"b`)
	run := strings.Repeat(`\`, 1<<20)
	began := time.Now()
	if got := set.Text("x" + run + `a` + run + `"b`); got != "x[redacted]" || time.Since(began) > 5*time.Second {
		t.Errorf("it took %v and became %.100q", time.Since(began), got)
	}
}

// A text without secrets stays as it is, and what is short is not a secret.
func TestTextStays(t *testing.T) {
	var set redact.Set
	for _, secret := range []string{"", "a", "ab", "hunter2-hunter2-hunter2"} {
		set.Add(secret)
	}
	for _, text := range []string{"", "a tab cab", "hunter", `100% of \ "quoted" & <b> +1 %zz \u12`, strings.Repeat("hunte", 9), "\\", "%", "&", "aHVudGVy"} {
		if got := set.Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got, want := set.Text("it begins with hunter2-hunter2… and ends"), "it begins with [redacted]… and ends"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := set.Text("…nter2-hunter2-hunt… 'unter2-hunter2-hunter2' xhunter2-hunte"), "…[redacted]… '[redacted]' x[redacted]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (*redact.Set)(nil).Text("hunter2"); got != "hunter2" {
		t.Errorf("the nil Set made it %q", got)
	}
	if got := fmt.Sprintf("%v %+v %#v %s", &set, &set, &set, &set); strings.Contains(got, "hunter2") {
		t.Errorf("a Set prints as %s", got)
	}
}

// What a request carries, and what it does not.
func TestAddRequest(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "https://a:planted1@weka01/x?token=planted2&name=documented&other=planted%203&n=100",
		nil)
	body := `{"a":"visible","passwords":["planted4",{"x":123456}],"n":[{"api_key":"planted5"}],"open":true}`
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	for name, value := range map[string]string{
		"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte("visible:planted6")), "Proxy-Authorization": "planted7",
		"X-Vault-Token": "planted8", "X-Other": "planted-9", "X-Short": "visible", "User-Agent": "visible-agent", "Cookie": "session=planted10",
	} {
		r.Header.Set(name, value)
	}
	var set redact.Set
	set.AddRequest(r, func(name string) bool { return name == "name" })
	const visible = "visible visible-agent documented 100 weka01 true"
	shown := set.Text(visible + " planted1 planted2 planted 3 planted4 planted5 planted6 planted7 planted8 planted-9 session=planted10 123456")
	if !strings.HasPrefix(shown, visible) || strings.Contains(shown, "planted") || strings.Contains(shown, "123456") {
		t.Errorf("got %s", shown)
	}
}

// The tree of an error that shows a secret gives nothing of it and keeps its meaning.
func TestError(t *testing.T) {
	var set redact.Set
	set.Add("hunter2")
	operation := &net.OpError{Op: "proxyconnect", Net: "tcp", Err: fmt.Errorf("no hunter2: %w", io.ErrUnexpectedEOF)}
	shown := set.Error(fmt.Errorf("call: %w", &url.Error{Op: "Get", URL: "https://a:b@weka01/hunter2?q=s3cret", Err: operation}))
	var address *url.Error
	var network net.Error
	var found *net.OpError
	if !errors.Is(shown, io.ErrUnexpectedEOF) || !errors.As(shown, &address) || !errors.As(shown, &network) || errors.As(shown, &found) || found != nil {
		t.Errorf("its meaning is lost: %v", shown)
	}
	for _, text := range []string{shown.Error(), fmt.Sprintf("%+v %#v %d", shown, shown, shown), fmt.Sprintf("%v %+v", address, *address), fmt.Sprint(network), address.URL} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "s3cret") || strings.Contains(text, "a:b") {
			t.Errorf("it shows a secret: %s", text)
		}
	}
	if clean := fmt.Errorf("x: %w", io.EOF); set.Error(clean) != clean { //nolint:errorlint // the same one
		t.Error("an error without a secret was replaced")
	}
}
