package call_test

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

// A list has its room at once: it costs as many allocations as a short one, and about
// as much as it needs.
func TestRoomOfAList(t *testing.T) {
	const n = 10_000
	var out []int64
	costs := func(length int) float64 {
		document := `{"data":[1000000` + strings.Repeat(`,1000000`, length-1) + `]}`
		return testing.AllocsPerRun(20, func() {
			out = nil
			if err := get(answers(200, document), "getOne", &out); err != nil || len(out) != length {
				t.Fatal(len(out), err)
			}
		})
	}
	// The race detector throws away some of the buffers that are kept.
	if short, long := costs(10), costs(n); long > short+10 {
		t.Errorf("%v allocations for %d items, %v for 10", long, n, short)
	}
	if cap(out) > n+n/2 {
		t.Errorf("%d items have room for %d", n, cap(out))
	}
}

// What the first item makes one expect is never more than the answer's own size, and
// never wrong.
func TestFirstItemOfAListMisleads(t *testing.T) {
	large := strings.Repeat(`,{"id":"`+strings.Repeat("x", 500)+`"}`, 1000)
	for name, document := range map[string]string{
		"small first": `{"data":[{}` + large + `]}`,
		"large first": `{"data":[` + large[1:] + strings.Repeat(`,{}`, 1000) + `]}`,
		"spread":      "{\"other\":[1,2],\"DATA\" :\n [ {}" + large + "]}",
	} {
		var out []fileSystem
		if err := get(answers(200, document), "getOne", &out); err != nil || len(out) != 1001 && len(out) != 2000 {
			t.Errorf("%s: got %d items, %v", name, len(out), err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var out [][1 << 16]byte
	if err := get(answers(200, `{"data":[0`+strings.Repeat(`,0`, 1<<16)+`]}`), "getOne", &out); err == nil {
		t.Error("4 GiB were taken for an answer of 130 kB")
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
		t.Errorf("%d bytes for an answer of 130 kB", used)
	}
}

func TestEmptyLists(t *testing.T) {
	for _, document := range []string{`{"data":[]}`, `{"data":[ ]}`, `{"data":null}`} {
		out := []fileSystem{{ID: "old"}}
		if err := get(answers(200, document), "getOne", &out); err != nil || len(out) != 0 {
			t.Errorf("%s: got %v, %v", document, out, err)
		}
	}
}

// Numbers are exact in an any, however deep it lies.
func TestExactNumbersInAnAny(t *testing.T) {
	type node struct {
		Next  *node            `json:"next"`
		Extra []map[string]any `json:"extra"`
	}
	var out []node
	if err := get(answers(200, `{"data":[{"next":{"extra":[{"n":18446744073709551615}]}}]}`), "getOne", &out); err != nil {
		t.Fatal(err)
	}
	if got := out[0].Next.Extra[0]["n"]; got != json.Number("18446744073709551615") {
		t.Errorf("got %v", got)
	}
}
