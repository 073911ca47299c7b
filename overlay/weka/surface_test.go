package weka_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// memoryStore is a token store as a site would write it, with this package alone.
type memoryStore struct {
	mu      sync.Mutex
	entries map[string][]byte
}

func (m *memoryStore) Load(_ context.Context, id weka.TokenIdentity) (weka.Token, error) {
	data, ok := m.entries[id.Key()]
	if !ok {
		return weka.Token{}, nil
	}
	return weka.TokenCodec{}.Decode(data, id)
}

func (m *memoryStore) Update(ctx context.Context, id weka.TokenIdentity, change func(weka.Token) (weka.Token, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	current, err := m.Load(ctx, id)
	if err != nil {
		return err
	}
	next, err := change(current)
	if err != nil {
		return err
	}
	if next.IsZero() {
		delete(m.entries, id.Key())
		return nil
	}
	m.entries[id.Key()], err = weka.TokenCodec{}.Encode(m.entries[id.Key()], id, next)
	return err
}

// A consumer needs this package and that of the types alone: for a store of its own, a
// token function, a hook and every error.
func TestConsumerNeedsTheFrontDoorAlone(t *testing.T) {
	var seen []weka.SessionEventKind
	hook := weka.WithSessionHook(func(event weka.SessionEvent) { seen = append(seen, event.Kind) })
	store := weka.WithTokenStore(&memoryStore{entries: map[string][]byte{}})
	issues := weka.WithTransport(connecttest.Always(http.StatusOK, `{"data":{"access_token":"a","refresh_token":"r","expires_in":300,"name":"c1"}}`))
	for range 2 {
		mustStatus(t, newClientAt(t, "weka01", weka.WithPassword("u", "p"), store, hook, issues))
	}
	yields := weka.WithTokenFunc(func(context.Context) (weka.Token, error) {
		made := weka.NewToken("given")
		made.Lifetime = time.Hour
		return made, nil
	})
	mustStatus(t, newClientAt(t, "weka01", yields, hook, issues))
	want := []weka.SessionEventKind{
		weka.SessionStarted, weka.SessionLoggedIn, weka.SessionAdopted, weka.SessionStarted, weka.SessionLoggedIn,
	}
	if !slices.Equal(seen, want) {
		t.Errorf("the hook saw %v, want %v", seen, want)
	}
	refuses := weka.WithTransport(connecttest.Always(http.StatusUnauthorized, jsonUnauthorized))
	entries := &memoryStore{entries: map[string][]byte{}}
	c := newClientAt(t, "weka01", weka.WithPassword("u", "p"), weka.WithClusterName("lab"), weka.WithTokenStore(entries), refuses)
	wantError(t, status(t.Context(), c), statusOperation, weka.ErrBadCredentials)
	entry, err := entries.Load(t.Context(), weka.TokenIdentity{System: "weka", Cluster: "lab", User: "u", Organization: "Root"})
	tried := func(refused weka.LoginRejection) error { return refused.Check("p") }
	if err != nil || !errors.Is(tried(entry.Rejection), weka.ErrBadCredentials) {
		t.Errorf("the store does not hold the refusal (%v)", err)
	}
	wantError(t, status(t.Context(), newClientAt(t, "weka01", weka.WithTokenFunc(func(context.Context) (weka.Token, error) {
		return weka.NewToken("line\nbreak"), nil
	}))), statusOperation, weka.ErrMalformedToken)
	if err := c.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantError(t, status(t.Context(), c), statusOperation, weka.ErrLoggedOut, weka.ErrSessionEnded)
}

// A member that does not fit is reported to the caller, the hooks and the log, and is an
// error for a strict client.
func TestUnfitMembers(t *testing.T) {
	const list = `{"data":[{"name":"fs1","total_budget":"many","obs_buckets":{"a":1}}]}`
	var log bytes.Buffer
	var seen []string
	options := []weka.Option{
		weka.WithAccessToken("t"), weka.WithTransport(connecttest.Always(http.StatusOK, list)),
		weka.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
		weka.WithHooks(weka.Hooks{UnfitMembers: func(_ context.Context, u weka.UnfitMembers) {
			for _, m := range u.Members {
				seen = append(seen, u.Path+" "+m.Pointer)
			}
		}}),
	}
	for range 2 {
		var got []wekaapi.FileSystem
		var r weka.Response
		c := newClientAt(t, "weka01", options...)
		if err := c.Do(t.Context(), http.MethodGet, "/fileSystems", nil, &got, weka.WithResponse(&r)); err != nil || len(got) != 1 || got[0].Name != "fs1" {
			t.Fatalf("got %+v, %v", got, err)
		}
		want := []weka.Unfit{
			{Pointer: "/data/0/total_budget", Expected: "an integer of 64 bits", Found: "a string"},
			{Pointer: "/data/0/obs_buckets", Expected: "a list", Found: "an object"},
		}
		if !slices.Equal(r.Unfit, want) || r.UnfitCount != 2 {
			t.Errorf("unfit are %+v", r.Unfit)
		}
	}
	if want := []string{"/fileSystems /data/0/total_budget", "/fileSystems /data/0/obs_buckets"}; !slices.Equal(seen[:2], want) || len(seen) != 4 {
		t.Errorf("the hook got %v", seen)
	}
	if n := strings.Count(log.String(), "msg=unfit"); n != 4 { // a client's log begins anew
		t.Errorf("%d lines are logged:\n%s", n, &log)
	}
	strict := newClientAt(t, "weka01", append(options, weka.WithStrictResponses())...)
	if err := strict.Do(t.Context(), http.MethodGet, "/fileSystems", nil, new([]wekaapi.FileSystem)); !errors.Is(err, weka.ErrMalformedResponse) {
		t.Errorf("strict: got %v", err)
	}
}
