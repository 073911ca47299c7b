package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/transport"
)

func answering(status int, header http.Header, body string) roundTrip {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}}

// dump sends one request and returns what was written of it. The caller has to get the
// whole answer, unchanged.
func dump(t *testing.T, address, body string, to roundTrip) string {
	t.Helper()
	var written bytes.Buffer
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer planted-token")
	request.Header.Set("X-Vault-Token", "planted-header")
	answer, err := transport.NewDump(&written).Over(to).RoundTrip(request)
	if err != nil {
		return written.String()
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Error(err)
	}
	return written.String()
}

func TestDumpShowsAnExchange(t *testing.T) {
	got := dump(t, "https://weka01:14000/api/v2/login?org=planted&planted-flag&a=1", `{"username":"admin","password":"planted-password","n":[1.50,true,null]}`,
		answering(http.StatusOK, http.Header{
			"Content-Type": {"application/json"},
			"Set-Cookie":   {"session=planted"},
			"Location":     {"https://u:planted@hub/next/?token=planted"},
		}, `{"data":{"access_token":"planted-access","expires_in":300,"name":"<a & b>"}}`))
	want := `1 > POST https://weka01:14000/api/v2/login?org=…&…&a=…
    Content-Type: application/json
    {"username":"admin","password":"[redacted]","n":[1.50,true,null]}
1 < 200 OK
    Content-Type: application/json
    Location: https://hub/next/?token=…
    {"data":{"access_token":"[redacted]","expires_in":300,"name":"<a & b>"}}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDumpHidesPlantedSecrets(t *testing.T) {
	for name, test := range map[string]struct {
		request string
		answer  roundTrip
	}{
		"under many names": {
			`{"old_password":"planted1","secretKey":"planted2","S3-Secret":"planted3","api_key":"planted4","refresh":"planted5","tls_key_pem":"planted6"}`,
			answering(http.StatusOK, jsonHeader, `{"access":"planted7","data":[{"keytab_base64":"planted8"}]}`),
		},
		"of any shape": {
			`{"password":["planted1",{"a":"planted2"},123456],"secrets":{"planted3":"planted4"}}`,
			answering(http.StatusOK, jsonHeader, `{"join_secret":[["planted5"]]}`),
		},
		"by how they begin": {
			`{"note":"eyJplanted.a.b"}`,
			answering(http.StatusOK, jsonHeader, `["-----BEGIN RSA PRIVATE KEY-----\nplanted"]`),
		},
		"repeated by the server": {
			`{"password":"planted\"1"}`,
			answering(http.StatusBadRequest, jsonHeader, `{"message":"planted\"1 is too short for planted-token","planted\"1":1}`),
		},
		"no JSON":             {`username=admin&password=planted`, answering(http.StatusBadGateway, nil, `<html>planted</html>`)},
		"cut inside a secret": {`{"password":"planted`, answering(http.StatusOK, jsonHeader, `{"a":1,"token":{"x":"planted","y":"planted`)},
		"packed":              {`{}`, answering(http.StatusOK, http.Header{"Content-Encoding": {"br"}}, `{"planted"`)},
		"beyond the bound": {
			`{"a":"` + strings.Repeat("x", 70<<10) + `","b":"planted"}`,
			answering(http.StatusOK, jsonHeader, `{"list":["`+strings.Repeat(`a","`, 40<<10)+`"],"b":"planted"}`),
		},
		"in an error": {`{"password":"planted"}`, func(*http.Request) (*http.Response, error) { return nil, errors.New("planted") }},
	} {
		got := dump(t, "https://hub/api/?token=planted", test.request, test.answer)
		if strings.Contains(got, "planted") || strings.Count(got, "1 > ") != 1 || strings.Count(got, "1 < ") != 1 {
			t.Errorf("%s: got\n%.2000s", name, got)
		}
		if len(got) > 300<<10 {
			t.Errorf("%s: %d bytes were written", name, len(got))
		}
	}
}

// The request's body is the server's, unread; a body that cannot be had twice is not
// touched, and an answer is not read ahead of the caller.
func TestDumpLeavesBodiesAlone(t *testing.T) {
	var written bytes.Buffer
	pipe, feed := io.Pipe()
	over := transport.NewDump(&written).Over(roundTrip(func(r *http.Request) (*http.Response, error) {
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != `{"a":1}` {
			t.Errorf("the server got %q, %v", got, err)
		}
		return &http.Response{StatusCode: http.StatusOK, Header: jsonHeader, Body: pipe}, nil
	}))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://hub/api/", io.NopCloser(strings.NewReader(`{"a":1}`)))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := over.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if got := written.String(); got != "1 > POST https://hub/api/\n" {
		t.Errorf("before the answer is read: %q", got)
	}
	go func() { _, _ = feed.Write([]byte(`[1,`)) }()
	if _, err := answer.Body.Read(make([]byte, 3)); err != nil {
		t.Error(err)
	}
	if err := errors.Join(answer.Body.Close(), answer.Body.Close()); err != nil {
		t.Error(err)
	}
	if got := written.String(); !strings.HasSuffix(got, "    [1, … (breaks off)\n") || strings.Count(got, "1 < ") != 1 {
		t.Errorf("after it is closed: %q", got)
	}
}

// Blocks of calls at the same time do not mix, and keep their numbers.
func TestDumpOfManyCalls(t *testing.T) {
	var written bytes.Buffer
	over := transport.NewDump(&written).Over(answering(http.StatusOK, jsonHeader, `{"a":1}`))
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://hub/api/", nil)
			if err != nil {
				t.Error(err)
				return
			}
			answer, err := over.RoundTrip(request)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.ReadAll(answer.Body)
			_ = answer.Body.Close()
		})
	}
	calls.Wait()
	for n := range 8 {
		number := string(rune('1' + n))
		if !strings.Contains(written.String(), number+" > GET https://hub/api/\n") || !strings.Contains(written.String(), number+" < 200 OK\n    Content-Type: application/json\n    {\"a\":1}\n") {
			t.Errorf("block %s is not whole:\n%s", number, written.String())
		}
	}
}
