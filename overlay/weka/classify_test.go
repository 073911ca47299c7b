package weka_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

var classes = []error{
	weka.ErrNotFound, weka.ErrAlreadyExists, weka.ErrUnauthorized, weka.ErrForbidden, weka.ErrValidation, weka.ErrConflict,
	weka.ErrBusy, weka.ErrNoCapacity, weka.ErrRouteMissing, weka.ErrUnavailable, weka.ErrMalformedAnswer,
}

// The bodies that clusters have answered, and what they mean. The last ones are made
// up of what users may name their things.
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
			srv.Fail("getFileSystem", 4, test.status, test.body) // some are asked for again
			_, err := c.Filesystem.GetFileSystem(t.Context(), "u1", nil)
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

// The simulator's own refusals of the story that everybody plays.
func TestClassesOfTheSimulator(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		if _, err := c.Filesystem.CreateFileSystem(t.Context(), newFilesystem("fs1")); err != nil {
			t.Fatal(err)
		}
		_, err := c.Filesystem.CreateFileSystem(t.Context(), newFilesystem("fs1"))
		wantError(t, err, "createFileSystem", weka.ErrAlreadyExists)
		large := newFilesystem("fs2")
		large.TotalCapacity = 1 << 61
		_, err = c.Filesystem.CreateFileSystem(t.Context(), large)
		wantError(t, err, "createFileSystem", weka.ErrNoCapacity)
		_, err = c.Filesystem.GetFileSystem(t.Context(), "none", nil)
		wantError(t, err, "getFileSystem", weka.ErrNotFound)
		wantError(t, c.Filesystem.DeleteFileSystem(t.Context(), "none", nil), "deleteFileSystem", weka.ErrNotFound)
		_, err = c.Filesystem.GetFileSystems(t.Context(), nil, weka.WithQuery("colour", "red"))
		wantError(t, err, "getFileSystems", weka.ErrValidation)
	})
}

// A HEAD is answered without a body: its 404 is that of the object.
func TestHeadNotFound(t *testing.T) {
	c := newClientAt(t, "weka01", weka.WithTransport(connecttest.Always(http.StatusNotFound, "")), weka.WithAccessToken("t"))
	if err := c.Do(t.Context(), http.MethodHead, "/fileSystems/u1", nil, nil); !errors.Is(err, weka.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := c.Do(t.Context(), http.MethodGet, "/fileSystems/u1", nil, nil); errors.Is(err, weka.ErrNotFound) {
		t.Errorf("got %v, want a GET without a word to say nothing of the object", err)
	}
}

// Whoever asks for the answer beside an error gets it.
func TestResponseOfAnError(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		const body = `{"message":"uid: 'u1' not found"}`
		srv.Fail("getFileSystem", 1, http.StatusNotFound, body)
		var raw []byte
		var meta weka.Response
		_, err := c.Filesystem.GetFileSystem(t.Context(), "u1", nil, weka.WithRawBody(&raw), weka.WithResponse(&meta))
		if !errors.Is(err, weka.ErrNotFound) || string(raw) != body || meta.Status != http.StatusNotFound || meta.Attempts != 1 {
			t.Errorf("got %v, %s, %+v", err, raw, meta)
		}
	})
}
