package ngeneatest_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

var account = object{"username": "dfoster", "password": "secret"}

// claims reads those of a JWT.
func claims(t *testing.T, token string) object {
	t.Helper()
	parts := strings.Split(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || len(parts) != 3 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	var all object
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := ngeneatest.New(t, ngeneatest.InMemory(), ngeneatest.WithAccessTTL(3*time.Second))
		c := newClient(t, srv)
		tokens := c.want(200, "POST", "/auth/token/", account)
		access, refresh := tokens["access"].(string), tokens["refresh"].(string)
		if _, ok := tokens["expires_in"]; ok || len(tokens) != 2 {
			t.Errorf("a login has %d members", len(tokens))
		}
		if exp := claims(t, access)["exp"].(float64); int64(exp) != time.Now().Add(3*time.Second).Unix() {
			t.Errorf("exp is %v", exp)
		}
		c.Authorization = "Bearer " + access
		time.Sleep(3*time.Second - time.Nanosecond)
		c.want(200, "GET", "/jobs/", nil)
		time.Sleep(time.Nanosecond)
		c.wantText(401, badToken, "GET", "/jobs/", nil)

		renewed := c.want(200, "POST", "/auth/token/refresh/", object{"refresh": refresh})
		if len(renewed) != 1 {
			t.Errorf("a refresh without rotation has %d members", len(renewed))
		}
		c.Authorization = "Bearer " + renewed["access"].(string)
		c.want(200, "GET", "/jobs/", nil)
		srv.ExpireTokens()
		c.wantText(401, badToken, "GET", "/jobs/", nil)
		c.want(200, "POST", "/auth/token/refresh/", object{"refresh": refresh})
		c.Authorization = "Bearer " + refresh
		c.wantText(401, badToken, "GET", "/jobs/", nil)
		srv.RevokeTokens()
		c.wantText(401, badRefresh, "POST", "/auth/token/refresh/", object{"refresh": refresh})
		if srv.Logins() != 1 || srv.Refreshes() != 2 || srv.Count("refreshToken") != 3 {
			t.Errorf("%d logins, %d refreshes of %d", srv.Logins(), srv.Refreshes(), srv.Count("refreshToken"))
		}
		refresh = c.want(200, "POST", "/auth/token/", account)["refresh"].(string)
		srv.Advance(24 * time.Hour)
		c.wantText(401, badRefresh, "POST", "/auth/token/refresh/", object{"refresh": refresh})
	})
}

func TestRotation(t *testing.T) {
	c := newClient(t, ngeneatest.New(t, ngeneatest.InMemory(), ngeneatest.WithRotation(true)))
	first := c.want(200, "POST", "/auth/token/", account)["refresh"]
	second := c.want(200, "POST", "/auth/token/refresh/", object{"refresh": first})["refresh"]
	c.wantText(401, badRefresh, "POST", "/auth/token/refresh/", object{"refresh": first})
	c.want(200, "POST", "/auth/token/refresh/", object{"refresh": second})
}

func TestForbidExpired(t *testing.T) {
	c := start(t, ngeneatest.ForbidExpired())
	c.srv.ExpireTokens()
	if got := c.wantText(403, badToken, "GET", "/jobs/", nil); got.Header.Get("WWW-Authenticate") != "" {
		t.Error("a 403 has a challenge")
	}
}

func TestShortRefreshPath(t *testing.T) {
	c := newClient(t, ngeneatest.New(t, ngeneatest.InMemory(), ngeneatest.ShortRefreshPath()))
	refresh := c.want(200, "POST", "/auth/token/", account)["refresh"]
	c.want(404, "POST", "/auth/token/refresh/", object{"refresh": refresh})
	c.want(200, "POST", "/token/refresh/", object{"refresh": refresh})
	c.want(401, "POST", "/token/refresh/", object{"refresh": "x"})
	c.want(400, "POST", "/token/refresh/", object{})
	if c.srv.Refreshes() != 1 {
		t.Errorf("%d refreshes", c.srv.Refreshes())
	}
}

func TestClientKeys(t *testing.T) {
	c := start(t, ngeneatest.WithAccount("reader", "x"))
	made := c.want(201, "POST", "/auth/clientkeys/", object{"name": "my_automation_key"})
	if made["name"] != "my_automation_key" || made["url"] != c.srv.URL+"/api/auth/clientkeys/1/" || made["id"] != json.Number("1") {
		t.Errorf("got %v", made)
	}
	key := c.with("Api-Key " + made["api_key"].(string))
	key.submit()
	if job := c.want(200, "GET", "/jobs/1/", nil); job["owner"] != "dfoster" {
		t.Errorf("the owner of a key's job is %v", job["owner"])
	}
	key.wantText(401, noCredentials, "POST", "/actions/", object{"action": "discover_nodes"})
	if shown := c.want(200, "GET", "/auth/clientkeys/1/", nil); shown["api_key"] != nil {
		t.Error("the key is shown again")
	}
	reader := login(t, c.srv, "reader", "x")
	if page := reader.want(200, "GET", "/auth/clientkeys/", nil); page["count"] != json.Number("0") {
		t.Errorf("another user sees %v", page)
	}
	reader.want(404, "DELETE", "/auth/clientkeys/1/", nil)
	c.srv.RevokeTokens()
	key.want(200, "GET", "/jobs/", nil)
	key.wantText(204, "", "DELETE", "/auth/clientkeys/1/", nil)
	key.wantText(401, noCredentials, "GET", "/jobs/", nil)
}
