package weka_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// setEnv sets the variables of the vendor's command line, and empties those that are
// not given. HOME is an empty folder.
func setEnv(t *testing.T, variables map[string]string) (home string) {
	t.Helper()
	for _, name := range []string{"WEKA_HOST", "WEKA_PORT", "WEKA_USERNAME", "WEKA_PASSWORD", "WEKA_ORG", "WEKA_TOKEN"} {
		t.Setenv(name, variables[name])
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	return home
}

func TestAddressFromEnv(t *testing.T) {
	for _, test := range []struct{ host, port, given, want string }{
		{host: "weka01", want: "https://weka01:14000"},
		{host: "weka01", port: "443", want: "https://weka01:443"},
		{host: "weka01:8443", port: "443", want: "https://weka01:8443"},
		{host: "::1", port: "443", want: "https://[::1]:443"},
		{host: "[::1]", port: "443", want: "https://[::1]:443"},
		{host: "https://weka01", port: "443", want: "https://weka01:443"},
		{host: " weka01 ", want: "https://weka01:14000"},
		{host: "weka01", port: "443", given: "other", want: "https://other:14000"},
	} {
		setEnv(t, map[string]string{"WEKA_HOST": test.host, "WEKA_PORT": test.port, "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"})
		seen := &wire{next: answering{200, `{"data":{"access_token":"a","status":"OK"}}`}}
		mustStatus(t, newClientAt(t, test.given, weka.FromEnv(), weka.WithTransport(seen)))
		if got := seen.to("/cluster"); len(got) != 1 || got[0].host != test.want {
			t.Errorf("%+v: sent %+v, want it at %s", test, got, test.want)
		}
	}
}

// WEKA_HOST may hold several.
func TestAddressesFromEnv(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_HOST": "weka01,weka02:8443,::1", "WEKA_PORT": "443", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"})
	const want = "weka.Client of https://weka01:443, https://weka02:8443, https://[::1]:443"
	if got := fmt.Sprint(newClientAt(t, "", weka.FromEnv())); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEnvRefused(t *testing.T) {
	folder := t.TempDir()
	for name, test := range map[string]struct {
		words     string
		variables map[string]string
		options   []weka.Option
	}{
		"no address":         {"pass a host", map[string]string{"WEKA_PORT": "14000", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"a bad host":         {"the address in WEKA_HOST", map[string]string{"WEKA_HOST": "ftp://x", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"one bad of two":     {"address 2 of 2 in WEKA_HOST", map[string]string{"WEKA_HOST": "weka01,weka02:x", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"a bad port":         {"WEKA_PORT has the port", map[string]string{"WEKA_HOST": "weka01", "WEKA_PORT": "abc", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"no password":        {"set both or none", map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "u"}, nil},
		"no user":            {"set both or none", map[string]string{"WEKA_HOST": "weka01", "WEKA_PASSWORD": "hunter2"}, nil},
		"nothing":            {"set WEKA_USERNAME", map[string]string{"WEKA_HOST": "weka01"}, nil},
		"a token, no path":   {"must be the path", map[string]string{"WEKA_HOST": "weka01", "WEKA_TOKEN": "hunter2"}, nil},
		"a folder":           {"must be the path", map[string]string{"WEKA_HOST": "weka01", "WEKA_TOKEN": folder}, nil},
		"http over the wire": {"AllowPlainHTTP", map[string]string{"WEKA_HOST": "http://weka01", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"}, nil},
		"an organization for a file": {"needs WithPassword", map[string]string{"WEKA_HOST": "weka01", "WEKA_TOKEN": os.Args[0]},
			[]weka.Option{weka.WithOrganization("acme")}},
		"a contradiction beside it": {"contradict", map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "u", "WEKA_PASSWORD": "p"},
			[]weka.Option{weka.WithAccessToken("t"), weka.WithPassword("u", "p")}},
	} {
		setEnv(t, test.variables)
		_, err := weka.New("", append(test.options, weka.FromEnv())...)
		if !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want ErrInvalidArgument that says %q", name, err, test.words)
			continue
		}
		wantLine(t, err)
	}
	setEnv(t, map[string]string{"WEKA_HOST": "weka01"})
	if _, err := weka.New("", weka.FromEnv()); !errors.Is(err, weka.ErrNoCredentials) {
		t.Errorf("got %v, want ErrNoCredentials", err)
	}
}

// The environment is read only by whoever asks for it.
func TestNotFromEnv(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin"})
	if _, err := weka.New("", weka.WithPassword("u", "p")); !errors.Is(err, weka.ErrInvalidArgument) {
		t.Errorf("got %v, want the empty address refused", err)
	}
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		wantError(t, status(t.Context(), newClient(t, srv)), statusOperation, weka.ErrNoCredentials)
	})
}

// What a client took from the environment stays, whatever becomes of the environment.
func TestRow24_EnvironmentIsReadOnce(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_HOST": "weka01", "WEKA_USERNAME": "env", "WEKA_PASSWORD": "p", "WEKA_ORG": "acme"})
	seen := &wire{next: answering{200, `{"data":{"access_token":"issued","status":"OK"}}`}}
	c := newClientAt(t, "", weka.FromEnv(), weka.WithTransport(seen))
	setEnv(t, map[string]string{"WEKA_HOST": "weka02", "WEKA_USERNAME": "later", "WEKA_PASSWORD": "q", "WEKA_ORG": "other"})
	mustStatus(t, c)
	logins := seen.to("/login")
	if len(logins) != 1 || logins[0].host != "https://weka01:14000" || logins[0].body != `{"org":"acme","password":"p","username":"env"}` {
		t.Errorf("logged in with %+v, want what the environment held when the client was made", logins)
	}
}

// Who logs in, and with what: options before the environment, a user before a token
// file, WEKA_TOKEN before the file at home. Nothing ever logs in as admin/admin.
func TestCredentialsFromEnv(t *testing.T) {
	both := map[string]string{"WEKA_USERNAME": "env", "WEKA_PASSWORD": "p"}
	inOrganization := map[string]string{"WEKA_USERNAME": "env", "WEKA_PASSWORD": "p", "WEKA_ORG": "acme"}
	yield := func(context.Context) (weka.Token, error) { return weka.Token{Access: token.NewSecret("yielded")}, nil }
	for name, test := range map[string]struct {
		variables         map[string]string
		named, atHome     string // tokens in the files of WEKA_TOKEN and of HOME
		option            weka.Option
		wantLogin, wantAs string // body of the login, Authorization of the call
	}{
		"user":                        {variables: both, wantLogin: `{"password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"user and organization":       {variables: inOrganization, wantLogin: `{"org":"acme","password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"user before files":           {variables: both, named: "named", atHome: "home", wantLogin: `{"password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"WEKA_TOKEN":                  {named: "named", atHome: "home", wantAs: "Bearer named"},
		"the file at home":            {atHome: "home", wantAs: "Bearer home"},
		"an organization of no login": {variables: map[string]string{"WEKA_ORG": "acme"}, atHome: "home", wantAs: "Bearer home"},
		"WithPassword wins": {variables: both, named: "named", option: weka.WithPassword("option", "p"),
			wantLogin: `{"password":"p","username":"option"}`, wantAs: "Bearer issued"},
		"WithPassword and WEKA_ORG": {variables: map[string]string{"WEKA_ORG": "acme"}, option: weka.WithPassword("option", "p"),
			wantLogin: `{"org":"acme","password":"p","username":"option"}`, wantAs: "Bearer issued"},
		"WithPassword and half an environment": {variables: map[string]string{"WEKA_USERNAME": "env"}, option: weka.WithPassword("option", "p"),
			wantLogin: `{"password":"p","username":"option"}`, wantAs: "Bearer issued"},
		"WithOrganization wins": {variables: inOrganization, option: weka.WithOrganization("other"),
			wantLogin: `{"org":"other","password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"WithAccessToken wins": {variables: inOrganization, named: "named", option: weka.WithAccessToken("option"), wantAs: "Bearer option"},
		"WithTokenFunc wins":   {variables: inOrganization, named: "named", option: weka.WithTokenFunc(yield), wantAs: "Bearer yielded"},
		"WithTokenFile wins":   {variables: both, named: "named", atHome: "home", option: weka.WithTokenFile(tokenFile(t, "option")), wantAs: "Bearer option"},
		"a store beside a user": {variables: both, named: "named", option: weka.WithTokenCache(ownFolder(t)),
			wantLogin: `{"password":"p","username":"env"}`, wantAs: "Bearer issued"},
		"a store before files": {named: "named", atHome: "home", option: weka.WithTokenStore(stored("stored")), wantAs: "Bearer stored"},
	} {
		home := setEnv(t, test.variables)
		if test.named != "" {
			t.Setenv("WEKA_TOKEN", tokenFile(t, test.named))
		}
		if test.atHome != "" {
			writeFile(t, filepath.Join(home, ".weka", "auth-token.json"), `{"access_token":"`+test.atHome+`"}`)
		}
		options := []weka.Option{weka.FromEnv()}
		if test.option != nil {
			options = append(options, test.option)
		}
		seen := &wire{next: answering{200, `{"data":{"access_token":"issued","status":"OK"}}`}}
		mustStatus(t, newClientAt(t, "weka01", append(options, weka.WithTransport(seen))...))
		logins, calls := seen.to("/login"), seen.to("/cluster")
		if len(calls) != 1 || calls[0].authorization != test.wantAs {
			t.Errorf("%s: called with %+v, want %s", name, calls, test.wantAs)
		}
		if test.wantLogin == "" && len(logins) != 0 || test.wantLogin != "" && (len(logins) != 1 || logins[0].body != test.wantLogin) {
			t.Errorf("%s: logged in with %+v, want %q", name, logins, test.wantLogin)
		}
	}
}

// The user of the environment does not go on with a session that a file began.
func TestTokenFileBesideEnv(t *testing.T) {
	setEnv(t, map[string]string{"WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin"})
	for name, option := range map[string]weka.Option{
		"file":    weka.WithTokenFile(filepath.Join(ownFolder(t), "none.json")),
		"profile": weka.WithTokenProfile("none"),
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			err := status(t.Context(), newClient(t, srv, weka.FromEnv(), option))
			if wantError(t, err, statusOperation, weka.ErrNoCredentials); srv.Count("login") != 0 {
				t.Errorf("%s: logged in", name)
			}
		})
	}
}

// tokenFile is the path of a token file with an access token in it.
func tokenFile(t *testing.T, access string) string {
	t.Helper()
	path := filepath.Join(ownFolder(t), "session.json")
	writeFile(t, path, `{"access_token":"`+access+`"}`)
	return path
}

// stored is a store that holds one token, whoever asks.
type stored string

func (s stored) Load(context.Context, token.Identity) (token.Token, error) {
	return token.Token{Access: token.NewSecret(string(s))}, nil
}

func (s stored) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	current, err := s.Load(ctx, id)
	if err == nil {
		_, err = change(current)
	}
	return err
}
