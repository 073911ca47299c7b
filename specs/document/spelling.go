package document

import (
	"strings"
	"unicode"
)

// Words splits a name of a document, or of Go, into its words: getS3LDAPUser is get, S3,
// LDAP and User, host_ids is host and ids, CoresIDsType is Cores, IDs and Type.
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

// Spelling respells the words of names: by word, in any case, what takes its place. A
// word may stand for several, or for none.
type Spelling map[string]string

// Words are those of a name as they are respelled, each as GoName spells it.
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
		return Spelling(nil).Words(name) // nothing would be left of it
	}
	return words
}

// GoName is the Go identifier of a name, respelled.
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

// Plural names many of a thing: Bucket gives Buckets, Policy Policies. A plural stays.
func Plural(word string) string {
	ends := func(endings ...string) bool {
		for _, ending := range endings {
			if strings.HasSuffix(word, ending) {
				return true
			}
		}
		return false
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
