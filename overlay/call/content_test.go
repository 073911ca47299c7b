package call_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// form stands for a generated body of a form.
type form struct {
	Name  string         `json:"name,omitzero"`
	Count *int64         `json:"count,omitzero"`
	Tags  []string       `json:"tags,omitzero"`
	Owner map[string]any `json:"owner,omitzero"`
	Rules []form         `json:"rules,omitzero"`
	Key   api.Secret     `json:"key,omitzero"`
	File  *api.File      `json:"file,omitzero"`
}

func sending(media string) *api.Operation {
	return api.NewOperation(api.Definition{ID: "send", Method: "POST", Path: "/send", Class: api.ClassOnce, Result: api.ResultNone, Sends: media})
}

func TestForms(t *testing.T) {
	count := int64(0)
	body := form{Name: "a b&c", Count: &count, Tags: []string{"x", "y"}, Owner: map[string]any{"id": 1}, Rules: []form{{Name: "r"}}}
	s := answers(http.StatusOK, "")
	client := call.New(call.Config{Base: &url.URL{Scheme: "https", Host: "h"}, Transport: s})
	if err := client.Call(t.Context(), sending("application/x-www-form-urlencoded"), nil, nil, &body, nil); err != nil {
		t.Fatal(err)
	}
	if want := "count=0&name=a+b%26c&owner%5Bid%5D=1&rules%5B0%5D%5Bname%5D=r&tags=x&tags=y"; s.sent != want {
		t.Errorf("sent %s, want %s", s.sent, want)
	}
	if s.request.GetBody == nil {
		t.Error("a form in memory cannot be sent again")
	}
	body.File = &api.File{Name: "a\"\r\nX: y", ContentType: "text/plain", Content: strings.NewReader("hello")}
	if err := client.Call(t.Context(), sending("multipart/form-data"), nil, nil, &body, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.sent, "Content-Type: text/plain\r\n\r\nhello\r\n") || strings.Contains(s.sent, "\r\nX: y") {
		t.Errorf("sent %s", s.sent)
	}
	if s.request.GetBody != nil {
		t.Error("a file that can be read once would be sent again, empty")
	}
}

// TestFormsThatCannotBeSent sends nothing of a body that has no such form.
func TestFormsThatCannotBeSent(t *testing.T) {
	for name, test := range map[string]struct {
		media string
		body  any
	}{
		"a file in JSON":       {"", &form{File: &api.File{Name: "a", Content: strings.NewReader("x")}}},
		"a list as a form":     {"application/x-www-form-urlencoded", []string{"a"}},
		"a struct as a file":   {"application/octet-stream", &form{}},
		"text that is not one": {"multipart/form-data", &form{Name: "\xff"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := answers(http.StatusOK, "")
			client := call.New(call.Config{Base: &url.URL{Scheme: "https", Host: "h"}, Transport: s})
			if err := client.Call(t.Context(), sending(test.media), nil, nil, test.body, nil); !errors.Is(err, call.ErrInvalidArgument) || s.request != nil {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestSecretsOfForms shows no secret of a form in an error of the server that repeats it.
func TestSecretsOfForms(t *testing.T) {
	s := answers(http.StatusBadRequest, `{"message":"hunter2 is too short"}`)
	client := call.New(call.Config{Base: &url.URL{Scheme: "https", Host: "h"}, Transport: s})
	err := client.Call(t.Context(), sending("multipart/form-data"), nil, nil, &form{Key: api.NewSecret("hunter2")}, nil)
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(s.sent, "hunter2") {
		t.Errorf("error %v, sent %s", err, s.sent)
	}
}

// TestTextAndFiles returns text as a string, and a file unread, unless it is a failure.
func TestTextAndFiles(t *testing.T) {
	text := api.NewOperation(api.Definition{ID: "text", Method: "GET", Path: "/t", Class: api.ClassSafe, Result: api.ResultText, Accepts: "text/plain"})
	file := api.NewOperation(api.Definition{ID: "file", Method: "GET", Path: "/f", Class: api.ClassSafe, Result: api.ResultFile, Accepts: "application/zip"})
	s := answers(http.StatusOK, "plain")
	client := call.New(call.Config{Base: &url.URL{Scheme: "https", Host: "h"}, Transport: s})
	var got string
	if err := client.Call(t.Context(), text, nil, nil, nil, &got); err != nil || got != "plain" || s.request.Header.Get("Accept") != "text/plain" {
		t.Errorf("text %q, %v", got, err)
	}
	var metadata call.Response
	var body io.ReadCloser
	s.body = bytes.NewReader([]byte("PK"))
	if err := client.Call(t.Context(), file, nil, nil, nil, &body, call.WithResponse(&metadata)); err != nil || metadata.Status != http.StatusOK {
		t.Fatalf("file: %v, %+v", err, metadata)
	}
	if all, err := io.ReadAll(body); err != nil || string(all) != "PK" || body.Close() != nil {
		t.Errorf("file %q, %v", all, err)
	}
	s.status, s.body, body = http.StatusNotFound, strings.NewReader(`{"message":"none"}`), nil
	if err := client.Call(t.Context(), file, nil, nil, nil, &body); !errors.Is(err, call.ErrNotFound) || body != nil {
		t.Errorf("a failure: %v, %v", err, body)
	}
}
