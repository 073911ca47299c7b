package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Answer is what a [Handler] or a [Manner] says.
type Answer struct {
	Status int
	// Header holds headers beside Content-Type; nil is none.
	Header http.Header
	// Body is encoded as JSON: maps, slices, strings, numbers of any Go type and
	// [encoding/json.Number]. A [Page] is sent as it is, nil sends no body.
	Body any
	// OffDocument marks an answer that departs from the document on purpose, as
	// the real product does; it is sent unchecked.
	OffDocument bool
}

// Page is an [Answer.Body] in HTML.
type Page string

// encode writes JSON as the products do, without escaping HTML. The rule is ""
// unless the value cannot be JSON.
func encode(value any) (payload []byte, rule string) {
	if value == nil {
		return nil, ""
	}
	if page, ok := value.(Page); ok {
		return []byte(page), ""
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, "the body cannot be encoded: " + err.Error()
	}
	return bytes.TrimRight(buffer.Bytes(), "\n"), ""
}

// checkAnswer says which rule of the document an answer breaks, "" for none. An
// error status that the document does not list is let through: products answer
// more errors than their documents say.
func checkAnswer(operation *Operation, status int, payload []byte) string {
	response := operation.responses.Status(status)
	if response == nil {
		response = operation.responses.Default()
	}
	if response == nil {
		if status < http.StatusBadRequest {
			return fmt.Sprintf("the status %d is not in the document", status)
		}
		return ""
	}
	media := response.Value.Content.Get(mediaJSON)
	if media == nil || media.Schema == nil {
		return ""
	}
	value, err := decodeJSON(payload)
	if err != nil {
		return "a JSON body is wanted"
	}
	err = media.Schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails())
	found := sorted(append(collect("body", "", err), outOfRange("body", "", media.Schema, value)...))
	rules := make([]string, len(found))
	for i, violation := range found {
		rules[i] = violation.String()
	}
	return strings.Join(rules, "; ")
}
