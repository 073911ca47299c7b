package call

import (
	"bytes"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// What is found in the place of a number that fits. Of one that is out of range the
// variable gets the nearest.
const (
	outOfRange = "a number out of range"
	fractional = "a number with a fraction"
)

// setScalar sets a boolean, string or number from a scalar of any JSON type. Servers
// quote numbers and booleans, write whole numbers as 1.0 or 1e3, and numbers for strings.
// It returns what was found in words if that does not fit, and otherwise "".
func setScalar(v reflect.Value, value jsontext.Value) (found string) {
	text := value
	if value.Kind() == '"' {
		text = value[1 : len(value)-1] // numbers and booleans need no escapes
	}
	switch {
	case v.Kind() == reflect.Bool:
		if string(text) != "true" && string(text) != "false" {
			return kindName(value.Kind())
		}
		v.SetBool(string(text) == "true")
		return ""
	case value.Kind() != '0' && !isNumber(text):
		return kindName(value.Kind())
	case v.Kind() == reflect.String:
		v.SetString(string(text)) // every digit stays
		return ""
	case v.CanInt():
		n, found := parseInt(text, v.Type().Bits())
		v.SetInt(n)
		return found
	case v.CanUint():
		n, found := parseUint(text, v.Type().Bits())
		v.SetUint(n)
		return found
	default:
		f, found := parseFloat(text, v.Type().Bits())
		v.SetFloat(f)
		return found
	}
}

// isNumber reports whether a text is a JSON number. 0744 is none: servers quote octal
// file modes.
func isNumber(text jsontext.Value) bool {
	return text.Kind() == '0' && len(bytes.TrimSpace(text)) == len(text) && text.IsValid()
}

// maxExponent keeps the arithmetic on exponents within an int of any size.
const maxExponent = 1 << 30

// parseInt reads a JSON number as an integer of so many bits.
func parseInt(number []byte, bits int) (_ int64, found string) {
	if n, err := strconv.ParseInt(string(number), 10, bits); err == nil {
		return n, ""
	}
	digits, found := wholeDigits(string(number))
	if found != "" {
		return 0, found
	}
	n, err := strconv.ParseInt(digits, 10, bits)
	return n, rangeOf(err)
}

// parseUint is parseInt for unsigned integers. The nearest to a negative one is 0.
func parseUint(number []byte, bits int) (_ uint64, found string) {
	if n, err := strconv.ParseUint(string(number), 10, bits); err == nil {
		return n, ""
	}
	digits, found := wholeDigits(string(number))
	switch {
	case found != "":
		return 0, found
	case digits[0] == '-':
		return 0, outOfRange
	}
	n, err := strconv.ParseUint(digits, 10, bits)
	if f, _ := strconv.ParseFloat(string(number), 64); bits == 64 && f == math.MaxUint64 {
		return n, "" // 2^64-1, "unlimited", as JavaScript rounds it: 18446744073709552000
	}
	return n, rangeOf(err)
}

func parseFloat(number []byte, bits int) (_ float64, found string) {
	f, err := strconv.ParseFloat(string(number), bits)
	if err == nil {
		return f, ""
	}
	largest := math.MaxFloat64
	if bits == 32 {
		largest = math.MaxFloat32
	}
	return math.Copysign(largest, f), outOfRange
}

// rangeOf says what is wrong with digits that strconv parsed, which returns the nearest.
func rangeOf(err error) string {
	if err != nil {
		return outOfRange
	}
	return ""
}

// wholeDigits writes a JSON number without point and exponent. It works on the
// digits, since a float64 is not exact above 2^53, and never makes more than 20
// of them: 1e1000000000 is a short text.
func wholeDigits(number string) (_ string, found string) {
	magnitude, negative := strings.CutPrefix(number, "-")
	exponent := 0
	if i := strings.IndexAny(magnitude, "eE"); i >= 0 {
		exponent, _ = strconv.Atoi(magnitude[i+1:]) // out of range gives the largest int
		exponent = max(-maxExponent, min(exponent, maxExponent))
		magnitude = magnitude[:i]
	}
	whole, fraction, _ := strings.Cut(magnitude, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	point := len(digits) - len(fraction) + exponent
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return "0", ""
	case point < len(digits):
		return "", fractional
	case point > 20:
		digits = strings.Repeat("9", 20)
	default:
		digits += strings.Repeat("0", point-len(digits))
	}
	if negative {
		digits = "-" + digits
	}
	return digits, ""
}
