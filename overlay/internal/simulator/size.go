package simulator

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// sizeInWords is a number of bytes with a unit: "10GB", "1.5 TiB", "4096".
var sizeInWords = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:([kmgtpe]?)(i?)b)?$`)

// readSizes puts numbers in the place of sizes in words: of the members that are
// named, where the schema has an integer. What is no size is left for the check.
func readSizes(value any, schema *openapi3.SchemaRef, names []string) {
	members, ok := value.(map[string]any)
	if !ok || schema == nil {
		return
	}
	for name, member := range members {
		text, ok := member.(string)
		property := schema.Value.Properties[name]
		if !ok || property == nil || !property.Value.Type.Is(openapi3.TypeInteger) || !slices.Contains(names, name) {
			continue
		}
		if bytes := sizeOf(text); bytes != "" {
			members[name] = json.Number(bytes)
		}
	}
}

// sizeOf is a size in words as a whole number of bytes, "" for what is no size.
func sizeOf(text string) string {
	parts := sizeInWords.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if parts == nil {
		return ""
	}
	size, _ := new(big.Rat).SetString(parts[1])
	step := int64(1000)
	if parts[3] != "" {
		step = 1024
	}
	for range strings.Index("kmgtpe", parts[2]) + min(1, len(parts[2])) {
		size.Mul(size, new(big.Rat).SetInt64(step))
	}
	return new(big.Int).Quo(size.Num(), size.Denom()).String()
}
