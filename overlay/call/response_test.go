package call_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// page is what the generator makes of a paged list.
type page struct {
	Data      []fileSystem    `json:"data"`
	NextToken json.RawMessage `json:"next_token,omitempty"`
}

// job has a member that its document requires.
type job struct {
	ID    int64  `json:"id"`
	State status `json:"state,omitempty"`
}

// partly has fields that JSON does not reach.
type partly struct {
	Skipped string `json:"-"`
	Name    string `json:"name,omitempty"`
	hidden  string //nolint:unused // an answer must not reach it
}

// custom decodes itself, as a type with additional properties does.
type custom struct {
	Known string `json:"known,omitempty"`
	rest  int
}

func (c *custom) UnmarshalJSON(b []byte) error {
	c.rest = len(b)
	return nil
}

func TestResults(t *testing.T) {
	one := fileSystem{Name: "a"}
	for _, test := range []struct {
		name      string
		operation string
		answer    string
		want      any
	}{
		{"data: object", "getOne", `{"data":{"name":"a"}}`, one},
		{"data: beside other members", "getOne", `{"success":true,"extra":{"data":1},"data":{"name":"a"},"next_token":5}`, one},
		{"data: in another case", "getOne", `{"Data":{"name":"a"}}`, one},
		{"data: empty object", "getOne", `{"data":{}}`, fileSystem{}},
		{"data: null object", "getOne", `{"data":null}`, fileSystem{}},
		{"data: bare null object", "getOne", `null`, fileSystem{}},
		{"data: no members, no envelope", "getOne", `{}`, fileSystem{}},
		{"data: no members for a map", "getOne", ` { } `, map[string]string{}},
		{"data: no members for a list", "getOne", ` { } `, []fileSystem(nil)},
		{"data: no members, raw", "getOne", `{}`, json.RawMessage(`{}`)},
		{"data: list", "getOne", `{"data":[{"name":"a"}]}`, []fileSystem{one}},
		{"data: empty list", "getOne", `{"data":[]}`, []fileSystem{}},
		{"data: null list", "getOne", `{"data":null}`, []fileSystem(nil)},
		{"data: null map", "getOne", `{"data":null}`, map[string]fileSystem(nil)},
		{"data: null scalar", "getOne", `{"data":null}`, ""},
		{"data: map", "getOne", `{"data":{"0x1:0":{"name":"a"}}}`, map[string]fileSystem{"0x1:0": one}},
		{"data: scalar", "getOne", `{"data":"ok"}`, "ok"},
		{"data: raw", "getOne", `{"data": [1, 2] }`, json.RawMessage(`[1, 2]`)},
		{"data: raw null", "getOne", `{"data":null}`, json.RawMessage(`null`)},
		{"data: bare object", "getOne", `{"novel":1,"name":"a"}`, one},
		{"data: bare list", "getOne", ` [{"name":"a"}]`, []fileSystem{one}},
		{"data: bare map", "getOne", `{"0x1:0":{"name":"a"}}`, map[string]fileSystem{"0x1:0": one}},
		{"data: bare scalar", "getOne", `"ok"`, "ok"},
		{"data: bare raw", "getOne", `{"a":1}`, json.RawMessage(`{"a":1}`)},
		{"data: bare null list", "getOne", `null`, []fileSystem(nil)},

		{"body: object", "whole", `{"id":3,"state":"READY"}`, job{3, "READY"}},
		{"body: escaped name first", "whole", `{"\u0069d":3}`, job{ID: 3}},
		{"body: no members", "whole", ` { } `, fileSystem{}},
		{"body: no members, one required", "whole", `{}`, job{}},
		{"body: no members of a page", "whole", `{}`, page{}},
		{"body: null", "whole", `null`, job{}},
		{"body: enveloped null", "whole", `{"data":null}`, job{}},
		{"body: page", "whole", `{"data":[{"name":"a"}],"next_token":7}`, page{[]fileSystem{one}, json.RawMessage(`7`)}},
		{"body: page, null list", "whole", `{"data":null}`, page{}},
		{"body: page as a bare list", "whole", `[{"name":"a"}]`, page{Data: []fileSystem{one}}},
		{"body: list", "whole", `[{"name":"a"}]`, []fileSystem{one}},
		{"body: null list", "whole", `null`, []fileSystem(nil)},
		{"body: map", "whole", `{"data":{"name":"a"}}`, map[string]fileSystem{"data": one}},
		{"body: empty map", "whole", `{}`, map[string]fileSystem{}},
		{"body: scalar", "whole", `"ok"`, "ok"},
		{"body: raw", "whole", `{"data":1}`, json.RawMessage(`{"data":1}`)},
		{"body: decodes itself", "whole", `{"data":1}`, custom{rest: 10}},
		{"body: enveloped object", "whole", `{"data":{"id":3}}`, job{ID: 3}},
		{"body: enveloped list", "whole", `{"data":[{"name":"a"}]}`, []fileSystem{one}},
		{"body: enveloped null list", "whole", `{"data":null}`, []fileSystem(nil)},
		{"body: enveloped scalar", "whole", `{"data":"ok"}`, "ok"},
		{"body: mended in the envelope", "whole", `{"data":{"id":"3"}}`, job{ID: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := reflect.New(reflect.TypeOf(test.want))
			if err := get(answers(200, test.answer), test.operation, out.Interface()); err != nil {
				t.Fatal(err)
			}
			if got := out.Elem().Interface(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %#v\nwant %#v", got, test.want)
			}
		})
	}
}

func TestAnswersThatAreNotWhatWasPromised(t *testing.T) {
	html := "<!DOCTYPE html><title>sign in s3cret</title>"
	for _, test := range []struct {
		name      string
		operation string
		answer    string
		out       any
		says      string
	}{
		{"HTML", "getOne", html, new(fileSystem), fmt.Sprintf("HTML, %d bytes", len(html))},
		{"HTML for the whole", "whole", "\n " + html, new(job), "HTML"},
		{"HTML where nothing is promised", "remove", html, nil, "HTML"},
		{"nothing", "getOne", "", new(fileSystem), "empty"},
		{"blanks", "whole", " \r\n", new([]job), "empty"},
		{"plain text", "getOne", "s3cret", new(fileSystem), "not JSON"},
		{"cut off", "getOne", `{"data":{"name":"s3cr`, new(fileSystem), "breaks off"},
		{"cut off after the data", "getOne", `{"data":{"name":"a"}`, new(fileSystem), "breaks off"},
		{"cut off before the data", "getOne", `{`, new(fileSystem), "breaks off"},
		{"cut off list", "whole", `[{"id":1},`, new([]job), "breaks off"},
		{"two documents", "getOne", `{"data":{}}{"data":{}}`, new(fileSystem), "not JSON"},
		{"no data for a list", "getOne", `{"next_token":null}`, new([]fileSystem), "data"},
		{"bare, unknown members alone", "getOne", `{"message":"s3cret"}`, new(fileSystem), "without any"},
		{"list for an object", "getOne", `{"data":[{"name":"a"}]}`, new(fileSystem), "a list"},
		{"object for a list", "getOne", `{"data":{"name":"a"}}`, new([]fileSystem), "an object"},
		{"string for an object", "getOne", `{"data":"s3cret"}`, new(fileSystem), "a string"},
		{"unknown members alone", "whole", `{"novel":1}`, new(fileSystem), "without any"},
		{"an error in a 200", "whole", `{"data":"Unauthorized"}`, new(fileSystem), "a string"},
		{"unknown members in the envelope", "getOne", `{"data":{"message":"s3cret"}}`, new(fileSystem), "without any"},
		{"unknown members of an open object", "whole", `{"job":"s3cret"}`, new(openObject), "without any"},
		{"nothing in the envelope of a list", "getOne", `{"data":{}}`, new([]fileSystem), "an object"},
		{"no members for a list, whole", "whole", `{}`, new([]fileSystem), "data"},
		{"object for a list, whole", "whole", `{"id":1}`, new([]job), "data"},
		{"data beside other unknown members", "whole", `{"novel":1,"data":{"id":3}}`, new(job), "without any"},
		{"members of fields that are not decoded", "whole", `{"-":1,"skipped":1,"hidden":1}`, new(partly), "without any"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := []any{"u1"}
			switch test.operation {
			case "whole":
				path = nil
			case "remove":
				path = []any{1, 2}
			}
			err := client(answers(200, test.answer)).Call(context.Background(), operations[test.operation], path, nil, nil, test.out)
			e := failed(t, err)
			if !errors.Is(err, call.ErrMalformedResponse) || e.Status != 200 || e.Attempts != 1 {
				t.Errorf("got %+v with status %d after %d attempts", err, e.Status, e.Attempts)
			}
			if test.out != nil && !reflect.ValueOf(test.out).Elem().IsZero() {
				t.Errorf("a result beside the error: %+v", test.out)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "s3cr") {
				t.Errorf("got %q, want it to say %q and show nothing of the answer", err, test.says)
			}
		})
	}
}

func TestHTMLByContentType(t *testing.T) {
	for body, malformed := range map[string]bool{"Sign in": true, `{"data":{}}`: false} {
		s := answers(200, body)
		s.header.Set("Content-Type", "text/html; charset=utf-8")
		err := get(s, "getOne", new(fileSystem))
		if errors.Is(err, call.ErrMalformedResponse) != malformed {
			t.Errorf("%s: %v", body, err)
		}
		s.body = strings.NewReader(body)
		err = client(s).Call(context.Background(), operations["remove"], []any{1, 2}, nil, nil, nil)
		if errors.Is(err, call.ErrMalformedResponse) != malformed {
			t.Errorf("%s where nothing is promised: %v", body, err)
		}
	}
}

func TestNothingPromisedTakesWhatComes(t *testing.T) {
	for _, answer := range []string{"", "OK", `{"data":`, `{"data":{"a":1}}`, "null"} {
		err := client(answers(204, answer)).Call(context.Background(), operations["remove"], []any{1, 2}, nil, nil, nil)
		if err != nil {
			t.Errorf("%q: %v", answer, err)
		}
	}
	noBody := &server{status: 204}
	if err := client(noBody).Call(context.Background(), operations["remove"], []any{1, 2}, nil, nil, nil); err != nil {
		t.Error(err)
	}
}

func TestDoUnwrapsWhatItFinds(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want         any
	}{
		{"enveloped", `{"data":{"name":"a"},"next_token":1}`, fileSystem{Name: "a"}},
		{"bare", `{"name":"a"}`, fileSystem{Name: "a"}},
		{"empty object", `{}`, job{}},
		{"list", `{"data":[1]}`, []int64{1}},
		{"bare list", `[1]`, []int64{1}},
		{"a struct with data gets the whole", `{"data":[{"name":"a"}],"next_token":"t"}`, page{[]fileSystem{{Name: "a"}}, json.RawMessage(`"t"`)}},
		{"raw", `{"data":{"a":1}}`, json.RawMessage(`{"a":1}`)},
		{"map", `{"data":{"a":1}}`, map[string]any{"a": json.Number("1")}},
		{"bare map", `{"a":1}`, map[string]any{"a": json.Number("1")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := reflect.New(reflect.TypeOf(test.want))
			if err := client(answers(200, test.answer)).Do(context.Background(), "GET", "/x", nil, out.Interface()); err != nil {
				t.Fatal(err)
			}
			if got := out.Elem().Interface(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %#v\nwant %#v", got, test.want)
			}
		})
	}
	if err := client(answers(200, "<html>")).Do(context.Background(), "GET", "/x", nil, nil); !errors.Is(err, call.ErrMalformedResponse) {
		t.Errorf("HTML for an ignored answer: %v", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	long := `{"data":{"name":"` + strings.Repeat("x", 100) + `"}}`
	for limit, fits := range map[int64]bool{int64(len(long)): true, int64(len(long)) - 1: false} {
		c := client(answers(200, long), func(config *call.Config) { config.MaxResponse = limit })
		err := c.Call(context.Background(), operations["getOne"], []any{"u"}, nil, nil, new(fileSystem))
		tooLong := errors.Is(err, call.ErrMalformedResponse) && strings.Contains(err.Error(), "longer than")
		if fits && err != nil || !fits && !tooLong {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

// stopping is a body that ends in an error.
type stopping struct {
	text io.Reader
	err  error
}

func (s stopping) Read(p []byte) (int, error) {
	n, err := s.text.Read(p)
	if err == io.EOF {
		err = s.err
	}
	return n, err
}

func TestAnswerThatBreaksOffOnTheWay(t *testing.T) {
	s := &server{status: 200, body: stopping{strings.NewReader(`{"data":{}`), io.ErrUnexpectedEOF}}
	err := get(s, "getOne", new(fileSystem))
	if !errors.Is(err, call.ErrMalformedResponse) || !errors.Is(err, io.ErrUnexpectedEOF) || failed(t, err).Status != 200 {
		t.Errorf("got %v", err)
	}
}

func TestCallerGivesUpWhileAnAnswerIsRead(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := &server{status: 200, body: stopping{strings.NewReader(`{"da`), errors.New("connection lost")}}
	err := client(s).Call(ctx, operations["getOne"], []any{"u"}, nil, nil, new(fileSystem))
	if !errors.Is(err, context.Canceled) || errors.Is(err, call.ErrMalformedResponse) {
		t.Errorf("got %v, want the context's error alone", err)
	}
}

func TestAnswersDoNotShareMemory(t *testing.T) {
	c := client(echo{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			want := fmt.Sprintf(`{"n":"%s"}`, strings.Repeat(strconv.Itoa(i), 100*(i+1)))
			var raw json.RawMessage
			var whole []byte
			if err := c.Do(context.Background(), "POST", "/x", json.RawMessage(want), &raw, call.WithRawBody(&whole)); err != nil {
				t.Error(err)
			}
			refusal := failed(t, c.Do(context.Background(), "POST", "/fail", json.RawMessage(want), nil))
			for range 50 {
				if err := c.Do(context.Background(), "POST", "/x", json.RawMessage(`{"n":"other"}`), nil); err != nil {
					t.Error(err)
				}
			}
			if string(raw) != want || string(whole) != want || string(refusal.Data) != want {
				t.Error("an answer was overwritten by a later one")
			}
		})
	}
	wg.Wait()
}

// echo answers with what it was sent.
type echo struct{}

func (echo) RoundTrip(r *http.Request) (*http.Response, error) {
	content, err := io.ReadAll(r.Body)
	status := http.StatusOK
	if strings.HasSuffix(r.URL.Path, "/fail") {
		status = http.StatusTeapot
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(content)), ContentLength: int64(len(content))}, err
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func resending(through http.RoundTripper) *call.Client {
	return call.New(call.Config{Base: &url.URL{Scheme: "https", Host: "weka01:14000"}, Transport: through})
}

// source is a body that breaks off and gives the next answer, if there is one.
type source struct {
	io.Reader
	next   func(cause error) (*http.Response, error)
	closed bool
}

func (s *source) Close() error {
	s.closed = true
	return nil
}

func (s *source) Resend(cause error) (*http.Response, error) {
	if !s.closed {
		return nil, errors.New("the broken answer is still open")
	}
	return s.next(cause)
}

func breaksOff(next func(error) (*http.Response, error)) *http.Response {
	broken := io.MultiReader(strings.NewReader(`{"data":"a much longer te`), breaking{})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: &source{Reader: broken, next: next}}
}

type breaking struct{}

func (breaking) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func answered(status int, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{"X-Request-Id": {"second"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// Where a success breaks off, the answer that the transport gets in its place counts,
// whatever it is.
func TestResender(t *testing.T) {
	refused := errors.New("refused")
	for name, c := range map[string]struct {
		next   func(error) (*http.Response, error)
		status int
		class  error // nil: success
	}{
		"success":      {func(error) (*http.Response, error) { return answered(200, `{"data":"x"}`) }, 200, nil},
		"error answer": {func(error) (*http.Response, error) { return answered(404, `{"message":"gone"}`) }, 404, call.ErrNotFound},
		"not again":    {func(error) (*http.Response, error) { return nil, nil }, 200, call.ErrMalformedResponse},
		"no answer":    {func(error) (*http.Response, error) { return nil, refused }, 0, refused},
		"again, broken": {func(error) (*http.Response, error) {
			return breaksOff(func(error) (*http.Response, error) { return answered(200, `{"data":"x"}`) }), nil
		}, 200, nil},
	} {
		client := resending(roundTrip(func(*http.Request) (*http.Response, error) { return breaksOff(c.next), nil }))
		var out string
		var meta call.Response
		err := client.Do(t.Context(), http.MethodGet, "/x", nil, &out, call.WithResponse(&meta))
		if meta.Status != c.status || (err == nil) != (c.class == nil) || c.class != nil && !errors.Is(err, c.class) || err == nil && out != "x" {
			t.Errorf("%s: got %v, %q, %+v", name, err, out, meta)
		}
	}
}

// Only a DELETE, only one that was sent again, and only where the object is missing.
func TestReplayedDelete(t *testing.T) {
	for _, c := range []struct {
		method   string
		replayed bool
		status   int
		body     string
		ok       bool
	}{
		{http.MethodDelete, true, 404, `{"message":"uid: '1' not found"}`, true},
		{http.MethodDelete, false, 404, `{"message":"uid: '1' not found"}`, false},
		{http.MethodPut, true, 404, `{"message":"uid: '1' not found"}`, false},
		{http.MethodDelete, true, 404, `<html>`, false},
		{http.MethodDelete, true, 403, `{"data":"Forbidden"}`, false},
	} {
		client := resending(roundTrip(func(r *http.Request) (*http.Response, error) {
			if c.replayed {
				call.StateOf(r).MarkReplayed()
			}
			return answered(c.status, c.body)
		}))
		var meta call.Response
		err := client.Do(t.Context(), c.method, "/x", nil, nil, call.WithResponse(&meta))
		if (err == nil) != c.ok || meta.Replayed != c.replayed || meta.Status != c.status {
			t.Errorf("%+v: got %v, %+v", c, err, meta)
		}
	}
}

// A refusal of the transport keeps its class, and says it once.
func TestReadOnlyError(t *testing.T) {
	client := resending(roundTrip(func(*http.Request) (*http.Response, error) { return nil, call.ErrReadOnly }))
	err := client.Do(t.Context(), http.MethodPost, "/x", nil, nil)
	if !errors.Is(err, call.ErrReadOnly) || strings.Count(err.Error(), "read-only") != 1 {
		t.Errorf("got %v", err)
	}
}
