package ngenea_test

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

// A method of the client with the name of a service would hide the service.
func TestNoMethodHidesAService(t *testing.T) {
	client, services := reflect.TypeFor[*ngenea.Client](), reflect.TypeFor[ngeneaapi.Services]()
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
	services := reflect.TypeFor[ngenea.Client]()
	for _, o := range ngeneaapi.Operations {
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
	all := []error{
		ngenea.ErrNotFound, ngenea.ErrUnauthorized, ngenea.ErrForbidden, ngenea.ErrValidation, ngenea.ErrConflict, ngenea.ErrBusy,
		ngenea.ErrRouteMissing, ngenea.ErrUnavailable, ngenea.ErrMalformedAnswer, ngenea.ErrInvalidArgument, ngenea.ErrReadOnly,
		ngenea.ErrRepeatedCursor, ngenea.ErrNoCredentials, ngenea.ErrBadCredentials, ngenea.ErrSessionEnded, ngenea.ErrMalformedToken,
		ngenea.ErrUnsafeFile, ngenea.ErrTokenRejected, ngenea.ErrClosed, ngenea.ErrJobFailed, ngenea.ErrWaitTimeout, ngenea.ErrNoBound,
		ngenea.ErrJobVanished,
	}
	for i, one := range all {
		for j, other := range all {
			if (i == j) != errors.Is(one, other) {
				t.Errorf("errors.Is(%v, %v) is %v", one, other, i != j)
			}
		}
	}
}

// A program needs no package but this one, the types and the simulator: these tests
// are such a program.
func TestConsumerImportsTheFrontDoorAlone(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range parsed.Imports {
			path := strings.Trim(imported.Path.Value, `"`)
			if strings.Contains(path, "hotcold") && !strings.HasSuffix(path, "/gen/ngeneaapi") && !strings.Contains(path, "/overlay/ngenea") {
				t.Errorf("%s imports %s", file.Name(), path)
			}
		}
	}
}

// Nothing that prints a client or its errors shows what it logs in with.
func TestSecretsAreNotPrinted(t *testing.T) {
	const secret = "s3cr3t-planted"
	for name, option := range map[string]ngenea.Option{
		"password": ngenea.WithPassword("u", secret), "key": ngenea.WithClientKey(secret), "token": ngenea.WithAccessToken(secret),
	} {
		w := always(401, `{"detail":"`+secret+` is wrong","username":["`+secret+`"]}`)
		c := answered(t, w, option)
		err := alerts(t.Context(), c)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			for what, value := range map[string]any{"client": c, "copy": *c, "option": option} {
				if text := fmt.Sprintf(verb, value); strings.Contains(text, secret) {
					t.Errorf("%s: %s of the %s shows it", name, verb, what)
				}
			}
		}
		if name == "password" && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
			t.Errorf("the error shows it: %v", err)
		}
	}
}
