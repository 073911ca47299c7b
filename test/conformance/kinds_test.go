package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/oapi-codegen/runtime/types"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// kinds is an effective document with what the products' documents do not have yet.
const kinds = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},"servers":[{"url":"/"}],"paths":{
 "/things":{
  "get":{"operationId":"getThing","x-class":"safe","x-result":"body","x-auth":"none","parameters":[{"in":"query","name":"filter","content":{"application/json":{"schema":{"type":"object","required":["size"],"properties":{"size":{"type":"integer","format":"int64"}}}}}},
    {"in":"query","name":"level","schema":{"$ref":"#/components/schemas/Level"}}],
   "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}}}},
  "put":{"operationId":"setThing","x-class":"idempotent","x-result":"file","x-accepts":"application/octet-stream","x-auth":"none","x-sends":"application/octet-stream","x-body-reader":true,
   "requestBody":{"content":{"application/octet-stream":{"schema":{"type":"string","format":"binary"}}}},
   "responses":{"200":{"description":"OK","content":{"application/octet-stream":{"schema":{"type":"string","format":"binary"}}}}}},
  "head":{"operationId":"checkThing","x-class":"safe","x-result":"none","x-auth":"none","responses":{"200":{"description":"OK"}}}}},
 "components":{"schemas":{
  "Level":{"type":"integer","format":"int64","enum":[1,2]},
  "Thing":{"type":"object","properties":{"level":{"$ref":"#/components/schemas/Level"},"day":{"type":"string","format":"date"},"id":{"type":"string","format":"uuid"},"pet":{"$ref":"#/components/schemas/Pet"}}},
  "Cat":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"},"lives":{"type":"integer","format":"int64"}}},
  "Pet":{"oneOf":[{"$ref":"#/components/schemas/Cat"}],"discriminator":{"propertyName":"kind","mapping":{"CAT":"#/components/schemas/Cat"}}}}}}`

type (
	level int64
	thing struct {
		Level level      `json:"level"`
		Day   types.Date `json:"day,omitzero"`
		ID    types.UUID `json:"id,omitzero"`
		Pet   pet        `json:"pet,omitzero"`
	}
	filter struct {
		Size int64 `json:"size"`
	}
	getThingParams struct {
		Filter *filter `json:"filter,omitzero"`
		Level  *level  `json:"level,omitzero"`
	}
	pet struct{ value any }
)

func (l level) Valid() bool { return l == 1 || l == 2 }

func (p *getThingParams) QueryValues() []any {
	if p == nil {
		return nil
	}
	return []any{p.Filter, p.Level}
}

func (p pet) Value() any                   { return p.value }
func (p pet) MarshalJSON() ([]byte, error) { return json.Marshal(p.value) }
func (p *pet) UnmarshalJSON(data []byte) error {
	p.value = json.RawMessage(append([]byte(nil), data...))
	return nil
}

var kindsTable = []*api.Operation{
	api.NewOperation(api.Definition{ID: "getThing", Method: http.MethodGet, Path: "/things", Service: "Things", GoMethod: "Get", Class: api.ClassSafe, Result: api.ResultBody, Auth: api.AuthNone,
		Parameters: []api.Parameter{{Name: "filter", In: "query", Style: "json"}, {Name: "level", In: "query", Style: "form", Explode: true}}}),
	api.NewOperation(api.Definition{ID: "setThing", Method: http.MethodPut, Path: "/things", Service: "Things", GoMethod: "Set", Class: api.ClassIdempotent, Result: api.ResultFile, Auth: api.AuthNone,
		Sends: "application/octet-stream", Accepts: "application/octet-stream"}),
	api.NewOperation(api.Definition{ID: "checkThing", Method: http.MethodHead, Path: "/things", Service: "Things", GoMethod: "Check", Class: api.ClassSafe, Result: api.ResultNone, Auth: api.AuthNone}),
}

// kindsClient stands for a generated client.
type kindsClient struct{ Things thingsService }

func (*kindsClient) Close() {}

type thingsService struct{ caller api.Caller }

func (s *thingsService) Get(ctx context.Context, params *getThingParams, options ...api.CallOption) (*thing, error) {
	var result thing
	err := s.caller.Call(ctx, kindsTable[0], nil, params, nil, &result, options...)
	return &result, err
}

func (s *thingsService) Set(ctx context.Context, body io.Reader, options ...api.CallOption) (result io.ReadCloser, err error) {
	err = s.caller.Call(ctx, kindsTable[1], nil, nil, body, &result, options...)
	return result, err
}

func (s *thingsService) Check(ctx context.Context, options ...api.CallOption) error {
	return s.caller.Call(ctx, kindsTable[2], nil, nil, nil, nil, options...)
}

// TestKinds proves operations of kinds that a later release may have: an enumeration of
// integers, a parameter with content, a file, HEAD, formats of text, and alternatives.
func TestKinds(t *testing.T) {
	c := contract{
		name: "kinds", table: kindsTable, document: func() (*document, error) { return parseDocument([]byte(kinds)) },
		connect: func(address string, transport http.RoundTripper) (client, error) {
			base, err := url.Parse(address)
			return &kindsClient{thingsService{call.New(call.Config{Base: base, Transport: transport, StrictResponses: true})}}, err
		},
	}
	report, err := prove(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.failures {
		t.Errorf("%s: %s: %s (and %d)", f.operation, f.rule, f.detail, f.other)
	}
	if len(report.operations) != 3 {
		t.Errorf("proved %q", report.operations)
	}
}
