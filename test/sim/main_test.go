package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// process is a simulator that runs in the test's own process.
type process struct {
	t     *testing.T
	url   string
	ca    string
	lines *bufio.Scanner
	token string

	reading sync.WaitGroup // of discard
}

// start runs a simulated cluster with these flags until the test ends.
func start(t *testing.T, flags ...string) *process {
	t.Helper()
	return startProduct(t, "weka", flags...)
}

// startProduct does so with the simulator of a product.
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
		p.t.Fatal("the simulator prints no more lines")
	}
	return p.lines.Text()
}

// call sends a request as JSON, prints nothing, and returns what came; it reads the
// line that the simulator prints for it.
func (p *process) call(method, path string, body any) (status int, answer map[string]any, line string) {
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

func (p *process) send(method, path, media, body string) (status int, answer map[string]any, line string) {
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
	_ = json.NewDecoder(got.response.Body).Decode(&answer) // HTML stays undecoded
	return got.response.StatusCode, answer, line
}

// want calls and fails the test unless it succeeded; it returns data.
func (p *process) want(method, path string, body any) any {
	p.t.Helper()
	status, answer, _ := p.call(method, path, body)
	if status != http.StatusOK {
		p.t.Fatalf("%s %s: got %d %v", method, path, status, answer)
	}
	return answer["data"]
}

type object = map[string]any

func (p *process) login() {
	p.t.Helper()
	tokens := p.want("POST", "login", object{"username": "admin", "password": "admin", "org": "Root"}).(object)
	p.token = tokens["access_token"].(string)
}

// A form logs in as well as JSON, and every request has a line, with the rule that
// it broke.
func TestLines(t *testing.T) {
	p := start(t, "-plain", "-fault", "getClusterStatus 502 x1")
	if p.ca != "none" || !strings.HasPrefix(p.url, "http://127.0.0.1:") {
		t.Errorf("listening on %q, CA %q", p.url, p.ca)
	}
	form := url.Values{"username": {"admin"}, "password": {"admin"}}.Encode()
	status, answer, line := p.send("POST", "login", "application/x-www-form-urlencoded", form)
	if status != 200 || !strings.HasSuffix(line, " 0 200 POST /api/v2/login login") {
		t.Fatalf("got %d %v and the line %q", status, answer, line)
	}
	p.token = answer["data"].(object)["access_token"].(string)
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

// get asks for a path without a token. Somebody must read the line of it.
func (p *process) get(path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(request)
}

// The calls of a public client, in its order and with its bodies: the CSI driver's.
func TestPublicClient(t *testing.T) {
	p := start(t, "-plain", "-transition", "10ms")
	p.login()
	lives := p.want("GET", "security/defaultTokensExpiry", nil).(object)
	if lives["access_token_expiry"] != 300.0 {
		t.Errorf("got %v", lives)
	}
	if who := p.want("GET", "users/whoami", nil).(object); who["role"] != "ClusterAdmin" || who["org_name"] != "Root" {
		t.Errorf("got %v", who)
	}
	managing := 0
	for _, node := range p.want("GET", "processes", nil).([]any) {
		members := node.(object)
		if members["roles"].([]any)[0] == "MANAGEMENT" && members["mode"] == "backend" &&
			p.url == fmt.Sprintf("http://%v:%v", members["ips"].([]any)[0], members["mgmt_port"]) {
			managing++
		}
	}
	if managing != 6 {
		t.Errorf("%d processes lead back to the simulator, want 6", managing)
	}
	for _, container := range p.want("GET", "containers", nil).([]any) {
		for _, name := range []string{"added_time", "start_time", "state_changed_time"} {
			if _, err := time.Parse(time.RFC3339, container.(object)[name].(string)); err != nil {
				t.Error(err)
			}
		}
	}
	p.want("POST", "fileSystems", object{"name": "csi", "group_name": "default", "total_capacity": 1 << 30})
	filesystem := p.want("GET", "fileSystems?name=csi", nil).([]any)[0].(object)
	path := "fileSystems/" + filesystem["uid"].(string)
	inode, ok := p.want("GET", path+"/resolvePath?path=/csi-volumes/pvc-1", nil).(object)["inode_id"].(string)
	if !ok {
		t.Fatal("the inode is no text")
	}
	if status, answer, _ := p.call("GET", path+"/quota/"+inode, nil); status != 500 || answer["message"] != "Directory has no quota" {
		t.Errorf("got %d %v", status, answer)
	}
	p.want("PUT", path+"/quota/"+inode, object{"hard_limit_bytes": 1 << 20, "soft_limit_bytes": 1 << 20, "grace_seconds": 0})
	if list := p.want("GET", strings.Replace(path, "S", "s", 1)+"/quota", nil).([]any); len(list) != 1 {
		t.Errorf("got %v", list)
	}
	p.want("DELETE", path+"/quotas/"+inode, nil)
	p.want("POST", "nfs/clientGroups", object{"name": "WekaCSIPluginClients"})
	group := p.want("GET", "nfs/clientGroups?name=WekaCSIPluginClients", nil).([]any)[0].(object)
	p.want("POST", "nfs/clientGroups/"+group["uid"].(string)+"/rules", object{"ip": "10.0.0.1/255.255.255.255"})
	p.want("POST", "nfs/permissions", object{
		"filesystem": "csi", "group": "WekaCSIPluginClients", "path": "/", "permission_type": "RW", "squash_mode": "none",
		"anon_uid": 65534, "anon_gid": 65534, "supported_versions": []string{"V3", "V4"}, "priority": 0,
	})
	if got := p.want("GET", "nfs/permissions", nil).([]any)[0].(object); got["anon_uid"] != "65534" || got["squash_mode"] != "none" {
		t.Errorf("got %v", got)
	}
	if got := p.want("GET", "interfaceGroups", nil).([]any)[0].(object); got["type"] != "NFS" || len(got["ips"].([]any)) == 0 {
		t.Errorf("got %v", got)
	}
	snapshot := p.want("POST", "snapshots", object{"fs_uid": filesystem["uid"], "name": "s", "access_point": "s"}).(object)
	if _, err := time.Parse(time.RFC3339, snapshot["creationTime"].(string)); err != nil {
		t.Error(err)
	}
	p.want("POST", "snapshots/"+filesystem["uid"].(string)+"/"+snapshot["uid"].(string)+"/restore", nil)
	p.want("GET", path+"/mountToken", nil)
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
