package call_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// FuzzDecode holds the decoder to encoding/json: whatever that accepts is
// accepted and means the same, in a plain decode and in one that had to mend
// something; and whatever else comes is a malformed answer and never a panic.
// The seeds are in testdata/fuzz/FuzzDecode.
func FuzzDecode(f *testing.F) {
	f.Fuzz(func(t *testing.T, element []byte) {
		for _, operation := range []string{"getOne", "whole"} {
			var one record
			if err := get(answers(200, string(element)), operation, &one); err != nil && !errors.Is(err, call.ErrMalformedAnswer) {
				t.Fatalf("%s: %v", operation, err)
			}
		}
		fuzzAny(t, element)
		plain := []byte(`{"data":[` + string(element) + `]}`)
		mended := []byte(`{"data":[` + string(element) + `,{"int_value":"1"}]}`)
		want, ok := standard(plain)
		var got []record
		err := get(answers(200, string(plain)), "getOne", &got)
		if err != nil && !errors.Is(err, call.ErrMalformedAnswer) || ok && err != nil {
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
