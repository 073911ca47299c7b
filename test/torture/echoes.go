package main

import (
	"bufio"
	"bytes"
	"context"
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

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// measureEchoes plays servers and proxies that repeat what they were sent, in every place of
// a response and in every spelling, until enough secrets were planted.
func measureEchoes(ctx context.Context, a amounts) ([]results.Row, error) {
	all := searched(ctx, echoScenes(), a.echoes)
	return []results.Row{
		results.AtLeast("secrets planted in headers, addresses and causes", all.planted, results.Count, a.echoes),
		results.Exactly("secrets found in headers, addresses and causes", all.found, 0),
	}, errors.Join(all.failed, all.first, ctx.Err())
}

// places are where a server can repeat what it was sent, %s: in lines that net/http quotes, in
// headers, in errors, in names of members.
var places = map[string]string{
	"reason phrase":     "HTTP/1.1 503 %s\r\nContent-Length: 0\r\n\r\n",
	"request id":        "HTTP/1.1 500 Oops\r\nX-Request-Id: r-%s\r\nContent-Length: 0\r\n\r\n",
	"other header":      "HTTP/1.1 409 Conflict\r\nX-Sent: %[1]s\r\nServer: %[1]s\r\nContent-Length: 0\r\n\r\n",
	"redirect":          "HTTP/1.1 307 Moved\r\nLocation: https://u:%[1]s@weka02/%[1]s?q=%[1]s\r\nContent-Length: 0\r\n\r\n",
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

// writings are how it repeats that.
var writings = map[string]func(string) string{
	"plain":         func(s string) string { return s },
	"cut":           func(s string) string { return s[:len(s)-5] },
	"end":           func(s string) string { return s[5:] },
	"base64":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"as HTTP Basic": func(s string) string { return base64.StdEncoding.EncodeToString([]byte("admin:" + s)) },
	"URL alphabet":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("a" + s + "z")) },
	"percent":       func(s string) string { return eachByte(s, "%%%02X") },
	"JSON":          func(s string) string { return eachByte(s, `\u%04x`) },
}

func eachByte(s, format string) string {
	var text strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&text, format, s[i])
	}
	return text.String()
}

// carriers are the calls whose requests carry a secret. The victim is the request that the
// server answers with an echo.
var carriers = map[string]struct {
	isLogin bool
	options func(secret string) weka.Option
	call    func(ctx context.Context, c *weka.Client, secret string, facts weka.CallOption) error
}{
	"token":    {false, weka.WithAccessToken, callWith(nil)},
	"password": {true, func(s string) weka.Option { return weka.WithPassword("admin", s) }, callWith(nil)},
	"Basic":    {false, nil, callWith(func(s string) weka.CallOption { return weka.WithBasicAuth("ldap", s) })},
	"header":   {false, nil, callWith(func(s string) weka.CallOption { return weka.WithHeader("X-Vault", s) })},
	"query":    {false, nil, callWith(func(s string) weka.CallOption { return weka.WithQuery("q", s) })},
	"user in the address": {false, nil, callWith(func(s string) weka.CallOption {
		return func(r *http.Request) { r.URL.User = url.UserPassword("admin", s) }
	})},
	"body": {false, nil, func(ctx context.Context, c *weka.Client, s string, facts weka.CallOption) error {
		_, err := c.Users.Create(ctx, wekaapi.CreateUserBody{Username: new("reader"), Password: new(weka.NewSecret(s))}, facts)
		return err
	}},
	"body of Do": {false, nil, func(ctx context.Context, c *weka.Client, s string, facts weka.CallOption) error {
		return c.Do(ctx, http.MethodPost, "/x", map[string]any{"ldap": map[string]string{"bind_password": s}}, nil, facts)
	}},
}

func callWith(option func(string) weka.CallOption) func(context.Context, *weka.Client, string, weka.CallOption) error {
	return func(ctx context.Context, c *weka.Client, secret string, facts weka.CallOption) error {
		options := []weka.CallOption{facts}
		if option != nil {
			options = append(options, option(secret))
		}
		_, err := c.Cluster.GetStatus(ctx, options...)
		return err
	}
}

// echoScenes have each carrier meet each echo, directly; and a proxy's credentials meet each
// at the proxy.
func echoScenes() []scene {
	var scenes []scene
	for place, response := range places {
		for writing, write := range writings {
			if writing == "JSON" && !strings.Contains(response, "{") {
				continue
			}
			for carrier := range carriers {
				scenes = append(scenes, scene{carrier + ", " + place + ", " + writing, func(ctx context.Context, p *planting) {
					playEcho(ctx, p, carrier, response, write)
				}})
			}
			for _, address := range []string{"http://10.0.0.1", "https://10.0.0.1"} {
				scenes = append(scenes, scene{"proxy of " + address + ", " + place + ", " + writing, func(ctx context.Context, p *planting) {
					playProxy(ctx, p, address, response, write)
				}})
			}
		}
	}
	return scenes
}

func playEcho(ctx context.Context, p *planting, carrier, response string, write func(string) string) {
	secret := p.plant()
	c := carriers[carrier]
	credentials := weka.WithAccessToken(p.plant())
	if c.options != nil {
		credentials = c.options(secret)
	}
	server := startEcho(ctx, func(r *http.Request) string {
		if strings.HasSuffix(r.URL.Path, "/login") != c.isLogin {
			return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + `{"data":{}}`
		}
		return fmt.Sprintf(response, write(secret))
	})
	defer server.stop()
	p.watch("http://"+server.address, []weka.Option{credentials}, func(client *weka.Client, facts weka.CallOption) error {
		return c.call(ctx, client, secret, facts)
	})
}

func playProxy(ctx context.Context, p *planting, address, response string, write func(string) string) {
	secret := p.plant()
	server := startEcho(ctx, func(*http.Request) string { return fmt.Sprintf(response, write(secret)) })
	defer server.stop()
	p.watch(address, []weka.Option{weka.AllowPlainHTTP(), weka.WithAccessToken(p.plant()), weka.WithProxy("http://admin:" + secret + "@" + server.address)},
		func(client *weka.Client, facts weka.CallOption) error {
			return callWith(nil)(ctx, client, secret, facts)
		})
}

// watch makes a call and inspects everything that leaves: the error, its causes and what
// errors.As finds, the response, hooks, log and dump.
func (p *planting) watch(address string, options []weka.Option, do func(*weka.Client, weka.CallOption) error) {
	var mu sync.Mutex
	var out bytes.Buffer
	locked := writer(func(text []byte) { mu.Lock(); defer mu.Unlock(); out.Write(text) })
	c := must.Get(weka.New(address, append(options,
		weka.WithDump(locked), weka.WithLogger(slog.New(slog.NewJSONHandler(locked, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		weka.WithSessionHook(func(e weka.SessionEvent) { p.inspectError(e.Err) }),
		weka.WithHooks(weka.Hooks{EndpointChanged: func(e weka.EndpointChange) { p.inspectError(e.Err) }}),
		weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 2, FirstPause: 1, LongestPause: 1}))...))
	defer c.Close()
	var facts weka.Response
	if err := do(c, weka.WithResponse(&facts)); err != nil {
		p.print(fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
		text, _ := json.Marshal(err) // what cannot be marshalled is not printed
		p.print(string(text))
		p.found(err)
	}
	p.dumpResponse(facts)
	mu.Lock()
	defer mu.Unlock()
	p.print(out.String())
}

// found prints each cause, and what errors.As finds.
func (p *planting) found(err error) {
	var network net.Error
	var operation *net.OpError
	if errors.As(err, &network) {
		p.exported(network)
	}
	if errors.As(err, &operation) {
		p.exported(operation)
		p.exported(*operation)
	}
	p.causes(err)
}

type writer func([]byte)

func (w writer) Write(text []byte) (int, error) {
	w(text)
	return len(text), nil
}

// echoServer is a server of raw bytes.
type echoServer struct {
	address  string
	listener net.Listener
	running  sync.WaitGroup
}

func startEcho(ctx context.Context, respond func(*http.Request) string) *echoServer {
	s := &echoServer{listener: must.Get(new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0"))}
	s.address = s.listener.Addr().String()
	s.running.Go(func() {
		for {
			connection, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.running.Go(func() {
				defer func() { _ = connection.Close() }()
				r, err := http.ReadRequest(bufio.NewReader(connection))
				if err != nil {
					return
				}
				if _, err := io.Copy(io.Discard, r.Body); err == nil {
					_, _ = io.WriteString(connection, respond(r))
				}
			})
		}
	})
	return s
}

func (s *echoServer) stop() {
	_ = s.listener.Close()
	s.running.Wait()
}
