package weka_test

import (
	"context"
	"errors"
	"go/parser"
	"go/token"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// A method of the client with the name of a service would hide the service.
func TestNoMethodHidesAService(t *testing.T) {
	client, services := reflect.TypeFor[*weka.Client](), reflect.TypeFor[wekaapi.Services]()
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

// Every operation is a method of its service.
func TestOperationsAreMethods(t *testing.T) {
	services := reflect.TypeFor[weka.Client]()
	for _, o := range wekaapi.Operations {
		service, found := services.FieldByName(o.Service)
		if !found {
			t.Errorf("%s: no service %s", o.ID, o.Service)
			continue
		}
		if _, found := reflect.PointerTo(service.Type).MethodByName(o.GoMethod); !found {
			t.Errorf("%s: no method %s.%s", o.ID, o.Service, o.GoMethod)
		}
	}
}

// Each class is another: errors.Is tells them apart.
func TestClassesDiffer(t *testing.T) {
	all := append([]error{
		weka.ErrInvalidArgument, weka.ErrNoCredentials, weka.ErrBadCredentials, weka.ErrLockedOut, weka.ErrSessionEnded,
		weka.ErrTokenRejected, weka.ErrClosed, weka.ErrMalformedToken, weka.ErrUnsafeFile,
	}, classes...)
	for i, one := range all {
		for j, other := range all {
			if (i == j) != errors.Is(one, other) {
				t.Errorf("errors.Is(%v, %v) is %v", one, other, i != j)
			}
		}
	}
}

// memoryStore is a token store as a site would write it, with nothing but this
// package.
type memoryStore struct {
	mu      sync.Mutex
	entries map[string][]byte
}

func (m *memoryStore) Load(_ context.Context, id weka.TokenIdentity) (weka.Token, error) {
	data, ok := m.entries[id.Key()]
	if !ok {
		return weka.Token{}, nil
	}
	return weka.TokenCodec{}.Decode(data, id)
}

func (m *memoryStore) Update(ctx context.Context, id weka.TokenIdentity, change func(weka.Token) (weka.Token, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	current, err := m.Load(ctx, id)
	if err != nil {
		return err
	}
	next, err := change(current)
	if err != nil {
		return err
	}
	if next.IsZero() {
		delete(m.entries, id.Key())
		return nil
	}
	m.entries[id.Key()], err = weka.TokenCodec{}.Encode(m.entries[id.Key()], id, next)
	return err
}

// A consumer needs no package but this one and that of the types: for a store of its
// own, a token function, a hook and every error.
func TestConsumerNeedsTheFrontDoorAlone(t *testing.T) {
	var seen []weka.SessionEventKind
	hook := weka.WithSessionHook(func(event weka.SessionEvent) { seen = append(seen, event.Kind) })
	store := weka.WithTokenStore(&memoryStore{entries: map[string][]byte{}})
	issues := weka.WithTransport(answering{http.StatusOK, `{"data":{"access_token":"a","refresh_token":"r","expires_in":300}}`})
	for range 2 {
		mustStatus(t, newClientAt(t, "weka01", weka.WithPassword("u", "p"), store, hook, issues))
	}
	yields := weka.WithTokenFunc(func(context.Context) (weka.Token, error) {
		made := weka.NewToken("given")
		made.Lifetime = time.Hour
		return made, nil
	})
	mustStatus(t, newClientAt(t, "weka01", yields, hook, issues))
	want := []weka.SessionEventKind{
		weka.SessionStarted, weka.SessionLoggedIn, weka.SessionAdopted, weka.SessionStarted, weka.SessionLoggedIn,
	}
	if !slices.Equal(seen, want) {
		t.Errorf("the hook saw %v, want %v", seen, want)
	}
	refuses := weka.WithTransport(answering{http.StatusUnauthorized, jsonUnauthorized})
	entries := &memoryStore{entries: map[string][]byte{}}
	c := newClientAt(t, "weka01", weka.WithPassword("u", "p"), weka.WithClusterName("lab"), weka.WithTokenStore(entries), refuses)
	wantError(t, status(t.Context(), c), statusOperation, weka.ErrBadCredentials)
	entry, err := entries.Load(t.Context(), weka.TokenIdentity{System: "weka", Cluster: "lab", User: "u", Organization: "Root"})
	tried := func(refused weka.LoginRejection) error { return refused.Check("p") }
	if err != nil || !errors.Is(tried(entry.Rejection), weka.ErrBadCredentials) {
		t.Errorf("the store does not hold the refusal (%v)", err)
	}
	wantError(t, status(t.Context(), newClientAt(t, "weka01", weka.WithTokenFunc(func(context.Context) (weka.Token, error) {
		return weka.NewToken("line\nbreak"), nil
	}))), statusOperation, weka.ErrMalformedToken)
	if err := c.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantError(t, status(t.Context(), c), statusOperation, weka.ErrLoggedOut, weka.ErrSessionEnded)
}

// This file is that consumer, and imports nothing else of the module.
func TestConsumerImportsTheFrontDoorAlone(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "surface_test.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, imported := range file.Imports {
		path := strings.Trim(imported.Path.Value, `"`)
		if strings.Contains(path, "hotcold") && !strings.HasSuffix(path, "/gen/wekaapi") && !strings.HasSuffix(path, "/overlay/weka") {
			t.Errorf("imports %s", path)
		}
	}
}
