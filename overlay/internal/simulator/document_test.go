package simulator

import (
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/hotcold-go/hotcold/specs/ngenea"
	"github.com/hotcold-go/hotcold/specs/weka"
)

// Of every operation of a product, the samples fit their schema and the router
// finds the operation.
func TestProducts(t *testing.T) {
	parameter := regexp.MustCompile(`\{[^}]+\}`)
	for _, effective := range []string{ngenea.Effective(), weka.Effective()} {
		document, err := Load([]byte(effective))
		if err != nil {
			t.Fatal(err)
		}
		for id, operation := range document.operations {
			for _, sampler := range []Sampler{{}, {Full: true}} {
				status, sample, content := sampler.Answer(operation)
				if !content {
					continue
				}
				payload, rule := encode(sample)
				if rule == "" {
					rule = checkAnswer(operation, status, payload)
				}
				if rule != "" {
					t.Errorf("%s, %+v: %s", id, sampler, rule)
				}
			}
			path := document.base + parameter.ReplaceAllString(operation.Path, "1")
			found, _ := document.routes.match(httptest.NewRequest(operation.Method, path, nil), document.base, false)
			if found != operation {
				t.Errorf("%s %s is not routed to %s", operation.Method, path, id)
			}
		}
	}
}
