package wekatest_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const unauthorized = `{"data":"Unauthorized"}`

func TestLogin(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithAccount("eve", "s3cret", "research"))
	c := newClient(t, srv)
	tokens := c.want(200, "POST", "/login", object{"username": "admin", "password": "admin"}).(object)
	if tokens["token_type"] != "Bearer" || tokens["expires_in"] != json.Number("300") ||
		tokens["refresh_token"] == "" || tokens["password_change_required"] != false {
		t.Errorf("got %v", tokens)
	}
	c.want(200, "POST", "/login", object{"username": "eve", "password": "s3cret", "org": "research"})
	c.want(200, "POST", "/login", object{"username": "admin", "password": "admin", "org": "Root"})

	c.wantBody(401, unauthorized, "POST", "/login", object{"username": "admin", "password": "wrong"})
	c.wantBody(401, unauthorized, "POST", "/login", object{"username": "nobody", "password": "admin"})
	c.wantBody(401, unauthorized, "POST", "/login", object{"username": "eve", "password": "s3cret"})
	c.wantBody(401, unauthorized, "POST", "/login", object{"username": "admin", "password": "admin", "org": ""})
	c.wantBody(400, `"missing_params":["password"]`, "POST", "/login", object{"username": "admin"})
	if srv.Logins() != 3 || srv.Count("login") != 8 {
		t.Errorf("%d logins of %d attempts, want 3 of 8", srv.Logins(), srv.Count("login"))
	}
}

// Some public clients log in and refresh with a form.
func TestLoginByForm(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := newClient(t, srv)
	post := func(path, form string) object {
		got := c.Send(http.MethodPost, path, "application/x-www-form-urlencoded", form)
		if got.Status != 200 {
			t.Fatalf("%s: got %d %s", path, got.Status, got.Text)
		}
		return got.Body.(object)["data"].(object)
	}
	tokens := post("/login", "username=admin&password=admin")
	tokens = post("/login/refresh", "refresh_token="+tokens["refresh_token"].(string)+"&access_token_expiry=60")
	if tokens["expires_in"] != json.Number("60") {
		t.Errorf("expires_in is %v, want 60", tokens["expires_in"])
	}
}

func TestLoginShapes(t *testing.T) {
	for shape, prefix := range map[wekatest.LoginShape]string{
		wekatest.LoginObject: `{"data":{"access_token":"`,
		wekatest.LoginList:   `{"data":[{"access_token":"`,
		wekatest.LoginBare:   `{"access_token":"`,
	} {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithLoginShape(shape))
		newClient(t, srv).wantBody(200, prefix, "POST", "/login", object{"username": "admin", "password": "admin"})
	}
}

// Five failures lock an account; each further attempt restarts the lockout.
func TestLockout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithAccount("eve", "s3cret", "Root"))
		c := newClient(t, srv)
		right := object{"username": "admin", "password": "admin"}
		wrong := object{"username": "admin", "password": "wrong"}
		const locked = `{"data":"Authentication Failed. User has been locked out for another 2m0s due to too many login attempts"}`

		for range 4 {
			c.wantBody(401, unauthorized, "POST", "/login", wrong)
		}
		c.want(200, "POST", "/login", right)
		for range 5 {
			c.wantBody(401, unauthorized, "POST", "/login", wrong)
		}
		c.wantBody(403, locked, "POST", "/login", right)
		time.Sleep(119 * time.Second)
		c.wantBody(403, locked, "POST", "/login", right)
		c.want(200, "POST", "/login", object{"username": "eve", "password": "s3cret"})
		time.Sleep(119 * time.Second)
		c.wantBody(403, locked, "POST", "/login", wrong)
		srv.Advance(2 * time.Minute)
		c.want(200, "POST", "/login", right)
	})
}

func TestAccessTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithAccessTTL(3*time.Second))
		c := login(t, srv)
		c.want(200, "GET", "/fileSystems", nil)
		time.Sleep(3*time.Second - 1)
		c.want(200, "GET", "/fileSystems", nil)
		time.Sleep(time.Nanosecond)
		c.wantBody(401, unauthorized, "GET", "/fileSystems", nil)

		c = login(t, srv)
		srv.ExpireTokens()
		c.wantBody(401, unauthorized, "GET", "/fileSystems", nil)
	})
}

func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, rotation := range []bool{false, true} {
			srv := wekatest.New(t, wekatest.InMemory(),
				wekatest.WithRotation(rotation), wekatest.WithRefreshTTL(time.Hour))
			c := newClient(t, srv)
			first := c.want(200, "POST", "/login", object{"username": "admin", "password": "admin"}).(object)["refresh_token"]
			srv.ExpireTokens()
			tokens := c.want(200, "POST", "/login/refresh", object{"refresh_token": first}).(object)
			second := tokens["refresh_token"]
			if (first == second) == rotation {
				t.Errorf("rotation %t: the refresh token was %v and is %v", rotation, first, second)
			}
			c.Authorization = "Bearer " + tokens["access_token"].(string)
			c.want(200, "GET", "/fileSystems", nil)

			used := 200
			if rotation {
				used = 401
			}
			c.want(used, "POST", "/login/refresh", object{"refresh_token": first})
			if n := srv.Refreshes(); n != map[bool]int{false: 2, true: 1}[rotation] {
				t.Errorf("rotation %t: %d refreshes", rotation, n)
			}
			time.Sleep(time.Hour)
			c.wantBody(401, unauthorized, "POST", "/login/refresh", object{"refresh_token": second})
		}
	})
}

func TestRevokeTokens(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := newClient(t, srv)
	tokens := c.want(200, "POST", "/login", object{"username": "admin", "password": "admin"}).(object)
	srv.RevokeTokens()
	c.wantBody(401, unauthorized, "POST", "/login/refresh", object{"refresh_token": tokens["refresh_token"]})
	c.Authorization = "Bearer " + tokens["access_token"].(string)
	c.wantBody(401, unauthorized, "GET", "/fileSystems", nil)
	login(t, srv).want(200, "GET", "/fileSystems", nil)
}

// Lifetimes and lockouts follow the cluster's settings.
func TestLifetimesAndLockoutPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := login(t, wekatest.New(t, wekatest.InMemory()))
		got := c.want(200, "GET", "/security/defaultTokensExpiry", nil).(object)
		if got["access_token_expiry"] != json.Number("300") || got["refresh_token_expiry"] != json.Number("2592000") {
			t.Errorf("got %v", got)
		}
		c.want(200, "POST", "/security/defaultTokensExpiry", object{"access_token_expiry": 60})
		c.wantBody(200, `"expires_in":60`, "POST", "/login", object{"username": "admin", "password": "admin"})
		c.want(200, "PUT", "/lockoutPolicy", object{"num_failed_logins": 1, "lockout_duration": 60})
		wrong := object{"username": "admin", "password": "x"}
		c.want(401, "POST", "/login", wrong)
		c.wantBody(403, "locked out for another 1m0s", "POST", "/login", wrong)
		time.Sleep(time.Minute)
		c.want(200, "POST", "/login", object{"username": "admin", "password": "admin"})
	})
}

// The documents' examples, and public clients, write the organization of a login as root.
func TestLoginOfRootInLowerCase(t *testing.T) {
	login(t, wekatest.New(t, wekatest.InMemory())).want(200, "POST", "/login", object{"username": "admin", "password": "admin", "org": "root"})
}
