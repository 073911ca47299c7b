package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// setTour names a simulated cluster in the environment, and keeps the user's own
// session out of it.
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
		t.Errorf("got status %d\n%s%s", got.status, got.out, got.complaints)
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

// What is missing is said in one line that names it.
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
				t.Errorf("status %d, %d lines name it:\n%s%s", got.status, n, got.complaints, got.out)
			}
		})
	}
}
