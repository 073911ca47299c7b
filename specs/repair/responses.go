package repair

import (
	"fmt"
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
	components := r.document.Object("components")
	renamed := document.Object{}
	for _, status := range components.Object("responses").Keys() {
		name := responseName(status)
		if renamed[name] != nil {
			return fmt.Errorf("two responses would be called %s", name)
		}
		renamed[name] = components.Object("responses")[status]
	}
	components["responses"] = renamed
	document.Walk(r.document, func(p document.Place) {
		if status, ok := strings.CutPrefix(p.Object.Text("$ref"), responsePrefix); ok {
			p.Object["$ref"] = responsePrefix + responseName(status)
		}
	})
	return nil
}

func errorsAreFreeForm(r *repairing) error {
	for name, response := range r.document.Object("components", "responses") {
		if name == "Done" && hasDescribedData(document.AsObject(response)) {
			continue
		}
		delete(document.AsObject(response), "content")
	}
	for _, o := range document.Operations(r.document) {
		responses := o.Object.Object("responses")
		for status, response := range responses {
			if !strings.HasPrefix(status, "2") {
				delete(document.AsObject(response), "content")
			}
		}
	}
	return nil
}

// hasDescribedData reports whether a shared successful response has content.
func hasDescribedData(response document.Object) bool {
	properties := document.JSONContent(response).Object("schema").Object("properties")
	for name, property := range properties {
		if name != "data" || len(document.AsObject(property)) > 0 {
			return true
		}
	}
	return false
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
