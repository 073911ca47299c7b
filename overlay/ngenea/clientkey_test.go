package ngenea_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestClientKeyIsMadeUsedAndRevoked(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		user := foster(t, srv)
		key, err := user.CreateClientKey(t.Context(), "automation")
		if err != nil {
			t.Fatal(err)
		}
		if key.ID == 0 || key.APIKey.Reveal() == "" || strings.Contains(fmt.Sprintf("%+v", *key), key.APIKey.Reveal()) {
			t.Errorf("got %+v", *key)
		}
		wantKeys(t, user, "automation")

		c := newClient(t, srv, ngenea.WithClientKey(key.APIKey.Reveal()))
		mustAlerts(t, c)
		logins := srv.Count("createToken")
		if err := user.RevokeClientKey(t.Context(), key.ID); err != nil {
			t.Fatal(err)
		}
		before := srv.Count(alertsOperation)
		for range 2 {
			err = alerts(t.Context(), c)
			wantError(t, err, alertsOperation, ngenea.ErrClientKeyRejected, ngenea.ErrUnauthorized, ngenea.ErrTokenRejected)
			if strings.Contains(err.Error(), key.APIKey.Reveal()) {
				t.Error("the error shows the key")
			}
		}
		if got := srv.Count(alertsOperation) - before; got != 2 {
			t.Errorf("two refused calls were %d requests", got)
		}
		if srv.Count("createToken") != logins {
			t.Error("a client with a key logged in")
		}
		wantKeys(t, user)
		wantError(t, user.RevokeClientKey(t.Context(), key.ID), "revokeClientKey", ngenea.ErrNotFound)
	})
}

func wantKeys(t *testing.T, c *ngenea.Client, names ...string) {
	t.Helper()
	var got []string
	for key, err := range c.AllClientKeys(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, key.Name)
	}
	if strings.Join(got, ",") != strings.Join(names, ",") {
		t.Errorf("the keys are %q, want %q", got, names)
	}
}

func TestClientKeyOnTheWire(t *testing.T) {
	w := always(http.StatusOK, `[]`)
	mustAlerts(t, answered(t, w, ngenea.WithClientKey("prefix.text")))
	if got := w.Sent(); len(got) != 1 || got[0].Authorization != "Api-Key prefix.text" {
		t.Errorf("sent %v", got)
	}
}

func TestActionsNeedASession(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		user := foster(t, srv)
		created, err := user.CreateClientKey(t.Context(), "automation")
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t, srv, ngenea.WithClientKey(created.APIKey.Reveal()))
		_, err = c.Actions.Run(t.Context(), ngeneaapi.RunActionBody{Action: "discover_nodes"})
		wantError(t, err, "runAction", ngenea.ErrJWTOnly, ngenea.ErrInvalidArgument)
		_, err = c.Actions.Get(t.Context(), 1)
		wantError(t, err, "getAction", ngenea.ErrJWTOnly)
		before := len(srv.Requests())
		for _, path := range []string{"/%61ctions/", "actions", "/actions/?page=2", "actions/1/"} {
			wantError(t, c.Do(t.Context(), http.MethodGet, path, nil, nil), "", ngenea.ErrJWTOnly)
		}
		if got := srv.Count("runAction") + srv.Count("getAction") + len(srv.Requests()) - before; got != 0 {
			t.Errorf("%d requests were sent", got)
		}
		if _, err := user.Actions.Run(t.Context(), ngeneaapi.RunActionBody{Action: "discover_nodes"}); err != nil {
			t.Error(err)
		}
	})
}

// A call with an Authorization header of its own is not rejected.
func TestOwnAuthorizationPassesTheKey(t *testing.T) {
	w := always(http.StatusOK, `{"id":1,"state":"SUCCESS"}`)
	c := answered(t, w, ngenea.WithClientKey("key"))
	if _, err := c.Actions.Get(t.Context(), 1, ngenea.WithHeader("Authorization", "Bearer jwt")); err != nil {
		t.Fatal(err)
	}
	if got := w.Sent()[0].Authorization; got != "Bearer jwt" {
		t.Errorf("sent %q", got)
	}
}

func TestCreatedKeyIsWhole(t *testing.T) {
	c := answered(t, always(http.StatusCreated, `{"name":"n","url":"http://inside:8000/api/auth/clientkeys/9/","api_key":"shown.once"}`))
	key, err := c.CreateClientKey(t.Context(), "n")
	if err != nil || key.ID != 9 || key.APIKey.Reveal() != "shown.once" {
		t.Errorf("got %+v, %v", key, err)
	}
	c = answered(t, always(http.StatusCreated, `{"name":"n","id":9}`))
	if _, err = c.CreateClientKey(t.Context(), "n"); !errors.Is(err, ngenea.ErrMalformedResponse) || !strings.Contains(err.Error(), "key 9") {
		t.Errorf("got %v", err)
	}
	w := always(http.StatusCreated, `{}`)
	if _, err = answered(t, w).CreateClientKey(t.Context(), ""); !errors.Is(err, ngenea.ErrInvalidArgument) || len(w.Sent()) > 0 {
		t.Errorf("got %v", err)
	}
}
