package weka_test

import (
	"errors"
	"reflect"
	"testing"

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
		weka.ErrTokenRejected, weka.ErrClosed,
	}, classes...)
	for i, one := range all {
		for j, other := range all {
			if (i == j) != errors.Is(one, other) {
				t.Errorf("errors.Is(%v, %v) is %v", one, other, i != j)
			}
		}
	}
}
