package call_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// The types below are as encoding/json allows them and hardly anybody writes them.
type (
	inner struct { // embedded, with names of its own
		Size int64 `json:"size"`
	}
	hiddenPointer struct {
		*inner
		ID int64 `json:"id"`
	}
	hiddenNamed struct {
		inner    `json:"inner"`
		*lowerID `json:"lower"`
	}
	hiddenPage struct {
		inner `json:"data"`
	}
	items struct {
		Items []inner `json:"results"`
	}
	hiddenPages struct{ *items }
	lowerID     struct {
		ID int64 `json:"id"`
	}
	quoted struct {
		Float   float64       `json:"float,string"`
		Bool    bool          `json:"bool,string"`
		Pointer *int64        `json:"pointer,string"`
		Nil     *float64      `json:"nil,string"`
		Wait    time.Duration `json:"wait,string"`
	}
	// never is zero by its own word alone.
	never struct {
		N int `json:"n"`
	}
	left struct {
		Any   any        `json:"any,omitzero"`
		Never never      `json:"never,omitzero"`
		When  *time.Time `json:"when,omitzero"`
		List  []int      `json:"list,omitempty,omitzero"`
		Own   byPointer  `json:"own,omitzero"`
	}
	byPointer   struct{ N int }
	notEmbedded struct {
		ID   int64    `json:"id"`
		Rest []string `json:"rest,embed"`
	}
	letter  uint8
	letters struct {
		All []letter `json:"all"`
	}
)

func (never) IsZero() bool { return false }

func (b *byPointer) IsZero() bool { return b.N == 7 }

func (l letter) MarshalText() ([]byte, error) { return []byte{byte(l)}, nil }

func (l *letter) UnmarshalText(text []byte) error { *l = letter(text[0]); return nil }

func TestOddTypesAreWritten(t *testing.T) {
	var noTime *time.Time
	for name, body := range map[string]any{
		"embedded by a hidden pointer":  hiddenPointer{inner: &inner{Size: 1}, ID: 2},
		"and by one that is nil":        hiddenPointer{ID: 2},
		"embedded under a name":         hiddenNamed{inner: inner{3}, lowerID: &lowerID{4}},
		"numbers and booleans quoted":   quoted{Float: 1.5, Bool: true, Pointer: n(-3), Wait: time.Second},
		"a nil pointer in an any":       left{Any: noTime},
		"a zero time in an any":         left{Any: time.Time{}},
		"zero by the word of a pointer": &left{Own: byPointer{7}},
		"and without an address":        left{Own: byPointer{7}},
		"empty by either rule":          left{List: []int{}},
		"bytes that write themselves":   letters{[]letter("ab")},
	} {
		want, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if got := sent(t, body); got != string(want) {
			t.Errorf("%s: sent %s\nwant %s", name, got, want)
		}
	}
}

// What encoding/json takes is read alike, and what it refuses is refused.
func TestOddTypesAreRead(t *testing.T) {
	for _, test := range []struct {
		document  string
		want, got any
	}{
		{`{"size":1,"id":2}`, &hiddenPointer{}, &hiddenPointer{}},
		{`{"id":2}`, &hiddenPointer{}, &hiddenPointer{}},
		{`{"size":1}`, &hiddenPointer{inner: &inner{}}, &hiddenPointer{inner: &inner{}}},
		{`[{"size":1}]`, &hiddenPage{}, &hiddenPage{}},
		{`[{"size":1}]`, &hiddenPages{}, &hiddenPages{}},
		{`{"inner":null}`, &hiddenNamed{}, &hiddenNamed{}},
		{`{"inner":{"size":1},"lower":{"id":1}}`, &hiddenNamed{lowerID: &lowerID{}}, &hiddenNamed{lowerID: &lowerID{}}},
		{`{"float":"1.5","bool":"true","pointer":"-3","nil":null}`, &quoted{}, &quoted{}},
		{`{"id":1,"other":2,"rest":["a"]}`, &notEmbedded{}, &notEmbedded{}},
		{`{"all":["a","b"]}`, &letters{}, &letters{}},
		{`{"n":"x"}`, &map[string]json.Number{}, &map[string]json.Number{}},
		{`{"n":"12"}`, &map[string]json.Number{}, &map[string]json.Number{}},
		{`{"300":1}`, &map[int8]int{}, &map[int8]int{}},
		{`{"-1":1}`, &map[uint]int{}, &map[uint]int{}},
		{`{"c":null}`, &struct{ C chan int }{}, &struct{ C chan int }{}},
	} {
		wantErr := json.Unmarshal([]byte(test.document), test.want)
		err := get(answers(200, test.document), "whole", test.got)
		if wantErr != nil && !errors.Is(err, call.ErrMalformedAnswer) || wantErr == nil && (err != nil || !reflect.DeepEqual(test.got, test.want)) {
			t.Errorf("%s: got %+v and %v\nwant %+v and %v", test.document, test.got, err, test.want, wantErr)
		}
	}
}

// keeper keeps what it is given, which UnmarshalJSON must not.
type keeper struct{ kept []byte }

func (k *keeper) UnmarshalJSON(document []byte) error { k.kept = document; return nil }

// TestAnswersAreNotShared overwrites the buffer of an answer by the next ones.
func TestAnswersAreNotShared(t *testing.T) {
	type all struct {
		Raw   json.RawMessage            `json:"raw"`
		Keep  keeper                     `json:"keep"`
		Text  string                     `json:"text"`
		Bytes []byte                     `json:"bytes"`
		Map   map[string]json.RawMessage `json:"map"`
		Any   any                        `json:"any"`
		N     json.Number                `json:"n"`
		Rest  map[string]any             `json:",embed"`
	}
	const document = `{"raw":[1,2],"keep":{"a":"kept"},"text":"plain","bytes":"aGVsbG8=","map":{"key":{"b":1}},"any":{"name":["x",12]},"n":123,"other":"rest"}`
	var got, want all
	if err := json.Unmarshal([]byte(document), &want); err != nil {
		t.Fatal(err)
	}
	want.Any, want.Rest = map[string]any{"name": []any{"x", json.Number("12")}}, map[string]any{"other": "rest"}
	if err := get(answers(200, document), "whole", &got); err != nil {
		t.Fatal(err)
	}
	for range 8 { // the pool is by processor, and drops some under -race
		if err := get(answers(200, `"`+strings.Repeat("#", len(document))+`"`), "whole", new(string)); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, want) || bytes.ContainsRune(got.Keep.kept, '#') {
		t.Errorf("another answer changed it to %+v\nwant %+v", got, want)
	}
}

// Types that hold themselves and each other are met first by many calls at once.
type (
	tree struct {
		Name   string           `json:"name"`
		Leaves []tree           `json:"leaves,omitempty"`
		Other  map[string]*bush `json:"other,omitempty"`
	}
	bush struct {
		tree
		Back *tree `json:"back,omitempty"`
	}
)

func TestATypeIsFirstMetByManyCalls(t *testing.T) {
	const document = `{"name":"a","leaves":[{"name":"b"}],"other":{"x":{"name":"c","back":{"name":"d"}}}}`
	var calls sync.WaitGroup
	for range 16 {
		calls.Go(func() {
			var got tree
			if err := get(answers(200, document), "whole", &got); err != nil {
				t.Error(err)
			}
			if again := sent(t, got); again != document {
				t.Errorf("read and written: %s", again)
			}
		})
	}
	calls.Wait()
}
