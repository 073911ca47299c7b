package api_test

import (
	stdjson "encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// thing is what a template makes of an object that keeps unknown members.
type thing struct {
	ID         int64                         `json:"id"`
	Name       string                        `json:"name"`
	Seen       time.Time                     `json:"seen,omitzero"`
	Tags       []string                      `json:"tags,omitzero"`
	Additional map[string]stdjson.RawMessage `json:",embed"`
}

func (v thing) MarshalJSON() ([]byte, error) { return api.MarshalOpen(v.fields(), v.Additional) }
func (v *thing) UnmarshalJSON(data []byte) error {
	return api.UnmarshalOpen(data, v.fields(), &v.Additional)
}

func (v *thing) fields() []api.Field {
	return []api.Field{
		{Name: "id", Value: &v.ID},
		{Name: "name", Value: &v.Name},
		{Name: "seen", Value: &v.Seen, OmitZero: true},
		{Name: "tags", Value: &v.Tags, OmitZero: true},
	}
}

func raw(members map[string]string) map[string]stdjson.RawMessage {
	out := map[string]stdjson.RawMessage{}
	for name, value := range members {
		out[name] = stdjson.RawMessage(value)
	}
	return out
}

func TestOpen(t *testing.T) {
	for _, test := range []struct {
		name, json string
		thing      thing
	}{
		{"zero", `{"id":0,"name":""}`, thing{}},
		{"fields", `{"id":7,"name":"a","seen":"2026-01-02T03:04:05Z","tags":[]}`,
			thing{ID: 7, Name: "a", Seen: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Tags: []string{}}},
		{"unknown members, by name", `{"id":0,"name":"","a":{"n":1.0},"z":null}`, thing{Additional: raw(map[string]string{"z": "null", "a": `{"n":1.0}`})}},
		{"unfit values in place of their fields", `{"id":"many","name":"","seen":"","tags":{"x":[1]}}`,
			thing{Additional: raw(map[string]string{"id": `"many"`, "seen": `""`, "tags": `{"x":[1]}`})}},
		{"text for HTML", `{"id":0,"name":"\u003ca\u003e","\u0026":"\u003cb\u003e"}`, thing{Name: "<a>", Additional: raw(map[string]string{"&": `"\u003cb\u003e"`})}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := stdjson.Marshal(test.thing)
			if err != nil || string(got) != test.json {
				t.Errorf("marshalled to %s, %v, want %s", got, err, test.json)
			}
			var back thing
			if err := stdjson.Unmarshal([]byte(test.json), &back); err != nil || !reflect.DeepEqual(back, test.thing) {
				t.Errorf("unmarshalled to %+v, %v, want %+v", back, err, test.thing)
			}
		})
	}
}

func TestUnmarshalOpen(t *testing.T) {
	var got thing
	if err := stdjson.Unmarshal([]byte(`{"ID":5,"id":6,"NAME":"b","x":1}`), &got); err != nil || got.ID != 6 || got.Name != "b" || string(got.Additional["x"]) != "1" {
		t.Errorf("names in another case: got %+v, %v", got, err)
	}
	if err := stdjson.Unmarshal([]byte(`[1]`), &got); err == nil {
		t.Error("a list is no object")
	}
	if err := stdjson.Unmarshal([]byte(`null`), &got); err != nil || got.ID != 6 {
		t.Errorf("null changes nothing: got %+v, %v", got, err)
	}
	var digits map[string]any
	if err := api.UnmarshalOpen([]byte(`{"n":18446744073709551615}`), nil, &digits); err != nil || digits["n"] != stdjson.Number("18446744073709551615") {
		t.Errorf("a number in an any: got %v, %v", digits, err)
	}
	if _, err := api.MarshalOpen([]api.Field{{Name: "f", Value: new(chan int)}}, map[string]any{}); err == nil {
		t.Error("a channel has no JSON")
	}
}
