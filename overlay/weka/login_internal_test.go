package weka

import (
	"errors"
	"testing"
	"time"
)

func TestLoginResponseShapes(t *testing.T) {
	const object = `{"access_token":"a","token_type":"Bearer","expires_in":300,"refresh_token":"r"}`
	for _, answer := range []string{object, `{"data":` + object + `}`, `{"data":[` + object + `]}`} {
		read, ok := readLogin([]byte(answer))
		got := read.token()
		if !ok || got.Access.Reveal() != "a" || got.Refresh.Reveal() != "r" || got.Lifetime != 5*time.Minute {
			t.Errorf("%s: got %q, %q for %v", answer, got.Access.Reveal(), got.Refresh.Reveal(), got.Lifetime)
		}
	}
	for _, answer := range []string{`{}`, `{"data":{}}`, `{"data":[]}`, `{"data":{"access_token":"","refresh_token":"r"}}`, `<html>`} {
		if _, ok := readLogin([]byte(answer)); ok {
			t.Errorf("%s is taken for a token", answer)
		}
	}
}

func TestPlainHTTPNeedsItsOption(t *testing.T) {
	for address, options := range map[string][]Option{
		"https://weka01":   nil,
		"http://127.0.0.1": nil,
		"http://weka01":    {AllowPlainHTTP()},
	} {
		c, err := New(address, append(options, WithAccessToken("t"))...)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		c.Close()
	}
	if _, err := New("http://weka01", WithAccessToken("t")); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}
