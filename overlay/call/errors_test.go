package call_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

func TestErrorAnswers(t *testing.T) {
	const html = `<html><body>502 Bad Gateway</body></html>`
	for _, test := range []struct {
		name    string
		status  int
		body    string
		class   error
		message string
		data    string
	}{
		{"data is a string", 401, `{"data":"Unauthorized"}`, call.ErrUnauthorized, "Unauthorized", `"Unauthorized"`},
		{"forbidden", 403, `{"data":"Forbidden"}`, call.ErrForbidden, "Forbidden", `"Forbidden"`},
		{"message and data", 400, `{"message":"cannot start","data":{"tasks_num":32}}`, call.ErrValidation, "cannot start", `{"tasks_num":32}`},
		{"message in another case", 400, `{"Message":"cannot start"}`, call.ErrValidation, "cannot start", `{"Message":"cannot start"}`},
		{"message is no string", 400, `{"message":{"a":1},"data":"why"}`, call.ErrValidation, "why", `"why"`},
		{"message null", 404, `{"message":null,"data":null}`, call.ErrNotFound, "", `null`},
		{"data a list", 422, `{"data":[1,2]}`, call.ErrValidation, "", `[1,2]`},
		{"detail", 404, `{"detail":"Not found."}`, call.ErrNotFound, "Not found.", `{"detail":"Not found."}`},
		{"fields", 400, `{"name":["This field is required."]}`, call.ErrValidation, "", `{"name":["This field is required."]}`},
		{"a bare string", 409, `"taken"`, call.ErrConflict, "taken", `"taken"`},
		{"a bare list", 400, `["taken"]`, call.ErrValidation, "", `["taken"]`},
		{"duplicate members", 400, `{"message":"a","message":"b"}`, call.ErrValidation, "b", `{"message":"a","message":"b"}`},
		{"gone", 410, ``, call.ErrNotFound, "", ``},
		{"no such method", 405, `{"detail":"Method \"PUT\" not allowed."}`, call.ErrRouteMissing, `Method "PUT" not allowed.`, `{"detail":"Method \"PUT\" not allowed."}`},
		{"throttled", 429, ``, call.ErrBusy, "", ``},
		{"bad gateway", 502, html, call.ErrUnavailable, "HTML page from a proxy", ``},
		{"unavailable", 503, ``, call.ErrUnavailable, "", ``},
		{"gateway timeout", 504, html, call.ErrUnavailable, "HTML page from a proxy", ``},
		{"an HTML 404 is no object missing", 404, html, call.ErrRouteMissing, "HTML page, no answer of the API", ``},
		{"too large", 413, html, call.ErrTooLarge, "HTML page, no answer of the API", ``},
		{"too large is invalid", 414, ``, call.ErrValidation, "", ``},
		{"http to an https port", 400, "Client sent an HTTP request to an HTTPS server.\n", nil, "the server speaks https and not http: write https://", ``},
		{"full", 507, ``, call.ErrNoCapacity, "", ``},
		{"server error", 500, `{"message":"Directory has no quota"}`, nil, "Directory has no quota", `{"message":"Directory has no quota"}`},
		{"redirect", 301, ``, nil, "redirects are not followed; check the address", ``},
		{"text", 500, "upstream s3cret", nil, "no content type, 15 bytes", ``},
		{"broken JSON", 500, `{"message":"s3cret`, nil, "no content type, 18 bytes", ``},
		{"large data is dropped", 400, `{"message":"m","data":"` + strings.Repeat("x", 64<<10) + `"}`, call.ErrValidation, "m", ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := answers(test.status, test.body)
			s.header.Set("X-Request-Id", "r-17")
			e := failed(t, get(s, "getOne", new(fileSystem)))
			if !errors.Is(e.Class, test.class) {
				t.Errorf("class %v, want %v", e.Class, test.class)
			}
			if e.Message != test.message || string(e.Data) != test.data {
				t.Errorf("message %q, data %s\nwant    %q, data %s", e.Message, e.Data, test.message, test.data)
			}
			if e.Operation != "getOne" || e.Method != http.MethodGet || e.Path != "/fileSystems/{uid}" || e.Endpoint != "https://weka01:14000" ||
				e.Status != test.status || e.RequestID != "r-17" || e.Attempts != 1 {
				t.Errorf("the call is described wrongly: %s", e)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	own := errors.New("a class of the API's own")
	seen := 0
	classify := func(config *call.Config) {
		config.Classify = func(_ *api.Operation, e *call.Error) error {
			seen++
			if e.Status == 400 && strings.Contains(string(e.Data), "FilesystemDoesNotExistException") {
				return call.ErrNotFound
			}
			if e.Message == "special" {
				return own
			}
			return nil
		}
	}
	for _, test := range []struct {
		status int
		body   string
		want   error
		asked  int
	}{
		{400, `{"data":{"exceptionClass":["FilesystemDoesNotExistException"]}}`, call.ErrNotFound, 1},
		{400, `{"message":"special"}`, own, 1},
		{403, `{"data":"Forbidden"}`, call.ErrForbidden, 1},
		{502, `<html>`, call.ErrUnavailable, 0},
		{200, `<html>`, call.ErrMalformedResponse, 0},
	} {
		seen = 0
		err := client(answers(test.status, test.body), classify).Call(context.Background(), operations["getOne"], []any{"u"}, nil, nil, new(fileSystem))
		if !errors.Is(err, test.want) || seen != test.asked {
			t.Errorf("%d %s: got %v after %d questions, want %v after %d", test.status, test.body, err, seen, test.want, test.asked)
		}
	}
}

func TestTransportErrors(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	layers := errors.New("the session has ended")
	for _, test := range []struct {
		name  string
		err   error
		class error
	}{
		{"refused", fmt.Errorf("attempt 3: %w", refused), call.ErrUnavailable},
		{"unknown host", &net.DNSError{Err: "no such host", Name: "weka01"}, call.ErrUnavailable},
		{"connection closed", io.EOF, call.ErrUnavailable},
		{"an attempt took too long", context.DeadlineExceeded, call.ErrUnavailable},
		{"a layer calls it so", fmt.Errorf("garbage: %w", call.ErrUnavailable), call.ErrUnavailable},
		{"a layer refused", layers, nil},
		{"a wrong certificate", x509.UnknownAuthorityError{}, nil},
		{"a wrong certificate in a url.Error", &url.Error{Op: "Get", URL: "https://weka01", Err: x509.UnknownAuthorityError{}}, nil},
		{"a login that failed", fmt.Errorf("log in: %w", &call.Error{Status: 401, Class: call.ErrUnauthorized}), call.ErrUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := get(&server{err: test.err}, "getOne", new(fileSystem))
			if e := failed(t, err); !errors.Is(e.Class, test.class) || e.Status != 0 || e.Attempts != 0 { // this transport does not count
				t.Errorf("class %v, status %d, %d attempts; want class %v", e.Class, e.Status, e.Attempts, test.class)
			}
			if !errors.Is(err, test.err) {
				t.Errorf("the cause is lost: %v", err)
			}
		})
	}
}

func TestContextErrorsAreKept(t *testing.T) {
	ctx, cancel := context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer cancel()
	for _, cause := range []error{errors.New("net/http: request canceled"), context.DeadlineExceeded, &net.OpError{Op: "read", Err: errors.New("closed")}} {
		err := client(&server{err: cause}).Call(ctx, operations["getOne"], []any{"u"}, nil, nil, nil)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, cause) || failed(t, err).Class != nil {
			t.Errorf("%v: got %v", cause, err)
		}
	}
}

func TestAddressesInErrorsHaveNoQuery(t *testing.T) {
	inner := &url.Error{Op: "Get", URL: "https://proxy/b?key=s3cret", Err: io.EOF}
	outer := &url.Error{Op: "Get", URL: "https://weka01/a?token=s3cret", Err: fmt.Errorf("again: %w", inner)}
	err := get(&server{err: fmt.Errorf("attempt: %w", outer)}, "getOne", nil)
	var address *url.Error
	if !errors.As(err, &address) || !errors.Is(err, io.EOF) || !errors.Is(err, call.ErrUnavailable) {
		t.Fatalf("the cause is lost: %v", err)
	}
	for _, shown := range []string{err.Error(), failed(t, err).Err.Error(), address.Error(), fmt.Sprintf("%+v %#v", address, address), fmt.Sprintf("%#v", failed(t, err).Err)} {
		if strings.Contains(shown, "s3cret") {
			t.Errorf("a query shows: %s", shown)
		}
	}
	if !strings.Contains(err.Error(), "https://weka01/a") {
		t.Errorf("the address is lost: %v", err)
	}
}

func TestErrorsPrintOneLineWhateverTheVerb(t *testing.T) {
	s := answers(400, `{"message":"bad\nname\u0007","data":{"echo":"s3cret"}}`)
	s.header.Set("X-Request-Id", "r-17")
	e := failed(t, get(s, "getOne", nil, call.WithQuery("key", "s3cret"), call.WithHeader("X-Key", "s3cret")))
	want := "getOne: GET /fileSystems/{uid} at https://weka01:14000: 400 Bad Request: refused as invalid: bad name  (request r-17)"
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%10.3v"} {
		if got := fmt.Sprintf(format, e); got != want {
			t.Errorf("%s prints %s\nwant %s", format, got, want)
		}
		if got := fmt.Sprintf(format, *e); got != want {
			t.Errorf("%s of a copy prints %s", format, got)
		}
	}
	long := failed(t, get(answers(400, `{"message":"`+strings.Repeat("ö", 5000)+`"}`), "getOne", nil))
	if len(long.Error()) > 1100 || len(long.Message) < 4000 || len(long.Message) > 4100 {
		t.Errorf("line of %d bytes, message of %d", len(long.Error()), len(long.Message))
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for status, hint := range map[int]string{401: "check the credentials", 429: "try again later", 503: "check the address", 301: "check the address"} {
		if err := get(answers(status, ""), "getOne", nil); !strings.Contains(err.Error(), hint) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if err := get(answers(200, "<html>"), "getOne", nil); !strings.Contains(err.Error(), "check that the address is the API itself") {
		t.Error(err)
	}
}

func TestErrorsInLogs(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	log.Info("m", "err", get(answers(403, `{"message":"not you","data":{"password":"s3cret"}}`), "getOne", nil))
	log.Info("m", "err", client(answers(500, ``)).Do(context.Background(), "GET", "/x?y=s3cret", nil, nil))
	log.Info("m", "err", &call.Error{Operation: "create", Class: call.ErrUnavailable, Err: errors.New("no\nroute"), Attempts: 2})
	want := `{"level":"INFO","msg":"m","err":{"operation":"getOne","endpoint":"https://weka01:14000","status":403,"class":"forbidden","message":"not you","attempts":1}}
{"level":"INFO","msg":"m","err":{"operation":"GET /x","endpoint":"https://weka01:14000","status":500,"attempts":1}}
{"level":"INFO","msg":"m","err":{"operation":"create","class":"unavailable","cause":"no route","attempts":2}}
`
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

// JSON of an error has what Error prints, and no more.
func TestErrorsInJSON(t *testing.T) {
	e := failed(t, get(answers(409, `{"message":"taken","data":{"password":"s3cret"}}`), "getOne", nil))
	got, err := json.Marshal(e)
	want := `{"attempts":1,"class":"conflict","endpoint":"https://weka01:14000","message":"taken","operation":"getOne","status":409}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err = json.Marshal(map[string]any{"err": *e}); err != nil || string(got) != `{"err":`+want+`}` {
		t.Errorf("a copy: got %s, %v", got, err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := false
	mux := http.NewServeMux()
	mux.Handle("/api/v2/jobs/", http.RedirectHandler("/elsewhere", http.StatusMovedPermanently))
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { followed = true })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	c := client(srv.Client().Transport, func(config *call.Config) {
		config.Base, _ = url.Parse(srv.URL + "/api/v2")
	})
	e := failed(t, c.Call(context.Background(), operations["whole"], nil, nil, nil, nil))
	if followed || e.Status != http.StatusMovedPermanently {
		t.Errorf("got %v", e)
	}
}

func TestBrokenTransports(t *testing.T) {
	if err := get(silent{}, "getOne", nil); failed(t, err).Status != 0 {
		t.Error(err)
	}
	if err := get(&server{status: 200}, "getOne", new(fileSystem)); !errors.Is(err, call.ErrMalformedResponse) {
		t.Error(err)
	}
}

type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) { return nil, nil }

func TestErrorDataIsValidJSON(t *testing.T) {
	for _, body := range []string{`{"data":`, `nope`, `{"data":{"a":1}} x`, "\xff"} {
		if e := failed(t, get(answers(500, body), "getOne", nil)); e.Data != nil && !json.Valid(e.Data) {
			t.Errorf("%q: data %q", body, e.Data)
		}
	}
}

func TestNoVerbShowsAQuery(t *testing.T) {
	err := get(&server{err: &url.Error{Op: "Get", URL: "https://weka01/?token=hunter2", Err: io.EOF}}, "getOne", new(fileSystem))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%t", "%d", "%x", "%p"} {
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			if shown := fmt.Sprintf(verb, cause); strings.Contains(shown, "hunter2") {
				t.Errorf("%s shows the query: %s", verb, shown)
			}
		}
		var failed *call.Error
		if errors.As(err, &failed); strings.Contains(fmt.Sprintf(verb, failed.Err), "hunter2") {
			t.Errorf("%s of Err shows the query", verb)
		}
	}
}

// What explains a refusal says what to do, and the hint of the class would only follow.
func TestAnExplainedRefusalHasNoSecondHint(t *testing.T) {
	e := &call.Error{Method: "GET", Path: "/jobs/", Status: 401, Class: call.ErrUnauthorized, Message: "Not provided.", Err: errors.New("make a new key")}
	if got := e.Error(); !strings.HasSuffix(got, "Not provided: make a new key") {
		t.Errorf("got %q", got)
	}
}

// Detail is asked when the class is known and the secrets are hidden, about HTML too,
// with the context of the call and its operation.
func TestDetailSeesTheWholeError(t *testing.T) {
	type callerKey struct{}
	ctx := context.WithValue(t.Context(), callerKey{}, true)
	var seen []call.Error
	cause := errors.New("do this")
	explain := func(c *call.Config) {
		c.Detail = func(ctx context.Context, op *api.Operation, e *call.Error) error {
			if ctx.Value(callerKey{}) == nil || op != operations["create"] {
				t.Error("the context or the operation is not the call's")
			}
			seen = append(seen, *e)
			return cause
		}
	}
	body := &createBody{Password: newSecret("hunter22")}
	for _, test := range []struct {
		status int
		answer string
		class  error
	}{
		{400, `{"message":"hunter22 is weak"}`, call.ErrValidation},
		{404, `<html></html>`, call.ErrRouteMissing},
	} {
		seen = nil
		err := client(answers(test.status, test.answer), explain).Call(ctx, operations["create"], nil, nil, body, new(any))
		if !errors.Is(err, cause) || !errors.Is(err, test.class) || !strings.Contains(err.Error(), "do this") {
			t.Errorf("got %v", err)
		}
		if len(seen) != 1 || !errors.Is(seen[0].Class, test.class) || strings.Contains(seen[0].Message+string(seen[0].Data), "hunter22") {
			t.Errorf("saw %v with %s", seen, seen[0].Data)
		}
	}
}
