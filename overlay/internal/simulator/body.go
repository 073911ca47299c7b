package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxBody bounds what is read of a request, in bytes: far more than any real body.
const maxBody = 16 << 20

const (
	mediaJSON = "application/json"
	mediaForm = "application/x-www-form-urlencoded"
)

// readBody decodes and validates the body of a request. With form it accepts a form as
// well as JSON; config has what a product reads leniently.
func readBody(r *http.Request, declared *openapi3.RequestBody, form bool, config *Config) (any, []Violation) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, wrongBody(Invalid, "cannot be read to its end")
	case len(data) > maxBody:
		return nil, wrongBody(Invalid, fmt.Sprintf("is longer than %d bytes", maxBody))
	case len(data) == 0:
		return nil, missingBody(declared)
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return nil, wrongBody(MediaType, "has no usable content type")
	case media == mediaForm && form:
		return readForm(string(data), schemaOf(declared))
	case media != mediaJSON:
		return nil, wrongBody(MediaType, fmt.Sprintf("has the content type %q, not %s", media, mediaJSON))
	}
	value, err := decodeJSON(data)
	if err != nil {
		return nil, wrongBody(Malformed, "is not one JSON value")
	}
	if declared == nil {
		return nil, unexpectedBody(value)
	}
	readSizes(value, schemaOf(declared), config.Sizes)
	if config.AnyAsText {
		value = readText(value, schemaOf(declared))
	}
	return value, checkValue(schemaOf(declared), value, openapi3.VisitAsRequest())
}

func wrongBody(rule Rule, detail string) []Violation {
	return []Violation{{In: "body", Rule: rule, Detail: detail}}
}

// missingBody names the required members of a required body that is absent, or the body
// if it has none.
func missingBody(declared *openapi3.RequestBody) []Violation {
	if declared == nil || !declared.Required {
		return nil
	}
	if all := checkValue(schemaOf(declared), map[string]any{}, openapi3.VisitAsRequest()); len(all) > 0 {
		return all
	}
	return wrongBody(Missing, "is required")
}

// unexpectedBody names the members of a body that an operation without one received.
func unexpectedBody(value any) []Violation {
	members, ok := value.(map[string]any)
	if !ok {
		return wrongBody(Invalid, "is not expected")
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
	if media := declared.Content.Get(mediaJSON); media != nil {
		return media.Schema
	}
	return nil
}

// decodeJSON decodes exactly one JSON value; numbers keep their literals.
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

// readForm decodes a form into the object that the same values would be in JSON, each
// by the type of its member.
func readForm(data string, schema *openapi3.SchemaRef) (any, []Violation) {
	values, err := url.ParseQuery(data)
	if err != nil {
		return nil, wrongBody(Invalid, "is not a form")
	}
	object := make(map[string]any, len(values))
	for name := range values {
		object[name] = fromForm(values.Get(name), schema, name)
	}
	return object, checkValue(schema, object, openapi3.VisitAsRequest())
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

// readSizes replaces sizes as text by numbers, in the members with these names that the
// schema declares as integers. Validation rejects what is left.
func readSizes(value any, schema *openapi3.SchemaRef, names []string) {
	members, ok := value.(map[string]any)
	if !ok || schema == nil {
		return
	}
	for _, name := range names {
		text, ok := members[name].(string)
		property := schema.Value.Properties[name]
		if !ok || property == nil || !property.Value.Type.Is(openapi3.TypeInteger) {
			continue
		}
		if bytes, ok := ParseSize(text); ok {
			members[name] = json.Number(bytes.String())
		}
	}
}

// readText makes text of numbers and objects where the schema declares strings: the examples
// of published documents send both (file masks, ids, policies).
func readText(value any, schema *openapi3.SchemaRef) any {
	if schema == nil || schema.Value == nil {
		return value
	}
	switch value := value.(type) {
	case json.Number:
		if schema.Value.Type.Is(openapi3.TypeString) {
			return value.String()
		}
	case []any:
		for i, item := range value {
			value[i] = readText(item, schema.Value.Items)
		}
	case map[string]any:
		if schema.Value.Type.Is(openapi3.TypeString) {
			text, _ := json.Marshal(value) // of decoded JSON, cannot fail
			return string(text)
		}
		for name, member := range value {
			value[name] = readText(member, schema.Value.Properties[name])
		}
	}
	return value
}

// sizePattern is a number of bytes with a unit: "10GB", "1.5 TiB", "4096".
var sizePattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:([kmgtpe]?)(i?)b)?$`)

// ParseSize returns the bytes of a size such as "10GB" (powers of 1000), "1.5 TiB"
// (powers of 1024) or "4096".
func ParseSize(text string) (*big.Int, bool) {
	parts := sizePattern.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if parts == nil {
		return nil, false
	}
	size, _ := new(big.Rat).SetString(parts[1])
	step := big.NewRat(1000, 1)
	if parts[3] != "" {
		step = big.NewRat(1024, 1)
	}
	for range slices.Index([]string{"", "k", "m", "g", "t", "p", "e"}, parts[2]) {
		size.Mul(size, step)
	}
	return new(big.Int).Quo(size.Num(), size.Denom()), true
}
