package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// verbs are all of fmt's but %p, which comes below, and %T, which shows no value.
const verbs = "vtbcdoOqxXUeEfFgGs"

// hidden keeps a value where fmt does not call its methods.
type hidden struct{ value any }

// inspect prints values in every way, and for errors all that lie beneath.
func (p *planting) inspect(values ...any) {
	for _, value := range values {
		p.exported(value)
		p.concealed(value)
		if err, ok := value.(error); ok {
			p.beneath(err)
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

func (p *planting) beneath(err error) {
	var address *url.Error
	if errors.As(err, &address) {
		p.exported(address)
		p.exported(*address)
	}
	switch wrapper := err.(type) { //nolint:errorlint // every level is to be seen by itself
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

// dumpRequest is a call option that prints a request as a caller sees it.
func (p *planting) dumpRequest(request *http.Request) {
	if text, err := httputil.DumpRequestOut(request, true); err == nil {
		p.print(string(text))
	}
}

// dumpResponse prints what the SDK reports of an answer.
func (p *planting) dumpResponse(facts weka.Response) {
	p.inspect(facts)
	if text, err := httputil.DumpResponse(&http.Response{StatusCode: facts.Status, Header: facts.Header}, false); err == nil {
		p.print(string(text))
	}
}
