package weka_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

var classes = []error{
	weka.ErrNotFound, weka.ErrAlreadyExists, weka.ErrUnauthorized, weka.ErrForbidden, weka.ErrValidation, weka.ErrConflict,
	weka.ErrBusy, weka.ErrNoCapacity, weka.ErrRouteMissing, weka.ErrUnavailable, weka.ErrMalformedResponse,
}

// The bodies that clusters have sent, and their classes. The last ones have names that users
// may choose.
func TestClasses(t *testing.T) {
	exception := func(names string) string {
		return `{"message":"Operation failed","data":{"exceptionClass":[` + names + `]}}`
	}
	for _, test := range []struct {
		status int
		body   string
		class  error // nil: none
	}{
		{400, `{"message":"Operation cannot start because there are already 32 tasks running","data":{"tasks_num":32,"exceptionClass":["CannotStartOperationTooManyTasks","BadStateException","OperationFailedException"]}}`, weka.ErrBusy},
		{400, `{"message":"Operation cannot start because there are already 32 tasks running"}`, weka.ErrBusy},
		{400, exception(`"OperationFailedException","CannotStartOperationTooManyTasks"`), weka.ErrBusy},
		{400, exception(`"FilesystemDoesNotExistException","OperationFailedException"`), weka.ErrNotFound},
		{400, exception(`"SnapshotDoesNotExistException"`), weka.ErrNotFound},
		{400, exception(`"OperationFailedException","PermissionDoesNotExistException"`), weka.ErrNotFound},
		{400, exception(`"FilesystemInUseByNFSException"`), weka.ErrConflict},
		{400, exception(`"FilesystemAlreadyExistsException","IllegalArgumentException"`), weka.ErrAlreadyExists},
		{400, exception(`"IllegalArgumentException"`), weka.ErrValidation},
		{500, exception(`"IllegalArgumentException"`), weka.ErrValidation},
		{400, `{"message":"x","data":{"exceptionClass":"SnapshotDoesNotExistException"}}`, weka.ErrNotFound},
		{400, `{"message":"Could not create user: Username already in use.","data":{"exceptionClass":["IllegalArgumentException"]}}`, weka.ErrAlreadyExists},
		{400, `{"message":"missing parameters","data":{"missing_params":["name"]}}`, weka.ErrValidation},
		{400, `{"message":"name is wrong","data":{"param":"name","error":"too long"}}`, weka.ErrValidation},
		{400, `{"data":{"param":"name","error":"too long"}}`, weka.ErrValidation},
		{400, `{"message":"unknown parameters","data":{"unknown_params":["colour"]}}`, weka.ErrValidation},
		{400, `{"message":"Not enough available drive capacity for filesystem. requested \"1.07 GB\", but only \"0 B\" are free"}`, weka.ErrNoCapacity},
		{400, `{"message":"Could not create user: Username already in use."}`, weka.ErrAlreadyExists},
		{400, `{"message":"resolvePath failed: PATH_NOT_FOUND"}`, weka.ErrNotFound},
		{400, `{"message":"failed","data":{"error":"bad","reason":"older variant"}}`, weka.ErrValidation},
		{401, `{"data":"Unauthorized"}`, weka.ErrUnauthorized},
		{403, `{"data":"Forbidden"}`, weka.ErrForbidden},
		{403, `{"data":"You are not permitted to do that"}`, weka.ErrForbidden},
		{403, lockedBody, weka.ErrForbidden},
		{403, "<html>403 Forbidden</html>", weka.ErrForbidden},
		{413, "<html>413 Request Entity Too Large</html>", weka.ErrTooLarge},
		{413, `{"message":"too long"}`, weka.ErrTooLarge},
		{404, `{"message":"Route GET - /api/v2/fileSystems/u1 does not exist"}`, weka.ErrRouteMissing},
		{404, `{"message":"uid: '00000000-0000-4000-8000-000000000001' not found"}`, weka.ErrNotFound},
		{404, "404 page not found", weka.ErrRouteMissing},
		{404, `{"message":"uid: 'u1`, weka.ErrRouteMissing},
		{404, ``, weka.ErrRouteMissing},
		{409, `{"message":"conflict"}`, weka.ErrConflict},
		{500, `{"message":"Directory has no quota"}`, weka.ErrNotFound},
		{500, `{"message":"Security policy p1 is already present in the list"}`, weka.ErrAlreadyExists},
		{500, `{"message":"something else"}`, nil},
		{500, ``, nil},
		{502, `<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>`, weka.ErrUnavailable},
		{504, `<html><body>upstream request timeout</body></html>`, weka.ErrUnavailable},
		{503, `{"message":"starting"}`, weka.ErrUnavailable},
		{400, `{"message":"Operation not allowed to start in filesystem fs1 because snapshots are being deleted in it"}`, weka.ErrBusy},
		{500, `{"message":"Operation not allowed to start in filesystem fs1 because snapshots are being deleted in it"}`, weka.ErrBusy},
		{400, `{"message":null,"data":null}`, weka.ErrValidation},
		{400, `{"message":{"deep":1},"data":[1,"two"]}`, weka.ErrValidation},
		{400, `"text"`, weka.ErrValidation},

		{404, `{"message":"uid: 'Route 66 does not exist' not found"}`, weka.ErrNotFound},
		{404, `{"message":"uid: '32 tasks running' not found"}`, weka.ErrNotFound},
		{400, `{"message":"name: 'already in use' is too short"}`, weka.ErrValidation},
		{500, `{"message":"policy 'already present in the list' has no rule"}`, nil},
		{403, `{"message":"You may not see whether that name is already in use"}`, weka.ErrForbidden},
	} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c := admin(t, srv)
			srv.Fail("getFileSystem", 4, test.status, test.body) // some are sent again
			_, err := c.FileSystems.Get(t.Context(), "u1", nil)
			name := fmt.Sprintf("%d %s", test.status, test.body)
			if failed := asError(t, err, "getFileSystem"); failed.Status != test.status || (failed.Class == nil) != (test.class == nil) {
				t.Errorf("%s: got %d %v, want the class %v", name, failed.Status, failed.Class, test.class)
			}
			for _, class := range classes {
				if want := errors.Is(test.class, class); errors.Is(err, class) != want {
					t.Errorf("%s: errors.Is(%v) is %v", name, class, !want)
				}
			}
		})
	}
}

// The simulator's own error responses have their classes.
func TestClassesOfTheSimulator(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		if _, err := c.FileSystems.Create(t.Context(), newFilesystem("fs1")); err != nil {
			t.Fatal(err)
		}
		_, err := c.FileSystems.Create(t.Context(), newFilesystem("fs1"))
		wantError(t, err, "createFileSystem", weka.ErrAlreadyExists)
		large := newFilesystem("fs2")
		large.TotalCapacity = 1 << 61
		_, err = c.FileSystems.Create(t.Context(), large)
		wantError(t, err, "createFileSystem", weka.ErrNoCapacity)
		_, err = c.FileSystems.Get(t.Context(), "none", nil)
		wantError(t, err, "getFileSystem", weka.ErrNotFound)
		wantError(t, c.FileSystems.Delete(t.Context(), "none", nil), "deleteFileSystem", weka.ErrNotFound)
		_, err = c.FileSystems.List(t.Context(), nil, weka.WithQuery("colour", "red"))
		wantError(t, err, "getFileSystems", weka.ErrValidation)
	})
}

// The response to a HEAD has no body: its 404 is that of the object.
func TestHeadNotFound(t *testing.T) {
	c := newClientAt(t, "weka01", weka.WithTransport(connecttest.Always(http.StatusNotFound, "")), weka.WithAccessToken("t"))
	if err := c.Do(t.Context(), http.MethodHead, "/fileSystems/u1", nil, nil); !errors.Is(err, weka.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := c.Do(t.Context(), http.MethodGet, "/fileSystems/u1", nil, nil); errors.Is(err, weka.ErrNotFound) {
		t.Errorf("got %v, want a GET without a word to say nothing of the object", err)
	}
}

// WithResponse works for a call with an error.
func TestWithResponseOfAnError(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		const body = `{"message":"uid: 'u1' not found"}`
		srv.Fail("getFileSystem", 1, http.StatusNotFound, body)
		var raw []byte
		var meta weka.Response
		_, err := c.FileSystems.Get(t.Context(), "u1", nil, weka.WithRawBody(&raw), weka.WithResponse(&meta))
		if !errors.Is(err, weka.ErrNotFound) || string(raw) != body || meta.Status != http.StatusNotFound || meta.Attempts != 1 {
			t.Errorf("got %v, %s, %+v", err, raw, meta)
		}
	})
}

// The error has what is wrong with a request, in each form of the cluster's response.
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
			_, err := c.FileSystems.Get(t.Context(), "u1", nil)
			var got *weka.ValidationError
			if errors.As(asError(t, err, "getFileSystem", weka.ErrValidation), &got) != (want != nil) || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %+v, want %+v", body, got, want)
			}
			for _, text := range wordsOf(want) {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%s: %v does not say %q", body, err, text)
				}
			}
		}, wekatest.Release("5.1"))
	}
}

func wordsOf(v *weka.ValidationError) []string {
	if v == nil {
		return nil
	}
	return append(append([]string{v.Parameter, v.Reason, v.Release}, v.Missing...), v.Unknown...)
}

// An unknown member is reported with the release, which is read once.
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

// If the release cannot be read, the error is the same without it.
func TestUnknownMemberWithoutRelease(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail(statusOperation, 9, http.StatusForbidden, `{"data":"Forbidden"}`)
		_, err := c.FileSystems.List(t.Context(), nil, weka.WithQuery("colour", "red"))
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

// A secret that the cluster repeats is not in the fields either.
func TestValidationErrorHidesSecrets(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail("createUser", 1, http.StatusBadRequest, `{"message":"m","data":{"param":"password","error":"'hunter22' is weak"}}`)
		name, password := "ann", weka.NewSecret("hunter22")
		_, err := c.Users.Create(t.Context(), wekaapi.CreateUserBody{Username: &name, Password: &password})
		var found *weka.ValidationError
		if !errors.As(err, &found) || found.Parameter != "password" || strings.Contains(err.Error()+found.Reason, "hunter22") {
			t.Errorf("got %v", err)
		}
	})
}

// The error of a missing operation has the release that has it, and that of the cluster if
// the client knows it.
func TestRouteMissingNamesReleases(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		_, err := c.Tenants.List(t.Context())
		var missing *weka.RouteMissingError
		if !errors.As(asError(t, err, "getTenants", weka.ErrRouteMissing), &missing) || *missing != (weka.RouteMissingError{Since: "5.1"}) {
			t.Errorf("got %v", err)
		}
		if srv.Count(statusOperation) != 0 {
			t.Error("the release was asked for")
		}
		mustStatus(t, c)
		_, err = c.Tenants.List(t.Context())
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
