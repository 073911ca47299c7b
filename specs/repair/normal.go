package repair

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// combinedSchemasAreOne gives each schema one Go type: of combinations, see
// [document.Combine], and of enumerations, which have values of one type and no null.
func combinedSchemasAreOne(r *repairing) error {
	document.Combine(r.document)
	document.WalkSchemas(r.document, func(schema document.Object, _ string) {
		if schema["enum"] != nil {
			settleValues(schema)
		}
	})
	return nil
}

// settleValues takes null out of an enumeration, and states the type of its values. Without a
// common type of text or numbers there is no enumeration.
func settleValues(schema document.Object) {
	var values []any
	kinds := map[string]bool{}
	for _, value := range schema.List("enum") {
		switch value.(type) {
		case nil:
			schema["nullable"] = true
			continue
		case string:
			kinds["string"] = true
		case json.Number:
			kinds["number"] = true
		default:
			kinds["other"] = true
		}
		if !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	kind := schema.Text("type")
	switch {
	case len(kinds) == 1 && kinds["string"] && (kind == "" || kind == "string"):
		schema["type"], schema["enum"] = "string", values
	case len(kinds) == 1 && kinds["number"] && (kind == "" || kind == "number" || kind == "integer"):
		schema["type"], schema["enum"] = cmp.Or(kind, "number"), values
	default:
		delete(schema, "enum")
	}
}

// requestsAreUniform gives each operation its own parameters and one media type for its body
// and for its result.
func requestsAreUniform(r *repairing) error {
	paths := r.document.Object("paths")
	for _, o := range document.Operations(r.document) {
		if parameters, headers := withoutHeaders(o.OwnParameters()); len(o.Shared) > 0 || headers != nil {
			o.Object["parameters"] = parameters
			if headers != nil {
				o.Object["x-headers"] = headers
			}
		}
		if body := o.Object.Object("requestBody"); body != nil {
			if media := settleContent(body, sentMedia); media == "" || media != document.JSON && isEmptyForm(body.Object("content", media, "schema")) {
				delete(o.Object, "requestBody")
			} else if media != document.JSON {
				o.Object["x-sends"] = media
				filesAreSent(document.Resolve(r.document, body.Object("content", media, "schema")))
			}
		}
		responses := o.Object.Object("responses")
		for _, status := range responses.Keys() {
			if settleContent(responses.Object(status), nil); o.Method == http.MethodHead {
				delete(responses.Object(status), "content")
			}
		}
	}
	for _, path := range paths.Keys() {
		delete(paths.Object(path), "parameters")
	}
	for _, response := range r.document.Object("components", "responses") {
		settleContent(document.AsObject(response), nil)
	}
	return nil
}

// isEmptyForm reports whether a form has no members.
func isEmptyForm(schema document.Object) bool {
	return schema["properties"] != nil && len(schema.Object("properties")) == 0 && schema.Object("additionalProperties") == nil
}

// withoutHeaders takes the parameters in headers and cookies out of a list: a call option gives
// them. The contract has only those that are required.
func withoutHeaders(parameters []any) (rest, headers []any) {
	rest = []any{}
	for _, value := range parameters {
		parameter := document.AsObject(value)
		if in := parameter.Text("in"); in == "header" || in == "cookie" {
			headers = append(headers, "the "+in+" "+parameter.Text("name"))
		} else {
			rest = append(rest, value)
		}
	}
	return rest, headers
}

// filesAreSent makes files of the binary members of a form.
func filesAreSent(form document.Object) {
	for _, property := range form.Object("properties") {
		for _, schema := range []document.Object{document.AsObject(property), document.AsObject(property).Object("items")} {
			if document.IsBinary(schema) {
				schema["x-go-type"] = "api.File"
			}
		}
	}
}

// sentMedia are the media types of bodies that are written member by member.
var sentMedia = []string{"multipart/form-data", "application/x-www-form-urlencoded"}

// settleContent leaves one media type of a body or a response, and returns it: JSON, or else
// the first of those preferred, or else the first. The schema of one that is neither is the
// whole text or file.
func settleContent(o document.Object, preferred []string) string {
	content := o.Object("content")
	if len(content) == 0 {
		return ""
	}
	chosen, media := "", ""
	for _, key := range content.Keys() {
		plain, _, _ := strings.Cut(key, ";")
		plain = strings.ToLower(strings.TrimSpace(plain))
		isJSON := plain == document.JSON || strings.HasSuffix(plain, "+json") || plain == "text/json" ||
			(plain == "*/*" || plain == "application/*") && !document.IsBinary(content.Object(key, "schema"))
		switch {
		case isJSON && (media != document.JSON || key == document.JSON):
			chosen, media = key, document.JSON
		case media == document.JSON:
		case chosen == "" || slices.Contains(preferred, plain) && !slices.Contains(preferred, media):
			chosen, media = key, plain
		}
	}
	kept := content.Object(chosen)
	if kept == nil {
		kept = document.Object{}
	}
	if media != document.JSON && !slices.Contains(preferred, media) {
		schema := document.Object{"type": "string"}
		if isText := strings.HasPrefix(media, "text/") && media != "text/event-stream"; !isText || preferred != nil || document.IsBinary(kept.Object("schema")) {
			schema["format"] = "binary"
		}
		kept = document.Object{"schema": schema}
	}
	if preferred != nil && kept["schema"] == nil {
		kept["schema"] = document.Object{}
	}
	o["content"] = document.Object{media: kept}
	return media
}
