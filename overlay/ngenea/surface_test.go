package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

func TestNoMethodHidesAService(t *testing.T) {
	connecttest.Services[ngenea.Client, ngeneaapi.Services](t)
}

func TestOperationsAreMethods(t *testing.T) {
	for _, o := range ngeneaapi.Operations() {
		connecttest.Method[ngenea.Client](t, o.ID(), o.Service(), o.GoMethod())
	}
}

func TestNilContext(t *testing.T) {
	c, err := ngenea.New("hub", ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(connecttest.Always(200, "{}")))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	connecttest.NilContext(t, c, ngenea.ErrInvalidArgument)
}

func TestClassesDiffer(t *testing.T) {
	connecttest.Distinct(t,
		ngenea.ErrNotFound, ngenea.ErrUnauthorized, ngenea.ErrForbidden, ngenea.ErrValidation, ngenea.ErrConflict, ngenea.ErrBusy,
		ngenea.ErrRouteMissing, ngenea.ErrUnavailable, ngenea.ErrMalformedAnswer, ngenea.ErrInvalidArgument, ngenea.ErrReadOnly,
		ngenea.ErrRepeatedCursor, ngenea.ErrNoCredentials, ngenea.ErrBadCredentials, ngenea.ErrSessionEnded, ngenea.ErrMalformedToken,
		ngenea.ErrUnsafeFile, ngenea.ErrTokenRejected, ngenea.ErrClosed, ngenea.ErrJobFailed, ngenea.ErrWaitTimeout, ngenea.ErrNoBound,
		ngenea.ErrJobVanished,
	)
}

// A program needs this package, the types and the simulator alone: these tests are such a
// program.
func TestConsumerImportsTheFrontDoorAlone(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		connecttest.Imports(t, file, "gen/ngeneaapi", "overlay/ngenea", "overlay/ngenea/ngeneatest")
	}
}

// A client and its errors print without credentials.
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

// A member that does not fit is reported, kept as it is where unknown members are, and an
// error for a strict client.
func TestUnfitMembers(t *testing.T) {
	const list = `{"count":2,"results":[{"id":1,"state":"SUCCESS"},{"id":[2],"state":"FAILURE"}]}`
	count := 0
	hooks := ngenea.WithHooks(ngenea.Hooks{UnfitMembers: func(_ context.Context, u ngenea.UnfitMembers) { count += u.Count }})
	key := ngenea.WithClientKey("k")
	var got struct{ Results []ngeneaapi.Job }
	var r ngenea.Response
	err := answered(t, always(http.StatusOK, list), key, hooks).Do(t.Context(), http.MethodGet, "/jobs/", nil, &got, ngenea.WithResponse(&r))
	if err != nil || len(got.Results) != 2 || string(got.Results[1].AdditionalProperties["id"]) != "[2]" {
		t.Errorf("got %+v, %v", got, err)
	}
	if count != 1 || len(r.Unfit) != 1 || r.Unfit[0].Pointer != "/results/1/id" {
		t.Errorf("unfit are %+v, and %d for the hook", r.Unfit, count)
	}
	err = answered(t, always(http.StatusOK, list), key, ngenea.WithStrictResponses()).Do(t.Context(), http.MethodGet, "/jobs/", nil, &got)
	if !errors.Is(err, ngenea.ErrMalformedAnswer) {
		t.Errorf("strict: got %v", err)
	}
}
