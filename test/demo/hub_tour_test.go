package main

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// setHubTour names a simulated Hub in the environment.
func setHubTour(t *testing.T, srv *ngeneatest.Server) {
	t.Helper()
	for name, value := range map[string]string{
		"WEKA_HOST": "", "NGENEA_URL": srv.URL, "NGENEA_CLIENT_KEY": "",
		"NGENEA_USERNAME": "dfoster", "NGENEA_PASSWORD": "secret", "NGENEA_CA_FILE": srv.CAFile(),
	} {
		t.Setenv(name, value)
	}
}

func TestHubTour(t *testing.T) {
	srv := ngeneatest.New(t)
	srv.Seed("/jobs/", map[string]any{"type": "migrate", "site": "dfoster1", "state": "SUCCESS"})
	setHubTour(t, srv)
	got := runDemo(t.Context())
	if got.status != 0 || !strings.HasSuffix(got.out, "\n9 of 9 steps held\n") {
		t.Errorf("got status %d\n%s%s", got.status, got.out, got.complaints)
	}
	if !strings.Contains(got.out, "1: by state 1 SUCCESS; by type 1 migrate\n") {
		t.Errorf("the jobs are not counted in\n%s", got.out)
	}
	class := map[string]api.Class{}
	for _, operation := range ngeneaapi.Operations() {
		class[operation.ID()] = operation.Class()
	}
	for _, request := range srv.Requests() {
		if request.Operation != "createToken" && class[request.Operation] != api.ClassSafe {
			t.Errorf("the tour sent %s %s, which is not safe", request.Method, request.Path)
		}
	}
}

// The clients of both tours can only read, whatever a step may ask of them.
func TestToursOnlyRead(t *testing.T) {
	setTour(t, wekatest.New(t))
	setHubTour(t, ngeneatest.New(t))
	t.Setenv("WEKA_HOST", "weka01") // which the tour of the Hub alone takes out
	atHub, err := newHubTour()
	if err != nil {
		t.Fatal(err)
	}
	defer atHub.client.Close()
	if err := atHub.client.CancelJob(t.Context(), 1); !errors.Is(err, ngenea.ErrReadOnly) {
		t.Errorf("the Hub's tour: got %v", err)
	}
	atCluster, err := newWEKATour()
	if err != nil {
		t.Fatal(err)
	}
	defer atCluster.client.Close()
	if err := atCluster.client.Filesystem.DeleteFileSystem(t.Context(), "x", nil); !errors.Is(err, weka.ErrReadOnly) {
		t.Errorf("WEKA's tour: got %v", err)
	}
}

// Both systems at once: two tours, one sum.
func TestBothTours(t *testing.T) {
	hub := ngeneatest.New(t)
	setHubTour(t, hub)
	setTour(t, wekatest.New(t))
	t.Setenv("NGENEA_URL", hub.URL) // which the tour of WEKA alone takes out
	got := runDemo(t.Context())
	if got.status != 0 || strings.Count(got.out, "a read-only tour of") != 2 || !strings.HasSuffix(got.out, "\n18 of 18 steps held\n") {
		t.Errorf("got status %d\n%s%s", got.status, got.out, got.complaints)
	}
}

// What is missing is said in one line that names it.
func TestHubTourMissing(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent.pem")
	for name, test := range map[string]struct {
		setting map[string]string
		fault   func(*ngeneatest.Server)
		want    string
	}{
		"credentials":  {map[string]string{"NGENEA_USERNAME": "", "NGENEA_PASSWORD": ""}, nil, "set NGENEA_CLIENT_KEY, or NGENEA_USERNAME and NGENEA_PASSWORD"},
		"password":     {map[string]string{"NGENEA_PASSWORD": ""}, nil, "one of NGENEA_USERNAME and NGENEA_PASSWORD is empty"},
		"CA":           {map[string]string{"NGENEA_CA_FILE": ""}, nil, "set NGENEA_CA_FILE"},
		"CA file":      {map[string]string{"NGENEA_CA_FILE": absent}, nil, "absent.pem"},
		"sane address": {map[string]string{"NGENEA_URL": "ftp://hub"}, nil, "ftp"},
		"good password": {map[string]string{"NGENEA_PASSWORD": "wrong"}, nil,
			"rejected the user name or password"},
		"good key": {map[string]string{"NGENEA_CLIENT_KEY": "AbCdEfGh.nothing"}, nil, "the Hub did not take the client key"},
		"inferred route": {nil, func(srv *ngeneatest.Server) {
			srv.On("listWorkflows").Answer(http.StatusNotFound, "<h1>Not Found</h1>")
		}, "refresh pull -from"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := ngeneatest.New(t)
			setHubTour(t, srv)
			if test.fault != nil {
				test.fault(srv)
			}
			for variable, value := range test.setting {
				t.Setenv(variable, value)
			}
			got := runDemo(t.Context())
			if n := linesWith(got, test.want); got.status != 1 || n != 1 {
				t.Errorf("status %d, %d lines name it:\n%s%s", got.status, n, got.complaints, got.out)
			}
		})
	}
}
