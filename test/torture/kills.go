package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// measureKills kills processes that write the cache, and others that write the vendor's
// token file, until enough of them died between the server's response and the end of the
// write. After each it checks the file and what the next process finds in it.
func measureKills(ctx context.Context, a amounts) ([]results.Row, error) {
	var lanes []*lane
	for kind := range fileKinds {
		lanes = append(lanes, &lane{kind: kind, took: time.Millisecond})
	}
	err := load.AtOnce(len(lanes), func(i int) error { return lanes[i].run(ctx, (a.kills+len(lanes)-1)/len(lanes)) })
	kills, torn := 0, 0
	for _, l := range lanes {
		kills += l.kills
		torn += l.torn
	}
	return []results.Row{
		results.AtLeast("kill -9 mid-write", kills, results.Count, a.kills),
		results.Exactly("torn files", torn, 0),
	}, err
}

// lane is a file and the processes that write it, one after the other.
type lane struct {
	kind   string
	folder string
	kept   string        // the name of the token pair that the last process left
	took   time.Duration // the last write that was timed

	kills, torn int
	first       error // why the first file counts as torn
}

func (l *lane) run(ctx context.Context, kills int) (err error) {
	defer must.Catch(&err)
	l.folder = must.Get(os.MkdirTemp("", "torture-"))
	defer func() { _ = os.RemoveAll(l.folder) }()
	for l.kills < kills && err == nil {
		err = l.killOne(ctx)
	}
	return errors.Join(err, l.first)
}

// killOne lets a process write a few times and kills it during a write.
func (l *lane) killOne(ctx context.Context) error {
	c, err := startChild(ctx, "write", kindVariable+"="+l.kind, folderVariable+"="+l.folder)
	if err != nil {
		return err
	}
	var said progress
	for writes := 1 + rand.IntN(3); said.writings < writes; { //nolint:gosec // not for security
		if !c.out.Scan() {
			_ = c.kill()
			return fmt.Errorf("a process could not go on with the %s: %w", l.kind, cmp.Or(c.out.Err(), io.EOF))
		}
		said.add(c.out.Text())
		if _, err := readPair(l.folder); err != nil {
			l.recordTorn("while it was written, the %s was %w", l.kind, err)
		}
	}
	if said.took > 0 {
		l.took = said.took
	}
	err = load.Elapse(ctx, rand.N(l.took)) //nolint:gosec // not for security
	for _, line := range c.kill() {
		said.add(line)
	}
	l.check(&said)
	return err
}

// check checks that the file has the pair that the dead process wrote last, or the one that
// it was writing.
func (l *lane) check(said *progress) {
	if said.found != l.kept {
		l.recordTorn("a process found %q in the %s where %q was", said.found, l.kind, l.kept)
	}
	before := l.kept
	if said.wrote != "" {
		before = said.wrote
	}
	pending := said.writing != said.wrote
	if pending {
		l.kills++
	}
	kept, err := readPair(l.folder)
	switch {
	case err != nil:
		l.recordTorn("after a kill the %s was %w", l.kind, err)
	case kept != before && (!pending || kept != said.writing):
		l.recordTorn("after a kill the %s had %q, where %q was written and then %q", l.kind, kept, before, said.writing)
	}
	l.kept = kept
}

func (l *lane) recordTorn(format string, arguments ...any) {
	l.torn++
	if l.first == nil {
		l.first = fmt.Errorf(format, arguments...)
	}
}

// fileKinds are the kinds of file that a writer writes.
var fileKinds = map[string]func(folder string) weka.Option{
	"cache":      weka.WithTokenCache,
	"token file": func(folder string) weka.Option { return weka.WithTokenFile(filepath.Join(folder, "auth-token.json")) },
}

// The first words of the lines that a writer prints; the second is a pair's name.
const (
	found   = "found"   // by a new client in the file
	writing = "writing" // issued and not yet in the file
	wrote   = "wrote"   // the SDK uses the pair, so it has stored it
)

// writeForEver makes one client after the other. Each takes the session from the file, gets
// a 401, refreshes and writes the file.
func writeForEver(_ io.Reader, out io.Writer) (err error) {
	defer must.Catch(&err)
	option := fileKinds[os.Getenv(kindVariable)](os.Getenv(folderVariable))
	for n := 1; ; n++ {
		name := fmt.Sprintf("%dn%d", os.Getpid(), n)
		c := must.Get(weka.New("weka.example", weka.WithPassword("admin", "admin"), option,
			weka.WithTransport(&issuer{name: name, out: out})))
		must.Succeed(c.Do(context.Background(), http.MethodGet, "/cluster", nil, nil))
		c.Close()
	}
}

// issuer is a cluster that accepts only the token pair of its name, and issues that pair for
// any login or refresh.
type issuer struct {
	name  string
	out   io.Writer
	began bool
}

// RoundTrip implements http.RoundTripper without a network.
func (i *issuer) RoundTrip(request *http.Request) (*http.Response, error) {
	issuing := strings.Contains(request.URL.Path, "/login")
	sent := nameOf(strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "), "access")
	if !i.began {
		i.began = true
		i.say(found, sent)
	}
	switch {
	case issuing:
		i.say(writing, i.name)
		return response(request, http.StatusOK, map[string]any{
			"access_token": tokenOf("access", i.name), "refresh_token": tokenOf("refresh", i.name), "expires_in": 3600,
		}), nil
	case sent == i.name:
		i.say(wrote, i.name)
		return response(request, http.StatusOK, map[string]any{}), nil
	}
	return response(request, http.StatusUnauthorized, "Unauthorized"), nil
}

// say ends the process if its output is closed.
func (i *issuer) say(what, name string) {
	if _, err := fmt.Fprintln(i.out, what, name); err != nil {
		os.Exit(1)
	}
}

// response returns one in WEKA's envelope.
func response(request *http.Request, status int, data any) *http.Response {
	text := must.Get(json.Marshal(map[string]any{"data": data})) // strings and numbers can always be encoded
	return textResponse(request, status, "application/json", text)
}

func textResponse(request *http.Request, status int, media string, text []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {media}},
		Body:          io.NopCloser(bytes.NewReader(text)),
		ContentLength: int64(len(text)),
		Request:       request,
	}
}

// padding makes the file so large that a write takes some time.
var padding = strings.Repeat("x", 40_000)

// tokenOf returns a token that shows whether it is whole.
func tokenOf(kind, name string) string { return kind + "_" + name + "_" + padding }

// nameOf returns the name in a token, "" if the token is not whole.
func nameOf(token, kind string) string {
	name, found := strings.CutPrefix(token, kind+"_")
	name, whole := strings.CutSuffix(name, "_"+padding)
	if !found || !whole {
		return ""
	}
	return name
}

// progress is what a writer has printed so far.
type progress struct {
	found, writing, wrote string // the last name of each
	writings              int

	since time.Time
	took  time.Duration // the duration of the last complete write, as seen from here
}

func (p *progress) add(line string) {
	what, name, _ := strings.Cut(line, " ")
	switch what {
	case found:
		if p.writings == 0 {
			p.found = name
		}
	case writing:
		p.writing, p.since = name, time.Now()
		p.writings++
	case wrote:
		p.wrote, p.took = name, time.Since(p.since)
	}
}

var errTorn = errors.New("torn")

// readPair returns the name of the pair in a folder's token file, "" if there is no file.
func readPair(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		return "", err
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return "", err
	}
	var entry struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if json.Unmarshal(text, &entry) != nil {
		return "", errTorn
	}
	name := nameOf(entry.Access, "access")
	if name == "" || name != nameOf(entry.Refresh, "refresh") {
		return "", errTorn
	}
	return name, nil
}
