package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// process is a simulator that run starts in the process of the test.
type process struct {
	t     *testing.T
	url   string
	ca    string
	lines *bufio.Scanner
	token string

	reading sync.WaitGroup // for discard
}

// start runs a simulated cluster until the test ends.
func start(t *testing.T, flags ...string) *process {
	t.Helper()
	return startProduct(t, "weka", flags...)
}

// startProduct runs the simulator of a product until the test ends.
func startProduct(t *testing.T, product string, flags ...string) *process {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{product}, flags...), writer)
		_ = writer.Close()
	}()
	p := &process{t: t, lines: bufio.NewScanner(reader)}
	p.url = strings.TrimPrefix(p.line(), "listening on ")
	p.ca = strings.TrimPrefix(p.line(), "CA file: ")
	t.Cleanup(func() {
		stop()
		_, _ = io.Copy(io.Discard, reader)
		p.reading.Wait()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return p
}

func (p *process) line() string {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatal("the simulator has printed its last line")
	}
	return p.lines.Text()
}

// call sends a body as JSON, and returns the response and the line that the simulator
// prints for it.
func (p *process) call(method, path string, body any) (status int, decoded map[string]any, line string) {
	p.t.Helper()
	text := ""
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		text = string(encoded)
	}
	return p.send(method, path, "application/json", text)
}

func (p *process) send(method, path, media, body string) (status int, decoded map[string]any, line string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v2/"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", media)
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	type result struct {
		response *http.Response
		err      error
	}
	done := make(chan result, 1)
	go func() {
		response, err := http.DefaultClient.Do(request)
		done <- result{response, err}
	}()
	line = p.line()
	got := <-done
	if got.err != nil {
		p.t.Fatal(got.err)
	}
	defer func() { _ = got.response.Body.Close() }()
	_ = json.NewDecoder(got.response.Body).Decode(&decoded) // HTML stays undecoded
	return got.response.StatusCode, decoded, line
}

// want is call for a request that must succeed; it returns data.
func (p *process) want(method, path string, body any) any {
	p.t.Helper()
	status, decoded, _ := p.call(method, path, body)
	if status != http.StatusOK {
		p.t.Fatalf("%s %s: got %d %v", method, path, status, decoded)
	}
	return decoded["data"]
}

type object = map[string]any

func (p *process) login() {
	p.t.Helper()
	tokens := p.want("POST", "login", object{"username": "admin", "password": "admin", "org": "Root"}).(object)
	p.token = tokens["access_token"].(string)
}

// Login accepts a form. Each request has a line, with the rules that it broke.
func TestLines(t *testing.T) {
	p := start(t, "-plain", "-fault", "getClusterStatus 502 x1")
	if p.ca != "none" || !strings.HasPrefix(p.url, "http://127.0.0.1:") {
		t.Errorf("listening on %q, CA %q", p.url, p.ca)
	}
	form := url.Values{"username": {"admin"}, "password": {"admin"}}.Encode()
	status, decoded, line := p.send("POST", "login", "application/x-www-form-urlencoded", form)
	if status != 200 || !strings.HasSuffix(line, " 0 200 POST /api/v2/login login") {
		t.Fatalf("got %d %v and the line %q", status, decoded, line)
	}
	p.token = decoded["data"].(object)["access_token"].(string)
	if _, _, line := p.call("GET", "fileSystems?bogus=1", nil); !strings.HasSuffix(line, "getFileSystems (query bogus: is not known)") {
		t.Errorf("got the line %q", line)
	}
	if status, _, _ := p.call("GET", "cluster", nil); status != http.StatusBadGateway {
		t.Errorf("got %d, want the fault", status)
	}
	p.want("GET", "cluster", nil)
}

// The contract is served byte for byte.
func TestDocument(t *testing.T) {
	p := start(t, "-plain")
	p.discard()
	contract, err := os.ReadFile(filepath.Join("..", "..", "specs", "weka", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := p.get("/api/v2/docs")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if media := response.Header.Get("Content-Type"); err != nil || media != "application/json" || string(text) != string(contract) {
		t.Errorf("got %s of %d bytes, want the contract of %d: %v", media, len(text), len(contract), err)
	}
}

// get sends a GET without a token; the caller reads the line of the request.
func (p *process) get(path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(request)
}

func TestRefusedFlags(t *testing.T) {
	for _, arguments := range [][]string{
		nil, {"nothing"}, {"ngenea", "-origin", "nowhere"}, {"ngenea", "-fault", "nothing 502"},
		{"weka", "-addr", "nowhere"}, {"weka", "-release", "new"}, {"weka", "-access-ttl", "0s"},
		{"weka", "-fault", "getFileSystems"}, {"weka", "-fault", "nothing 502"}, {"weka", "-fault", "* nonsense"},
		{"weka", "-fault", "* 502 twice"}, {"weka", "-fault", "* 502 200%"},
	} {
		if err := run(t.Context(), arguments, io.Discard); err == nil {
			t.Errorf("%q: no error", arguments)
		}
	}
}
