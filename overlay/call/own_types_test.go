package call_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// The types below are as a caller of Do writes them, with whatever encoding/json knows.
type (
	base struct {
		ID     int    `json:"id"`
		Hidden string `json:"-"`
		Name   string // without a tag
	}
	deeper struct {
		Name  string `json:"Name"`
		Depth int    `json:"depth"`
	}
	lower struct { //nolint:unused // as above
		Size int `json:"size"`
	}
	callersOwn struct {
		base
		*Pointed
		deeper  `json:"deeper"`
		lower   lower                 //nolint:unused // JSON must not reach it
		Bytes   []byte                `json:"bytes"`
		Pair    [2]int                `json:"pair"`
		ByPort  map[int]string        `json:"by_port"`
		ByAddr  map[netip.Addr]uint8  `json:"by_addr"`
		Address netip.Addr            `json:"address"`
		Quoted  int64                 `json:"quoted,string"`
		Half    float32               `json:"half"`
		Empty   []int                 `json:"empty,omitempty"`
		Zero    time.Time             `json:"zero,omitzero"`
		Inner   map[string]callersOwn `json:"inner,omitempty"`
		Next    *callersOwn           `json:"next,omitempty"`
		Wait    time.Duration         `json:"wait"`
		Any     any                   `json:"any"`
		Rest    []any                 `json:"rest"`
	}
	// Pointed is embedded by a pointer.
	Pointed struct {
		Far string `json:"far,omitempty"`
	}
)

func filled() callersOwn {
	return callersOwn{
		base: base{ID: 7, Name: "n"}, Pointed: &Pointed{Far: "f"}, deeper: deeper{"d", 2},
		Bytes: []byte{0, 255}, Pair: [2]int{1, 2}, ByPort: map[int]string{14000: "weka", -1: "none"},
		ByAddr: map[netip.Addr]uint8{netip.MustParseAddr("::1"): 1}, Address: netip.MustParseAddr("127.0.0.1"),
		Quoted: math.MinInt64, Half: 0.1, Inner: map[string]callersOwn{"z": {ByPort: map[int]string{}, Rest: []any{}, Bytes: []byte{}, ByAddr: map[netip.Addr]uint8{}}},
		Next: &callersOwn{Any: "x", Rest: []any{}, ByPort: map[int]string{}, Bytes: []byte{}, ByAddr: map[netip.Addr]uint8{}}, Wait: time.Second,
		Any: map[string]any{"b": true, "a": nil}, Rest: []any{json.Number("1.50"), "t", []any{}, map[string]any{}},
	}
}

// What a caller's own type is written as, encoding/json says.
func TestCallersOwnTypesAreWritten(t *testing.T) {
	var want bytes.Buffer
	standard := json.NewEncoder(&want)
	standard.SetEscapeHTML(false)
	if err := standard.Encode(filled()); err != nil {
		t.Fatal(err)
	}
	if got := sent(t, filled()); got != strings.TrimSpace(want.String()) {
		t.Errorf("sent %s\nwant %s", got, &want)
	}
}

func TestCallersOwnTypesAreRead(t *testing.T) {
	document, err := json.Marshal(filled())
	if err != nil {
		t.Fatal(err)
	}
	var got callersOwn
	if err := get(answers(200, string(document)), "whole", &got); err != nil || !reflect.DeepEqual(got, filled()) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, filled())
	}
}

func TestValuesThatNoTypeTakes(t *testing.T) {
	for _, document := range []string{
		`{"bytes":"!"}`, `{"pair":{}}`, `{"by_port":{"a":"b"}}`, `{"by_port":{"1.0":"b"}}`, `{"by_addr":{"a":1}}`, `{"address":"nowhere"}`, `{"address":1}`, `{"inner":[]}`, `{"next":[]}`,
	} {
		var got callersOwn
		var r call.Response
		if err := get(answers(200, document), "whole", &got, call.WithResponse(&r)); err != nil || r.UnfitCount != 1 || !reflect.DeepEqual(got, callersOwn{}) {
			t.Errorf("%s: got %+v, %v, unfit %+v", document, got, err, r.Unfit)
		}
	}
}

func TestAnAnyThatHoldsAPointer(t *testing.T) {
	var inside fileSystem
	var result any = &inside
	if err := get(answers(200, `{"data":{"name":"a"}}`), "getOne", &result); err != nil || inside.Name != "a" {
		t.Errorf("got %+v and %v", inside, err)
	}
}

// A name that two embedded structs have means neither, unless one is tagged.
func TestEmbeddedNamesThatClash(t *testing.T) {
	type left struct{ Name, Kind string }
	type right struct {
		Name string
		Kind string `json:"Kind"`
	}
	type both struct {
		left
		right
		ID int
	}
	var got, want both
	const document = `{"Name":"n","Kind":"k","ID":1}`
	if err := json.Unmarshal([]byte(document), &want); err != nil {
		t.Fatal(err)
	}
	if err := get(answers(200, document), "whole", &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
}

func TestBodiesWithoutAForm(t *testing.T) {
	type loop struct{ Next *loop }
	endless := &loop{}
	endless.Next = endless
	for name, body := range map[string]any{
		"infinity": math.Inf(1), "no number": map[string]any{"n": math.NaN()}, "function": func() {}, "odd keys": map[bool]int{true: 1}, "endless": endless,
	} {
		s := answers(200, "")
		if err := client(s).Do(context.Background(), "POST", "/x", body, nil); !errors.Is(err, call.ErrInvalidArgument) || s.request != nil {
			t.Errorf("%s: got %v, want an invalid argument and nothing sent", name, err)
		}
	}
}
