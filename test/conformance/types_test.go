package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

type (
	hidden     struct{}
	hiddenJSON struct{}
	halfHidden string
	color      string
)

func (hidden) Reveal() string              { return "" }
func (hiddenJSON) Reveal() json.RawMessage { return nil }
func (halfHidden) Reveal() string          { return "" }
func (c color) Valid() bool                { return c == "red" || c == "blue" }

// typeCheck finds wrong types that encoded values do not show.
func TestTypes(t *testing.T) {
	schema := func(text string) *openapi3.SchemaRef {
		s := openapi3.NewSchema()
		if err := json.Unmarshal([]byte(text), s); err != nil {
			t.Fatal(err)
		}
		return s.NewRef()
	}
	const object = `{"type":"object","properties":{"free_ssd":{"type":"integer"},"used_ssd":{"type":"integer"}}}`
	for _, test := range []struct {
		name, schema string
		t            reflect.Type
		want         string // part of the violation; "" for none
	}{
		{"right", object, reflect.TypeFor[struct {
			FreeSSD int64 `json:"free_ssd,omitzero"`
			UsedSSD int64 `json:"used_ssd,omitzero"`
		}](), ""},
		{"tags swapped", object, reflect.TypeFor[struct {
			FreeSSD int64 `json:"used_ssd,omitzero"`
			UsedSSD int64 `json:"free_ssd,omitzero"`
		}](), "FreeSSD is for"},
		{"a member left out", object, reflect.TypeFor[struct {
			FreeSSD int64 `json:"free_ssd,omitzero"`
		}](), "no field"},
		{"a member too many", object, reflect.TypeFor[struct {
			FreeSSD int64 `json:"free_ssd,omitzero"`
			UsedSSD int64 `json:"used_ssd,omitzero"`
			AllSSD  int64 `json:"all_ssd,omitzero"`
		}](), "does not have"},
		{"an object in a map", object, reflect.TypeFor[map[string]any](), "want a struct"},
		{"a whole number with a fraction", `{"type":"integer"}`, reflect.TypeFor[float64](), "want int64"},
		{"half the range", `{"type":"integer","format":"uint64"}`, reflect.TypeFor[int64](), "want uint64"},
		{"half the digits", `{"type":"number"}`, reflect.TypeFor[float32](), "want float64"},
		{"items too", `{"type":"array","items":{"type":"number"}}`, reflect.TypeFor[[]float32](), "want float64"},
		{"values of a map too", `{"type":"object","additionalProperties":{"type":"number"}}`, reflect.TypeFor[map[string]float32](), "want float64"},
		{"a free form", `{"type":"object"}`, reflect.TypeFor[map[string]string](), "want map"},
		{"a type that the document sets", `{"x-go-type":"uint64"}`, reflect.TypeFor[string](), "want uint64"},
		{"a name that the document sets", `{"type":"object","properties":{"data":{"type":"string","x-go-name":"Items"}}}`, reflect.TypeFor[struct {
			Items string `json:"data"`
		}](), ""},
		{"a time", `{"type":"string","format":"date-time"}`, reflect.TypeFor[time.Time](), ""},
		{"a time as text", `{"type":"string","format":"date-time"}`, reflect.TypeFor[string](), "want time.Time"},
		{"a secret", `{"type":"string","format":"password"}`, reflect.TypeFor[hidden](), ""},
		{"a secret that is printed", `{"type":"string","format":"password"}`, reflect.TypeFor[string](), "is a secret"},
		{"a secret that is a string type", `{"type":"string","format":"password"}`, reflect.TypeFor[halfHidden](), "is a secret"},
		{"a secret without Reveal", `{"type":"string","format":"password"}`, reflect.TypeFor[struct{}](), "is a secret"},
		{"a raw secret", `{"x-go-type":"api.SecretJSON"}`, reflect.TypeFor[hiddenJSON](), ""},
		{"a raw secret that is printed", `{"x-go-type":"api.SecretJSON"}`, reflect.TypeFor[json.RawMessage](), "is a secret"},
		{"an enumeration", `{"type":"string","enum":["red","blue"]}`, reflect.TypeFor[color](), ""},
		{"a value that the type rejects", `{"type":"string","enum":["red","green"]}`, reflect.TypeFor[color](), "green"},
		{"no enumeration", `{"type":"string","enum":["red"]}`, reflect.TypeFor[string](), "red"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &typeCheck{seen: map[typeCheckKey]bool{}}
			c.check("result", schema(test.schema), test.t)
			got := strings.Join(c.violations, "; ")
			if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// typeCheck finds swapped tags of each two neighbouring fields of every body, params and
// result.
func TestSwappedTags(t *testing.T) {
	t.Parallel()
	for _, c := range contracts {
		p, err := open(c)
		if err != nil {
			t.Fatal(err)
		}
		swapped := 0
		for _, op := range p.document.operations {
			m := p.method(t, op.id)
			for _, place := range []*reflect.Type{&m.body, &m.params, &m.result} {
				right := *place
				for _, wrong := range swaps(right) {
					*place = wrong
					swapped++
					if len(m.checkTypes()) == 0 {
						t.Errorf("%s: no violation for %v", op.id, wrong)
					}
				}
				*place = right
			}
		}
		t.Logf("%s: %d swaps", c.name, swapped)
		if swapped < len(p.document.operations) {
			t.Errorf("%s: only %d swaps", c.name, swapped)
		}
		p.close()
	}
}

// swaps returns copies of a struct, or of the struct of a pointer, in which two neighbouring
// fields have each other's tags.
func swaps(t reflect.Type) []reflect.Type {
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var all []reflect.Type
	for i := 1; i < t.NumField(); i++ {
		fields := reflect.VisibleFields(t)
		if strings.HasPrefix(string(fields[i].Tag), `json:",`) {
			continue // members that the object does not list
		}
		fields[i-1].Tag, fields[i].Tag = fields[i].Tag, fields[i-1].Tag
		all = append(all, reflect.StructOf(fields))
	}
	return all
}
