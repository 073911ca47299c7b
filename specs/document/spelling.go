package document

import (
	"slices"
	"strings"
	"unicode"
)

// Words splits a name of a document or of Go into words: get, S3, LDAP and User for
// getS3LDAPUser; host and ids for host_ids; Cores, IDs and Type for CoresIDsType.
func Words(name string) []string {
	var words []string
	runes := []rune(name)
	begin := 0
	end := func(i int) {
		if i > begin {
			words = append(words, string(runes[begin:i]))
		}
		begin = i
	}
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	for i, r := range runes {
		before, after := at(i-1), at(i+1)
		isPlural := before != ' ' && after == 's' && !unicode.IsLower(at(i+2)) // the D of IDs
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end(i)
			begin = i + 1
		case unicode.IsLetter(r) && unicode.IsDigit(before),
			unicode.IsUpper(r) && unicode.IsLower(before),
			unicode.IsUpper(r) && unicode.IsUpper(before) && unicode.IsLower(after) && !isPlural:
			end(i)
		}
	}
	end(len(runes))
	return words
}

// A Spelling maps words in lower case to their replacements, which may be several words or
// none.
type Spelling map[string]string

// Words returns the respelled words of a name, each as a Go name.
func (s Spelling) Words(name string) []string {
	var words []string
	for _, word := range Words(name) {
		replacement, ok := s[strings.ToLower(word)]
		if !ok {
			replacement = word
		}
		for _, w := range Words(replacement) {
			words = append(words, GoName(w))
		}
	}
	if words == nil && len(s) > 0 {
		return Spelling(nil).Words(name) // not to return an empty name
	}
	return words
}

// GoName returns the Go identifier of a name, respelled.
func (s Spelling) GoName(name string) string {
	for _, word := range Words(name) {
		if _, ok := s[strings.ToLower(word)]; ok {
			return strings.Join(s.Words(name), "")
		}
	}
	return GoName(name)
}

// IsPlural reports whether a word is a plural.
func IsPlural(word string) bool { return Singular(word) != word }

// Plural returns the plural of a word: Buckets for Bucket, Policies for Policy. A plural stays.
func Plural(word string) string {
	ends := func(endings ...string) bool {
		return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(word, ending) })
	}
	switch {
	case word == "" || IsPlural(word):
		return word
	case ends("ay", "ey", "oy", "uy"):
		return word + "s"
	case ends("y"):
		return word[:len(word)-1] + "ies"
	case ends("s", "x", "ch", "sh"):
		return word + "es"
	default:
		return word + "s"
	}
}
