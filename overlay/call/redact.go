package call

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const redacted = "[redacted]"

// shortestSecret is the length from which an echoed secret is taken out of an error:
// a shorter one stands in too many words.
const shortestSecret = 3

// secretsOf lists the secrets in what a request sent. It is asked when an answer is
// an error, since servers repeat what they refuse.
func secretsOf(body any) []string {
	if isNil(body) {
		return nil
	}
	var found []string
	collect := func(encoder *jsontext.Encoder, text string) error {
		if len(text) >= shortestSecret {
			found = append(found, text)
		}
		return encoder.WriteToken(jsontext.Null)
	}
	marshalers := json.JoinMarshalers(
		json.MarshalToFunc(func(encoder *jsontext.Encoder, secret revealer) error { return collect(encoder, secret.Reveal()) }),
		json.MarshalToFunc(func(encoder *jsontext.Encoder, secret rawRevealer) error {
			return collect(encoder, unquote(secret.Reveal()))
		}),
		json.MarshalToFunc(encodeNullable),
	)
	_, _ = json.Marshal(body, json.WithMarshalers(marshalers), jsontext.AllowInvalidUTF8(true))
	return found
}

// hide takes the secrets of the request out of what the server said of it, as they
// are and as JSON escapes them.
func (e *Error) hide(secrets []string) {
	for _, secret := range secrets {
		for _, form := range written(secret) {
			e.Message = strings.ReplaceAll(e.Message, form, redacted)
			e.Data = bytes.ReplaceAll(e.Data, []byte(form), []byte(redacted))
		}
	}
}

// written is a text as servers write it: in JSON, with and without the escapes that
// protect HTML, and plainly.
func written(secret string) []string {
	forms := make([]string, 0, 3)
	for _, option := range []json.Options{jsontext.EscapeForHTML(true), jsontext.EscapeForHTML(false)} {
		if quoted, err := json.Marshal(secret, option, jsontext.AllowInvalidUTF8(true)); err == nil {
			forms = append(forms, string(quoted[1:len(quoted)-1]))
		}
	}
	return append(forms, secret)
}
