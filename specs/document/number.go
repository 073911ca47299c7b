package document

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// The formats that say which numbers a member has. A published "number" often has none.
const (
	Fractional = "double" // has fractions
	Unsigned   = "uint64" // exceeds 2^63-1
)

// FormatOf returns the format that a number shows, "" if int64 holds it.
func FormatOf(text string) string {
	if whole, ok := new(big.Int).SetString(text[:min(len(text), 100)], 10); ok {
		if whole.Sign() > 0 && !whole.IsInt64() { // a server may round 2^64-1 up
			return Unsigned
		}
		return ""
	}
	switch value, err := strconv.ParseFloat(text, 64); {
	case err != nil || strings.ContainsAny(text, "xXpP_nN"): // no JSON number
		return ""
	case value != math.Trunc(value):
		return Fractional
	case value > math.MaxInt64:
		return Unsigned
	}
	return ""
}

// NumberFormat returns the format that the bounds, the values and the default of a number
// show, "" if int64 holds them.
func NumberFormat(schema Object) string {
	shown := ""
	stated := []any{schema["multipleOf"], schema["minimum"], schema["maximum"], schema["default"]}
	for _, value := range append(stated, schema.List("enum")...) {
		number, _ := value.(json.Number)
		switch FormatOf(number.String()) {
		case Fractional:
			return Fractional
		case Unsigned:
			shown = Unsigned
		}
	}
	return shown
}
