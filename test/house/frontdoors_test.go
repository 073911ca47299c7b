package house_test

import (
	"context"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// A method of the client with the name of a service would hide the service.
func TestServicesCanBeReached(t *testing.T) {
	for client, services := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[*weka.Client]():   reflect.TypeFor[wekaapi.Services](),
		reflect.TypeFor[*ngenea.Client](): reflect.TypeFor[ngeneaapi.Services](),
	} {
		if services.NumField() == 0 || client.NumMethod() == 0 {
			t.Fatalf("%v: nothing to compare", client)
		}
		for i := range services.NumField() {
			name := services.Field(i).Name
			if _, found := client.MethodByName(name); found {
				t.Errorf("%v: the method %s hides the service", client, name)
			}
			if field, found := client.Elem().FieldByName(name); !found || field.Type != services.Field(i).Type {
				t.Errorf("%v: the service %s cannot be reached", client, name)
			}
		}
	}
}

func TestOperationsAreMethods(t *testing.T) {
	for client, operations := range map[reflect.Type][]*api.Operation{
		reflect.TypeFor[weka.Client]():   wekaapi.Operations(),
		reflect.TypeFor[ngenea.Client](): ngeneaapi.Operations(),
	} {
		for _, o := range operations {
			service, found := client.FieldByName(o.Service())
			if !found {
				t.Errorf("%s: %v has no service %s", o.ID(), client, o.Service())
				continue
			}
			if _, found := reflect.PointerTo(service.Type).MethodByName(o.GoMethod()); !found {
				t.Errorf("%s: no method %s.%s", o.ID(), o.Service(), o.GoMethod())
			}
		}
	}
}

// errors.Is distinguishes the errors of a front door.
func TestErrorsDiffer(t *testing.T) {
	for _, all := range [][]error{
		{
			weka.ErrNotFound, weka.ErrAlreadyExists, weka.ErrUnauthorized, weka.ErrForbidden, weka.ErrValidation, weka.ErrConflict,
			weka.ErrBusy, weka.ErrNoCapacity, weka.ErrRouteMissing, weka.ErrUnavailable, weka.ErrMalformedResponse,
			weka.ErrInvalidArgument, weka.ErrReadOnly, weka.ErrRepeatedCursor, weka.ErrNoCredentials, weka.ErrBadCredentials,
			weka.ErrLockedOut, weka.ErrSessionEnded, weka.ErrTokenRejected, weka.ErrClosed, weka.ErrMalformedToken, weka.ErrUnsafeFile,
			weka.ErrWaitFailed, weka.ErrWaitTimeout, weka.ErrNoBound,
		},
		{
			ngenea.ErrNotFound, ngenea.ErrUnauthorized, ngenea.ErrForbidden, ngenea.ErrValidation, ngenea.ErrConflict, ngenea.ErrBusy,
			ngenea.ErrRouteMissing, ngenea.ErrUnavailable, ngenea.ErrMalformedResponse, ngenea.ErrInvalidArgument, ngenea.ErrReadOnly,
			ngenea.ErrRepeatedCursor, ngenea.ErrNoCredentials, ngenea.ErrBadCredentials, ngenea.ErrSessionEnded, ngenea.ErrMalformedToken,
			ngenea.ErrUnsafeFile, ngenea.ErrTokenRejected, ngenea.ErrClosed, ngenea.ErrJobFailed, ngenea.ErrWaitTimeout, ngenea.ErrNoBound,
			ngenea.ErrJobVanished,
		},
	} {
		for i, one := range all {
			for j, other := range all {
				if (i == j) != errors.Is(one, other) {
					t.Errorf("errors.Is(%v, %v) is %v", one, other, i != j)
				}
			}
		}
	}
}

// A consumer needs a front door and the types only, also for a store of its own, a token
// function, a hook and every error: these tests are such consumers.
func TestConsumersImportTheFrontDoorOnly(t *testing.T) {
	const testOnly = "overlay/internal/connect/connecttest"
	hub, err := filepath.Glob(filepath.Join(root, "overlay/ngenea/*_test.go"))
	if err != nil || len(hub) == 0 {
		t.Fatalf("no tests of overlay/ngenea: %v", err)
	}
	allowed := map[string][]string{filepath.Join(root, "overlay/weka/surface_test.go"): {"gen/wekaapi", "overlay/weka", testOnly}}
	for _, file := range hub {
		allowed[file] = []string{"gen/ngeneaapi", "overlay/ngenea", "overlay/ngenea/ngeneatest", testOnly}
	}
	for file, packages := range allowed {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range parsed.Imports {
			path, own := strings.CutPrefix(strings.Trim(imported.Path.Value, `"`), module+"/")
			if own && !slices.Contains(packages, path) {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

// empty is a transport whose responses are empty objects.
type empty struct{}

func (empty) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}

// Every method that takes a context returns ErrInvalidArgument for a nil one, with nil
// params, nil options and plausible other arguments, and none panics.
func TestNilContext(t *testing.T) {
	c, err := weka.New("weka01", weka.WithPassword("admin", "admin"), weka.WithTransport(empty{}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	h, err := ngenea.New("hub", ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(empty{}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, client := range []any{c, h} {
		callWithNilContext(t, client)
	}
}

func callWithNilContext(t *testing.T, client any) {
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
			if isError && !errors.Is(err, weka.ErrInvalidArgument) || !isError && !last.IsZero() {
				t.Errorf("got %v, want %v", err, weka.ErrInvalidArgument)
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
