package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// Refusal is a verdict on what a login or a refresh sent, in one line with the answer
// that led to it.
type Refusal struct {
	Verdict error // one of package token
	Answer  *call.Error
}

// Error gives the verdict, which says what to do, and the server's words.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%v (%s %s: %d %s)", r.Verdict, r.Answer.Method, r.Answer.Path, r.Answer.Status, r.Answer.Message)
}

// Unwrap gives both.
func (r *Refusal) Unwrap() []error { return []error{r.Verdict, r.Answer} }

// Refused tells what the server refused of a login or a refresh from what it could not
// do, and from the words of a proxy before it, which knows neither passwords nor
// tokens. body is the answer as it came. A 400 is a refusal too: what was sent does not
// become right by being sent again.
func Refused(err error, body []byte) (*call.Error, bool) {
	var failed *call.Error
	if !errors.As(err, &failed) {
		return nil, false
	}
	switch failed.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity:
		return failed, len(bytes.TrimSpace(body)) == 0 || json.Valid(body)
	default:
		return failed, false
	}
}
