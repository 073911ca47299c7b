package call_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

func TestPathIsFilledExactly(t *testing.T) {
	id := int64(7)
	for _, test := range []struct {
		name      string
		operation string
		values    []any
		want      string
	}{
		{"plain", "getOne", []any{"d4f1-22"}, "/api/v2/fileSystems/d4f1-22"},
		{"named string", "getOne", []any{status("READY")}, "/api/v2/fileSystems/READY"},
		{"pointer", "remove", []any{&id, true}, "/api/v2/jobs/7/tasks/true/"},
		{"uint64", "getOne", []any{uint64(18446744073709551615)}, "/api/v2/fileSystems/18446744073709551615"},
		{"float", "getOne", []any{0.5}, "/api/v2/fileSystems/0.5"},
		{"slash", "getOne", []any{"a/b"}, "/api/v2/fileSystems/a%2Fb"},
		{"escaped already", "getOne", []any{"a%2Fb"}, "/api/v2/fileSystems/a%252Fb"},
		{"question mark, hash, blank", "getOne", []any{"a?b#c d"}, "/api/v2/fileSystems/a%3Fb%23c%20d"},
		{"an id with brackets", "getOne", []any{"FSId<0>"}, "/api/v2/fileSystems/FSId%3C0%3E"},
		{"dots in a name", "getOne", []any{"..a"}, "/api/v2/fileSystems/..a"},
		{"trailing slash", "remove", []any{1, 2}, "/api/v2/jobs/1/tasks/2/"},
		{"secret", "getOne", []any{newSecret("s3")}, "/api/v2/fileSystems/s3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := answers(200, `{"data":{}}`)
			if err := client(s).Call(context.Background(), operations[test.operation], test.values, nil, nil, nil); err != nil {
				t.Fatal(err)
			}
			if got := s.request.URL.RequestURI(); got != test.want {
				t.Errorf("request for %s, want %s", got, test.want)
			}
		})
	}
}

func TestPathValuesThatAreRefused(t *testing.T) {
	var missing *string
	for name, value := range map[string]any{
		"empty": "", "dot": ".", "dots": "..", "climbing": "a/../../login", "empty secret": newSecret(""),
		"nil": nil, "nil pointer": missing, "slice": []string{"a"}, "map": map[string]string{"a": "b"}, "struct": struct{}{},
	} {
		t.Run(name, func(t *testing.T) {
			s := answers(200, `{"data":{}}`)
			err := client(s).Call(context.Background(), operations["remove"], []any{"job", value}, nil, nil, nil)
			e := failed(t, err)
			if !errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), `"task"`) {
				t.Errorf("got %v, want an invalid argument that names the parameter", err)
			}
			if s.request != nil || e.Attempts != 0 {
				t.Errorf("a request was sent")
			}
		})
	}
}

func TestCallsThatAreRefused(t *testing.T) {
	c := client(answers(200, `{"data":{}}`))
	var nowhere *fileSystem
	for name, err := range map[string]error{
		"nil operation":   c.Call(context.Background(), nil, nil, nil, nil, nil),
		"too few values":  c.Call(context.Background(), operations["getOne"], nil, nil, nil, nil),
		"too many values": c.Call(context.Background(), operations["getOne"], []any{"a", "b"}, nil, nil, nil),
		"query no struct": c.Call(context.Background(), operations["create"], nil, map[string]string{"a": "b"}, nil, nil),
		"result by value": c.Call(context.Background(), operations["create"], nil, nil, nil, fileSystem{}),
		"result nil":      c.Call(context.Background(), operations["create"], nil, nil, nil, nowhere),
		"body not JSON":   c.Call(context.Background(), operations["create"], nil, nil, func() {}, nil),
		"bad method":      c.Do(context.Background(), "GET IT", "/x", nil, nil),
		"no base":         call.New(call.Config{}).Do(context.Background(), "GET", "/x", nil, nil),
	} {
		if _ = failed(t, err); !errors.Is(err, call.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want an invalid argument", name, err)
		}
	}
}

type searchParams struct {
	NextToken *string             `form:"next_token,omitempty" json:"next_token,omitempty"`
	IDs       []uint64            `form:"ids,omitempty" json:"ids,omitempty"`
	CSV       *[]status           `form:"csv,omitempty" json:"csv,omitempty"`
	Piped     []string            `form:"piped,omitempty" json:"piped,omitempty"`
	Filter    map[string]string   `json:"filter,omitempty"`
	Stat      map[string][]string `json:"stat,omitempty"`
	Fresh     *bool               `form:"fresh,omitempty" json:"fresh,omitempty"`
	Ratio     *float64            `form:"ratio,omitempty" json:"ratio,omitempty"`
	Key       *secret             `form:"key,omitempty" json:"key,omitempty"`
	Limit     int64               `form:"limit,omitempty" json:"limit,omitempty"`
	Ignored   string              `json:"-"`
}

func TestQueryIsStyledByTheDescriptors(t *testing.T) {
	token, fresh, ratio, key := "a b&c", false, 1e21, newSecret("k=1")
	for _, test := range []struct {
		name   string
		params any
		want   string
	}{
		{"no params", nil, ""},
		{"nil params", (*searchParams)(nil), ""},
		{"nothing set", &searchParams{Ignored: "x"}, ""},
		{"empty lists and maps", &searchParams{IDs: []uint64{}, CSV: &[]status{}, Filter: map[string]string{}}, ""},
		{"escaped", &searchParams{NextToken: &token}, "next_token=a+b%26c"},
		{"by value", searchParams{NextToken: &token}, "next_token=a+b%26c"},
		{"false is sent", &searchParams{Fresh: &fresh}, "fresh=false"},
		{"exploded, exact", &searchParams{IDs: []uint64{18446744073709551615, 11326619722725392385}}, "ids=18446744073709551615&ids=11326619722725392385"},
		{"not exploded", &searchParams{CSV: &[]status{"A", "B,C"}}, "csv=A,B%2CC"},
		{"pipes", &searchParams{Piped: []string{"a", "b"}}, "piped=a|b"},
		{"deep object", &searchParams{Filter: map[string]string{"b": "2", "a": "x y"}}, "filter[a]=x+y&filter[b]=2"},
		{"deep object of lists", &searchParams{Stat: map[string][]string{"cpu": {"a", "b"}}}, "stat[cpu][0]=a&stat[cpu][1]=b"},
		{"blanks between", &struct {
			Spaced []string `form:"spaced"`
		}{[]string{"a", "b c"}}, "spaced=a%20b+c"},
		{"a time", &struct {
			Since time.Time `form:"since"`
		}{time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}, "since=2026-05-01T12%3A00%3A00Z"},
		{"secrets in a list", &struct {
			Keys []secret `form:"csv"`
		}{[]secret{newSecret("a"), newSecret("b,")}}, "csv=a,b%2C"},
		{"float without exponent", &searchParams{Ratio: &ratio}, "ratio=1000000000000000000000"},
		{"secret in clear", &searchParams{Key: &key}, "key=k%3D1"},
		{"required zero values", &struct {
			Needed string `form:"needed" json:"needed"`
		}{}, "needed="},
		{"no descriptor", &struct {
			Novel []string `form:"novel"`
		}{[]string{"a", "b"}}, "novel=a&novel=b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := answers(200, "")
			if err := client(s).Call(context.Background(), operations["search"], nil, test.params, nil, nil); err != nil {
				t.Fatal(err)
			}
			if got := s.request.URL.RawQuery; got != test.want {
				t.Errorf("query %s, want %s", got, test.want)
			}
		})
	}
}

func TestQueryValueThatCannotBeWritten(t *testing.T) {
	for name, params := range map[string]any{
		"nested": struct {
			Value struct{ A map[string]int } `form:"nested"`
		}{},
		"csv": struct {
			Value []*string `form:"csv"`
		}{[]*string{nil}},
		"filter": struct {
			Value map[string][]struct{} `form:"filter"`
		}{map[string][]struct{}{"a": {{}}}},
		"strange": struct {
			Value string `form:"strange"`
		}{"a"},
	} {
		err := client(answers(200, "")).Call(context.Background(), operations["search"], nil, params, nil, nil)
		if !errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), strconv.Quote(name)) {
			t.Errorf("%s: got %v, want an invalid argument that names the parameter", name, err)
		}
	}
}

func TestRequestIsCompleteAndReplayable(t *testing.T) {
	s := answers(200, `{"data":{"name":"a"}}`)
	body := &struct {
		Name string `json:"name"`
	}{"a"}
	var out fileSystem
	if err := client(s).Call(context.Background(), operations["create"], nil, nil, body, &out); err != nil {
		t.Fatal(err)
	}
	r := s.request
	for key, want := range map[string]string{"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "hotcold/test"} {
		if got := r.Header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if r.Method != http.MethodPost || r.URL.String() != "https://weka01:14000/api/v2/fileSystems" || r.Host != "weka01:14000" {
		t.Errorf("%s %s at %s", r.Method, r.URL, r.Host)
	}
	if r.GetBody == nil || r.ContentLength != int64(len(`{"name":"a"}`)) {
		t.Fatal("the body cannot be sent again")
	}
	again, err := r.GetBody()
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := io.ReadAll(again); string(second) != s.sent || s.sent != `{"name":"a"}` {
		t.Errorf("sent %s, then %s", s.sent, second)
	}
}

func TestRequestWithoutBody(t *testing.T) {
	var none *fileSystem
	for name, body := range map[string]any{"nil": nil, "nil pointer": none} {
		s := answers(200, "")
		if err := client(s).Call(context.Background(), operations["remove"], []any{1, 2}, nil, body, nil); err != nil {
			t.Fatal(err)
		}
		if s.request.Body != nil || s.request.Header.Get("Content-Type") != "" {
			t.Errorf("%s: a body was sent", name)
		}
	}
}

func TestBaseAddress(t *testing.T) {
	for base, want := range map[string]string{
		"https://hub.example.com/api/":            "https://hub.example.com/api/jobs/",
		"https://hub.example.com":                 "https://hub.example.com/jobs/",
		"https://[::1]:14000/a%2Fb/":              "https://[::1]:14000/a%2Fb/jobs/",
		"https://[::1]:14000/a%2Fb":               "https://[::1]:14000/a%2Fb/jobs/",
		"https://user:pw@hub.example.com/x?q=1#f": "https://hub.example.com/x/jobs/",
	} {
		s := answers(200, "{}")
		c := client(s, func(config *call.Config) { config.Base, _ = url.Parse(base) })
		if err := c.Call(context.Background(), operations["whole"], nil, nil, nil, nil); err != nil {
			t.Fatal(err)
		}
		if got := s.request.URL.String(); got != want {
			t.Errorf("%s gives %s, want %s", base, got, want)
		}
	}
}

func TestDoTakesPathsBelowTheBase(t *testing.T) {
	for path, want := range map[string]string{
		"/nodes":                   "https://weka01:14000/api/v2/nodes",
		"nodes/":                   "https://weka01:14000/api/v2/nodes/",
		"":                         "https://weka01:14000/api/v2/",
		"/a?b=c&d=1%2F2":           "https://weka01:14000/api/v2/a?b=c&d=1%2F2",
		"/a?b=c d":                 "https://weka01:14000/api/v2/a?b=c%20d",
		"/a?u=https://x/../y":      "https://weka01:14000/api/v2/a?u=https://x/../y",
		"/quota/0x1:0":             "https://weka01:14000/api/v2/quota/0x1:0",
		"quota/0x1:0":              "https://weka01:14000/api/v2/quota/0x1:0",
		"/files/a%2Fb/..name":      "https://weka01:14000/api/v2/files/a%2Fb/..name",
		"/name with blank/größe":   "https://weka01:14000/api/v2/name%20with%20blank/gr%C3%B6%C3%9Fe",
		"/api/v2/is/not/repeated/": "https://weka01:14000/api/v2/api/v2/is/not/repeated/",
	} {
		s := answers(200, "")
		if err := client(s).Do(context.Background(), "GET", path, nil, nil); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got := s.request.URL.String(); got != want {
			t.Errorf("%s gives %s, want %s", path, got, want)
		}
	}
}

func TestDoRefusesToLeaveTheBase(t *testing.T) {
	for _, path := range []string{
		"../login", "/a/../../b", "/a/..", "/./a", "/%2e%2e/a", "/a%2F..%2Fb", "//other.example.com/a",
		"https://other.example.com/a", "https:/a", "file:a", "/a#b", "/a\r\nHost: x", "/%zz",
	} {
		s := answers(200, "")
		err := client(s).Do(context.Background(), "GET", path, nil, nil)
		if _ = failed(t, err); !errors.Is(err, call.ErrInvalidArgument) || s.request != nil {
			t.Errorf("%q was not refused: %v", path, err)
		}
		if strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("%q: the error has more than one line", path)
		}
	}
}

func TestDoHasAClassByMethod(t *testing.T) {
	for method, want := range map[string]api.Class{
		"GET": api.ClassSafe, "HEAD": api.ClassSafe, "PUT": api.ClassIdempotent, "DELETE": api.ClassIdempotent,
		"POST": api.ClassOnce, "PATCH": api.ClassOnce, "QUERY": api.ClassOnce,
	} {
		s := answers(200, "")
		if err := client(s).Do(context.Background(), method, "/a?b=c", nil, nil); err != nil {
			t.Fatal(err)
		}
		op := call.OperationOf(s.request.Context())
		if op == nil || op.Result() != api.ResultNone || op.ID() != "" || op.Class() != want || op.Method() != method || op.Path() != "/a" || op.Auth() != api.AuthBearer {
			t.Errorf("%s: %+v, want class %s", method, op, want)
		}
	}
}
