package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"

	"github.com/hotcold-go/hotcold/specs/document"
)

// fromSwagger converts Swagger 2.0, which drf-yasg serves, to OpenAPI 3.0. The path
// of the server (basePath) stands in the servers then, as OpenAPI 3.0 has it.
func fromSwagger(published document.Object) (document.Object, error) {
	if version, _ := published["swagger"].(string); version != "2.0" {
		return nil, fmt.Errorf("the document is Swagger %q, and only 2.0 and OpenAPI 3.0 are read", version)
	}
	if at := remote(published, "#"); at != "" {
		return nil, fmt.Errorf("%s refers outside the document: remote references are refused", at)
	}
	text, err := json.Marshal(published)
	if err != nil {
		return nil, err
	}
	var two openapi2.T
	if err := json.Unmarshal(text, &two); err != nil {
		return nil, fmt.Errorf("the document is no Swagger 2.0: %w", err)
	}
	three, err := openapi2conv.ToV3(&two)
	if err != nil {
		return nil, fmt.Errorf("the document cannot be converted from Swagger 2.0: %w", err)
	}
	if text, err = three.MarshalJSON(); err != nil {
		return nil, fmt.Errorf("the document cannot be converted from Swagger 2.0: %w", err)
	}
	return document.Decode(text)
}

// remote finds a reference that the converter could follow out of the document.
func remote(value any, at string) string {
	switch v := value.(type) {
	case document.Object:
		for key, member := range v {
			if reference, ok := member.(string); ok && key == "$ref" && !strings.HasPrefix(reference, "#/") {
				return at
			}
			if found := remote(member, at+"/"+key); found != "" {
				return found
			}
		}
	case []any:
		for i, item := range v {
			if found := remote(item, at+"/"+strconv.Itoa(i)); found != "" {
				return found
			}
		}
	}
	return ""
}
