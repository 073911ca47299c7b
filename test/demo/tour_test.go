package main

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// setHubTour sets the environment for a simulated Hub.
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
		t.Errorf("got status %d\n%s%s", got.status, got.out, got.stderr)
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

// The clients of both tours are read-only.
func TestToursOnlyRead(t *testing.T) {
	setTour(t, wekatest.New(t))
	setHubTour(t, ngeneatest.New(t))
	t.Setenv("WEKA_HOST", "weka01") // setHubTour unsets it
	atHub, err := connectHub()
	if err != nil {
		t.Fatal(err)
	}
	defer atHub.Close()
	if err := atHub.CancelJob(t.Context(), 1); !errors.Is(err, ngenea.ErrReadOnly) {
		t.Errorf("the Hub's tour: got %v", err)
	}
	atCluster, err := connectWEKA()
	if err != nil {
		t.Fatal(err)
	}
	defer atCluster.Close()
	if err := atCluster.FileSystems.Delete(t.Context(), "x", nil); !errors.Is(err, weka.ErrReadOnly) {
		t.Errorf("WEKA's tour: got %v", err)
	}
}

// Both tours run in one program, with one last line.
func TestBothTours(t *testing.T) {
	hub := ngeneatest.New(t)
	setHubTour(t, hub)
	setTour(t, wekatest.New(t))
	t.Setenv("NGENEA_URL", hub.URL) // setTour unsets it
	got := runDemo(t.Context())
	if got.status != 0 || strings.Count(got.out, "a read-only tour of") != 2 || !strings.HasSuffix(got.out, "\n18 of 18 steps held\n") {
		t.Errorf("got status %d\n%s%s", got.status, got.out, got.stderr)
	}
}

// One line names what is missing.
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
		"good key": {map[string]string{"NGENEA_CLIENT_KEY": "AbCdEfGh.nothing"}, nil, "the Hub rejected the client key"},
		"inferred route": {nil, func(srv *ngeneatest.Server) {
			srv.On("listWorkflows").Respond(http.StatusNotFound, "<h1>Not Found</h1>")
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
				t.Errorf("status %d, %d lines name it:\n%s%s", got.status, n, got.stderr, got.out)
			}
		})
	}
}

// setTour sets the environment for a simulated cluster, without the user's own session.
func setTour(t *testing.T, srv *wekatest.Server) {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"NGENEA_URL": "", "WEKA_HOST": srv.URL, "WEKA_PORT": "", "WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin",
		"WEKA_ORG": "", "WEKA_TOKEN": "", "WEKA_CA_FILE": srv.CAFile(),
		"HOME": home, "USERPROFILE": home,
	} {
		t.Setenv(name, value)
	}
}

func TestTour(t *testing.T) {
	srv := wekatest.New(t)
	setTour(t, srv)
	got := runDemo(t.Context())
	if got.status != 0 || !strings.HasSuffix(got.out, "\n9 of 9 steps held\n") {
		t.Errorf("got status %d\n%s%s", got.status, got.out, got.stderr)
	}
	class := map[string]api.Class{}
	for _, operation := range wekaapi.Operations() {
		class[operation.ID()] = operation.Class()
	}
	for _, request := range srv.Requests() {
		if request.Operation != "login" && class[request.Operation] != api.ClassSafe {
			t.Errorf("the tour sent %s %s, which is not safe", request.Method, request.Path)
		}
	}
}

// One line names what is missing.
func TestTourMissing(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent.pem")
	for name, test := range map[string]struct {
		setting map[string]string
		want    string
	}{
		"credentials":   {map[string]string{"WEKA_USERNAME": "", "WEKA_PASSWORD": ""}, "set WEKA_USERNAME and WEKA_PASSWORD"},
		"password":      {map[string]string{"WEKA_PASSWORD": ""}, "WEKA_PASSWORD"},
		"CA":            {map[string]string{"WEKA_CA_FILE": ""}, "set WEKA_CA_FILE"},
		"CA file":       {map[string]string{"WEKA_CA_FILE": absent}, "absent.pem"},
		"sane address":  {map[string]string{"WEKA_HOST": "ftp://weka01"}, "ftp"},
		"good password": {map[string]string{"WEKA_PASSWORD": "wrong"}, "rejected the user name or password"},
	} {
		t.Run(name, func(t *testing.T) {
			setTour(t, wekatest.New(t))
			for variable, value := range test.setting {
				t.Setenv(variable, value)
			}
			got := runDemo(t.Context())
			if n := linesWith(got, test.want); got.status != 1 || n != 1 {
				t.Errorf("status %d, %d lines name it:\n%s%s", got.status, n, got.stderr, got.out)
			}
		})
	}
}
