package call_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// keys has a secret wherever an answer can.
type keys struct {
	Key      secret            `json:"key,omitzero"`
	Optional *secret           `json:"optional,omitzero"`
	List     []secret          `json:"list,omitzero"`
	Named    map[string]secret `json:"named,omitzero"`
	Raw      secretJSON        `json:"raw,omitzero"`
	Count    int64             `json:"count,omitzero"`
}

// A secret takes from an answer what a string takes.
func TestSecretsDecode(t *testing.T) {
	k := newSecret("k1")
	for document, want := range map[string]keys{
		`{"key":"k1","optional":"k1","list":["k1","k2"],"named":{"a":"k1"}}`: {
			Key: k, Optional: &k, List: []secret{k, newSecret("k2")}, Named: map[string]secret{"a": k},
		},
		`{"key":null,"optional":null,"list":[null],"named":{"a":null}}`: {List: []secret{{}}, Named: map[string]secret{"a": {}}},
		`{"key":"k1","key":null}`:             {},
		`{"key":""}`:                          {},
		`{"key":11326619722725392385}`:        {Key: newSecret("11326619722725392385")},
		`{"list":[1.50,-1e3]}`:                {List: []secret{newSecret("1.50"), newSecret("-1e3")}},
		`{"key":"\u006b\n\ud800","count":1}`:  {Key: newSecret("k\n\ufffd"), Count: 1},
		"{\"key\":\"a\xffb\"}":                {Key: newSecret("a\ufffdb")},
		`{"count":"1","key":"k1","raw":7}`:    {Count: 1, Key: k, Raw: newSecretJSON("7")},
		`{"raw":{"token": 1.0}}`:              {Raw: newSecretJSON(`{"token": 1.0}`)},
		`{"raw":[11326619722725392385,"a"]}`:  {Raw: newSecretJSON(`[11326619722725392385,"a"]`)},
		`{"unknown":{"key":["k"]},"count":2}`: {Count: 2},
	} {
		var got keys
		if err := get(answers(200, document), "whole", &got); err != nil {
			t.Errorf("%s: %v", document, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got key %q, list %d, raw %s", document, got.Key.Reveal(), len(got.List), got.Raw.Reveal())
		}
	}
}

// What no string takes is left out, and neither the report nor the error shows any of it.
func TestSecretsThatDoNotFit(t *testing.T) {
	for document, malformed := range map[string]bool{
		`{"key":true}`: false, `{"key":{"hunter2":"hunter2"}}`: false, `{"key":["hunter2"]}`: false, `{"list":"hunter2"}`: false,
		`{"named":{"a":{"hunter2":1}}}`: false, `{"key":"hunter2`: true, `{"raw":{"hunter2":hunter2}}`: true, `{"raw":"hunter2`: true,
	} {
		var got keys
		var r call.Response
		err := get(answers(200, document), "whole", &got, call.WithResponse(&r))
		if errors.Is(err, call.ErrMalformedResponse) != malformed || !malformed && (err != nil || r.UnfitCount != 1) {
			t.Errorf("%s: got %v and %+v", document, err, r.Unfit)
		}
		if shown := fmt.Sprintf("%v %+v %#v %+v", err, err, errors.Unwrap(err), r.Unfit); strings.Contains(shown, "hunter2") {
			t.Errorf("%s: the value shows: %s", document, shown)
		}
	}
}

// A result of unknown shape is taken as it comes, with an envelope and
// without.
func TestSecretResults(t *testing.T) {
	for answer, want := range map[string]string{
		`{"data":"t1"}`: `"t1"`,
		`{"data": {"token": "t1", "expires": 1.0}}`: `{"token": "t1", "expires": 1.0}`,
		`{"data":[{"data":"t1"}],"success":true}`:   `[{"data":"t1"}]`,
		`{"token":"t1"}`: `{"token":"t1"}`,
		`"t1"`:           `"t1"`,
		`{"data":null}`:  `null`,
	} {
		var got secretJSON
		if err := get(answers(200, answer), "getOne", &got); err != nil || string(got.Reveal()) != want {
			t.Errorf("%s: got %s and %v, want %s", answer, got.Reveal(), err, want)
		}
	}
}
