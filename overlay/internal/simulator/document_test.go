package simulator

import (
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/hotcold-go/hotcold/specs/ngenea"
	"github.com/hotcold-go/hotcold/specs/weka"
)

// For every operation of both products, the samples fit their schema and the router finds
// the operation.
func TestEveryOperation(t *testing.T) {
	parameter := regexp.MustCompile(`\{[^}]+\}`)
	for _, effective := range []string{ngenea.Effective(), weka.Effective()} {
		document, err := Load([]byte(effective))
		if err != nil {
			t.Fatal(err)
		}
		for id, operation := range document.operations {
			for _, sampler := range []Sampler{{}, {Full: true}} {
				status, sample, content := sampler.Response(operation)
				if !content {
					continue
				}
				payload, problem := encode(sample)
				if problem == "" {
					problem = checkResponse(operation, status, payload)
				}
				if problem != "" {
					t.Errorf("%s, %+v: %s", id, sampler, problem)
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
