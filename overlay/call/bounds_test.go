package call_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// ending is a context that ends when it has been looked at a number of times.
type ending struct {
	context.Context //nolint:containedctx // it is one
	looks           int
}

func (e *ending) Err() error {
	if e.looks--; e.looks < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestDecodingLooksAtTheContext ends the context in the middle of a body, in a strict and
// in a lenient pass.
func TestDecodingLooksAtTheContext(t *testing.T) {
	item := `{"name":"` + strings.Repeat("n", 100) + `","novel":[1,2,3]},`
	for name, first := range map[string]string{"strict": `{},`, "lenient": `{"name":[]},`} {
		document := `{"data":[` + first + strings.Repeat(item, 20_000) + `{}]}`
		looks := len(document) / (64 << 10)
		for _, cut := range []int{1, looks / 2} {
			var got []fileSystem
			ctx := &ending{t.Context(), cut}
			err := client(answers(200, document)).Call(ctx, operations["getOne"], []any{"u"}, nil, nil, &got)
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, call.ErrMalformedResponse) {
				t.Errorf("%s: the context ended, got %v", name, err)
			}
		}
		var got []fileSystem
		if err := client(answers(200, document)).Call(&ending{t.Context(), 2*looks + 10}, operations["getOne"], []any{"u"}, nil, nil, &got); err != nil {
			t.Errorf("%s: looks at the context more often than every 64 KiB: %v", name, err)
		}
	}
}

// A member that comes 300,000 times is read in a time and memory of its size.
func TestRepeatedData(t *testing.T) {
	document := "{" + strings.Repeat(`"data":[{}],`, 300_000) + `"data":[{"name":"last"}]}`
	var got []fileSystem
	used, took := costs(func() {
		if err := get(answers(200, document), "getOne", &got); err != nil || len(got) != 1 || got[0].Name != "last" {
			t.Errorf("got %d items, %v", len(got), err)
		}
	})
	if used > 128<<20 || took > 20*time.Second { // by far: less than a second
		t.Errorf("took %d bytes and %v for %d bytes", used, took, len(document))
	}
}

// costs returns the bytes that a function allocates, and how long it takes.
func costs(f func()) (bytes uint64, took time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	f()
	took = time.Since(began)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, took
}

// wide is large in memory, and {} in JSON.
type wide struct {
	Name     string      `json:"name"`
	More     [4096]int64 `json:"more"`
	Children []wide      `json:"children"`
}

type widePage struct {
	Data []wide `json:"data"`
}

// What takes far more memory than its size is an error, and takes little more than is
// allowed before it is one.
func TestDecodedMemoryIsBounded(t *testing.T) {
	const size, allowed = 2 << 20, 64<<20 + 16<<20
	fill := func(begin, item, end string) string {
		return begin + strings.Repeat(item+",", size/(len(item)+1)) + item + end
	}
	for name, test := range map[string]struct {
		operation, document string
		result              any
	}{
		"empty objects":          {"getOne", fill(`{"data":[`, `{}`, `]}`), new([]wide)},
		"nulls":                  {"getOne", fill(`{"data":[`, `null`, `]}`), new([]wide)},
		"misfits":                {"getOne", fill(`{"data":[`, `1`, `]}`), new([]wide)},
		"bare":                   {"getOne", fill(`[`, `{}`, `]`), new([]wide)},
		"of a page":              {"whole", fill(`{"data":[`, `{}`, `]}`), new(widePage)},
		"pointers":               {"getOne", fill(`{"data":[`, `{}`, `]}`), new([]*wide)},
		"maps by name":           {"getOne", fill(`{"data":[`, `{"a":{}}`, `]}`), new([]map[string]wide)},
		"of any shape":           {"getOne", fill(`{"data":[`, `{"":1}`, `]}`), new(any)},
		"after a misfit":         {"getOne", fill(`{"data":[{"name":[]},`, `{}`, `]}`), new([]wide)},
		"in a list in each item": {"getOne", fill(`{"data":[{"name":"a","children":[`, `{}`, `]}]}`), new([]wide)},
		"a map by ids":           {"getOne", fill(`{"data":{`, `"AId<1>":{}`, `}}`), new([]wide)},
		"unknown members":        {"getOne", fill(`{"data":[`, `{"":1}`, `]}`), new([]openObject)},
	} {
		used, _ := costs(func() {
			if err := get(answers(200, test.document), test.operation, test.result); !errors.Is(err, call.ErrMalformedResponse) || !strings.Contains(err.Error(), "memory") {
				t.Errorf("%s: got %v", name, err)
			}
		})
		if used > 8*allowed { // a list that grows leaves several times its size behind
			t.Errorf("%s: took %d MiB", name, used>>20)
		}
	}
}

// What is unusual, but not dangerous, is accepted.
func TestMemoryOfHonestResponses(t *testing.T) {
	sparse := `{"data":[` + strings.Repeat(`{"uid":"d4f1c2a0-0000-4000-8000-000000000000","max_throughput":null,"extra":null,"a":null,"b":null,"c":null,"d":null},`, 50_000) + `{}]}`
	var all []fileSystem
	if err := get(answers(200, sparse), "getOne", &all); err != nil || len(all) != 50_001 {
		t.Errorf("got %d items, %v", len(all), err)
	}
	numbers := `{"data":[1` + strings.Repeat(`,1`, 1<<20) + `]}`
	var many []int64
	if err := get(answers(200, numbers), "getOne", &many); err != nil || len(many) != 1<<20+1 {
		t.Errorf("got %d numbers, %v", len(many), err)
	}
}

// Whatever comes is an error or the value.
func TestBadInput(t *testing.T) {
	deep := strings.Repeat("[", 1_000_000)
	for name, test := range map[string]struct {
		document  string
		malformed bool
	}{
		"deep lists":               {`{"data":` + deep, true},
		"deep lists, closed":       {`{"data":{"name":"a","novel":` + deep + strings.Repeat("]", len(deep)) + `}}`, true},
		"deep objects":             {`{"data":` + strings.Repeat(`{"a":`, 1_000_000), true},
		"deep misfit":              {`{"data":{"name":` + deep, true},
		"cut off":                  {`{"data":{"name":"a"`, true},
		"cut off after a misfit":   {`{"data":{"name":[],"uid":`, true},
		"garbage after a misfit":   {`{"data":{"name":[]}} x`, true},
		"byte order mark":          {"\xef\xbb\xbf" + `{"data":{"name":"a"}}`, false},
		"two byte order marks":     {"\xef\xbb\xbf\xef\xbb\xbf" + `{"data":{"name":"a"}}`, true},
		"UTF-16":                   {"\xff\xfe{\x00}\x00", true},
		"HTML after a mark":        {"\xef\xbb\xbf<html>", true},
		"contradicting duplicates": {`{"data":"x","data":{"name":[1]},"data":{"name":"a","name":{},"name":"a"}}`, true},
		"duplicates":               {`{"data":{"name":[1],"uid":"u"},"data":{"uid":null,"name":"a"}}`, false},
		"NaN":                      {`{"data":{"name":NaN}}`, true},
	} {
		var got fileSystem
		err := get(answers(200, test.document), "getOne", &got)
		if errors.Is(err, call.ErrMalformedResponse) != test.malformed || !test.malformed && (err != nil || got.Name != "a") {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	for _, result := range []any{new(fileSystem), new([]fileSystem), new(map[string]record), new(any), new(string), new(*record), new(openRecord), new(page), new(secret), new(keys)} {
		for _, document := range []string{`null`, `{"data":null}`, `{"data":[null]}`, `{"data":{"name":null,"int_value":null,"id":null,"key":null,"data":null}}`} {
			if err := get(answers(200, document), "getOne", result); err != nil && !errors.Is(err, call.ErrMalformedResponse) {
				t.Errorf("%s into %T: %v", document, result, err)
			}
		}
	}
}
