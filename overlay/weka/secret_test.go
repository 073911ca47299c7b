package weka_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// planted holds the secrets to look for.
type planted struct {
	t   *testing.T
	all []string
}

func (p *planted) secret() string {
	p.all = append(p.all, "hunter2-"+rand.Text())
	return p.all[len(p.all)-1]
}

// hidden prints and logs a value in every way, and reports a secret in the output.
func (p *planted) hidden(name string, v any) {
	p.t.Helper()
	var out bytes.Buffer
	verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%p", "%t"}
	if _, request := v.(*http.Request); request {
		verbs = verbs[:3] // with others fmt reads the body
	}
	for _, verb := range verbs {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v, slog.Group("g", "v", v))
	if text, err := json.Marshal(v); err == nil {
		out.Write(text)
	}
	p.notIn(name, out.String())
}

// notIn reports a secret in a text: verbatim, in hexadecimal, or as bytes.
func (p *planted) notIn(name, text string) {
	p.t.Helper()
	for _, secret := range p.all {
		for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]")} {
			if strings.Contains(text, form) {
				p.t.Errorf("%s shows a secret: %.2000s", name, text)
			}
		}
	}
}

// The search of these tests finds a value that is not hidden.
func TestSecretsWouldBeFound(t *testing.T) {
	probe := &planted{t: &testing.T{}}
	probe.hidden("a string", []string{probe.secret()})
	if !probe.t.Failed() {
		t.Error("a secret in plain view was not found")
	}
}

// A client, its options, its errors and its events show no password and no token.
func TestClientHidesSecrets(t *testing.T) {
	dir := ownFolder(t)
	p := &planted{t: t}
	password, access, refresh := p.secret(), p.secret(), p.secret()
	path := filepath.Join(dir, "auth-token.json")
	writeFile(t, path, fmt.Sprintf(`{"access_token":%q,"refresh_token":%q}`, access, refresh))
	for name, credentials := range map[string][]weka.Option{
		"password":     {weka.WithPassword("admin", password)},
		"function":     {weka.WithPasswordFunc("admin", func(context.Context) (string, error) { return password, nil })},
		"access token": {weka.WithAccessToken(access)},
		"token function": {weka.WithTokenFunc(func(context.Context) (weka.Token, error) {
			return weka.Token{Access: api.NewSecret(access), Refresh: api.NewSecret(refresh)}, nil
		})},
		"token file":  {weka.WithTokenFile(path)},
		"token cache": {weka.WithTokenCache(filepath.Join(dir, "cache")), weka.WithPassword("admin", password)},
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			p.t = t
			p.hidden(name+": options", credentials)
			hook := weka.WithSessionHook(func(e weka.SessionEvent) { p.hidden(name+": event", e) })
			c := newClient(t, srv, append(credentials, hook)...)
			p.hidden(name+": client before", c)
			srv.Fail("login", 1, http.StatusOK, fmt.Sprintf(`{"data":{"access_token":%q,"refresh_token":%q}}`, access, refresh))
			p.calls(name, srv, c, access)
			p.hidden(name+": client after", c)
			p.hidden(name+": client by value", *c)
		})
	}
}

// calls makes calls that fail in many ways; some responses repeat the token.
func (p *planted) calls(name string, srv *wekatest.Server, c *weka.Client, access string) {
	p.t.Helper()
	for _, answer := range []struct {
		status int
		body   string
	}{
		{http.StatusForbidden, `{"data":"Forbidden"}`},
		{http.StatusOK, `<html>` + access + `</html>`},
		{http.StatusBadGateway, `<html>` + access + `</html>`},
		{http.StatusOK, `{"data":{"status":"` + access},
		{http.StatusOK, `{"data":{"status":{"` + access + `":"` + access + `"}}}`}, // an unfit member
		{http.StatusUnauthorized, jsonUnauthorized},
	} {
		srv.Fail(statusOperation, 1, answer.status, answer.body)
		var meta weka.Response
		_, err := c.Cluster.GetStatus(p.t.Context(), weka.WithResponse(&meta), func(r *http.Request) { p.hidden(name+": request", r) })
		if err == nil && meta.UnfitCount == 0 {
			p.t.Errorf("%s: %d %s is no error", name, answer.status, answer.body)
		}
		p.hidden(name+": error", err)
		p.hidden(name+": cause", errors.Unwrap(err))
		p.hidden(name+": response", meta)
	}
	srv.Intercept(statusOperation, 1, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Location", "https://evil.example/?token="+access)
		w.WriteHeader(http.StatusFound)
	})
	p.hidden(name+": redirect", status(p.t.Context(), c))
	basic := p.secret()
	p.hidden(name+": basic", c.Do(p.t.Context(), "GET", "/nowhere?secret="+basic, nil, nil, weka.WithBasicAuth("u", basic)))
	srv.Intercept(statusOperation, 1, func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })
	p.hidden(name+": cut", status(p.t.Context(), c))
}

// A response that repeats the password or the refresh token does not put it into an error.
func TestRejectionsHideSecrets(t *testing.T) {
	for _, code := range []int{400, 401, 403, 409, 429, 500, 502} {
		for _, form := range []string{
			`{"message":"User has been locked out: %s","data":{"password":%q}}`,
			`{"message":"cannot use %s","data":{"refresh_token":[%q]}}`,
			`{"data":"Unauthorized %s","other":%q}`,
			`{"message":null,"unknown":["%s",%q]}`,
			`<html>%s %s</html>`,
			`"%s" %q`,
		} {
			p := &planted{t: t}
			password, refresh := p.secret(), p.secret()
			refusal := func(secret string) string { return fmt.Sprintf(form, secret, secret) }
			for name, provoke := range map[string]func(context.Context, *wekatest.Server, *weka.Client) error{
				"login": func(ctx context.Context, srv *wekatest.Server, c *weka.Client) error {
					srv.Fail("login", 1, code, refusal(password))
					return status(ctx, c)
				},
				"refresh": func(ctx context.Context, srv *wekatest.Server, c *weka.Client) error {
					srv.Fail("login", 1, http.StatusOK, fmt.Sprintf(`{"data":{"access_token":"a","refresh_token":%q}}`, refresh))
					srv.Fail("refreshToken", 1, code, refusal(refresh))
					srv.Fail("login", 1, code, refusal(password))
					return status(ctx, c)
				},
				"change": func(ctx context.Context, srv *wekatest.Server, c *weka.Client) error {
					srv.Fail("login", 2, http.StatusOK, `{"data":{"access_token":"a"}}`)
					srv.Fail("updateUserPassword", 2, code, refusal(password))
					return c.ChangePassword(ctx, password)
				},
			} {
				bubble(t, func(t *testing.T, srv *wekatest.Server) {
					p.t = t
					hook := weka.WithSessionHook(func(e weka.SessionEvent) { p.hidden("event", e) })
					err := provoke(t.Context(), srv, newClient(t, srv, weka.WithPassword("admin", password), hook))
					p.hiddenChain(fmt.Sprintf("%s %d %s", name, code, form), err)
				})
			}
		}
	}
}

// hiddenChain checks an error and all that it wraps.
func (p *planted) hiddenChain(name string, err error) {
	p.t.Helper()
	if err == nil {
		p.t.Errorf("%s: no error", name)
	}
	var failed *weka.Error
	var locked *weka.LockedOutError
	for next := err; errors.As(next, &failed); next = failed.Err {
		p.hidden(name, failed)
		p.hidden(name, *failed)
		p.hidden(name, failed.Data)
	}
	if errors.As(err, &locked) {
		p.hidden(name, locked)
		p.hidden(name, *locked)
	}
	p.hidden(name, err)
}

// A client prints its address with every verb, also during calls.
func TestClientPrintsItsAddress(t *testing.T) {
	c := newClientAt(t, "weka01", weka.WithAccessToken("t"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb+verb, c, *c); got != strings.Repeat("weka.Client of https://weka01:14000", 2) {
			t.Errorf("%s: got %s", verb, got)
		}
	}
	several := newClientAt(t, "weka02,weka01", weka.WithAccessToken("t"))
	if got, want := fmt.Sprint(several), "weka.Client of https://weka02:14000, https://weka01:14000"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "c", c)
	if !strings.Contains(out.String(), `"c":"weka.Client of https://weka01:14000"`) {
		t.Errorf("slog: got %s", out.String())
	}
}

// Bodies print, log and marshal without their secrets, which are in requests only.
func TestBodiesHideSecrets(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		p := &planted{t: t}
		one, two := weka.NewSecret(p.secret()), weka.NewSecret(p.secret())
		body := wekaapi.UpdateUserPasswordBody{Username: "u", OldPassword: one, NewPassword: two}
		p.hidden("a secret", one)
		p.hidden("a body", body)
		p.hidden("a pointer to a body", &body)
		p.hidden("a login", wekaapi.LoginBody{Username: "u", Password: one})
		p.hidden("tokens", wekaapi.Tokens{AccessToken: one, RefreshToken: two})
		c, seen := watched(t, srv)
		srv.Fail("updateUserPassword", 1, http.StatusOK, `{"data":null}`) // there is no user u
		err := c.Users.UpdatePassword(t.Context(), body, func(r *http.Request) { p.hidden("a request", r) })
		if err != nil {
			t.Fatal(err)
		}
		if sent := seen.Sent("/users/password"); len(sent) != 1 || !strings.Contains(sent[0].Body, one.Reveal()) || !strings.Contains(sent[0].Body, two.Reveal()) {
			t.Errorf("sent %d bodies without the secrets", len(sent))
		}
		secret, err := c.LongLivedToken(t.Context(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		p.all = append(p.all, secret.Reveal())
		p.hidden("a long-lived token", secret)
	})
}

// Tokens in JSON of unknown shape are hidden too.
func TestTokensOfUnknownShapeAreHidden(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		p := &planted{t: t}
		c := admin(t, srv)
		want := fmt.Sprintf(`{"token":%q,"n":[1.0]}`, p.secret())
		srv.Fail("getMountToken", 1, http.StatusOK, `{"data":`+want+`}`)
		srv.Fail("getJoinToken", 1, http.StatusOK, `{"data":`+want+`}`)
		mount, err := c.FileSystems.GetMountToken(t.Context(), "u1", wekaapi.GetMountTokenBody{})
		if p.hidden("a mount token", mount); err != nil || string(mount.Reveal()) != want {
			t.Errorf("mount token: %s, %v", mount.Reveal(), err)
		}
		join, err := c.Security.GetJoinToken(t.Context(), wekaapi.GetJoinTokenBody{})
		if p.hidden("a join token", join); err != nil || string(join.Reveal()) != want {
			t.Errorf("join token: %s, %v", join.Reveal(), err)
		}
	})
}
