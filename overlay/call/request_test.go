package call_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/runtime/types"

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
		{"date", "getOne", []any{types.Date{Time: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}}, "/api/v2/fileSystems/2026-05-01"},
		{"UUID", "getOne", []any{types.UUID{15: 1}}, "/api/v2/fileSystems/00000000-0000-0000-0000-000000000001"},
		{"bytes", "getOne", []any{[]byte{0xff, 0xfe}}, "/api/v2/fileSystems/%2F%2F4="},
		{"not ASCII", "getOne", []any{"café"}, "/api/v2/fileSystems/caf%C3%A9"},
		{"a style of its own", "matrix", []any{"a;b"}, "/api/v2/matrix/;id=a%3Bb"},
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
		"nil": nil, "nil pointer": missing, "not UTF-8": "caf\xe9", "secret not UTF-8": newSecret("caf\xe9"), "slice": []string{"a"}, "map": map[string]string{"a": "b"}, "struct": struct{}{},
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
		"too many params": c.Call(context.Background(), operations["create"], nil, &searchParams{}, nil, nil),
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

// searchParams are the parameters of the operation "search".
type searchParams struct {
	NextToken *string
	IDs       []uint64
	CSV       *[]status
	Piped     []string
	Filter    map[string]string
	Stat      map[string][]string
	Fresh     *bool
	Ratio     *float64
	Key       *secret
	Limit     int64
}

func (p *searchParams) QueryValues() []any {
	if p == nil {
		return nil
	}
	return []any{p.NextToken, p.IDs, p.CSV, p.Piped, p.Filter, p.Stat, p.Fresh, p.Ratio, p.Key, p.Limit}
}

func TestQueryIsStyledByTheDescriptors(t *testing.T) {
	token, fresh, ratio, key := "a b&c", false, 1e21, newSecret("k=1")
	for _, test := range []struct {
		name   string
		params api.Params
		want   string
	}{
		{"no params", nil, ""},
		{"nil params", (*searchParams)(nil), ""},
		{"nothing set", &searchParams{}, ""},
		{"empty lists and maps", &searchParams{IDs: []uint64{}, CSV: &[]status{}, Filter: map[string]string{}}, ""},
		{"escaped", &searchParams{NextToken: &token}, "next_token=a+b%26c"},
		{"false is sent", &searchParams{Fresh: &fresh}, "fresh=false"},
		{"exploded, exact", &searchParams{IDs: []uint64{18446744073709551615, 11326619722725392385}}, "ids=18446744073709551615&ids=11326619722725392385"},
		{"not exploded", &searchParams{CSV: &[]status{"A", "B,C"}}, "csv=A,B%2CC"},
		{"pipes", &searchParams{Piped: []string{"a", "b"}}, "piped=a|b"},
		{"deep object", &searchParams{Filter: map[string]string{"b": "2", "a": "x y"}}, "filter[a]=x+y&filter[b]=2"},
		{"deep object of lists", &searchParams{Stat: map[string][]string{"cpu": {"a", "b"}}}, "stat[cpu][0]=a&stat[cpu][1]=b"},
		{"float without exponent", &searchParams{Ratio: &ratio}, "ratio=1000000000000000000000"},
		{"secret in clear", &searchParams{Key: &key}, "key=k%3D1"},
		{"in the document's order", &searchParams{Limit: 7, Key: &key, NextToken: &token, Fresh: &fresh}, "next_token=a+b%26c&fresh=false&key=k%3D1&limit=7"},
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

// values are those of one operation's query parameters.
type values []any

func (v values) QueryValues() []any { return v }

// search calls an operation with one query parameter called x and returns the query.
func search(p api.Parameter, value any) (string, error) {
	p.Name, p.In = "x", "query"
	s := answers(200, "")
	op := api.NewOperation(api.Definition{ID: "one", Method: "GET", Path: "/one", Result: api.ResultNone, Parameters: []api.Parameter{p}})
	if err := client(s).Call(context.Background(), op, nil, values{value}, nil, nil); err != nil {
		return "", err
	}
	return s.request.URL.RawQuery, nil
}

func TestQueryValues(t *testing.T) {
	day := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		parameter api.Parameter
		value     any
		want      string
	}{
		"no style":                   {api.Parameter{Explode: true}, []string{"a", "b"}, "x=a&x=b"},
		"a time":                     {api.Parameter{Style: "form"}, day, "x=2026-05-01T12%3A00%3A00Z"},
		"a date":                     {api.Parameter{Style: "form"}, &types.Date{Time: day}, "x=2026-05-01"},
		"dates":                      {api.Parameter{Style: "form"}, []types.Date{{Time: day}}, "x=2026-05-01"},
		"a UUID":                     {api.Parameter{Style: "form"}, types.UUID{15: 1}, "x=00000000-0000-0000-0000-000000000001"},
		"an address":                 {api.Parameter{Style: "form"}, types.Email("a@b.c"), "x=a%40b.c"},
		"bytes":                      {api.Parameter{Style: "form"}, []byte{0xff, 0xfe}, "x=%2F%2F4%3D"},
		"secrets in a list":          {api.Parameter{Style: "form"}, []secret{newSecret("a"), newSecret("b,")}, "x=a,b%2C"},
		"secrets in an object":       {api.Parameter{Style: "deepObject"}, map[string]*secret{"k": ptr(newSecret("a b"))}, "x[k]=a+b"},
		"an object's odd names":      {api.Parameter{Style: "deepObject"}, map[string]any{"a]&": uint64(18446744073709551615)}, "x[a%5D%26]=18446744073709551615"},
		"a required zero value":      {api.Parameter{Style: "form", Required: true}, "", "x="},
		"a zero value":               {api.Parameter{Style: "form"}, "", ""},
		"a pointer to a zero":        {api.Parameter{Style: "form"}, ptr(""), "x="},
		"nil":                        {api.Parameter{Style: "form"}, nil, ""},
		"an empty list, required":    {api.Parameter{Style: "form", Required: true}, []string{}, ""},
		"what stays as it is":        {api.Parameter{Style: "form"}, "a-b_c.d~e", "x=a-b_c.d~e"},
		"all that has to be escaped": {api.Parameter{Style: "form"}, "ä\"<>[]|+/?#%", "x=%C3%A4%22%3C%3E%5B%5D%7C%2B%2F%3F%23%25"},
	} {
		if got, err := search(test.parameter, test.value); err != nil || got != test.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, test.want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// What the library would panic at, write in a way that no server reads, or change, is
// refused, with the name of the parameter.
func TestQueryValuesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		style string
		value any
	}{
		"a structure":              {"form", struct{ A int }{1}},
		"a nil item":               {"form", []*string{nil}},
		"a nil item in an object":  {"deepObject", map[string]any{"a": nil}},
		"a structure in an object": {"deepObject", map[string][]struct{}{"a": {{}}}},
		"a map by number":          {"deepObject", map[int]string{1: "a"}},
		"a list in a list":         {"form", [][]string{{"a"}}},
		"a function":               {"form", func() {}},
		"a style of paths":         {"matrix", "a"},
		"an unknown style":         {"strange", "a"},
		"blanks between":           {"spaceDelimited", []string{"a", "b c"}},
		"a text":                   {"form", "caf\xe9"},
		"a text of a type":         {"form", status("caf\xe9")},
		"a secret":                 {"form", newSecret("caf\xe9")},
		"an item":                  {"pipeDelimited", []string{"a", "caf\xe9"}},
		"a member":                 {"deepObject", map[string]string{"a": "caf\xe9"}},
		"a member's name":          {"deepObject", map[string]string{"caf\xe9": "a"}},
	} {
		query, err := search(api.Parameter{Style: test.style}, test.value)
		if !errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), `query parameter "x"`) || strings.Contains(err.Error(), "caf\xe9") {
			t.Errorf("%s: got %q, %v, want an invalid argument that names the parameter", name, query, err)
		}
	}
}

// The values of another operation's params are not those of this one.
func TestQueryValuesOfAnotherOperation(t *testing.T) {
	for _, v := range []values{{"a"}, {"a", "b", "c"}} {
		op := api.NewOperation(api.Definition{Method: "GET", Path: "/two", Result: api.ResultNone, Parameters: []api.Parameter{{Name: "x", In: "query"}, {Name: "y", In: "query"}}})
		if err := client(answers(200, "")).Call(context.Background(), op, nil, v, nil, nil); !errors.Is(err, call.ErrInvalidArgument) {
			t.Errorf("%v: got %v", v, err)
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
		"https://other.example.com/a", "https:/a", "file:a", "/caf\xe9", "/a#b", "/a\r\nHost: x", "/%zz",
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
		op := call.StateOf(s.request).Operation()
		if op == nil || op.Result() != api.ResultNone || op.ID() != "" || op.Class() != want || op.Method() != method || op.Path() != "/a" || op.Auth() != api.AuthBearer {
			t.Errorf("%s: %+v, want class %s", method, op, want)
		}
	}
}

// The class of a request made with Do goes by its method, but what the table wants done
// once is not sent again because it is called by its path.
func TestClassOfDo(t *testing.T) {
	for _, test := range []struct {
		method, path string
		class        api.Class
	}{
		{"GET", "/nothing", api.ClassSafe},
		{"HEAD", "/nothing", api.ClassSafe},
		{"PUT", "/nothing", api.ClassIdempotent},
		{"DELETE", "/users/7", api.ClassIdempotent},
		{"DELETE", "/users/7/revoked", api.ClassIdempotent},
		{"DELETE", "/users/7/revoke/all", api.ClassIdempotent},
		{"PUT", "/users/7/revoke", api.ClassIdempotent},
		{"DELETE", "/users/7/revoke", api.ClassOnce},
		{"DELETE", "users/a%2Fb/revoke/?force=true", api.ClassOnce},
		{"DELETE", "/users/7/%72evoke", api.ClassOnce},
		{"DELETE", "/users/7/%2572evoke", api.ClassOnce},
		{"DELETE", "/users%2F7/revoke", api.ClassOnce},
		{"DELETE", "/users//7/REVOKE", api.ClassOnce},
		{"POST", "/nothing", api.ClassOnce},
		{"PATCH", "/nothing", api.ClassOnce},
	} {
		s := answers(200, `{"data":null}`)
		if err := client(s).Do(t.Context(), test.method, test.path, nil, nil, call.WithClassesOf(allOperations())); err != nil {
			t.Fatal(err)
		}
		if class := call.StateOf(s.request).Operation().Class(); class != test.class {
			t.Errorf("%s %s: %s, want %s", test.method, test.path, class, test.class)
		}
	}
}
