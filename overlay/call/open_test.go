package call_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	oapinullable "github.com/oapi-codegen/nullable"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// An open object keeps the members that no field is for, as the generated answers of
// an API do whose documentation is not complete.
type (
	openObject struct {
		ID   int64                      `json:"id,omitzero"`
		Rest map[string]json.RawMessage `json:",inline,embed"`
	}
	openWithID struct {
		ID   int64                      `json:"id"`
		Rest map[string]json.RawMessage `json:",inline,embed"`
	}
	resultsPage struct {
		Count   int64        `json:"count"`
		Results []openWithID `json:"results"`
	}
)

func TestOpenObjects(t *testing.T) {
	for _, test := range []struct {
		name, json string
		want       openObject
	}{
		{"known", `{"id":1}`, openObject{ID: 1}},
		{"beside", `{"id":"1","owner":{"n":1.0}}`, openObject{ID: 1, Rest: map[string]json.RawMessage{"owner": json.RawMessage(`{"n":1.0}`)}}},
		{"null", `{"id":null,"job":5}`, openObject{Rest: map[string]json.RawMessage{"job": json.RawMessage(`5`)}}},
		{"enveloped all the same", `{"data":{"id":3}}`, openObject{ID: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got openObject
			if err := get(answers(200, test.json), "whole", &got); err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v and %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestAnOpenObjectKeepsItsPromise(t *testing.T) {
	var got openWithID
	if err := get(answers(200, `{"job":5}`), "whole", &got); !errors.Is(err, call.ErrMalformedResponse) {
		t.Errorf("without its id: got %v, want a malformed response", err)
	}
}

func TestAListInThePlaceOfAPage(t *testing.T) {
	var got resultsPage
	err := get(answers(200, `[{"id":1},{"id":2}]`), "whole", &got)
	if want := (resultsPage{Results: []openWithID{{ID: 1}, {ID: 2}}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
}

// TestGeneratedBodySendsNull takes the example of the Hub's documentation.
func TestGeneratedBodySendsNull(t *testing.T) {
	body := ngeneaapi.SubmitWorkflowBody{Paths: []string{"/mmfs1/data/sample_data.tgz"}, Site: "dfoster1", Workflow: "migrate"}
	const rest = `"paths":["/mmfs1/data/sample_data.tgz"],"site":"dfoster1","workflow":"migrate"`
	if got := sent(t, &body); got != "{"+rest+"}" {
		t.Errorf("not set: sent %s", got)
	}
	body.Discovery = oapinullable.NewNullNullable[string]()
	if got := sent(t, &body); got != `{"discovery":null,`+rest+`}` {
		t.Errorf("null: sent %s", got)
	}
	body.Discovery = oapinullable.NewNullableWithValue("recursive")
	body.AdditionalProperties = map[string]any{"queue": "fast"}
	if got := sent(t, &body); got != `{"discovery":"recursive",`+rest+`,"queue":"fast"}` {
		t.Errorf("with a member that the document does not name: sent %s", got)
	}
}

// TestGeneratedOpenResult pins the JSON of a result, which is the same on every
// toolchain. A value that did not fit is kept raw and written in place of its field.
func TestGeneratedOpenResult(t *testing.T) {
	const document = `{"count":"1","page":2,"results":[` +
		`{"id":"7","created":"yesterday","runtime":12.50,"site":"<a>","state":{"x":1},"type":5,"Alias":null},` +
		`{"id":8,"created":"2026-01-02T03:04:05.6Z","owner":{"n":1.0}},4]}`
	const want = `{"count":1,"next":"","previous":"","results":[` +
		`{"created":"yesterday","id":7,"site":"\u003ca\u003e","state":{"x":1},"type":"5","Alias":null,"runtime":12.50},` +
		`{"created":"2026-01-02T03:04:05.6Z","id":8,"owner":{"n":1.0},"site":"","state":"","type":""},` +
		`{"id":0,"site":"","state":"","type":""}],"stats":{},"page":2}`
	var got ngeneaapi.JobPage
	var r call.Response
	if err := get(answers(200, document), "whole", &got, call.WithResponse(&r)); err != nil {
		t.Fatal(err)
	}
	if r.UnfitCount != 3 || r.Unfit[0].Pointer != "/results/0/created" || r.Unfit[1].Pointer != "/results/0/state" || r.Unfit[2].Pointer != "/results/2" {
		t.Errorf("unfit are %+v", r.Unfit)
	}
	text, err := json.Marshal(got)
	if err != nil || string(text) != want {
		t.Errorf("marshalled to\n%s, %v, want\n%s", text, err, want)
	}
	var back ngeneaapi.JobPage
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, got) {
		t.Errorf("unmarshalled to\n%+v, %v, want\n%+v", back, err, got)
	}
}
