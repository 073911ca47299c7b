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

// hide takes the secrets of the request out of what the server said of it, as they
// are and as JSON escapes them: servers repeat what they refuse. The longest goes first,
// since an old password can be the beginning of a new one.
func (e *Error) hide(secrets []string) {
	secrets = slices.SortedFunc(slices.Values(secrets), func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		if len(secret) < shortestSecret {
			break
		}
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
