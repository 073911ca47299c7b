package weka

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
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

// FuzzLoginResponse: readLogin returns a token only if the response has it, with a usable
// lifetime, and an envelope around the object changes nothing.
func FuzzLoginResponse(f *testing.F) {
	for _, expires := range []string{
		"300", "0", "-300", "null", `"300"`, `"-1"`, `"NaN"`, `"Infinity"`, `"-inf"`, `"0x1p99"`, `""`, `"`, "1e400", "-1e400",
		"9223372036854775808", "1e-300", "0.5", "[300]", `{"seconds":300}`, "true",
	} {
		f.Add([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":` + expires + `,"refresh_token":"r"}`))
	}
	for _, answer := range []string{"", "null", "{}", "[]", `"ok"`, `{"data":null}`, `{"data":{}}`, `{"data":[]}`, `{"data":[{}]}`} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		read, ok := readLogin(answer)
		got := read.token()
		if !ok {
			return
		}
		if got.Access == (Secret{}) || !holdsText(answer, got.Access.Reveal()) {
			t.Fatalf("%q gave the token %q, which it does not hold", answer, got.Access.Reveal())
		}
		if life := got.Lifetime; life != -1 && (life < 0 || life > 10*365*24*time.Hour) {
			t.Fatalf("%q gave the lifetime %v", answer, life)
		}
		var object loginResponse
		if json.Unmarshal(answer, &object) != nil || object.AccessToken == "" {
			return // it has an envelope
		}
		for _, shape := range []string{`{"data":%s}`, `{"data":[%s]}`} {
			enveloped, ok := readLogin(fmt.Appendf(nil, shape, answer))
			if again := enveloped.token(); !ok || !sameAnswer(again, got) {
				t.Fatalf("%q in the shape %s gave %q, %v", answer, shape, again.Access.Reveal(), again.Lifetime)
			}
		}
	})
}

func sameAnswer(one, other token.Token) bool {
	return one.Access.Equal(other.Access) && one.Refresh.Equal(other.Refresh) && one.Lifetime == other.Lifetime
}

// holdsText reports whether a JSON string is anywhere in data.
func holdsText(data []byte, text string) bool {
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		part, err := decoder.Token()
		if err != nil {
			return false
		}
		if part == text {
			return true
		}
	}
}

// FuzzTokenFile: a token file of the vendor's command line decodes to nothing or to usable
// times. The next session can be written to it and read back, and other members stay.
func FuzzTokenFile(f *testing.F) {
	for _, file := range []string{"", "null", "{}", "[", "7", "\x00", `{"access_token":null}`, `{"access_token":"a\n"}`} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := fileCodec{}.Decode(file, token.Identity{})
		if err != nil && !read.IsZero() {
			t.Fatalf("%q gave a token beside the error %v", file, err)
		}
		for _, at := range []time.Time{read.Issued, read.Expiry} {
			if !at.IsZero() && (at.Before(time.Unix(0, 0)) || !time.Unix(0, at.UnixNano()).Equal(at)) {
				t.Fatalf("%q gave the time %v", file, at)
			}
		}
		next := token.Token{Access: api.NewSecret("next"), Refresh: api.NewSecret("after")}
		written, err := fileCodec{}.Encode(file, token.Identity{}, next)
		if err != nil {
			t.Fatal(err)
		}
		again, err := fileCodec{}.Decode(written, token.Identity{})
		if err != nil || again.Access.Reveal() != "next" || again.Refresh.Reveal() != "after" {
			t.Fatalf("%q became %q, which reads as %q (%v)", file, written, again.Access.Reveal(), err)
		}
		stays(t, file, written)
	})
}

// stays compares the other members of a token file.
func stays(t *testing.T, file, written []byte) {
	t.Helper()
	var before, after map[string]json.RawMessage
	if json.Unmarshal(file, &before) != nil {
		return
	}
	if err := json.Unmarshal(written, &after); err != nil {
		t.Fatalf("%q became %q: %v", file, written, err)
	}
	for name, text := range before {
		if slices.Contains([]string{"access_token", "refresh_token", "token_type"}, name) {
			continue
		}
		if canonical(t, text) != canonical(t, after[name]) {
			t.Fatalf("%q: the member %q became %s", file, name, after[name])
		}
	}
}

// canonical returns a JSON value in canonical form, with its numbers unchanged.
func canonical(t *testing.T, text json.RawMessage) string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return fmt.Sprint(value)
}
