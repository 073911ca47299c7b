package weka_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// echoes are the places where a server or a proxy can repeat what it was sent; %s is that.
var echoes = map[string]string{
	"reason phrase":     "HTTP/1.1 503 %s\r\nContent-Length: 0\r\n\r\n",
	"request id":        "HTTP/1.1 500 Oops\r\nX-Request-Id: r-%s\r\nContent-Length: 0\r\n\r\n",
	"redirect":          "HTTP/1.1 302 Found\r\nLocation: https://weka02/%[1]s?q=%[1]s\r\nContent-Length: 0\r\n\r\n",
	"status code":       "HTTP/1.1 %s Oops\r\n\r\n",
	"status line":       "%s\r\n\r\n",
	"header line":       "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
	"content length":    "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
	"transfer encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n",
	"content type":      "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 1\r\n\r\n!",
	"trailer":           "HTTP/1.1 200 OK\r\nTrailer: A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n%s\r\n\r\n",
	"message":           "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"message\":\"cannot use %[1]s\",\"data\":{\"%[1]s\":[\"%[1]s\"]}}",
	"rejected":          "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n{\"data\":\"no %s\"}",
	"locked out":        "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n{\"data\":\"%s: User has been locked out for another 1m\"}",
	"member name":       "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"data\":{\"status\":{\"%[1]s\":1},\"overlay\":{\"%[1]s\":[]}}}",
}

// spellings are how they write it.
var spellings = map[string]func(string) string{
	"plain":   func(s string) string { return s },
	"cut":     func(s string) string { return s[:len(s)-4] },
	"end":     func(s string) string { return s[4:] },
	"base64":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"in pair": func(s string) string { return base64.URLEncoding.EncodeToString([]byte("admin:" + s + ":x")) },
	"percent": func(s string) string {
		var text strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&text, "%%%02x", c)
		}
		return text.String()
	},
	"JSON": func(s string) string {
		var text strings.Builder
		for _, r := range s {
			fmt.Fprintf(&text, `\u%04X`, r)
		}
		return text.String()
	},
}

// echoServer is a server of raw bytes that answers with one of the echoes. It repeats the
// secret, whichever request carries it.
func echoServer(t *testing.T, echo, said string, isVictim func(*http.Request) bool) string {
	t.Helper()
	return "http://" + rawServer(t, listen(t), func(c net.Conn) {
		from := bufio.NewReader(c)
		for {
			r, err := http.ReadRequest(from)
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return
			}
			answer := "HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n" + `{"data":{"access_token":"fresh-access-token","refresh_token":"fresh-r"}}`[:70]
			if isVictim(r) {
				answer = fmt.Sprintf(echo, said)
			}
			if _, err := io.WriteString(c, answer); err != nil || strings.Contains(answer, "Connection: close") || !strings.Contains(answer, "Content-Length: ") {
				return
			}
		}
	})
}

// observed is a client all of whose outputs are kept.
type observed struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (o *observed) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Write(p)
}

func (o *observed) options() []weka.Option {
	logger := slog.New(slog.NewJSONHandler(o, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return []weka.Option{
		weka.WithDump(o), weka.WithLogger(logger), weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 2, FirstPause: 1, LongestPause: 1}),
		weka.WithSessionHook(func(e weka.SessionEvent) { o.show(e.Err) }),
		weka.WithHooks(weka.Hooks{EndpointChanged: func(change weka.EndpointChange) { o.show(change.Err) }}),
	}
}

// show prints an error, what it wraps, and what errors.As finds in it.
func (o *observed) show(err error) {
	if err == nil {
		return
	}
	_, _ = fmt.Fprintf(o, "%v\n%+v\n%#v\n", err, err, err)
	if text, failed := json.Marshal(err); failed == nil {
		_, _ = o.Write(text)
	}
	var address *url.Error
	var network net.Error
	var operation *net.OpError
	if errors.As(err, &address) {
		_, _ = fmt.Fprintf(o, "%v %+v", address, *address)
	}
	if errors.As(err, &network) {
		_, _ = fmt.Fprintf(o, "%v %+v", network, network)
	}
	if errors.As(err, &operation) {
		_, _ = fmt.Fprintf(o, "%v %+v", operation, *operation)
	}
	switch wrapper := err.(type) { //nolint:errorlint // each level is shown
	case interface{ Unwrap() error }:
		o.show(wrapper.Unwrap())
	case interface{ Unwrap() []error }:
		for _, cause := range wrapper.Unwrap() {
			o.show(cause)
		}
	}
}

// wantNone reports a piece of the secret in what was printed.
func (o *observed) wantNone(t *testing.T, secret string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	printed := o.out.String()
	for _, piece := range []string{secret[:10], secret[10:20]} {
		forms := []string{piece, spellings["percent"](piece), spellings["JSON"](piece)}
		for before := range 3 {
			encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + piece))
			forms = append(forms, encoded[4:len(encoded)-2])
		}
		for _, form := range forms {
			if i := strings.Index(strings.ToLower(printed), strings.ToLower(form)); i >= 0 {
				t.Fatalf("a secret is shown: %s", printed[max(0, i-300):min(len(printed), i+100)])
			}
		}
	}
}

// Whatever a server repeats, and however, no secret of the request leaves the SDK.
func TestEchoedSecrets(t *testing.T) {
	create := func(c *weka.Client, secret string, response *weka.Response) error {
		_, err := c.Users.Create(t.Context(), wekaapi.CreateUserBody{Username: new("u"), Password: new(weka.NewSecret(secret))}, weka.WithResponse(response))
		return err
	}
	get := func(options ...weka.CallOption) func(*weka.Client, string, *weka.Response) error {
		return func(c *weka.Client, _ string, response *weka.Response) error {
			_, err := c.Cluster.GetStatus(t.Context(), append(options, weka.WithResponse(response))...)
			return err
		}
	}
	isLogin := func(r *http.Request) bool { return r.URL.Path == "/api/v2/login" }
	isCall := func(r *http.Request) bool { return !isLogin(r) }
	for name, carrier := range map[string]struct {
		isVictim func(*http.Request) bool
		options  func(secret string) []weka.Option
		call     func(c *weka.Client, secret string, response *weka.Response) error
	}{
		"bearer":   {isCall, func(s string) []weka.Option { return []weka.Option{weka.WithAccessToken(s)} }, get()},
		"password": {isLogin, func(s string) []weka.Option { return []weka.Option{weka.WithPassword("admin", s)} }, get()},
		"body":     {isCall, nil, create},
		"Basic": {isCall, nil, func(c *weka.Client, s string, response *weka.Response) error {
			return get(weka.WithBasicAuth("admin", s))(c, s, response)
		}},
		"header": {isCall, nil, func(c *weka.Client, s string, response *weka.Response) error {
			return get(weka.WithHeader("X-Vault", s))(c, s, response)
		}},
		"query": {isCall, nil, func(c *weka.Client, s string, response *weka.Response) error {
			return get(weka.WithQuery("q", s))(c, s, response)
		}},
		"Basic without a password": {isCall, nil, func(c *weka.Client, s string, response *weka.Response) error {
			return get(weka.WithBasicAuth(s, ""))(c, s, response)
		}},
		"large body": {isCall, nil, func(c *weka.Client, s string, response *weka.Response) error {
			body := map[string]string{"name": strings.Repeat("x", 100<<10), "password": s}
			return c.Do(t.Context(), "POST", "/x", body, nil, weka.WithResponse(response))
		}},
		"untyped body": {isCall, nil, func(c *weka.Client, s string, response *weka.Response) error {
			return c.Do(t.Context(), "POST", "/x?api_key="+s, map[string]any{"proxy": map[string]string{"Password": s}}, nil, weka.WithResponse(response))
		}},
	} {
		for place, echo := range echoes {
			for form, spell := range spellings {
				secret := rand.Text()
				t.Run(name+", "+place+", "+form, func(t *testing.T) {
					t.Parallel()
					var o observed
					options := append(o.options(), weka.WithAccessToken("fresh-access-token"))
					if carrier.options != nil {
						options = append(o.options(), carrier.options(secret)...)
					}
					said := spell(secret)
					if form == "JSON" && !strings.Contains(echo, "{") {
						t.Skip("it is JSON that is escaped")
					}
					c := newClientAt(t, echoServer(t, echo, said, carrier.isVictim), options...)
					var response weka.Response
					err := carrier.call(c, secret, &response)
					if isIgnored := place == "trailer" || place == "member name" || place == "content type" && strings.HasSuffix(name, "body") && name != "body"; err == nil && !isIgnored {
						t.Error("no error")
					}
					o.show(err)
					_, _ = fmt.Fprintf(&o, "%+v", response)
					o.wantNone(t, secret)
				})
			}
		}
	}
}

// A proxy repeats the user and password in its address, when it refuses a connection and when
// it answers a request, of our own transport and of the caller's.
func TestEchoedProxySecrets(t *testing.T) {
	for name, c := range map[string]struct{ address, echo, want string }{
		"refused connection": {"https://10.0.0.1", "HTTP/1.1 407 %s\r\nContent-Length: 0\r\n\r\n", "407 Proxy Authentication Required"},
		"no HTTP":            {"https://10.0.0.1", "SSH %s\r\n\r\n", "not valid HTTP"},
		"refused request":    {"http://10.0.0.1", "HTTP/1.1 407 %[1]s\r\nX-Request-Id: %[1]s\r\nConnection: close\r\n\r\n{\"data\":\"who is %[1]s?\"}", "407 Proxy Authentication Required"},
		"redirected request": {"http://10.0.0.1", "HTTP/1.1 302 Found\r\nLocation: http://admin:%[1]s@10.0.0.2/%[1]s\r\nContent-Length: 0\r\n\r\n", "redirects are not followed"},
	} {
		for form, spell := range spellings {
			for _, isOwn := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %s, %v", name, form, isOwn), func(t *testing.T) {
					t.Parallel()
					secret := rand.Text()
					proxy := strings.Replace(echoServer(t, c.echo, spell(secret), func(*http.Request) bool { return true }), "://", "://admin:"+secret+"@", 1)
					var o observed
					options := append(o.options(), weka.WithAccessToken("fresh-access-token"), weka.AllowPlainHTTP())
					if isOwn {
						options = append(options, weka.WithProxy(proxy))
					} else {
						through, err := url.Parse(proxy)
						if err != nil {
							t.Fatal(err)
						}
						transport := &http.Transport{Proxy: http.ProxyURL(through)}
						defer transport.CloseIdleConnections()
						options = append(options, weka.WithTransport(transport))
					}
					err := status(t.Context(), newClientAt(t, c.address, options...))
					if o.show(err); err == nil || !strings.Contains(err.Error(), c.want) && (isOwn || name != "refused connection") {
						t.Errorf("got %v, want %q", err, c.want)
					}
					o.wantNone(t, secret)
				})
			}
		}
	}
}

// The address of Do can have a user, and so can one that an option sets.
func TestUserInTheAddressOfACall(t *testing.T) {
	secret := rand.Text()
	var o observed
	c := newClientAt(t, echoServer(t, echoes["message"], secret, func(*http.Request) bool { return true }), append(o.options(), weka.WithAccessToken("t"))...)
	for _, path := range []string{"https://admin:" + secret + "@weka01/x", "//admin:" + secret + "@weka01/x", "admin:" + secret + "@x"} {
		err := c.Do(t.Context(), "GET", path, nil, nil)
		if o.show(err); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("got %v", err)
		}
	}
	_, err := c.Cluster.GetStatus(t.Context(), func(r *http.Request) { r.URL.User = url.UserPassword("admin", secret) })
	o.show(err)
	o.wantNone(t, secret)
}

// The reason phrase is not in the error of a call that ends in a pause.
func TestReasonPhraseInAPause(t *testing.T) {
	secret := rand.Text()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	hook := weka.WithHooks(weka.Hooks{BeforeRetry: func(context.Context, weka.Retrying) { cancel() }})
	c := newClientAt(t, echoServer(t, echoes["reason phrase"], secret+"x", func(*http.Request) bool { return true }), weka.WithAccessToken("t"), hook)
	var o observed
	err := status(ctx, c)
	if o.show(err); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "503 Service Unavailable") {
		t.Errorf("got %v", err)
	}
	o.wantNone(t, secret)
}
