package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

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
	if !errors.Is(err, ngenea.ErrMalformedResponse) {
		t.Errorf("strict: got %v", err)
	}
}
