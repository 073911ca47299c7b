package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxBody bounds what is read of a request. No body of either product comes
// near it.
const maxBody = 16 << 20

const (
	mediaJSON = "application/json"
	mediaForm = "application/x-www-form-urlencoded"
)

// readBody decodes the body of a request as the document has it. Where form is
// true a form is accepted in place of JSON; sizes are the members that may be sizes
// in words.
func readBody(r *http.Request, declared *openapi3.RequestBody, form bool, sizes []string) (any, []Violation) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, invalidBody("cannot be read to its end")
	case len(data) > maxBody:
		return nil, invalidBody(fmt.Sprintf("is longer than %d bytes", maxBody))
	case len(data) == 0:
		return nil, missingBody(declared)
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, unreadable(MediaType, "has no usable content type")
	}
	switch {
	case media == mediaForm && form:
		return decodeForm(string(data), schemaOf(declared))
	case media != mediaJSON:
		return nil, unreadable(MediaType, fmt.Sprintf("has the content type %q, not %s", media, mediaJSON))
	}
	value, err := decodeJSON(data)
	if err != nil {
		return nil, unreadable(Malformed, "is not one JSON value")
	}
	if declared == nil {
		return nil, undeclared(value)
	}
	readSizes(value, schemaOf(declared), sizes)
	return value, checkBody(schemaOf(declared), value)
}

func invalidBody(detail string) []Violation { return unreadable(Invalid, detail) }

func unreadable(rule Rule, detail string) []Violation {
	return []Violation{{In: "body", Rule: rule, Detail: detail}}
}

// missingBody tells of a body that had to be there; where it has required
// members, by naming those.
func missingBody(declared *openapi3.RequestBody) []Violation {
	if declared == nil || !declared.Required {
		return nil
	}
	if all := checkBody(schemaOf(declared), map[string]any{}); len(all) > 0 {
		return all
	}
	return []Violation{{In: "body", Rule: Missing, Detail: "is required"}}
}

// undeclared names the members of a body that an operation without one got.
func undeclared(value any) []Violation {
	members, ok := value.(map[string]any)
	if !ok {
		return invalidBody("is not expected")
	}
	var all []Violation
	for name := range members {
		all = append(all, Violation{In: "body", Name: name, Rule: Unknown, Detail: "is not known"})
	}
	return sorted(all)
}

func schemaOf(declared *openapi3.RequestBody) *openapi3.SchemaRef {
	if declared == nil {
		return nil
	}
	media := declared.Content.Get(mediaJSON)
	if media == nil {
		return nil
	}
	return media.Schema
}

func checkBody(schema *openapi3.SchemaRef, value any) []Violation {
	if schema == nil {
		return nil
	}
	err := schema.Value.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails())
	return sorted(append(collect("body", "", err), outOfRange("body", "", schema, value)...))
}

// decodeJSON decodes exactly one JSON value and keeps numbers as they are
// written.
func decodeJSON(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return value, nil
}

// decodeForm turns a form into the object that the same values would be in
// JSON, each by the type of its member.
func decodeForm(data string, schema *openapi3.SchemaRef) (any, []Violation) {
	values, err := url.ParseQuery(data)
	if err != nil {
		return nil, invalidBody("is not a form")
	}
	object := make(map[string]any, len(values))
	for name := range values {
		object[name] = fromForm(values.Get(name), schema, name)
	}
	return object, checkBody(schema, object)
}

func fromForm(text string, schema *openapi3.SchemaRef, name string) any {
	if schema == nil || schema.Value.Properties[name] == nil {
		return text
	}
	switch kind := schema.Value.Properties[name].Value.Type; {
	case kind.Is(openapi3.TypeInteger) && isDigits(text):
		return json.Number(text)
	case kind.Is(openapi3.TypeBoolean) && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}
