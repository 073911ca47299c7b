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

func responding(status int, header http.Header, body string) roundTrip {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}}

// dump sends one request, reads the whole response and returns what was dumped.
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
	response, err := transport.NewDump(&written).Over(to).RoundTrip(request)
	if err != nil {
		return written.String()
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	return written.String()
}

func TestDumpShowsRequestAndResponse(t *testing.T) {
	got := dump(t, "https://weka01:14000/api/v2/login?org=planted&planted-flag&a=1", `{"username":"admin","password":"planted-password","n":[1.50,true,null]}`,
		responding(http.StatusOK, http.Header{
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
		request  string
		response roundTrip
	}{
		"under many names": {
			`{"old_password":"planted1","secretKey":"planted2","S3-Secret":"planted3","api_key":"planted4","refresh":"planted5","tls_key_pem":"planted6"}`,
			responding(http.StatusOK, jsonHeader, `{"access":"planted7","data":[{"keytab_base64":"planted8"}]}`),
		},
		"of any type": {
			`{"password":["planted1",{"a":"planted2"},123456],"secrets":{"planted3":"planted4"}}`,
			responding(http.StatusOK, jsonHeader, `{"join_secret":[["planted5"]]}`),
		},
		"by their beginning": {
			`{"note":"eyJplanted.a.b"}`,
			responding(http.StatusOK, jsonHeader, `["-----BEGIN RSA PRIVATE KEY-----\nplanted"]`),
		},
		"repeated by the server": {
			`{"password":"planted\"1"}`,
			responding(http.StatusBadRequest, jsonHeader, `{"message":"planted\"1 is too short for planted-token","planted\"1":1}`),
		},
		"not JSON":            {`username=admin&password=planted`, responding(http.StatusBadGateway, nil, `<html>planted</html>`)},
		"cut inside a secret": {`{"password":"planted`, responding(http.StatusOK, jsonHeader, `{"a":1,"token":{"x":"planted","y":"planted`)},
		"compressed":          {`{}`, responding(http.StatusOK, http.Header{"Content-Encoding": {"br"}}, `{"planted"`)},
		"beyond the bound": {
			`{"a":"` + strings.Repeat("x", 70<<10) + `","b":"planted"}`,
			responding(http.StatusOK, jsonHeader, `{"list":["`+strings.Repeat(`a","`, 40<<10)+`"],"b":"planted"}`),
		},
		"in an error": {`{"password":"planted"}`, func(*http.Request) (*http.Response, error) { return nil, errors.New("planted") }},
	} {
		got := dump(t, "https://hub/api/?token=planted", test.request, test.response)
		if strings.Contains(got, "planted") || strings.Count(got, "1 > ") != 1 || strings.Count(got, "1 < ") != 1 {
			t.Errorf("%s: got\n%.2000s", name, got)
		}
		if len(got) > 300<<10 {
			t.Errorf("%s: %d bytes were written", name, len(got))
		}
	}
}

// The dump reads neither a request body that can be read only once nor the response ahead
// of the caller.
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
	response, err := over.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if got := written.String(); got != "1 > POST https://hub/api/\n" {
		t.Errorf("before the response is read: %q", got)
	}
	go func() { _, _ = feed.Write([]byte(`[1,`)) }()
	if _, err := response.Body.Read(make([]byte, 3)); err != nil {
		t.Error(err)
	}
	if err := errors.Join(response.Body.Close(), response.Body.Close()); err != nil {
		t.Error(err)
	}
	if got := written.String(); !strings.HasSuffix(got, "    [1, … (breaks off)\n") || strings.Count(got, "1 < ") != 1 {
		t.Errorf("after it is closed: %q", got)
	}
}

// The blocks of concurrent calls do not mix and keep their numbers.
func TestDumpOfConcurrentCalls(t *testing.T) {
	var written bytes.Buffer
	over := transport.NewDump(&written).Over(responding(http.StatusOK, jsonHeader, `{"a":1}`))
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://hub/api/", nil)
			if err != nil {
				t.Error(err)
				return
			}
			response, err := over.RoundTrip(request)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.ReadAll(response.Body)
			_ = response.Body.Close()
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
