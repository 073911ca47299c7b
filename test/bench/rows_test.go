package main

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// Both clients get the whole answers of the server, and a short run has the rows.
func TestRowsOfCalls(t *testing.T) {
	address, stop, err := startServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	ours, err := weka.New(address, weka.WithAccessToken(accessToken))
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	byHand := &handWritten{client: &http.Client{Transport: &http.Transport{}}, address: address + apiPath, token: accessToken}
	defer byHand.client.CloseIdleConnections()
	got, err := ours.Filesystem.GetFileSystems(t.Context(), nil)
	if err := whole(len(got), err); err != nil {
		t.Fatal(err)
	}
	want, err := byHand.fileSystems(t.Context())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the list that is written by hand is another: %v", err)
	}
	if got[0].ObsBuckets[0].State != "ACTIVE" || got[1].TotalBudget != 1<<40 {
		t.Errorf("got %+v", got[:2])
	}
	rows, err := compareOne(t.Context(), 1, ours, byHand)
	holds(t, rows, err, "call 1: time", "call 1: allocations")
}

func TestRowsOfPages(t *testing.T) {
	rows, err := measureIterate(t.Context(), 2*quotasInPage+1)
	holds(t, rows, err, "iterate 1M: peak MB", "iterate 1M vs 100k: peak")
}

func TestRowsOfIdleClients(t *testing.T) {
	rows, err := measureIdle(t.Context(), 5)
	holds(t, rows, err, "idle client: kB", "idle client: goroutines")
	if goroutines := rows[1]; goroutines.Value != 0 || !goroutines.Held {
		t.Errorf("got %+v", goroutines)
	}
}

func holds(t *testing.T, rows []row, err error, names ...string) {
	t.Helper()
	var got []string
	for _, r := range rows {
		got = append(got, r.Name)
	}
	if err != nil || !slices.Equal(got, names) {
		t.Fatalf("got %q, %v, want %q", got, err, names)
	}
}

func TestCompareTakesTheLeastTime(t *testing.T) {
	times := []float64{1, 9, 5, 7} // the first warms up
	next := 0
	costs, err := compare(t.Context(), 3, 1, func(context.Context, int) (cost, error) {
		next++
		return cost{ns: times[next-1], allocations: float64(next), bytes: 6}, nil
	})
	if want := (cost{ns: 5, allocations: 3, bytes: 6}); err != nil || len(costs) != 1 || costs[0] != want {
		t.Errorf("got %v, %v, want %v", costs, err, want)
	}
}

func TestExtensionsGo(t *testing.T) {
	var document any
	if err := json.Unmarshal([]byte(`{"x-a":{"b":1},"c":[{"x-d":2,"e":3}]}`), &document); err != nil {
		t.Fatal(err)
	}
	dropExtensions(document)
	if text, err := json.Marshal(document); err != nil || string(text) != `{"c":[{"e":3}]}` {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestWhatACallDoesNotNeed(t *testing.T) {
	got := unneeded([]string{"github.com/hotcold-go/hotcold/overlay/call", "gopkg.in/yaml.v3", "github.com/getkin/kin-openapi/openapi3"})
	if want := []string{"gopkg.in/yaml.v3", "github.com/getkin/kin-openapi/openapi3"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
