package call_test

import (
	"encoding/json"
	"math"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// record has a field of each kind that results are made of.
type record struct {
	Int      int64                 `json:"int_value,omitempty"`
	Small    int32                 `json:"small,omitempty"`
	Uint     uint64                `json:"uint_value,omitempty"`
	Float    float64               `json:"float_value,omitempty"`
	Float32  float32               `json:"float32_value,omitempty"`
	Bool     bool                  `json:"bool_value,omitempty"`
	Text     string                `json:"text,omitempty"`
	Status   status                `json:"status,omitempty"`
	Secret   secret                `json:"secret,omitempty"`
	Pointer  *int64                `json:"pointer,omitempty"`
	Numbers  []uint64              `json:"numbers,omitempty"`
	Names    []string              `json:"names,omitempty"`
	ByID     map[string]fileSystem `json:"by_id,omitempty"`
	Raw      json.RawMessage       `json:"raw,omitempty"`
	Free     map[string]any        `json:"free,omitempty"`
	Any      any                   `json:"any,omitempty"`
	Time     time.Time             `json:"time,omitzero"`
	Own      ownText               `json:"own,omitempty"`
	Children []record              `json:"children,omitempty"`
}

// ownText decodes itself.
type ownText string

func (o *ownText) UnmarshalJSON(b []byte) error {
	*o = ownText("own " + string(b))
	return nil
}

func n(i int64) *int64 { return &i }

func TestDecoding(t *testing.T) {
	for _, test := range []struct {
		name string
		json string
		want record
	}{
		{"exact integers", `{"int_value":9007199254740993,"uint_value":18446744073709551615,"numbers":[11326619722725392385]}`, record{Int: 9007199254740993, Uint: math.MaxUint64, Numbers: []uint64{11326619722725392385}}},
		{"smallest integer", `{"int_value":-9223372036854775808}`, record{Int: math.MinInt64}},
		{"duplicate keys", `{"text":"a","text":"b"}`, record{Text: "b"}},
		{"invalid UTF-8", "{\"text\":\"a\xffb\"}", record{Text: "a\ufffdb"}},
		{"half a surrogate pair", `{"text":"\ud800"}`, record{Text: "\ufffd"}},
		{"names in another case", `{"INT_value":1,"Text":"a"}`, record{Int: 1, Text: "a"}},
		{"the exact name wins", `{"text":"a","TEXTS":"b"}`, record{Text: "a"}},
		{"underscores count", `{"intValue":1,"boolvalue":true,"text":"a"}`, record{Text: "a"}},
		{"unknown members", `{"text":"a","novel":{"text":[1,{"b":null}]}}`, record{Text: "a"}},
		{"null anywhere", `{"int_value":null,"text":null,"numbers":null,"by_id":null,"pointer":null,"children":[null],"bool_value":null}`, record{Children: []record{{}}}},
		{"unknown enumeration value", `{"status":"NOVEL"}`, record{Status: "NOVEL"}},
		{"raw kept", `{"raw": {"a": [1.0, 1e3]} }`, record{Raw: json.RawMessage(`{"a": [1.0, 1e3]}`)}},
		{"digits in maps", `{"free":{"a":11326619722725392385,"b":[1.50]}}`, record{Free: map[string]any{"a": json.Number("11326619722725392385"), "b": []any{json.Number("1.50")}}}},
		{"any", `{"any":18446744073709551615}`, record{Any: json.Number("18446744073709551615")}},

		{"quoted integers", `{"int_value":"9007199254740993","uint_value":"18446744073709551615","numbers":["1",2,"3"],"pointer":"-7"}`, record{Int: 9007199254740993, Uint: math.MaxUint64, Numbers: []uint64{1, 2, 3}, Pointer: n(-7)}},
		{"quoted floats", `{"float_value":"1.25e2","float32_value":"0.5"}`, record{Float: 125, Float32: 0.5}},
		{"integers with a point", `{"int_value":1.0,"uint_value":9007199254740993.000,"numbers":["2.0"]}`, record{Int: 1, Uint: 9007199254740993, Numbers: []uint64{2}}},
		{"integers with an exponent", `{"int_value":1e3,"uint_value":1.5E+1,"numbers":[120e-1,0e9,-0]}`, record{Int: 1000, Uint: 15, Numbers: []uint64{12, 0, 0}}},
		{"exact with an exponent", `{"uint_value":1.8446744073709551615e19}`, record{Uint: math.MaxUint64}},
		{"2^64-1 as JavaScript rounds it", `{"uint_value":18446744073709552000,"numbers":["18446744073709552000",18446744073709551616,1.8446744073709552e19]}`, record{Uint: math.MaxUint64, Numbers: []uint64{math.MaxUint64, math.MaxUint64, math.MaxUint64}}},
		{"number into a string keeps its text", `{"text":11326619722725392385,"status":1.50,"names":[1e3]}`, record{Text: "11326619722725392385", Status: "1.50", Names: []string{"1e3"}}},
		{"quoted booleans", `{"bool_value":"true"}`, record{Bool: true}},
		{"mended deep inside", `{"children":[{"by_id":{"0x1:0":{"inode_id":"11326619722725392385","name":5}}}]}`, record{Children: []record{{ByID: map[string]fileSystem{"0x1:0": {InodeID: 11326619722725392385, Name: "5"}}}}}},
		{"mended beside the rest", `{"free":{"a":11326619722725392385},"raw":"1","secret":5,"own":5,"int_value":"1","time":"2026-01-02T03:04:05Z"}`, record{Free: map[string]any{"a": json.Number("11326619722725392385")}, Raw: json.RawMessage(`"1"`), Secret: newSecret("5"), Own: "own 5", Int: 1, Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}},
		{"mended after a map was filled", `{"by_id":{"a":{"name":"x"}},"int_value":"1","by_id":{"b":{"name":"y"}}}`, record{Int: 1, ByID: map[string]fileSystem{"a": {Name: "x"}, "b": {Name: "y"}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var enveloped, bare record
			var r call.Response
			if err := get(answers(200, `{"data":`+test.json+`}`), "getOne", &enveloped, call.WithResponse(&r)); err != nil || r.UnfitCount != 0 {
				t.Fatal(err, r.Unfit)
			}
			if err := get(answers(200, test.json), "whole", &bare, call.WithResponse(&r)); err != nil || r.UnfitCount != 0 {
				t.Fatal(err, r.Unfit)
			}
			if !reflect.DeepEqual(enveloped, test.want) {
				t.Errorf("enveloped: got  %+v\nwant %+v", enveloped, test.want)
			}
			if !reflect.DeepEqual(bare, test.want) {
				t.Errorf("bare: got  %+v\nwant %+v", bare, test.want)
			}
		})
	}
}

func TestEveryNumberQuoted(t *testing.T) {
	clean := fileSystems(2000)
	var want, got []fileSystem
	if err := get(answers(200, string(clean)), "getOne", &want); err != nil {
		t.Fatal(err)
	}
	if err := get(answers(200, string(quoteNumbers(clean))), "getOne", &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("quoted numbers give another list")
	}
}

func TestAbsurdExponentsTakeLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var out record
	if err := get(answers(200, `{"int_value":1e999999999,"numbers":[1e1000000000000]}`), "whole", &out); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes for two short numbers", used)
	}
}
