package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/term"
)

// A login says how a product authenticates its users.
type login struct {
	root      string // the path below which the API lives
	path      string // where a name and a password are exchanged for a token
	password  string // the environment variable of the password
	clientKey string // and of the client key; "" if the product has none
	token     func(loginResponse) string
}

type loginResponse struct {
	Access string `json:"access"`
	Data   struct {
		AccessToken string `json:"access_token"`
	} `json:"data"`
}

var logins = map[string]login{
	"weka": {
		root: "/api/v2/", path: "login", password: "WEKA_PASSWORD",
		token: func(r loginResponse) string { return r.Data.AccessToken },
	},
	"ngenea": {
		root: "/api/", path: "auth/token/", password: "NGENEA_PASSWORD", clientKey: "NGENEA_CLIENT_KEY",
		token: func(r loginResponse) string { return r.Access },
	},
}

// authorize returns the value of the Authorization header, or "" without a credential.
func (a access) authorize(ctx context.Context, transport http.RoundTripper, address *url.URL) (string, error) {
	if a.user == "" && !a.clientKey {
		return "", nil
	}
	l := logins[a.product]
	switch {
	case a.user != "" && a.clientKey:
		return "", errors.New("-user and -client-key exclude each other")
	case a.clientKey && l.clientKey == "":
		return "", fmt.Errorf("%s has no client keys: use -user NAME", a.product)
	case address.Scheme != "https" && !isLoopback(address.Hostname()):
		return "", errors.New("no credential is sent over plain http: use https")
	case a.clientKey:
		key, err := a.secret(l.clientKey, "client key")
		return "Api-Key " + key, err
	}
	password, err := a.secret(l.password, "password of "+a.user)
	if err != nil {
		return "", err
	}
	token, err := l.logIn(ctx, transport, address, a.user, password)
	return "Bearer " + token, err
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secret reads from the environment or, without echo, from the terminal.
func (a access) secret(variable, what string) (string, error) {
	if value := os.Getenv(variable); value != "" {
		return value, nil
	}
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return "", fmt.Errorf("no %s: set %s", what, variable)
	}
	_, _ = fmt.Fprintf(a.errOut, "%s: ", what)
	value, err := term.ReadPassword(in)
	_, _ = fmt.Fprintln(a.errOut)
	if err == nil && len(value) == 0 {
		err = fmt.Errorf("no %s", what)
	}
	return string(value), err
}

func (l login) logIn(ctx context.Context, transport http.RoundTripper, address *url.URL, user, password string) (string, error) {
	prefix, _, _ := strings.Cut(address.Path, l.root)
	if prefix == address.Path {
		prefix = ""
	}
	at := url.URL{Scheme: address.Scheme, Host: address.Host, Path: strings.TrimSuffix(prefix, "/") + l.root + l.path}
	body, err := json.Marshal(map[string]string{"username": user, "password": password})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("login: %w", explain(err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the login of %s at %s failed: %s", user, plain(&at), response.Status)
	}
	var tokens loginResponse
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&tokens); err != nil || l.token(tokens) == "" {
		return "", fmt.Errorf("the login at %s returned no token", plain(&at))
	}
	return l.token(tokens), nil
}
