package simulator_test

import (
	"reflect"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// The full sample has every member once, does not nest in itself, and is the same each
// time.
func TestFullSample(t *testing.T) {
	engine, server := start(t, simulator.Config{Sampler: simulator.Sampler{Full: true}})
	status, first := send(t, server, "GET", "/api/things", "", "")
	_, second := send(t, server, "GET", "/api/things", "", "")
	if status != 200 || first != second || engine.Err() != nil {
		t.Fatalf("got %d %s, then %s, %v", status, first, second, engine.Err())
	}
	want := decode(t, `{"data": [{
		"uid": "2b0f3e5a-6c1d-4f7e-9a8b-3c4d5e6f7a8b", "name": "name", "kind": "SOLID",
		"size": 9007199254740993, "inode": 18446744073709551615, "percent": 100, "ratio": 0.5,
		"created": "2026-01-02T15:04:05Z", "code": "18446744073709551615",
		"labels": {"key": 9007199254740993}, "children": [], "both": {"left": true, "right": true}}],
		"next": ""}`)
	if got := decode(t, first); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestSmallestSample(t *testing.T) {
	_, server := start(t, simulator.Config{})
	if _, body := send(t, server, "GET", "/api/things", "", ""); body != `{"data":[]}` {
		t.Errorf("the list is %s", body)
	}
	if _, body := send(t, server, "GET", "/api/things/x", "", ""); body != `{"uid":"2b0f3e5a-6c1d-4f7e-9a8b-3c4d5e6f7a8b"}` {
		t.Errorf("the thing is %s", body)
	}
}
