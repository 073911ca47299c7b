package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// seen collects what hooks get.
type seen struct{ lines []string }

func (s *seen) hooks() transport.Hooks {
	add := func(what string) func(context.Context, transport.Attempt) {
		return func(_ context.Context, a transport.Attempt) {
			s.lines = append(s.lines, fmt.Sprintf("%s %s %s %s %s #%d %d %v %v", what, a.Operation, a.Method, a.Path, a.Endpoint, a.Number, a.Status, a.Class, a.Duration))
		}
	}
	return transport.Hooks{
		BeforeAttempt: add("before"),
		AfterAttempt:  add("after"),
		BeforeRetry: func(_ context.Context, r transport.Retrying) {
			s.lines = append(s.lines, fmt.Sprintf("retry %s %s %s #%d %d %v", r.Operation, r.Method, r.Path, r.Repetition, r.Status, r.Class))
		},
	}
}

func TestHooksSeeEachAttempt(t *testing.T) {
	var s seen
	layers := transport.Layers{Hooks: s.hooks(), AttemptTimeout: time.Second, Retries: transport.RetryPolicy{Attempts: 5}}
	bubble(t, []step{refused, silent, replies(503, ""), half, good}, layers, func(t *testing.T, _ *scripted, client *call.Client) {
		if err := make1(t, client, "safe"); err != nil {
			t.Fatal(err)
		}
	})
	const at = " safe GET /safe/{id} " + origin
	want := []string{
		"before" + at + " #1 0 <nil> 0s", "after" + at + " #1 0 unavailable 0s", "retry safe GET /safe/{id} #1 0 unavailable",
		"before" + at + " #2 0 <nil> 0s", "after" + at + " #2 0 unavailable 1s", "retry safe GET /safe/{id} #2 0 unavailable",
		"before" + at + " #3 0 <nil> 0s", "after" + at + " #3 503 <nil> 0s", "retry safe GET /safe/{id} #3 503 <nil>",
		"before" + at + " #4 0 <nil> 0s", "after" + at + " #4 200 <nil> 0s", "retry safe GET /safe/{id} #4 0 unavailable",
		"before" + at + " #5 0 <nil> 0s", "after" + at + " #5 200 <nil> 0s",
	}
	if !slices.Equal(s.lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(s.lines, "\n"), strings.Join(want, "\n"))
	}
}

// Hooks get the end of the caller's context as the class.
func TestHooksSeeTheEndOfTheContext(t *testing.T) {
	var s seen
	bubble(t, []step{silent}, transport.Layers{Hooks: s.hooks()}, func(t *testing.T, _ *scripted, client *call.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = client.Call(ctx, classes["once"], nil, nil, nil, nil)
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_ = client.Call(ctx, classes["once"], nil, nil, nil, nil)
	})
	if len(s.lines) != 4 || !strings.Contains(s.lines[1], "deadline exceeded") || !strings.Contains(s.lines[3], "canceled") {
		t.Errorf("got %q", s.lines)
	}
}

// Secrets of a call reach neither hooks nor log, however the call fails.
func TestHooksAndLogSeeNoSecret(t *testing.T) {
	var s seen
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	layers := transport.Layers{
		Tokens: &tokens{left: []string{"secret-token", "secret-token-2"}},
		Hooks:  transport.JoinHooks(s.hooks(), transport.Log(logger)),
	}
	steps := []step{
		replies(401, "secret-token"),
		replies(503, "secret-body", "Retry-After", "0", "X-Request-Id", "secret-header"),
		reset,
		replies(400, "secret-body"),
	}
	bubble(t, steps, layers, func(t *testing.T, _ *scripted, client *call.Client) {
		for _, operation := range []string{"safe", "idempotent", "once"} {
			_ = make1(t, client, operation, call.WithQuery("q", "secret-query"), call.WithHeader("X-Own", "secret-header"))
		}
	})
	for _, text := range append(s.lines, log.String()) {
		if strings.Contains(text, "secret") {
			t.Errorf("a secret in %s", text)
		}
	}
	if len(s.lines) == 0 || log.Len() == 0 {
		t.Error("hooks and log got nothing")
	}
}

// records decodes level, message and attributes of each record.
func records(t *testing.T, log *bytes.Buffer) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(log.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		delete(record, "time")
		all = append(all, record)
	}
	return all
}

func TestLog(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	bubble(t, []step{replies(503, "", "Retry-After", "7"), good}, transport.Layers{Hooks: transport.Log(logger)}, func(t *testing.T, _ *scripted, client *call.Client) {
		if err := make1(t, client, "safe"); err != nil {
			t.Fatal(err)
		}
	})
	got := fmt.Sprint(records(t, &log))
	want := fmt.Sprint([]map[string]any{
		{"level": "DEBUG", "msg": "attempt", "operation": "safe", "method": "GET", "path": "/safe/{id}", "endpoint": origin, "attempt": 1, "status": 503, "duration": 0},
		{"level": "INFO", "msg": "retry", "operation": "safe", "method": "GET", "path": "/safe/{id}", "reason": "failure", "repetition": 1, "status": 503, "wait": 7e9},
		{"level": "DEBUG", "msg": "attempt", "operation": "safe", "method": "GET", "path": "/safe/{id}", "endpoint": origin, "attempt": 2, "status": 200, "duration": 0},
	})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLogEndpoints(t *testing.T) {
	var log bytes.Buffer
	changed := transport.Log(slog.New(slog.NewJSONHandler(&log, nil))).EndpointChanged
	changed(transport.EndpointChange{Endpoint: origin, Err: errors.New("secret")})
	changed(transport.EndpointChange{Endpoint: origin})
	got := fmt.Sprint(records(t, &log))
	want := fmt.Sprint([]map[string]any{
		{"level": "WARN", "msg": "endpoint", "endpoint": origin, "error": "*errors.errorString"},
		{"level": "INFO", "msg": "endpoint", "endpoint": origin},
	})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLogSession(t *testing.T) {
	for _, c := range []struct {
		event              token.Event
		level, kind, error string
	}{
		{token.Event{Kind: token.Started}, "DEBUG", "started", ""},
		{token.Event{Kind: token.Refreshed}, "INFO", "refreshed", ""},
		{token.Event{Kind: token.Failed, Err: &call.Error{Operation: "login", Status: 503}}, "WARN", "failed", "login"},
		{token.Event{Kind: token.Failed, Err: fmt.Errorf("secret: %w", token.ErrBadCredentials)}, "WARN", "failed", token.ErrBadCredentials.Error()},
		{token.Event{Kind: token.NotStored, Err: errors.New("secret")}, "WARN", "not stored", "*errors.errorString"},
		{token.Event{Kind: token.NotStored, Err: fmt.Errorf("secret: %w", syscall.ENOSPC)}, "WARN", "not stored", syscall.ENOSPC.Error()},
	} {
		var log bytes.Buffer
		transport.LogSession(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))(c.event)
		got := records(t, &log)[0]
		reason, _ := got["error"].(string)
		if got["msg"] != "session" || got["level"] != c.level || got["event"] != c.kind || !strings.HasPrefix(reason, c.error) || strings.Contains(log.String(), "secret") {
			t.Errorf("%v: got %s", c.event, log.String())
		}
	}
}

func TestJoinHooks(t *testing.T) {
	var calls []string
	note := func(name string) transport.Hooks {
		return transport.Hooks{
			BeforeAttempt:   func(context.Context, transport.Attempt) { calls = append(calls, name) },
			EndpointChanged: func(transport.EndpointChange) { calls = append(calls, name) },
		}
	}
	joined := transport.JoinHooks(note("one"), transport.Hooks{}, note("two"))
	joined.BeforeAttempt(t.Context(), transport.Attempt{})
	joined.EndpointChanged(transport.EndpointChange{})
	if !slices.Equal(calls, []string{"one", "two", "one", "two"}) || joined.AfterAttempt != nil {
		t.Errorf("got %q", calls)
	}
}

// A member that does not fit is logged once for each operation and place, and the memory
// for places is bounded.
func TestLogUnfitMembers(t *testing.T) {
	var log bytes.Buffer
	hooks := transport.Log(slog.New(slog.NewJSONHandler(&log, nil)))
	report := hooks.ReportUnfit()
	list := api.NewOperation(api.Definition{ID: "list", Method: "GET", Path: "/things"})
	route := api.NewOperation(api.Definition{Method: "GET", Path: "/things"})
	members := []call.Unfit{
		{Pointer: "/data/0/size", Expected: "a number", Found: "a string"},
		{Pointer: "/data/17/size", Expected: "a number", Found: "a list"},
		{Pointer: "/data/0/name2", Expected: "a string", Found: "a boolean"},
	}
	for range 2 {
		report(t.Context(), list, members, 3)
		report(t.Context(), route, members[:1], 1)
	}
	got := fmt.Sprint(records(t, &log))
	want := fmt.Sprint([]map[string]any{
		{"level": "WARN", "msg": "unfit", "operation": "list", "method": "GET", "path": "/things", "pointer": "/data/*/size", "expected": "a number", "found": "a string"},
		{"level": "WARN", "msg": "unfit", "operation": "list", "method": "GET", "path": "/things", "pointer": "/data/*/name2", "expected": "a string", "found": "a boolean"},
		{"level": "WARN", "msg": "unfit", "method": "GET", "path": "/things", "pointer": "/data/*/size", "expected": "a number", "found": "a string"},
	})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	log.Reset()
	for i := range 2000 {
		report(t.Context(), list, []call.Unfit{{Pointer: fmt.Sprintf("/data/n%d", i)}}, 1)
	}
	if n := len(records(t, &log)); n != 997 {
		t.Errorf("%d more places were logged, want 1000 in all", n)
	}
}

// Each of several hooks gets the members, and without a hook there is no function.
func TestUnfitMembersReachEachHook(t *testing.T) {
	var got []string
	hook := transport.Hooks{UnfitMembers: func(_ context.Context, u transport.UnfitMembers) {
		got = append(got, fmt.Sprint(u.Operation, u.Method, u.Path, len(u.Members), u.Count))
	}}
	op := api.NewOperation(api.Definition{ID: "list", Method: "GET", Path: "/things"})
	transport.JoinHooks(hook, transport.Hooks{}, hook).ReportUnfit()(t.Context(), op, make([]call.Unfit, 2), 5)
	if want := []string{"listGET/things2 5", "listGET/things2 5"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if (transport.Hooks{}).ReportUnfit() != nil {
		t.Error("no hook, but a function")
	}
}
