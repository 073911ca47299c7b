package call

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

var errNotWhole = errors.New("not a whole number")

// maxExponent keeps the arithmetic on exponents within an int of any size.
const maxExponent = 1 << 30

// isPlainInteger recognizes the JSON numbers that are digits alone. 0744 is none:
// servers quote octal file modes.
func isPlainInteger(text string) bool {
	digits, _ := strings.CutPrefix(text, "-")
	if digits == "" || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// parseInt reads a JSON number as an integer of so many bits: 1.0 and 1e3 are
// whole, and what lies outside is the nearest that fits. Servers print 2^64-1,
// their "unlimited", rounded up by a JavaScript that counts in float64.
func parseInt(number string, bits int) (int64, error) {
	if n, err := strconv.ParseInt(number, 10, bits); err == nil {
		return n, nil
	}
	digits, err := wholeDigits(number)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(digits, 10, bits)
	if errors.Is(err, strconv.ErrRange) {
		err = nil // n is the nearest that fits
	}
	return n, err
}

// parseUint is parseInt for unsigned integers; a negative one is an error.
func parseUint(number string, bits int) (uint64, error) {
	if n, err := strconv.ParseUint(number, 10, bits); err == nil {
		return n, nil
	}
	digits, err := wholeDigits(number)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(digits, 10, bits)
	if errors.Is(err, strconv.ErrRange) {
		err = nil
	}
	return n, err
}

// parseFloat reads a JSON number; one outside is the nearest that fits.
func parseFloat(number string, bits int) (float64, error) {
	f, err := strconv.ParseFloat(number, bits)
	if !errors.Is(err, strconv.ErrRange) {
		return f, err
	}
	largest := math.MaxFloat64
	if bits == 32 {
		largest = math.MaxFloat32
	}
	return math.Copysign(largest, f), nil
}

// wholeDigits writes a JSON number without point and exponent. It works on the
// digits, since a float64 is not exact above 2^53, and never makes more than 20
// of them: 1e1000000000 is a short text.
func wholeDigits(number string) (string, error) {
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
		return "0", nil
	case point < len(digits):
		return "", errNotWhole
	case point > 20:
		digits = strings.Repeat("9", 20)
	default:
		digits += strings.Repeat("0", point-len(digits))
	}
	if negative {
		digits = "-" + digits
	}
	return digits, nil
}
