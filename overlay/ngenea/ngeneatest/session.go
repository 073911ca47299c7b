package ngeneatest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// account is a user of the Hub.
type account struct {
	user, password string
	administrator  bool
}

type sessions = simulator.Sessions[*account]

// newMint returns a function that makes JWTs signed with HS256 and a random key, as the
// framework does. Their expiry is a whole second.
func newMint() func(kind string, who *account, now, expiry time.Time) (string, time.Time) {
	key := []byte(rand.Text())
	return func(kind string, who *account, now, expiry time.Time) (string, time.Time) {
		expiry = expiry.Truncate(time.Second)
		claims, err := json.Marshal(map[string]any{
			"token_type": kind, "exp": expiry.Unix(), "iat": now.Unix(), "jti": rand.Text(), "user_id": who.user,
		})
		if err != nil {
			panic(err) // strings and numbers can be encoded
		}
		encoding := base64.RawURLEncoding
		signed := encoding.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + encoding.EncodeToString(claims)
		sum := hmac.New(sha256.New, key)
		_, _ = sum.Write([]byte(signed)) // never fails
		return signed + "." + encoding.EncodeToString(sum.Sum(nil)), expiry
	}
}

func (h *hub) login(r *simulator.Request) simulator.Response {
	for _, a := range h.set.accounts {
		if a.user == r.Text("username") && a.password == r.Text("password") {
			tokens := h.sessions.Login(a, r.Time)
			return r.Success(map[string]any{"access": tokens.Access, "refresh": tokens.Refresh})
		}
	}
	return unauthenticated(map[string]any{"detail": "No active account found with the given credentials"})
}

func (h *hub) refresh(r *simulator.Request) simulator.Response {
	tokens, _, ok := h.sessions.Renew(r.Text("refresh"), r.Time, simulator.Lifetimes{})
	if !ok {
		return unauthenticated(map[string]any{"detail": "Token is invalid or expired", "code": "token_not_valid"})
	}
	members := map[string]any{"access": tokens.Access}
	if h.set.Rotation {
		members["refresh"] = tokens.Refresh
	}
	return simulator.Response{Status: http.StatusOK, Body: members}
}

// refreshUnchecked is the refresh of [ShortRefreshPath], which the document does not have:
// the engine has not read its body.
func (h *hub) refreshUnchecked(r *simulator.Request) simulator.Response {
	var body map[string]any
	err := json.NewDecoder(io.LimitReader(r.HTTP.Body, 1<<16)).Decode(&body)
	if _, ok := body["refresh"].(string); err != nil || !ok {
		return invalidField("refresh", "This field is required.")
	}
	r.Body = body
	return h.refresh(r)
}

// createClientKey is POST /auth/clientkeys/. Only its response contains the key.
func (h *hub) createClientKey(r *simulator.Request) simulator.Response {
	if r.Member("name") == "" {
		return invalidField("name", "This field may not be blank.")
	}
	key := rand.Text()[:8] + "." + rand.Text() + rand.Text()[:6]
	it := h.clientKeys.add(map[string]any{"name": r.Member("name")}, key, caller(r))
	shown := maps.Clone(h.clientKeys.view(it, h.origin(r.HTTP), r.Time))
	shown["api_key"] = key
	return simulator.Response{Status: http.StatusCreated, Body: shown}
}

// ownerOf returns the creator of a client key, nil if the key is unknown or revoked.
func (h *hub) ownerOf(key string) *account {
	for _, it := range h.clientKeys.items {
		if it.hidden == key {
			return it.owner
		}
	}
	return nil
}
