package call_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// FuzzDecode compares the decoder with encoding/json: what that accepts is accepted and
// means the same, in a strict pass and in a lenient one; and what else comes is a
// malformed response or has unfit members, and never a panic. The seeds are in
// testdata/fuzz/FuzzDecode.
func FuzzDecode(f *testing.F) {
	f.Fuzz(func(t *testing.T, element []byte) {
		for _, operation := range []string{"getOne", "whole"} {
			var one record
			if err := get(answers(200, string(element)), operation, &one); err != nil && !errors.Is(err, call.ErrMalformedResponse) {
				t.Fatalf("%s: %v", operation, err)
			}
		}
		fuzzAny(t, element)
		plain := []byte(`{"data":[` + string(element) + `]}`)
		mended := []byte(`{"data":[` + string(element) + `,{"int_value":"1"}]}`)
		want, ok := standard(plain)
		var got []record
		err := get(answers(200, string(plain)), "getOne", &got)
		if err != nil && !errors.Is(err, call.ErrMalformedResponse) || ok && err != nil {
			t.Fatal(err)
		}
		if ok && !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
		var again []record
		secondErr := get(answers(200, string(mended)), "getOne", &again)
		if !ok || len(got) == 0 {
			return
		}
		if secondErr != nil || !reflect.DeepEqual(again[:len(again)-1], got) {
			t.Fatalf("mended: %+v, %v\nplain:  %+v", again, secondErr, got)
		}
	})
}

// FuzzUnfit compares lenient results with strict ones: a response is what a strict client
// decodes if every unfit member is null, and no member is unfit if a strict client accepts
// the response.
func FuzzUnfit(f *testing.F) {
	for _, seed := range []string{
		`{"int_value":"x","small":3000000000,"text":{},"children":[{"names":{"a":1}},5]}`,
		`{"by_id":{"a/~b":{"name":[],"obs_buckets":[1,{"ratio":"y"}]}},"time":"","pointer":true}`,
		`{"raw":{"a":1},"free":[],"any":[1.5,{}],"own":1,"secret":{},"numbers":[1,-1,1e30,"2",null]}`,
		`7`, `null`, `"text"`, `[[]]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, element []byte) {
		document := `{"data":[` + string(element) + `]}`
		var got, strict, want []record
		var r call.Response
		err := get(answers(200, document), "getOne", &got, call.WithResponse(&r))
		isJSON := func(text string) bool {
			return jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		}
		if !isJSON(string(element)) {
			return
		}
		if (err == nil) != isJSON(document) {
			t.Fatalf("%s: got %v", document, err)
		}
		strictErr := strictly(document, &strict)
		if (strictErr == nil) != (err == nil && r.UnfitCount == 0) {
			t.Fatalf("strict: %v, lenient: %v with %+v", strictErr, err, r.Unfit)
		}
		nulled, ok := withoutUnfit(document, r.Unfit)
		if err != nil || !ok || r.UnfitCount != len(r.Unfit) {
			return
		}
		if err := strictly(nulled, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("lenient: %+v\nstrict:  %+v, %v\nof %s", got, want, err, nulled)
		}
	})
}

func strictly(document string, out any) error {
	c := client(answers(200, document), func(c *call.Config) { c.StrictResponses = true })
	return c.Call(context.Background(), operations["getOne"], []any{"u"}, nil, nil, out)
}

// withoutUnfit returns a document with null in the place of unfit members. It cannot do so
// where names are ambiguous, and does not where the nearest number was taken.
func withoutUnfit(document string, unfit []call.Unfit) (string, bool) {
	dec := json.NewDecoder(strings.NewReader(document))
	dec.UseNumber()
	var tree any
	if dec.Decode(&tree) != nil || !jsontext.Value(strings.ToLower(document)).IsValid() {
		return "", false
	}
	for _, u := range unfit {
		if u.Found == "a number out of range" || len(u.Pointer) > 200 || !setNull(tree, jsontext.Pointer(u.Pointer)) {
			return "", false
		}
	}
	text, err := json.Marshal(tree)
	return string(text), err == nil
}

func setNull(tree any, pointer jsontext.Pointer) bool {
	for token := range pointer.Parent().Tokens() {
		switch node := tree.(type) {
		case map[string]any:
			tree = node[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i >= len(node) {
				return false
			}
			tree = node[i]
		}
	}
	switch node := tree.(type) {
	case map[string]any:
		_, known := node[pointer.LastToken()]
		node[pointer.LastToken()] = nil
		return known
	case []any:
		i, err := strconv.Atoi(pointer.LastToken())
		if err != nil || i >= len(node) {
			return false
		}
		node[i] = nil
		return true
	}
	return false
}

// fuzzAny reads a value of any kind, and writes what it read.
func fuzzAny(t *testing.T, document []byte) {
	var got, want, again any
	err := get(answers(200, string(document)), "whole", &got)
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber()
	if !json.Valid(document) || dec.Decode(&want) != nil || !utf8.Valid(document) {
		return
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("any: got  %#v, %v\nwant %#v", got, err, want)
	}
	dec = json.NewDecoder(strings.NewReader(sent(t, []any{got})))
	dec.UseNumber()
	if err := dec.Decode(&again); err != nil || !reflect.DeepEqual(again, []any{want}) {
		t.Fatalf("written: %#v, %v\nread:    %#v", again, err, want)
	}
}

// standard decodes with encoding/json. It says no to what the two read
// differently on purpose: invalid UTF-8 and members that come twice.
func standard(document []byte) ([]record, bool) {
	var v struct {
		Data []record `json:"data"`
	}
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber()
	err := dec.Decode(&v)
	unambiguous := utf8.Valid(document) && jsontext.Value(bytes.ToLower(document)).IsValid()
	return v.Data, err == nil && unambiguous
}
