package simulator

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// closeObjects forbids members that an object does not list, in every object
// that a request body or a success can hold. The document itself leaves objects
// open, because a newer release may add members; a simulator of one release must
// not, or a misspelt member would go unnoticed.
//
// Left open are the answers to errors, whose real bodies carry more than any
// document says; objects without listed members, which are free-form; and the
// parts of an allOf, each of which sees the members of the others.
func closeObjects(spec *openapi3.T) error {
	roots := closableSchemas(spec)
	parts := map[*openapi3.Schema]bool{}
	err := walkAll(roots, func(schema *openapi3.Schema) {
		if len(schema.AllOf) > 0 {
			parts[schema] = true
		}
		for _, part := range schema.AllOf {
			parts[part.Value] = true
		}
	})
	if err != nil {
		return err
	}
	return walkAll(roots, func(schema *openapi3.Schema) {
		extra := &schema.AdditionalProperties
		if len(schema.Properties) > 0 && extra.Has == nil && extra.Schema == nil && !parts[schema] {
			closed := false
			extra.Has = &closed
		}
	})
}

func walkAll(roots []*openapi3.SchemaRef, visit func(*openapi3.Schema)) error {
	for _, root := range roots {
		err := root.WalkSubtree(func(_ string, ref *openapi3.SchemaRef) error {
			visit(ref.Value)
			return nil
		})
		if err != nil {
			return fmt.Errorf("simulator: walk the document's schemas: %w", err)
		}
	}
	return nil
}

// closableSchemas lists the schemas of all request bodies and successes.
func closableSchemas(spec *openapi3.T) []*openapi3.SchemaRef {
	var roots []*openapi3.SchemaRef
	add := func(content openapi3.Content) {
		for _, media := range content {
			if media.Schema != nil {
				roots = append(roots, media.Schema)
			}
		}
	}
	for _, item := range spec.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil {
				add(operation.RequestBody.Value.Content)
			}
			for status, response := range operation.Responses.Map() {
				if status[0] == '2' {
					add(response.Value.Content)
				}
			}
		}
	}
	return roots
}
