package ngeneatest

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// login is POST /auth/token/.
func (h *hub) login(r *simulator.Request) simulator.Answer {
	user, _ := r.Member("username").(string)
	password, _ := r.Member("password").(string)
	for _, a := range h.set.accounts {
		if a.user == user && a.password == password {
			access, refresh := h.sessions.begin(a, r.Time)
			return r.Operation.Answer(map[string]any{"access": access, "refresh": refresh})
		}
	}
	return unauthenticated(map[string]any{"detail": "No active account found with the given credentials"})
}

// refresh is POST /auth/token/refresh/.
func (h *hub) refresh(r *simulator.Request) simulator.Answer {
	given, _ := r.Member("refresh").(string)
	access, refresh, ok := h.sessions.renew(given, r.Time)
	if !ok {
		return badRefreshToken()
	}
	members := map[string]any{"access": access}
	if refresh != "" {
		members["refresh"] = refresh
	}
	return simulator.Answer{Status: http.StatusOK, Body: members}
}

// refreshUnchecked is the refresh at a path that the document does not have, whose
// body the engine has not read.
func (h *hub) refreshUnchecked(r *simulator.Request) simulator.Answer {
	var body map[string]any
	err := json.NewDecoder(io.LimitReader(r.HTTP.Body, 1<<16)).Decode(&body)
	if _, ok := body["refresh"].(string); err != nil || !ok {
		return invalid(map[string]any{"refresh": []any{"This field is required."}})
	}
	r.Body = body
	return h.refresh(r)
}
