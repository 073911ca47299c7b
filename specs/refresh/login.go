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

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
)

// authorize returns the value of the Authorization header, or "" without a credential.
func (a access) authorize(ctx context.Context, transport http.RoundTripper, address *url.URL) (string, error) {
	if a.user == "" && !a.clientKey {
		return "", nil
	}
	l := specs.Products()[a.product].Login
	switch {
	case a.user != "" && a.clientKey:
		return "", errors.New("-user and -client-key exclude each other")
	case a.clientKey && l.ClientKey == "":
		return "", fmt.Errorf("%s has no client keys: use -user NAME", a.product)
	case a.user != "" && l.Path == "":
		return "", fmt.Errorf("specs/%s/product.yaml states no login", a.product)
	case address.Scheme != "https" && !isLoopback(address.Hostname()):
		return "", errors.New("no credential is sent over plain http: use https")
	case a.clientKey:
		key, err := a.secret(l.ClientKey, "client key")
		return "Api-Key " + key, err
	}
	password, err := a.secret(l.Password, "password of "+a.user)
	if err != nil {
		return "", err
	}
	token, err := a.logIn(ctx, transport, address, password)
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

func (a access) logIn(ctx context.Context, transport http.RoundTripper, address *url.URL, password string) (string, error) {
	l := specs.Products()[a.product].Login
	prefix, _, _ := strings.Cut(address.Path, l.Root)
	if prefix == address.Path {
		prefix = ""
	}
	at := url.URL{Scheme: address.Scheme, Host: address.Host, Path: strings.TrimSuffix(prefix, "/") + l.Root + l.Path}
	body, err := json.Marshal(map[string]string{"username": a.user, "password": password})
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
		return "", fmt.Errorf("the login of %s at %s failed: %s", a.user, plain(&at), response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return "", fmt.Errorf("login: %w", explain(err))
	}
	tokens, err := document.Decode(text)
	token := tokens.Text(strings.Split(l.Token, ".")...)
	if err != nil || token == "" {
		return "", fmt.Errorf("the login at %s returned no token", plain(&at))
	}
	return token, nil
}
