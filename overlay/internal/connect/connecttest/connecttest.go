// Package connecttest is what the tests of both front doors share: a wire that records
// requests, and the checks that both must pass.
package connecttest

import (
	"bytes"
	"context"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// Request is a request that a [Wire] has sent.
type Request struct {
	Method, Host, Path, Query, Body string // Host with its scheme, Path below the base path
	Authorization                   string
	HasAuthorization                bool // the header, if only an empty one
	Status                          int  // of the response; 0 without one
}

// Wire records the requests that it sends on.
type Wire struct {
	Next http.RoundTripper
	mu   sync.Mutex
	sent []Request
}

// RoundTrip implements http.RoundTripper.
func (w *Wire) RoundTrip(r *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api"), "/v2")
	s := Request{Method: r.Method, Host: r.URL.Scheme + "://" + r.URL.Host, Path: path, Query: r.URL.RawQuery, Authorization: r.Header.Get("Authorization")}
	_, s.HasAuthorization = r.Header["Authorization"]
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		s.Body = string(body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	response, err := w.Next.RoundTrip(r)
	if err == nil {
		s.Status = response.StatusCode
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, s)
	return response, err
}

// Sent returns the requests to the paths below the base path, all without one.
func (w *Wire) Sent(paths ...string) []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := slices.Clone(w.sent)
	if len(paths) == 0 {
		return sent
	}
	return slices.DeleteFunc(sent, func(s Request) bool { return !slices.Contains(paths, s.Path) })
}

// Responder is a transport that returns a status and a body, or the address of a
// redirect, for the n-th request, counted from 1.
func Responder(respond func(n int, r *http.Request) (status int, body string)) http.RoundTripper {
	return &responder{respond: respond}
}

// Always is a transport whose responses are all the same.
func Always(status int, body string) http.RoundTripper {
	return Responder(func(int, *http.Request) (int, string) { return status, body })
}

type responder struct {
	respond func(n int, r *http.Request) (status int, body string)
	mu      sync.Mutex
	n       int
}

func (p *responder) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.n++
	n := p.n
	p.mu.Unlock()
	status, body := p.respond(n, r)
	header := http.Header{"Content-Type": {"application/json"}}
	if strings.HasPrefix(body, "<") {
		header.Set("Content-Type", "text/html")
	}
	if status/100 == 3 {
		header.Set("Location", body)
		body = ""
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// Error checks that err is the error of an operation ("" of Do), in these classes and in
// one line that begins with the operation, and returns it.
func Error(t *testing.T, err error, operation string, classes ...error) *call.Error {
	t.Helper()
	var failed *call.Error
	if !errors.As(err, &failed) || failed.Operation != operation {
		t.Fatalf("got %v (%T), want an *Error of %q", err, err, operation)
	}
	Classes(t, err, classes...)
	return failed
}

// Classes checks that err is in these classes, and one line.
func Classes(t *testing.T, err error, classes ...error) {
	t.Helper()
	for _, class := range classes {
		if !errors.Is(err, class) {
			t.Errorf("%v: is not %q", err, class)
		}
	}
	Line(t, err)
}

// Line checks that the text of err is one line.
func Line(t *testing.T, err error) {
	t.Helper()
	if err != nil && (strings.ContainsAny(err.Error(), "\r\n\x00\x1b\u2028") || len(err.Error()) > 1300) {
		t.Errorf("not one line: %q", err)
	}
}

// Distinct checks that errors.Is distinguishes all of them.
func Distinct(t *testing.T, all ...error) {
	t.Helper()
	for i, one := range all {
		for j, other := range all {
			if (i == j) != errors.Is(one, other) {
				t.Errorf("errors.Is(%v, %v) is %v", one, other, i != j)
			}
		}
	}
}

// Services checks that each service of the embedded struct can be reached through the
// client C: a method of its name would hide it.
func Services[C, S any](t *testing.T) {
	t.Helper()
	client, services := reflect.TypeFor[*C](), reflect.TypeFor[S]()
	if services.NumField() == 0 || client.NumMethod() == 0 {
		t.Fatal("nothing to compare")
	}
	for i := range services.NumField() {
		name := services.Field(i).Name
		if _, found := client.MethodByName(name); found {
			t.Errorf("the method %s hides the service", name)
		}
		if field, found := client.Elem().FieldByName(name); !found || field.Type != services.Field(i).Type {
			t.Errorf("the service %s cannot be reached through the client", name)
		}
	}
}

// Method checks that a service of the client C has the method of an operation.
func Method[C any](t *testing.T, operation, service, method string) {
	t.Helper()
	field, found := reflect.TypeFor[C]().FieldByName(service)
	if !found {
		t.Errorf("%s: no service %s", operation, service)
		return
	}
	if _, found := reflect.PointerTo(field.Type).MethodByName(method); !found {
		t.Errorf("%s: no method %s.%s", operation, service, method)
	}
}

// Imports checks that a file imports nothing of this module but these packages and this
// one.
func Imports(t *testing.T, file string, allowed ...string) {
	t.Helper()
	const module = "github.com/hotcold-go/hotcold/"
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	allowed = append(allowed, "overlay/internal/connect/connecttest")
	for _, imported := range parsed.Imports {
		path, own := strings.CutPrefix(strings.Trim(imported.Path.Value, `"`), module)
		if own && !slices.Contains(allowed, path) {
			t.Errorf("%s imports %s", file, path)
		}
	}
}

// NilContext calls every method of a client and of its services that takes a context with
// a nil one, nil params, nil options and plausible other arguments. Each is an error of the
// class, and none panics.
func NilContext(t *testing.T, client any, class error) {
	t.Helper()
	methods := methodsWithContext(reflect.ValueOf(client))
	if len(methods) < 30 {
		t.Errorf("only %d methods take a context", len(methods))
	}
	for name, method := range methods {
		t.Run(name, func(t *testing.T) {
			arguments := []reflect.Value{reflect.Zero(method.Type().In(0))}
			for i := 1; i < method.Type().NumIn(); i++ {
				in := method.Type().In(i)
				if i == method.Type().NumIn()-1 && method.Type().IsVariadic() {
					in = in.Elem() // one option, which is nil
				}
				arguments = append(arguments, plausible(in))
			}
			returned := method.Call(arguments)
			last := returned[len(returned)-1]
			err, isError := last.Interface().(error)
			if last.Kind() == reflect.Func { // an iterator
				isError = true
				for _, second := range last.Seq2() {
					err, _ = second.Interface().(error)
				}
			}
			if isError && !errors.Is(err, class) || !isError && !last.IsZero() {
				t.Errorf("got %v, want %v", err, class)
			}
		})
	}
}

// methodsWithContext returns the methods of a client and of the services in it.
func methodsWithContext(client reflect.Value) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	collect := func(prefix string, of reflect.Value) {
		for i := range of.NumMethod() {
			if t := of.Method(i).Type(); t.NumIn() > 0 && t.In(0) == reflect.TypeFor[context.Context]() {
				found[prefix+of.Type().Method(i).Name] = of.Method(i)
			}
		}
	}
	collect("", client)
	for _, field := range reflect.VisibleFields(client.Type().Elem()) {
		if field.IsExported() && !field.Anonymous {
			collect(field.Name+".", client.Elem().FieldByIndex(field.Index).Addr())
		}
	}
	return found
}

// plausible returns an argument that is no reason for an error.
func plausible(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case v.CanInt():
		v.SetInt(1)
	case t.Kind() == reflect.String:
		v.SetString("x")
	case t.Kind() == reflect.Struct && t.NumField() > 0:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && t.Field(i).Type.Kind() != reflect.Struct {
				v.Field(i).Set(plausible(t.Field(i).Type))
			}
		}
	}
	return v
}
