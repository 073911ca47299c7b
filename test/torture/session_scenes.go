package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// stages are the requests of a session that a fault can befall.
var stages = []string{"login", "refresh", "call"}

// sessionScenes let each fault befall each stage.
func sessionScenes() []scene {
	var scenes []scene
	for _, stage := range stages {
		for _, f := range faults {
			scenes = append(scenes, scene{stage + ": " + f.name, func(ctx context.Context, p *planting) error {
				return playSession(ctx, p, &wire{planting: p, stage: stage, fault: f})
			}})
		}
	}
	return scenes
}

// wire stands for a cluster that issues planted tokens and has one fault.
type wire struct {
	planting *planting
	stage    string
	fault    fault

	mu     sync.Mutex
	failed bool
}

// RoundTrip answers without a network.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	stage := stageOf(r)
	switch {
	case stage == w.stage:
		w.mu.Lock()
		defer w.mu.Unlock()
		w.failed = true
		return w.fault.reply(w.planting, r)
	case stage != "call":
		return answer(r, http.StatusOK, map[string]any{
			"access_token": w.planting.plant(), "refresh_token": w.planting.plant(), "expires_in": 300,
		}), nil
	case w.stage == "refresh" && !w.befallen():
		return answer(r, http.StatusUnauthorized, "Unauthorized"), nil
	}
	return answer(r, http.StatusOK, map[string]any{"username": "admin"}), nil
}

// befallen tells whether the fault has shown.
func (w *wire) befallen() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

func stageOf(r *http.Request) string {
	switch {
	case strings.HasSuffix(r.URL.Path, "/login/refresh"):
		return "refresh"
	case strings.HasSuffix(r.URL.Path, "/login"):
		return "login"
	}
	return "call"
}

// playSession makes one call, and inspects all that a caller has in hand then.
func playSession(ctx context.Context, p *planting, w *wire) error {
	c, err := weka.New("weka01", weka.WithPassword("admin", p.plant()), weka.WithTransport(w),
		weka.WithSessionHook(func(event weka.SessionEvent) { p.inspect(event, &event); p.inspectError(event.Err) }))
	if err != nil {
		return err
	}
	defer c.Close()
	var facts weka.Response
	got, err := c.User.WhoAmI(ctx, p.dumpRequest, weka.WithResponse(&facts), weka.WithQuery("api_key", p.plant()))
	p.inspectError(err)
	p.inspect(got)
	p.dumpResponse(facts)
	if !w.befallen() {
		return errors.New("the fault did not show")
	}
	return nil
}

func (p *planting) inspectError(err error) {
	if err != nil {
		p.inspect(err)
	}
}
