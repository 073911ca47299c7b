package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/must"
)

// stages are the requests of a session that can meet a fault.
var stages = []string{"login", "refresh", "call"}

// sessionScenes have each fault in each stage.
func sessionScenes() []scene {
	var scenes []scene
	for _, stage := range stages {
		for _, f := range faults {
			scenes = append(scenes, scene{stage + ": " + f.name, func(ctx context.Context, p *planting) {
				playSession(ctx, p, &wire{planting: p, stage: stage, fault: f})
			}})
		}
	}
	return scenes
}

// wire is a cluster that issues planted tokens and has one fault.
type wire struct {
	planting *planting
	stage    string
	fault    fault
	failed   atomic.Bool // the fault has occurred
}

// RoundTrip implements http.RoundTripper without a network.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	stage := stageOf(r)
	switch {
	case stage == w.stage:
		w.failed.Store(true)
		return w.fault.reply(w.planting, r)
	case stage != "call":
		return response(r, http.StatusOK, map[string]any{
			"access_token": w.planting.plant(), "refresh_token": w.planting.plant(), "expires_in": 300,
		}), nil
	case w.stage == "refresh" && !w.failed.Load():
		return response(r, http.StatusUnauthorized, "Unauthorized"), nil
	}
	return response(r, http.StatusOK, map[string]any{"username": "admin"}), nil
}

func stageOf(r *http.Request) string {
	switch {
	case strings.HasSuffix(r.URL.Path, "/login/refresh"):
		return "refresh"
	case strings.HasSuffix(r.URL.Path, "/login"):
		return "login"
	}
	return "call"
}

// playSession makes one call and inspects everything that a caller has then.
func playSession(ctx context.Context, p *planting, w *wire) {
	c := must.Get(weka.New("weka01", weka.WithPassword("admin", p.plant()), weka.WithTransport(w),
		weka.WithSessionHook(func(event weka.SessionEvent) { p.inspect(event, &event); p.inspectError(event.Err) })))
	defer c.Close()
	var facts weka.Response
	got, err := c.Users.WhoAmI(ctx, p.dumpRequest, weka.WithResponse(&facts), weka.WithQuery("api_key", p.plant()))
	p.inspectError(err)
	p.inspect(got)
	p.dumpResponse(facts)
	must.Hold(w.failed.Load(), "the fault did not occur")
}

func (p *planting) inspectError(err error) {
	if err != nil {
		p.inspect(err)
	}
}

// fault is a bad response, or none.
type fault struct {
	name  string
	reply func(*planting, *http.Request) (*http.Response, error)
}

var refusing = fault{"refused", rejectsWith(http.StatusUnauthorized, "Unauthorized")}

var repeating = fault{"repeats the body", func(_ *planting, r *http.Request) (*http.Response, error) {
	body := sent(r)
	return textResponse(r, http.StatusBadRequest, "application/json", fmt.Appendf(nil, `{"message":%q,"data":{"sent":%q}}`, body, body)), nil
}}

var faults = []fault{
	refusing,
	repeating,
	{"forbidden", rejectsWith(http.StatusForbidden, "not allowed")},
	{"locked out", rejectsWith(http.StatusForbidden, "User has been locked out for another 1m30s due to too many login attempts")},
	{"unavailable", rejectsWith(http.StatusServiceUnavailable, "later")},
	{"a page that repeats the body", func(_ *planting, r *http.Request) (*http.Response, error) {
		return textResponse(r, http.StatusBadGateway, "text/html", []byte("<html>"+sent(r)+"</html>")), nil
	}},
	{"success as a page", func(p *planting, r *http.Request) (*http.Response, error) {
		return textResponse(r, http.StatusOK, "text/html", []byte("<html>"+p.plant()+"</html>")), nil
	}},
	{"empty", func(_ *planting, r *http.Request) (*http.Response, error) {
		return textResponse(r, http.StatusOK, "application/json", nil), nil
	}},
	{"breaks off", respondsWith(`{"data":{"access_token":"%s","refresh_token":"%s`)},
	{"another shape", respondsWith(`{"data":{"access_token":["%s"],"refresh_token":{"a":"%s"}}}`)},
	{"a number for a token", respondsWith(`{"data":{"access_token":17,"refresh_token":"%s","token_type":"%s"}}`)},
	{"a token with a line break", respondsWith(`{"data":{"access_token":"%s\n","refresh_token":"%s"}}`)},
	{"ended before it began", respondsWith(`{"data":{"access_token":"%s","refresh_token":"%s","expires_in":-1}}`)},
	{"a redirect", rejectsWith(http.StatusFound, "elsewhere")},
	{"a URL error", func(p *planting, r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: r.Method, URL: r.URL.String() + "?token=" + p.plant(), Err: io.ErrUnexpectedEOF}
	}},
}

func rejectsWith(status int, text string) func(*planting, *http.Request) (*http.Response, error) {
	return func(_ *planting, r *http.Request) (*http.Response, error) { return response(r, status, text), nil }
}

// respondsWith returns a text in which each %s is a new secret.
func respondsWith(text string) func(*planting, *http.Request) (*http.Response, error) {
	return func(p *planting, r *http.Request) (*http.Response, error) {
		filled := text
		for strings.Contains(filled, "%s") {
			filled = strings.Replace(filled, "%s", p.plant(), 1)
		}
		return textResponse(r, http.StatusOK, "application/json", []byte(filled)), nil
	}
}

// sent returns the body of a request.
func sent(r *http.Request) string {
	if r.Body == nil {
		return ""
	}
	text, _ := io.ReadAll(r.Body) // it is in memory
	return string(text)
}

// givenScenes have secrets of the caller: tokens, files, headers, queries.
func givenScenes() []scene {
	return []scene{
		{"token and secret", func(_ context.Context, p *planting) {
			t := p.token()
			p.inspect(t, &t, t.Access, &t.Access, []api.Secret{t.Refresh}, map[string]token.Token{"a": t}, weka.TokenStore(token.NewMemoryStore()))
		}},
		{"client", inspectClient},
		{"access token refused", func(ctx context.Context, p *planting) {
			failing(ctx, p, weka.WithAccessToken(p.plant()))
		}},
		{"token function refused", func(ctx context.Context, p *planting) {
			failing(ctx, p, weka.WithTokenFunc(func(context.Context) (weka.Token, error) { return p.token(), nil }))
		}},
		{"token file refused", func(ctx context.Context, p *planting) {
			inFile(`{"access_token":"`+p.plant()+`","refresh_token":"`+p.plant()+`"}`, func(path string) {
				failing(ctx, p, weka.WithTokenFile(path))
			})
		}},
		{"token file broken", func(ctx context.Context, p *planting) {
			inFile(`{"access_token":`+p.plant()+`,"refresh_token":"`+p.plant(), func(path string) {
				failing(ctx, p, weka.WithTokenFile(path))
			})
		}},
		{"HTTP Basic refused", func(ctx context.Context, p *planting) {
			c := must.Get(weka.New("weka01", weka.WithPassword("admin", p.plant()), weka.WithTransport(&wire{stage: "call", fault: refusing})))
			defer c.Close()
			p.inspectError(c.Do(ctx, http.MethodGet, "/cluster?key="+p.plant(), nil, nil, weka.WithBasicAuth("ldap", p.plant())))
		}},
		{"body of a call", func(ctx context.Context, p *planting) {
			failing(ctx, p, weka.WithPassword("admin", p.plant()))
		}},
	}
}

// failing makes calls that fail, one of them with a secret in its body.
func failing(ctx context.Context, p *planting, option weka.Option) {
	c := must.Get(weka.New("weka01", option, weka.WithTransport(&wire{planting: p, stage: "call", fault: refusing})))
	defer c.Close()
	_, err := c.Users.Create(ctx, wekaapi.CreateUserBody{Username: new("reader"), Password: new(weka.NewSecret(p.plant()))})
	p.inspectError(err)
	p.inspectError(c.Do(ctx, http.MethodPost, "/users?key="+p.plant(), map[string]string{"password": p.plant()}, nil))
}

// inspectClient inspects a client that has a session.
func inspectClient(ctx context.Context, p *planting) {
	c := must.Get(weka.New("weka01", weka.WithPassword("admin", p.plant()), weka.WithTransport(&wire{planting: p})))
	defer c.Close()
	_, err := c.Users.WhoAmI(ctx)
	p.inspect(c)
	p.exported(reflect.ValueOf(c).Elem().Interface())
	must.Succeed(err)
}

// inFile calls do with a file that contains the text.
func inFile(text string, do func(path string)) {
	folder := must.Get(os.MkdirTemp("", "torture-"))
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "file")
	must.Succeed(os.WriteFile(path, []byte(text), 0o600))
	do(path)
}

// optionScenes are arguments with secrets that New rejects.
func optionScenes() []scene {
	refused := func(p *planting, address string, options ...weka.Option) {
		_, err := weka.New(address, options...)
		must.Hold(err != nil, "weka.New accepted it")
		p.inspect(err)
		for _, option := range options {
			p.inspect(option)
		}
	}
	return []scene{
		{"user in the address", func(_ context.Context, p *planting) {
			refused(p, "https://admin:"+p.plant()+"@weka01:14000")
		}},
		{"password in place of the port", func(_ context.Context, p *planting) {
			refused(p, "admin:"+p.plant())
			refused(p, "weka01,https://admin:"+p.plant()+"/api/v2")
		}},
		{"user in a broken address", func(_ context.Context, p *planting) {
			refused(p, "https://admin:"+p.plant()+"@weka01:port")
		}},
		{"token in the address", func(_ context.Context, p *planting) {
			refused(p, "https://weka01:14000/?token="+p.plant()+"#"+p.plant())
		}},
		{"access token with a line break", func(_ context.Context, p *planting) {
			refused(p, "weka01", weka.WithAccessToken(p.plant()+"\n"))
		}},
		{"password beside an access token", func(_ context.Context, p *planting) {
			refused(p, "weka01", weka.WithAccessToken(p.plant()), weka.WithPassword("admin", p.plant()))
		}},
		{"password without a user", func(_ context.Context, p *planting) {
			refused(p, "weka01", weka.WithPassword("", p.plant()))
		}},
		{"private key in place of the CA", func(_ context.Context, p *planting) {
			inFile("-----BEGIN PRIVATE KEY-----\n"+p.plant()+"\n", func(path string) {
				refused(p, "weka01", weka.WithPassword("admin", p.plant()), weka.WithCAFile(path))
			})
		}},
	}
}

// panicKinds are the values with which a process panics. Its client has logged in.
var panicKinds = map[string]func(*planting, *weka.Client, error) any{
	"secret":  func(p *planting, _ *weka.Client, _ error) any { return p.token().Access },
	"token":   func(p *planting, _ *weka.Client, _ error) any { return p.token() },
	"client":  func(_ *planting, c *weka.Client, _ error) any { return c },
	"error":   func(_ *planting, _ *weka.Client, err error) any { return err },
	"wrapped": func(_ *planting, _ *weka.Client, err error) any { return fmt.Errorf("lost: %w", err) },
	"generated": func(p *planting, _ *weka.Client, _ error) any {
		return api.NewSecret(p.plant())
	},
	"body": func(p *planting, _ *weka.Client, _ error) any {
		return wekaapi.LoginBody{Password: api.NewSecret(p.plant())}
	},
}

// plantedInPanic is at least how many secrets each kind plants.
const plantedInPanic = 16

// panicScenes start a process that panics and inspect its stderr.
func panicScenes() []scene {
	var scenes []scene
	for kind := range panicKinds {
		scenes = append(scenes, scene{"panic: " + kind, func(ctx context.Context, p *planting) {
			command := roleCommand(ctx, "panic", kindVariable+"="+kind, "GOTRACEBACK=all")
			for range plantedInPanic {
				p.plant()
			}
			command.Stdin = bytes.NewReader(must.Get(json.Marshal(p.secrets)))
			said, err := command.CombinedOutput()
			p.print(string(said))
			must.Hold(err != nil && bytes.Contains(said, []byte("panic: ")), "the process did not panic")
		}})
	}
	return scenes
}

// panicWithSecrets is a process that panics with secrets from its input.
func panicWithSecrets(in io.Reader, _ io.Writer) error {
	var p planting
	if err := json.NewDecoder(in).Decode(&p.given); err != nil {
		return err
	}
	c, err := weka.New("weka01", weka.WithPassword("admin", p.plant()),
		weka.WithTransport(&wire{planting: &p, stage: "refresh", fault: refusing}))
	if err != nil {
		return err
	}
	_, err = c.Users.WhoAmI(context.Background())
	panic(panicKinds[os.Getenv(kindVariable)](&p, c, err))
}
