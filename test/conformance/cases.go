package main

import (
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/hotcold-go/hotcold/test/must"
)

// requestCase is one way to fill in a request.
type requestCase struct {
	name string
	sampler
}

var requestCases = []requestCase{
	{"all set, 2^53+1", sampler{optional: true}},
	{"all set, largest", sampler{optional: true, values: largest}},
	{"all set, explicit zero and empty lists", sampler{optional: true, values: zero, lists: empty}},
	{"none set, 2^53+1", sampler{}},
	{"none set, explicit zero", sampler{values: zero}},
}

// request is a sample of the arguments of an operation.
type request struct {
	path  []any          // in the order of the template
	query map[string]any // by parameter; nil is a nil pointer to params
	body  any            // unused if the operation takes none
}

func (op *operation) sampleRequest(s sampler) request {
	var r request
	for _, p := range op.inPath {
		r.path = append(r.path, s.ofParameter(p))
	}
	if s.values == zero {
		r.query = map[string]any{} // empty params, not nil
	}
	for _, p := range op.inQuery {
		if !p.Required && !s.optional {
			continue
		}
		if r.query == nil {
			r.query = map[string]any{}
		}
		r.query[p.Name] = s.ofParameter(p)
	}
	if op.body != nil {
		r.body = s.sample("item", op.body)
	}
	return r
}

// ofParameter makes the value of a parameter. It is never an empty string, which would be
// another route in a path and is no value to validators in a query, nor an empty list if it
// is required.
func (s sampler) ofParameter(p *openapi3.Parameter) any {
	s.parameter = true
	if p.Required {
		s.lists = oneItem
	}
	return s.sample(p.Name, schemaOf(p))
}

// responseCase is one kind of response. It is not regular if the document does not allow it,
// but clients must accept it.
type responseCase struct {
	name    string
	regular bool
	sampler
}

var responseCases = []responseCase{
	{"every member, 2^53+1", true, sampler{optional: true}},
	{"every member, largest", true, sampler{optional: true, values: largest}},
	{"every member, zero", true, sampler{optional: true, values: zero}},
	{"required members only", true, sampler{}},
	{"empty lists", true, sampler{optional: true, lists: empty}},
	{"null lists", false, sampler{optional: true, lists: null}},
	{"an unknown member", false, sampler{optional: true, unknownMember: true}},
	{"an unknown enumeration value", false, sampler{optional: true, unknownValue: true}},
	{"quoted numbers, 2^53+1", false, sampler{optional: true, quoted: true}},
	{"quoted numbers, largest", false, sampler{optional: true, values: largest, quoted: true}},
}

// response is a response to serve, and the expected result of the method, as JSON, apart
// from what difference ignores.
type response struct {
	name   string
	status int
	body   []byte
	media  string // "" is application/json
	result any
}

// emptyBodies are successes of operations without content.
var emptyBodies = []string{"", `{}`, `{"data":null}`, `{"data":{"integer":18446744073709551615}}`, `"ok"`}

// responses makes all responses of an operation.
func (op *operation) responses() (all []response, err error) {
	defer must.Catch(&err)
	if op.accepts != "" {
		return []response{{name: "text", status: op.status, body: []byte(fileText), media: op.accepts, result: fileText}}, nil
	}
	if op.responseSchema == nil {
		for _, body := range emptyBodies {
			all = append(all, response{name: fmt.Sprintf("the body %q", body), status: op.status, body: []byte(body)})
		}
		return all, nil
	}
	for _, c := range responseCases {
		body := c.sample("data", op.responseSchema)
		if c.regular {
			err := op.responseSchema.Value.VisitJSON(body, openapi3.VisitAsResponse())
			must.Hold(err == nil, "the sample of a response with %s does not fit its schema: %w", c.name, err)
		}
		all = append(all, op.newResponse(c.name, body))
	}
	for _, name := range op.cursors() {
		body := sampler{optional: true}.sample("data", op.responseSchema).(map[string]any)
		body[name] = json.Number(beyondFloat)
		r := op.newResponse("a cursor that is a number", body)
		r.result.(map[string]any)[name] = beyondFloat // methods return cursors as strings
		all = append(all, r)
	}
	return all, nil
}

func (op *operation) newResponse(name string, value any) response {
	body, err := json.Marshal(value)
	must.Hold(err == nil, "the response with %s cannot be encoded: %w", name, err)
	r := response{name: name, status: op.status, body: body, result: value}
	if op.result == "data" {
		r.result = value.(map[string]any)["data"]
	}
	return r
}

// cursors returns the members of a page that may have any JSON type, which methods return as
// strings.
func (op *operation) cursors() (found []string) {
	for name, member := range op.responseSchema.Value.Properties {
		if op.result == "body" && member.Value.Type == nil && goType(member.Value) == "string" {
			found = append(found, name)
		}
	}
	return found
}
