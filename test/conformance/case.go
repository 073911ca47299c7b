package main

import (
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// A requestCase is one way to fill in a request.
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

// request is a sample of what an operation takes.
type request struct {
	path  []any          // in the order of the template
	query map[string]any // by parameter; nil is a nil pointer to params
	body  any            // meaningful only if the operation takes one
}

func (op *operation) sampleRequest(s sampler) request {
	var r request
	for _, p := range op.inPath {
		r.path = append(r.path, s.ofParameter(p))
	}
	if s.values == zero {
		r.query = map[string]any{} // params that are empty, not nil
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

// ofParameter makes the value of a parameter: no empty text (in a path it means
// another route, and validators take it for no value in a query) and, if required,
// no empty list.
func (s sampler) ofParameter(p *openapi3.Parameter) any {
	s.parameter = true
	if p.Required {
		s.lists = oneItem
	}
	return s.sample(p.Name, p.Schema)
}

// An answerCase is one way to answer. Regular is false where the document does not
// allow such an answer, and clients must bear it all the same.
type answerCase struct {
	name    string
	regular bool
	sampler
}

var answerCases = []answerCase{
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

// reply is an answer to serve and, apart from the normalisations of difference,
// what the method's result must be when it is encoded again.
type reply struct {
	name   string
	status int
	body   []byte
	result any
}

// emptyBodies are the successes of operations that promise no content.
var emptyBodies = []string{"", `{}`, `{"data":null}`, `{"data":{"integer":18446744073709551615}}`, `"ok"`}

// replies makes all answers to an operation.
func (op *operation) replies() ([]reply, error) {
	var all []reply
	if op.answer == nil {
		for _, body := range emptyBodies {
			all = append(all, reply{name: fmt.Sprintf("the body %q", body), status: op.status, body: []byte(body)})
		}
		return all, nil
	}
	for _, c := range answerCases {
		answer := c.sample("data", op.answer)
		if c.regular {
			if err := op.answer.Value.VisitJSON(answer, openapi3.VisitAsResponse()); err != nil {
				return nil, fmt.Errorf("the sample of an answer with %s does not fit its schema: %w", c.name, err)
			}
		}
		r, err := op.reply(c.name, answer)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	for name := range op.cursors() {
		answer := sampler{optional: true}.sample("data", op.answer).(map[string]any)
		answer[name] = json.Number(beyondFloat)
		r, err := op.reply("a cursor that is a number", answer)
		if err != nil {
			return nil, err
		}
		// A method gives cursors as text, whatever they are.
		r.result.(map[string]any)[name] = beyondFloat
		all = append(all, r)
	}
	return all, nil
}

func (op *operation) reply(name string, answer any) (reply, error) {
	body, err := json.Marshal(answer)
	if err != nil {
		return reply{}, fmt.Errorf("the answer with %s is no JSON: %w", name, err)
	}
	r := reply{name: name, status: op.status, body: body, result: answer}
	if op.result == "data" {
		r.result = answer.(map[string]any)["data"]
	}
	return r, nil
}

// cursors are the members of a page that may have any JSON type and reach the
// caller as text.
func (op *operation) cursors() map[string]bool {
	found := map[string]bool{}
	for name, member := range op.answer.Value.Properties {
		if op.result == "body" && member.Value.Type == nil && goType(member.Value) == "string" {
			found[name] = true
		}
	}
	return found
}
