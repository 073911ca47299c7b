package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// The kinds of file that a writer writes.
var fileKinds = map[string]func(folder string) weka.Option{
	"cache":      weka.WithTokenCache,
	"token file": func(folder string) weka.Option { return weka.WithTokenFile(filepath.Join(folder, "auth-token.json")) },
}

// What a writer says on its output, each with a pair's name.
const (
	found   = "found"   // by a client that begins
	writing = "writing" // issued, and not yet in the file
	wrote   = "wrote"   // the SDK uses the pair, hence has stored it
)

// writeForEver makes one client after the other; each takes the session out of the
// file, is refused, refreshes and writes the file.
func writeForEver(_ io.Reader, out io.Writer) error {
	option := fileKinds[os.Getenv(kindVariable)](os.Getenv(folderVariable))
	for n := 1; ; n++ {
		name := fmt.Sprintf("%dn%d", os.Getpid(), n)
		c, err := weka.New("weka.example", weka.WithPassword("admin", "admin"), option,
			weka.WithTransport(&issuer{name: name, out: out}))
		if err != nil {
			return err
		}
		if err := c.Do(context.Background(), http.MethodGet, "/cluster", nil, nil); err != nil {
			return err
		}
		c.Close()
	}
}

// issuer stands for a cluster that takes no token but the pair of its name, and
// gives that for whatever it is sent.
type issuer struct {
	name  string
	out   io.Writer
	began bool
}

// RoundTrip answers without a network.
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
		return answer(request, http.StatusOK, map[string]any{
			"access_token": tokenOf("access", i.name), "refresh_token": tokenOf("refresh", i.name), "expires_in": 3600,
		}), nil
	case sent == i.name:
		i.say(wrote, i.name)
		return answer(request, http.StatusOK, map[string]any{}), nil
	}
	return answer(request, http.StatusUnauthorized, "Unauthorized"), nil
}

// say ends the process if nobody listens any more.
func (i *issuer) say(what, name string) {
	if _, err := fmt.Fprintln(i.out, what, name); err != nil {
		os.Exit(1)
	}
}

// answer is one in WEKA's envelope.
func answer(request *http.Request, status int, data any) *http.Response {
	text, err := json.Marshal(map[string]any{"data": data})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return textAnswer(request, status, "application/json", text)
}

func textAnswer(request *http.Request, status int, media string, text []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {media}},
		Body:          io.NopCloser(bytes.NewReader(text)),
		ContentLength: int64(len(text)),
		Request:       request,
	}
}

// padding makes a file so large that writing it takes a while.
var padding = strings.Repeat("x", 40_000)

// tokenOf is a token that shows by itself whether it is whole.
func tokenOf(kind, name string) string { return kind + "_" + name + "_" + padding }

// nameOf is the name in a token, "" if it is not whole.
func nameOf(token, kind string) string {
	name, found := strings.CutPrefix(token, kind+"_")
	name, whole := strings.CutSuffix(name, "_"+padding)
	if !found || !whole {
		return ""
	}
	return name
}
