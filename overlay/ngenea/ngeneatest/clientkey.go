package ngeneatest

import (
	"crypto/rand"
	"maps"
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// createClientKey is POST /auth/clientkeys/. The key is in its answer alone.
func (h *hub) createClientKey(r *simulator.Request) simulator.Answer {
	if r.Member("name") == "" {
		return invalid(map[string]any{"name": []any{"This field may not be blank."}})
	}
	who, _ := r.Identity.(*account)
	key := rand.Text()[:8] + "." + rand.Text() + rand.Text()[:6]
	it := h.clientKeys.add(map[string]any{"name": r.Member("name")}, key, who)
	shown := maps.Clone(h.clientKeys.view(it, h.origin(r.HTTP), r.Time))
	shown["api_key"] = key
	return simulator.Answer{Status: http.StatusCreated, Body: shown}
}

// ownerOf is who made a client key, nil if there is none or it was revoked.
func (h *hub) ownerOf(key string) *account {
	for _, it := range h.clientKeys.items {
		if it.hidden == key {
			return it.owner
		}
	}
	return nil
}
