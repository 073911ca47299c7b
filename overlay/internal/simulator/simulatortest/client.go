// Package simulatortest has the client of the tests of both simulators.
package simulatortest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Object is a decoded JSON object; its numbers are [json.Number].
type Object = map[string]any

// Client sends requests to a simulator like a program without an SDK. It follows no
// redirect. The test fails if it gets no response.
type Client struct {
	T             *testing.T
	Transport     http.RoundTripper
	Base          string // the URL in front of all paths
	Authorization string // the header, "" for none
}

// Response is a response; Body is decoded if it is JSON, else it is Text.
type Response struct {
	Status int
	Header http.Header
	Text   string
	Body   any
}

// Send sends a body of a media type, "" for none.
func (c Client) Send(method, path, media, body string) Response {
	c.T.Helper()
	request, err := http.NewRequestWithContext(c.T.Context(), method, c.Base+path, strings.NewReader(body))
	if err != nil {
		c.T.Fatal(err)
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	if c.Authorization != "" {
		request.Header.Set("Authorization", c.Authorization)
	}
	response, err := c.Transport.RoundTrip(request)
	if err != nil {
		c.T.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	got := Response{Status: response.StatusCode, Header: response.Header, Text: string(text)}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&got.Body) != nil {
		got.Body = got.Text
	}
	return got
}

// Do sends a body as JSON, nil for none.
func (c Client) Do(method, path string, body any) Response {
	c.T.Helper()
	if body == nil {
		return c.Send(method, path, "", "")
	}
	return c.Send(method, path, "application/json", Encode(c.T, body))
}

// Want is Do for a response with that status; the test fails with any other.
func (c Client) Want(status int, method, path string, body any) Response {
	c.T.Helper()
	got := c.Do(method, path, body)
	if got.Status != status {
		c.T.Fatalf("%s %s: got %d %s, want %d", method, path, got.Status, got.Text, status)
	}
	return got
}

// Encode returns a value as JSON, with sorted members.
func Encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
