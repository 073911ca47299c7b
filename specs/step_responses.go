package specs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const responsePrefix = "#/components/responses/"

// responseName is the component that stands for a status on its own.
func responseName(status string) string {
	switch code, err := strconv.Atoi(status); {
	case err != nil:
		return GoName(status)
	case code == http.StatusOK:
		return "Done"
	default:
		return GoName(http.StatusText(code))
	}
}

func responsesHaveNames(r *repairing) error {
	components := object(r.document["components"])
	renamed := Object{}
	for _, status := range slices.Sorted(maps.Keys(object(components["responses"]))) {
		name := responseName(status)
		if renamed[name] != nil {
			return fmt.Errorf("two responses would be called %s", name)
		}
		renamed[name] = object(components["responses"])[status]
	}
	components["responses"] = renamed
	walk(r.document, func(p place) {
		if status, ok := strings.CutPrefix(text(p.object["$ref"]), responsePrefix); ok {
			p.object["$ref"] = responsePrefix + responseName(status)
		}
	})
	return nil
}

func errorsAreFreeForm(r *repairing) error {
	for name, response := range object(object(r.document["components"])["responses"]) {
		if name == "Done" && hasDescribedData(object(response)) {
			continue
		}
		delete(object(response), "content")
	}
	for _, o := range operations(r.document) {
		responses := object(o.Object["responses"])
		for status, response := range responses {
			if !strings.HasPrefix(status, "2") {
				delete(object(response), "content")
			}
		}
	}
	return nil
}

// hasDescribedData tells a shared success answer that carries something from one
// that only says "done".
func hasDescribedData(response Object) bool {
	properties := object(answerSchema(response)["properties"])
	for name, property := range properties {
		if name != "data" || len(object(property)) > 0 {
			return true
		}
	}
	return false
}

func successesAreNoErrors(r *repairing) error {
	shared := object(object(r.document["components"])["responses"])
	for _, o := range operations(r.document) {
		responses := object(o.Object["responses"])
		for status, value := range responses {
			name, ok := strings.CutPrefix(text(object(value)["$ref"]), responsePrefix)
			if !ok || !strings.HasPrefix(status, "2") || name == "Done" {
				continue
			}
			if shared["Done"] == nil {
				shared["Done"] = Object{"description": http.StatusText(http.StatusOK)}
			}
			object(value)["$ref"] = responsePrefix + "Done"
		}
	}
	return nil
}

func envelopesHaveData(r *repairing) error {
	for _, o := range operations(r.document) {
		schema := answerSchema(success(o))
		properties := object(schema["properties"])
		inner := object(properties["data"])
		if inner == nil {
			continue
		}
		if !slices.Contains(list(schema["required"]), any("data")) {
			schema["required"] = append(list(schema["required"]), "data")
		}
		if text(inner["type"]) == "array" {
			inner["nullable"] = true
		}
	}
	return nil
}

// success is the answer of an operation that worked: its first 2xx response.
func success(o operation) Object {
	responses := object(o.Object["responses"])
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		if strings.HasPrefix(status, "2") {
			return object(responses[status])
		}
	}
	return nil
}

// answerSchema is the JSON schema of a response, or nil.
func answerSchema(response Object) Object { return object(jsonContent(response)["schema"]) }

// jsonContent is what a request body or a response says about its JSON, or nil.
func jsonContent(o Object) Object {
	return object(object(o["content"])["application/json"])
}
