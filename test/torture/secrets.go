package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// scene is something that can go wrong with secrets involved. It inspects everything that a
// program could print.
type scene struct {
	name string
	play func(context.Context, *planting) // it fails by package must
}

// scenesAtOnce is how many scenes run at the same time.
const scenesAtOnce = 4

// measureSecrets plays all scenes, each with its own secrets, until enough were planted, and
// searches for them in all that was printed.
func measureSecrets(ctx context.Context, a amounts) ([]results.Row, error) {
	all := searched(ctx, slices.Concat(sessionScenes(), givenScenes(), optionScenes(), generatedScenes(), panicScenes()), a.secrets)
	return []results.Row{
		results.AtLeast("secrets planted", all.planted, results.Count, a.secrets),
		results.Exactly("secrets found", all.found, 0),
	}, errors.Join(all.failed, all.first, ctx.Err())
}

// search is the outcome of the scenes.
type search struct {
	mu             sync.Mutex
	planted, found int
	failed         error // of the first scene that could not be played
	first          error // where the first secret was found
}

// searched plays scenes until enough secrets were planted.
func searched(ctx context.Context, scenes []scene, enough int) *search {
	all := &search{}
	for all.planted < enough && all.failed == nil && ctx.Err() == nil {
		all.round(ctx, scenes)
	}
	return all
}

func (s *search) round(ctx context.Context, scenes []scene) {
	var next atomic.Int64
	_ = load.AtOnce(scenesAtOnce, func(int) error {
		for i := next.Add(1) - 1; i < int64(len(scenes)); i = next.Add(1) - 1 {
			s.play(ctx, scenes[i])
		}
		return nil
	})
}

func (s *search) play(ctx context.Context, each scene) {
	var p planting
	err := must.Run(func() { each.play(ctx, &p) })
	found, first := p.search()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planted += len(p.secrets)
	s.found += found
	if found > 0 {
		s.first = cmp.Or(s.first, fmt.Errorf("%s: a secret was printed: %s", each.name, first))
	}
	if err != nil {
		s.failed = cmp.Or(s.failed, fmt.Errorf("%s: %w", each.name, err))
	}
}

// planting are the secrets of one scene and what it printed.
type planting struct {
	mu      sync.Mutex
	secrets []string
	printed []string
	given   []string // secrets to plant, from the process that started this one
}

// plant returns a new secret.
func (p *planting) plant() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	secret := rand.Text()
	if len(p.given) > 0 {
		secret, p.given = p.given[0], p.given[1:]
	}
	p.secrets = append(p.secrets, secret)
	return secret
}

// token returns a token of two new secrets.
func (p *planting) token() token.Token {
	return token.Token{Access: api.NewSecret(p.plant()), Refresh: api.NewSecret(p.plant())}
}

// print keeps a text for search.
func (p *planting) print(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed = append(p.printed, text)
}

// search counts the secrets in what was printed. first is the context of the first one.
func (p *planting) search() (found int, first string) {
	for _, secret := range p.secrets {
		if where := p.where(secret); where != "" {
			found++
			if first == "" {
				first = where
			}
		}
	}
	return found, first
}

// where returns the context of a secret in what was printed, "" if it is not there.
func (p *planting) where(secret string) string {
	forms := formsOf(secret)
	for _, text := range p.printed {
		for _, form := range forms {
			if i := strings.Index(text, form); i >= 0 {
				return text[max(0, i-100):i] + "…" + text[i+len(form):min(len(text), i+len(form)+100)]
			}
		}
	}
	return ""
}

// leakLength is how many consecutive characters of a secret count as the secret.
const leakLength = 10

// formsOf returns what fmt, JSON, HTTP and encoders make of the beginning and of the end of a
// secret: a text can be cut anywhere.
func formsOf(secret string) []string {
	var forms []string
	for _, piece := range []string{secret[:leakLength], secret[len(secret)-leakLength:]} {
		decimal := strings.Trim(fmt.Sprintf("%d", []byte(piece)), "[]")
		syntax := fmt.Sprintf("%#v", []byte(piece))
		forms = append(forms, piece, strings.ToLower(piece), decimal, strings.ReplaceAll(decimal, " ", ","),
			fmt.Sprintf("%x", piece), fmt.Sprintf("%X", piece), fmt.Sprintf("% x", piece), fmt.Sprintf("% X", piece),
			syntax[len("[]byte{"):len(syntax)-1], eachByte(piece, "%%%02X"), eachByte(piece, `\u%04x`))
		for shift := range 3 { // base64 depends on the position
			encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(" ", shift) + piece))
			forms = append(forms, encoded[4:len(encoded)-2])
		}
	}
	return forms
}

// verbs are those of fmt, without %p, which concealed has, and %T, which shows no value.
const verbs = "vtbcdoOqxXUeEfFgGs"

// hidden contains a value whose methods fmt cannot call.
type hidden struct{ value any }

// inspect prints values in every way, and the causes of errors.
func (p *planting) inspect(values ...any) {
	for _, value := range values {
		p.exported(value)
		p.concealed(value)
		if err, ok := value.(error); ok {
			p.causes(err)
		}
	}
}

func (p *planting) exported(value any) {
	for _, verb := range verbs {
		for _, flag := range []string{"", "+", "#", " ", "-40", "."} {
			p.print(fmt.Sprintf("%"+flag+string(verb), value))
		}
	}
	p.print(fmt.Sprintln(value))
	p.print(fmt.Errorf("wrapped: %v", value).Error())
	for _, handler := range []func(io.Writer) slog.Handler{
		func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var log bytes.Buffer
		slog.New(handler(&log)).With("with", value).Info("inspected", "value", value, slog.Group("group", "value", value))
		p.print(log.String())
	}
	if text, err := json.Marshal(value); err == nil {
		p.print(string(text))
	}
	if text, err := json.Marshal(map[string]any{"list": []any{value}}); err == nil {
		p.print(string(text))
	}
}

func (p *planting) concealed(value any) {
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		p.print(fmt.Sprintf(format, hidden{value}))
		p.print(fmt.Sprintf(format, &hidden{value}))
	}
	p.print(fmt.Sprintf("%p", value))
}

func (p *planting) causes(err error) {
	var address *url.Error
	if errors.As(err, &address) {
		p.exported(address)
		p.exported(*address)
	}
	switch wrapper := err.(type) { //nolint:errorlint // each level is inspected
	case interface{ Unwrap() error }:
		if inner := wrapper.Unwrap(); inner != nil {
			p.inspect(inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			p.inspect(inner)
		}
	}
}

// dumpRequest is a call option that prints the request as a caller sees it.
func (p *planting) dumpRequest(request *http.Request) {
	if text, err := httputil.DumpRequestOut(request, true); err == nil {
		p.print(string(text))
	}
}

// dumpResponse prints what the SDK reports of a response.
func (p *planting) dumpResponse(facts weka.Response) {
	p.inspect(facts)
	if text, err := httputil.DumpResponse(&http.Response{StatusCode: facts.Status, Header: facts.Header}, false); err == nil {
		p.print(string(text))
	}
}
