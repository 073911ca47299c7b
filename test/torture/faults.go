package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// fault is an answer that something is wrong with, or none at all.
type fault struct {
	name  string
	reply func(*planting, *http.Request) (*http.Response, error)
}

var refusing = fault{"refused", says(http.StatusUnauthorized, "Unauthorized")}

var repeating = fault{"repeats the body", func(_ *planting, r *http.Request) (*http.Response, error) {
	body := sent(r)
	return textAnswer(r, http.StatusBadRequest, "application/json", fmt.Appendf(nil, `{"message":%q,"data":{"sent":%q}}`, body, body)), nil
}}

var faults = []fault{
	refusing,
	repeating,
	{"forbidden", says(http.StatusForbidden, "not allowed")},
	{"locked out", says(http.StatusForbidden, "User has been locked out for another 1m30s due to too many login attempts")},
	{"unavailable", says(http.StatusServiceUnavailable, "later")},
	{"a page that repeats the body", func(_ *planting, r *http.Request) (*http.Response, error) {
		return textAnswer(r, http.StatusBadGateway, "text/html", []byte("<html>"+sent(r)+"</html>")), nil
	}},
	{"success as a page", func(p *planting, r *http.Request) (*http.Response, error) {
		return textAnswer(r, http.StatusOK, "text/html", []byte("<html>"+p.plant()+"</html>")), nil
	}},
	{"empty", func(_ *planting, r *http.Request) (*http.Response, error) {
		return textAnswer(r, http.StatusOK, "application/json", nil), nil
	}},
	{"breaks off", gives(`{"data":{"access_token":"%s","refresh_token":"%s`)},
	{"another shape", gives(`{"data":{"access_token":["%s"],"refresh_token":{"a":"%s"}}}`)},
	{"a number for a token", gives(`{"data":{"access_token":17,"refresh_token":"%s","token_type":"%s"}}`)},
	{"a token with a line break", gives(`{"data":{"access_token":"%s\n","refresh_token":"%s"}}`)},
	{"ended before it began", gives(`{"data":{"access_token":"%s","refresh_token":"%s","expires_in":-1}}`)},
	{"a redirect", says(http.StatusFound, "elsewhere")},
	{"a URL error", func(p *planting, r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: r.Method, URL: r.URL.String() + "?token=" + p.plant(), Err: io.ErrUnexpectedEOF}
	}},
}

func says(status int, text string) func(*planting, *http.Request) (*http.Response, error) {
	return func(_ *planting, r *http.Request) (*http.Response, error) { return answer(r, status, text), nil }
}

// gives answers with a text in which each %s is another secret.
func gives(text string) func(*planting, *http.Request) (*http.Response, error) {
	return func(p *planting, r *http.Request) (*http.Response, error) {
		filled := text
		for strings.Contains(filled, "%s") {
			filled = strings.Replace(filled, "%s", p.plant(), 1)
		}
		return textAnswer(r, http.StatusOK, "application/json", []byte(filled)), nil
	}
}

// sent is the body of a request.
func sent(r *http.Request) string {
	if r.Body == nil {
		return ""
	}
	text, _ := io.ReadAll(r.Body) // from memory
	return string(text)
}
