package repair

import (
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// shapes are the steps that change what requests and responses look like. The others are
// for the generated code, which is made of the newest release only.
var shapes = []string{"combinations", "requests", "objects", "maps", "numbers", "cursors", "responses", "errors", "successes", "envelopes", "unused"}

// simulated are the extensions that simulators read.
var simulated = []string{"x-auth", "x-class", "x-since", "x-result", "x-go-type", "x-open-enum"}

// ApplyToRelease makes the document of an earlier release, which simulators serve, of its
// contract. Actions of the overlay apply where they fit: what both releases need is stated
// once. Operations have the committed ids, whatever the release calls them.
func (rules *Rules) ApplyToRelease(contract document.Object) (document.Object, error) {
	doc, err := rules.Preview(contract)
	if err != nil {
		return nil, err
	}
	if doc.Object("components") == nil {
		doc["components"] = document.Object{}
	}
	r := &repairing{document: doc, rules: rules}
	for _, step := range Steps {
		if !slices.Contains(shapes, step.Name) {
			continue
		}
		if err := step.apply(r); err != nil {
			return nil, err
		}
	}
	for _, o := range document.Operations(doc) {
		if committed, ok := rules.Committed[o.Route()]; ok {
			o.Object["operationId"] = committed.ID
		}
		r.classify(o)
	}
	document.Walk(doc, func(p document.Place) {
		for _, key := range p.Object.Keys() {
			isProse := key == "description" && p.Rule != document.ResponseRule
			if isProse || strings.HasPrefix(key, "x-") && !slices.Contains(simulated, key) {
				delete(p.Object, key)
			}
		}
	})
	return doc, Validate(doc)
}
