package repair

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

const responsePrefix = "#/components/responses/"

// responseName is the name of the component of a status.
func responseName(status string) string {
	switch code, err := strconv.Atoi(status); {
	case err != nil:
		return document.GoName(status)
	case code == http.StatusOK:
		return "Done"
	default:
		return document.GoName(http.StatusText(code))
	}
}

func responsesHaveNames(r *repairing) error {
	describeSuccesses(r.document)
	components := r.document.Object("components")
	renamed := document.Object{}
	for _, status := range components.Object("responses").Keys() {
		renamed[responseName(status)] = components.Object("responses")[status]
	}
	components["responses"] = renamed
	document.Walk(r.document, func(p document.Place) {
		if status, ok := strings.CutPrefix(p.Object.Text("$ref"), responsePrefix); ok {
			p.Object["$ref"] = responsePrefix + responseName(status)
		}
	})
	return nil
}

// describeSuccesses describes at each operation what a component says that it returns. A
// component with the name of another status is an error, which a document may give by mistake.
func describeSuccesses(doc document.Object) {
	shared := doc.Object("components", "responses")
	for _, o := range document.Operations(doc) {
		responses := o.Object.Object("responses")
		for status := range responses {
			name, ok := strings.CutPrefix(responses.Text(status, "$ref"), responsePrefix)
			for next, more := name, ok; more; next, more = strings.CutPrefix(shared.Text(name, "$ref"), responsePrefix) {
				name = next
			}
			code, err := strconv.Atoi(name)
			isError := err == nil && code/100 != http.StatusOK/100
			if ok && strings.HasPrefix(status, "2") && !isError && hasDescribedData(shared.Object(name)) {
				responses[status] = document.Clone(shared[name])
			}
		}
	}
}

func errorsAreFreeForm(r *repairing) error {
	for _, response := range r.document.Object("components", "responses") {
		delete(document.AsObject(response), "content")
	}
	for _, o := range document.Operations(r.document) {
		success := o.SuccessStatus()
		for status, response := range o.Object.Object("responses") {
			if status != success {
				delete(document.AsObject(response), "content")
			}
		}
	}
	return nil
}

// hasDescribedData reports whether a shared successful response has content.
func hasDescribedData(response document.Object) bool {
	if response["content"] == nil {
		return false
	}
	properties := document.JSONContent(response).Object("schema").Object("properties")
	return len(properties) != 1 || len(properties.Object("data")) > 0 || properties["data"] == nil
}

func successesAreNoErrors(r *repairing) error {
	shared := r.document.Object("components", "responses")
	for _, o := range document.Operations(r.document) {
		responses := o.Object.Object("responses")
		for status, value := range responses {
			name, ok := strings.CutPrefix(document.AsObject(value).Text("$ref"), responsePrefix)
			if !ok || !strings.HasPrefix(status, "2") || name == "Done" {
				continue
			}
			if shared["Done"] == nil {
				shared["Done"] = document.Object{"description": http.StatusText(http.StatusOK)}
			}
			document.AsObject(value)["$ref"] = responsePrefix + "Done"
		}
	}
	return nil
}

func envelopesHaveData(r *repairing) error {
	for _, o := range document.Operations(r.document) {
		schema := o.ResponseSchema()
		properties := schema.Object("properties")
		inner := properties.Object("data")
		if inner == nil {
			continue
		}
		if !slices.Contains(schema.List("required"), any("data")) {
			schema["required"] = append(schema.List("required"), "data")
		}
		if inner.Text("type") == "array" {
			inner["nullable"] = true
		}
	}
	return nil
}
