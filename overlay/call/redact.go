package call

import (
	"bytes"
	stdjson "encoding/json"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const redacted = "[redacted]"

// shortestSecret is the length from which an echoed secret is taken out of an error:
// a shorter one stands in too many words.
const shortestSecret = 3

// secretsOf lists the secrets in what a request sent. It is asked when an answer is
// an error, since servers repeat what they refuse. The longest is first: taking out an
// old password first would leave the end of a new one that begins with it.
func secretsOf(body any) []string {
	_, secrets, _ := write(body)
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	return slices.DeleteFunc(secrets, func(s string) bool { return len(s) < shortestSecret })
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
	if quoted, err := stdjson.Marshal(secret); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	if quoted, _ := jsontext.AppendQuote(nil, secret); len(quoted) > 1 { // what is not UTF-8 it replaces
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	return append(forms, secret)
}
