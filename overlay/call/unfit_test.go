package call_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// unfit returns the pointers of the unfit members of a response.
func unfit(r call.Response) []string {
	pointers := make([]string, 0, len(r.Unfit))
	for _, u := range r.Unfit {
		pointers = append(pointers, u.Pointer)
	}
	return pointers
}

func TestOneOddMemberDoesNotCostTheResponse(t *testing.T) {
	const document = `{"data":[{"name":"fs1","total_budget":"many","obs_buckets":{"a":1}}]}`
	var got []fileSystem
	var r call.Response
	if err := get(answers(200, document), "getOne", &got, call.WithResponse(&r)); err != nil {
		t.Fatal(err)
	}
	if want := []fileSystem{{Name: "fs1"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	want := []call.Unfit{
		{Pointer: "/data/0/total_budget", Expected: "an integer of 64 bits", Found: "a string"},
		{Pointer: "/data/0/obs_buckets", Expected: "a list", Found: "an object"},
	}
	if !reflect.DeepEqual(r.Unfit, want) || r.UnfitCount != 2 {
		t.Errorf("unfit are %+v, %d in all", r.Unfit, r.UnfitCount)
	}
	strict := client(answers(200, document), func(c *call.Config) { c.StrictResponses = true })
	err := strict.Call(context.Background(), operations["getOne"], []any{"u"}, nil, nil, &got, call.WithResponse(&r))
	if !errors.Is(err, call.ErrMalformedResponse) || !strings.Contains(err.Error(), `a string at "/data/0/total_budget", want an integer`) || r.UnfitCount != 2 {
		t.Errorf("strict: got %v with %+v", err, r.Unfit)
	}
}

// What does not fit is left at zero and reported; what surrounds it stays.
func TestUnfitValues(t *testing.T) {
	for document, want := range map[string]string{
		`{"int_value":1.5}`: "a number with a fraction", `{"int_value":1e-1}`: "a number with a fraction",
		`{"int_value":"x"}`: "a string", `{"int_value":""}`: "a string", `{"int_value":"0744"}`: "a string", `{"int_value":"+5"}`: "a string",
		`{"int_value":" 5"}`: "a string", `{"int_value":"1e3 "}`: "a string", `{"uint_value":"1.0e3 "}`: "a string", `{"int_value":"5\""}`: "a string",
		`{"int_value":true}`: "a boolean", `{"int_value":{}}`: "an object", `{"int_value":[1]}`: "a list", `{"int_value":"NaN"}`: "a string",
		`{"float_value":"Inf"}`: "a string", `{"float_value":"0x1p4"}`: "a string", `{"float_value":"1_0"}`: "a string",
		`{"bool_value":"yes"}`: "a string", `{"bool_value":1}`: "a number", `{"text":true}`: "a boolean", `{"text":{}}`: "an object",
		`{"names":"a"}`: "a string", `{"children":{"text":"a"}}`: "an object", `{"by_id":[]}`: "a list", `{"pointer":"x"}`: "a string",
		`{"time":5}`: "a number", `{"time":""}`: "a string", `{"time":"yesterday"}`: "a string", `{"secret":[]}`: "a list",
	} {
		name, _, _ := strings.Cut(document[2:], `"`)
		for _, before := range []string{"", `"int_value":7,"uint_value":7,"float_value":7,"bool_value":true,"text":"a","names":["a"],"children":[{}],"by_id":{"a":{}},"pointer":7,"time":"2026-01-02T03:04:05Z","secret":"s",`} {
			var got, expected record
			if err := json.Unmarshal([]byte("{"+before+`"small":1}`), &expected); err != nil {
				t.Fatal(err)
			}
			field := reflect.ValueOf(&expected).Elem()
			for i := range field.NumField() {
				if tag, _, _ := strings.Cut(field.Type().Field(i).Tag.Get("json"), ","); tag == name {
					field.Field(i).SetZero()
				}
			}
			var r call.Response
			err := get(answers(200, "{"+before+document[1:len(document)-1]+`,"small":1}`), "whole", &got, call.WithResponse(&r))
			if err != nil || !reflect.DeepEqual(got, expected) {
				t.Errorf("%s after %q: got %+v, %v\nwant %+v", document, before, got, err, expected)
			}
			if r.UnfitCount != 1 || len(r.Unfit) != 1 || r.Unfit[0].Pointer != "/"+name || r.Unfit[0].Found != want {
				t.Errorf("%s: unfit are %+v, want %s", document, r.Unfit, want)
			}
		}
	}
}

// A number beyond its range is the nearest.
func TestNearestNumbers(t *testing.T) {
	for document, want := range map[string]record{
		`{"int_value":9223372036854775808}`:          {Int: math.MaxInt64},
		`{"int_value":"-9223372036854775809"}`:       {Int: math.MinInt64},
		`{"int_value":-1e400}`:                       {Int: math.MinInt64},
		`{"small":2147483648}`:                       {Small: math.MaxInt32},
		`{"uint_value":1e999999999999999999999}`:     {Uint: math.MaxUint64},
		`{"uint_value":18446744073709560000}`:        {Uint: math.MaxUint64},
		`{"uint_value":-1}`:                          {},
		`{"float_value":1e400}`:                      {Float: math.MaxFloat64},
		`{"float32_value":-1e40}`:                    {Float32: -math.MaxFloat32},
		`{"pointer":9223372036854775808}`:            {Pointer: n(math.MaxInt64)},
		`{"numbers":[1,-2,3]}`:                       {Numbers: []uint64{1, 0, 3}},
		`{"int_value":1,"int_value":1e30,"small":7}`: {Int: math.MaxInt64, Small: 7},
	} {
		var got record
		var r call.Response
		if err := get(answers(200, document), "whole", &got, call.WithResponse(&r)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", document, got, err, want)
		}
		if r.UnfitCount != 1 || r.Unfit[0].Found != "a number out of range" {
			t.Errorf("%s: unfit are %+v", document, r.Unfit)
		}
	}
}

// Items of lists keep their places, and entries of maps their names.
func TestUnfitItemsAndEntries(t *testing.T) {
	for _, test := range []struct {
		document string
		want     any
		unfit    []string
	}{
		{`{"data":[{"name":"a"},5,null,{"name":"b"},[1]]}`, []fileSystem{{Name: "a"}, {}, {}, {Name: "b"}, {}}, []string{"/data/1", "/data/4"}},
		{`{"data":[1,"x",3]}`, []int64{1, 0, 3}, []string{"/data/1"}},
		{`{"data":{"a":{"name":"x"},"b":7,"c/~":"8"}}`, map[string]fileSystem{"a": {Name: "x"}, "b": {}, "c/~": {}}, []string{"/data/b", "/data/c~1~0"}},
		{`{"data":[[1],2,["x",4]]}`, [][]int64{{1}, nil, {0, 4}}, []string{"/data/1", "/data/2/0"}},
		{`{"data":[{"max_throughput":"x"},{"max_throughput":{}},{"max_throughput":"5"}]}`, []fileSystem{{}, {}, {MaxThroughput: n(5)}}, []string{"/data/0/max_throughput", "/data/1/max_throughput"}},
		{`[{"name":"a"},5]`, []fileSystem{{Name: "a"}, {}}, []string{"/1"}},
		{`{"data":[true],"next_token":5,"data":[{"name":"a"}]}`, []fileSystem{{Name: "a"}}, []string{"/data/0"}},
	} {
		got := reflect.New(reflect.TypeOf(test.want))
		var r call.Response
		if err := get(answers(200, test.document), "getOne", got.Interface(), call.WithResponse(&r)); err != nil || !reflect.DeepEqual(got.Elem().Interface(), test.want) {
			t.Errorf("%s: got %+v, %v, want %+v", test.document, got.Elem(), err, test.want)
		}
		if !reflect.DeepEqual(unfit(r), test.unfit) {
			t.Errorf("%s: unfit are %v, want %v", test.document, unfit(r), test.unfit)
		}
	}
}

// A bare list in the place of a page reports where its members are in the body.
func TestUnfitInABareList(t *testing.T) {
	var got page
	var r call.Response
	err := get(answers(200, `[{"name":"a"},{"total_budget":"x"}]`), "whole", &got, call.WithResponse(&r))
	if err != nil || !reflect.DeepEqual(unfit(r), []string{"/1/total_budget"}) || len(got.Data) != 2 {
		t.Errorf("got %+v, %v, unfit %v", got, err, unfit(r))
	}
}

// The first 1000 are described, all are counted.
func TestManyUnfit(t *testing.T) {
	document := `{"data":[` + strings.Repeat(`{"total_budget":"x"},`, 1999) + `{"` + strings.Repeat("y", 1000) + `":1,"name":[]}]}`
	var got []fileSystem
	var r call.Response
	if err := get(answers(200, document), "getOne", &got, call.WithResponse(&r)); err != nil || len(r.Unfit) != 1000 || r.UnfitCount != 2000 {
		t.Errorf("got %v, %d of %d", err, len(r.Unfit), r.UnfitCount)
	}
	var byName map[string]int64
	err := get(answers(200, `{"data":{"`+strings.Repeat("y", 1000)+`":"x"}}`), "getOne", &byName, call.WithResponse(&r))
	if err != nil || len(r.Unfit[0].Pointer) > 300 {
		t.Errorf("got %v and a pointer of %d bytes", err, len(r.Unfit[0].Pointer))
	}
}

type openRecord struct {
	ID      int64                      `json:"id"`
	Name    string                     `json:"name"`
	Tags    []string                   `json:"tags"`
	When    time.Time                  `json:"when"`
	Key     secret                     `json:"key"`
	Keys    map[string]secret          `json:"keys"`
	Next    *openRecord                `json:"next"`
	Unknown map[string]json.RawMessage `json:",inline,embed"`
}

// An object that keeps unknown members keeps those that do not fit as they are, but no
// secret.
func TestUnfitIsKeptRaw(t *testing.T) {
	for document, want := range map[string]openRecord{
		`{"id":"many","name":"a","other":[1.0]}`:      {Name: "a", Unknown: map[string]json.RawMessage{"id": []byte(`"many"`), "other": []byte(`[1.0]`)}},
		`{"id":1.5,"tags":{"a":[]},"when":""}`:        {Unknown: map[string]json.RawMessage{"id": []byte(`1.5`), "tags": []byte(`{"a":[]}`), "when": []byte(`""`)}},
		`{"id":1e30,"tags":["a",{}]}`:                 {ID: math.MaxInt64, Tags: []string{"a", ""}, Unknown: map[string]json.RawMessage{"id": []byte(`1e30`)}},
		`{"id":1,"key":["hunter2"],"keys":"hunter2"}`: {ID: 1},
		`{"id":"x","next":{"id":[2]}}`:                {Next: &openRecord{Unknown: map[string]json.RawMessage{"id": []byte(`[2]`)}}, Unknown: map[string]json.RawMessage{"id": []byte(`"x"`)}},
		`{"id":"x","next":"hunter2"}`:                 {Unknown: map[string]json.RawMessage{"id": []byte(`"x"`)}}, // where a secret may be
		`{"id":"x","id":5,"name":{},"name":null}`:     {ID: 5, Unknown: map[string]json.RawMessage{}},
		`{"id":5,"id":"x"}`:                           {Unknown: map[string]json.RawMessage{"id": []byte(`"x"`)}},
	} {
		var got openRecord
		if err := get(answers(200, document), "whole", &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", document, got, err, want)
		}
		if shown := fmt.Sprintf("%+v", got); strings.Contains(shown, "hunter2") {
			t.Errorf("%s: a secret shows in %s", document, shown)
		}
	}
}

// Older releases answer a map by ids.
func TestMapByIDs(t *testing.T) {
	for _, test := range []struct {
		document string
		want     any
		unfit    []string
	}{
		{`{"data":{"QuotaId<1>":{"name":"a"},"QuotaId<2>":{"name":"b"}}}`, []fileSystem{{Name: "a"}, {Name: "b"}}, []string{}},
		{`{"QuotaId<1>":{"name":"a","max_files":"x"}}`, fileSystem{Name: "a"}, []string{"/QuotaId<1>/max_files"}},
		{`{"data":{"QuotaId<1>":{"name":"a"}}}`, fileSystem{Name: "a"}, []string{}},
		{`{"data":{"QuotaId<1>":{"id":5}}}`, openObject{ID: 5}, []string{}},
		{`{"data":{"QuotaId<1>":{"name":[]},"QuotaId<2>":4}}`, []fileSystem{{}, {}}, []string{"/data/QuotaId<1>/name", "/data/QuotaId<2>"}},
		{`{"data":{"QuotaId<1>":{"name":"a"},"name":"b"}}`, []fileSystem{{Name: "a"}, {}}, []string{"/data/name"}},
		{`{"data":{"children":{"AId<1>":{"text":"a"}, "AId<2>" : {"names":[1,[]]}}}}`, record{Children: []record{{Text: "a"}, {Names: []string{"1", ""}}}}, []string{"/data/children/AId<2>/names/1"}},
		{`{"data":{"QuotaId<1>":{"name":"a"}}}`, map[string]fileSystem{"QuotaId<1>": {Name: "a"}}, []string{}},
	} {
		got := reflect.New(reflect.TypeOf(test.want))
		var r call.Response
		if err := get(answers(200, test.document), "getOne", got.Interface(), call.WithResponse(&r)); err != nil || !reflect.DeepEqual(got.Elem().Interface(), test.want) {
			t.Errorf("%s: got %+v, %v, want %+v", test.document, got.Elem(), err, test.want)
		}
		if !reflect.DeepEqual(unfit(r), test.unfit) {
			t.Errorf("%s: unfit are %v, want %v", test.document, unfit(r), test.unfit)
		}
	}
	for document, result := range map[string]any{
		`{"data":{"QuotaId<1>":{"name":"a"},"QuotaId<2>":{"name":"b"}}}`: new(fileSystem),
		`{"data":{"QuotaId<1>":{"novel":"a"}}}`:                          new(fileSystem),
		`{"data":{"name":"b"}}`:                                          new([]fileSystem),
		`{"data":{"QuotaId<1>":{"QuotaId<1>":{"name":"b"}}}}`:            new(fileSystem),
	} {
		if err := get(answers(200, document), "getOne", result); !errors.Is(err, call.ErrMalformedResponse) {
			t.Errorf("%s: got %+v, %v", document, result, err)
		}
	}
}

// The hook of the front door sees the operation and where the members are.
func TestUnfitIsHandedToTheHook(t *testing.T) {
	var seen []string
	c := client(answers(200, `{"data":{"name":[]}}`), func(c *call.Config) {
		c.Unfit = func(_ context.Context, op *api.Operation, members []call.Unfit, _ int) {
			seen = append(seen, op.ID()+" "+members[0].Pointer)
		}
	})
	if err := c.Call(context.Background(), operations["getOne"], []any{"u"}, nil, nil, new(fileSystem)); err != nil || !reflect.DeepEqual(seen, []string{"getOne /data/name"}) {
		t.Errorf("got %v and %v", seen, err)
	}
}
