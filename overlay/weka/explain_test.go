package weka_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// What was wrong with a request is named, however the cluster says it.
func TestValidationError(t *testing.T) {
	for body, want := range map[string]*weka.ValidationError{
		`{"message":"m","data":{"missing_params":["name","group_name"]}}`:    {Missing: []string{"name", "group_name"}},
		`{"message":"m","data":{"missing_params":"name"}}`:                   {Missing: []string{"name"}},
		`{"message":"m","data":{"param":"name","error":"is too long"}}`:      {Parameter: "name", Reason: "is too long"},
		`{"data":{"param":"name","error":"is too long"}}`:                    {Parameter: "name", Reason: "is too long"},
		`{"message":"m","data":{"error":"bad","reason":"older variant"}}`:    {Reason: "bad: older variant"},
		`{"message":"m","data":{"param":7,"error":{},"missing_params":[1]}}`: nil,
		`{"message":"m","data":{"missing_params":[1,"name"]}}`:               {Missing: []string{"name"}},
		`{"message":"m","data":{}}`:                                          nil,
		`{"message":"m","data":["name"]}`:                                    nil,
		`{"message":"m","data":null}`:                                        nil,
		`"text"`:                                                             nil,
		`not JSON`:                                                           nil,
		`{"message":"m","data":{"unknown_params":["colour"]}}`:               {Unknown: []string{"colour"}, Release: "5.1.0"},
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail("getFileSystem", 1, http.StatusBadRequest, body)
			_, err := c.Filesystem.GetFileSystem(t.Context(), "u1", nil)
			var got *weka.ValidationError
			if errors.As(asError(t, err, "getFileSystem", weka.ErrValidation), &got) != (want != nil) || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %+v, want %+v", body, got, want)
			}
			for _, text := range wordsOf(want) {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%s: %v does not say %q", body, err, text)
				}
			}
		})
	}
}

func wordsOf(v *weka.ValidationError) []string {
	if v == nil {
		return nil
	}
	return append(append([]string{v.Parameter, v.Reason, v.Release}, v.Missing...), v.Unknown...)
}

// A member that the release does not know is named together with the release, which is
// asked for once.
func TestUnknownMemberNamesTheRelease(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		for range 2 {
			err := c.Do(t.Context(), http.MethodGet, "/fileSystems?colour=red", nil, nil)
			if !errors.Is(err, weka.ErrValidation) || !strings.Contains(err.Error(), `unknown to WEKA 4.3.2, which this cluster runs: "colour"`) {
				t.Errorf("got %v", err)
			}
		}
		if n := srv.Count("getClusterStatus"); n != 1 {
			t.Errorf("the release was asked for %d times", n)
		}
	}, wekatest.Release("4.3.2"))
}

// Where the release cannot be asked for, the error is the same without it.
func TestUnknownMemberWithoutRelease(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail(statusOperation, 9, http.StatusForbidden, `{"data":"Forbidden"}`)
		_, err := c.Filesystem.GetFileSystems(t.Context(), nil, weka.WithQuery("colour", "red"))
		if failed := asError(t, err, "getFileSystems", weka.ErrValidation); !strings.Contains(failed.Error(), `unknown: "colour"`) {
			t.Errorf("got %v", failed)
		}
		srv.ClearFaults()
		err = c.Do(t.Context(), http.MethodGet, "/cluster?colour=red", nil, nil)
		var found *weka.ValidationError
		if !errors.As(err, &found) || found.Release == "" {
			t.Errorf("got %v", err)
		}
		asked := srv.Count(statusOperation)
		srv.Fail(statusOperation, 9, http.StatusBadRequest, `{"message":"m","data":{"unknown_params":["colour"]}}`)
		wantError(t, status(t.Context(), newClient(t, srv, weka.WithPassword("admin", "admin"))), statusOperation, weka.ErrValidation)
		if n := srv.Count(statusOperation) - asked; n != 1 {
			t.Errorf("asked %d times for what was just refused", n)
		}
	})
}

// What the cluster repeats of a secret is not in the parts either.
func TestValidationErrorHidesSecrets(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail("createUser", 1, http.StatusBadRequest, `{"message":"m","data":{"param":"password","error":"'hunter22' is weak"}}`)
		name, password := "ann", weka.NewSecret("hunter22")
		_, err := c.User.CreateUser(t.Context(), wekaapi.CreateUserBody{Username: &name, Password: &password})
		var found *weka.ValidationError
		if !errors.As(err, &found) || found.Parameter != "password" || strings.Contains(err.Error()+found.Reason, "hunter22") {
			t.Errorf("got %v", err)
		}
	})
}

// An operation that the release does not have names the one that has it, and what the
// cluster runs as soon as the client knows.
func TestRouteMissingNamesReleases(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		_, err := c.Tenant.GetTenants(t.Context())
		var missing *weka.RouteMissingError
		if !errors.As(asError(t, err, "getTenants", weka.ErrRouteMissing), &missing) || *missing != (weka.RouteMissingError{Since: "5.1"}) {
			t.Errorf("got %v", err)
		}
		if srv.Count(statusOperation) != 0 {
			t.Error("the release was asked for")
		}
		mustStatus(t, c)
		_, err = c.Tenant.GetTenants(t.Context())
		if text := err.Error(); !strings.Contains(text, "known since WEKA 5.1; this cluster runs 4.3.0") {
			t.Errorf("got %s", text)
		}
		if err := c.Do(t.Context(), http.MethodGet, "/nothing", nil, nil); !errors.Is(err, weka.ErrRouteMissing) || errors.As(err, &missing) {
			t.Errorf("got %v, want no release for an unknown route", err)
		}
		srv.Fail(statusOperation, 1, http.StatusNotFound, "<html>no such site</html>")
		if err := status(t.Context(), c); !errors.Is(err, weka.ErrRouteMissing) || errors.As(err, &missing) {
			t.Errorf("got %v, want no release for a proxy's page", err)
		}
	}, wekatest.Release("4.3"))
}
