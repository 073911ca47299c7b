package document

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// initialisms are written in capitals in Go names. The configuration of the generator
// (gen/*/*.yaml, additional-initialisms) lists those that it does not know itself; check
// fails if the two lists differ.
var initialisms = map[string]string{}

func init() {
	const known = "ACL API ASCII CPU CSS DNS EOF GUID HTML HTTP HTTPS ID IP JSON QPS RAM RPC SLA SMTP SQL SSH TCP TLS TTL " +
		"UDP UI GID UID UUID URI URL UTF8 VM XML XMPP XSRF XSS SIP RTP AMQP DB TS"
	const ours = "ACLs ARN AWS CA DN DPDK FQDN FS GDS GIDs GUI GUIDs IDs IO IOs IP4 IP6 IPs KDC KMIP KMS " +
		"LDAP MAC MIT MTU NFS NIC NUMA OIDC OS OU PCI PEM RDMA RFC SMB SSD STS UCX UIDs UTC VLAN"
	for word := range strings.FieldsSeq(known + " " + ours) {
		initialisms[strings.ToLower(word)] = word
	}
}

var nameParts = regexp.MustCompile(`[\p{Lu}\d]+([\p{Ll}\d]+|$)`)

// GoName returns the exported Go identifier of a name in a document: FSUID for "fs_uid",
// GetFileSystem for "getFileSystem". It is the rule of the generator
// (ToCamelCaseWithInitialisms), applied here because collisions of names are found before
// anything is generated. GoName of a Go name is the same name.
func GoName(name string) string {
	parts := nameParts.FindAllString(camelCase(name), -1)
	for i, part := range parts {
		if word, ok := initialisms[strings.ToLower(part)]; ok {
			parts[i] = word
		}
	}
	return strings.Join(parts, "")
}

// camelCase removes what is neither letter nor digit, and capitalizes the letter after it
// or after a digit.
func camelCase(name string) string {
	var out strings.Builder
	begin := true
	for _, r := range name {
		switch {
		case unicode.IsDigit(r):
			out.WriteRune(r)
			begin = true
		case unicode.IsLetter(r):
			if begin {
				r = unicode.ToUpper(r)
			}
			out.WriteRune(r)
			begin = false
		default:
			begin = true
		}
	}
	return out.String()
}

// Singular returns the singular of a name: Bucket for Buckets, Policy for Policies, Address
// for Addresses. Words that end in s and are no plurals stay.
func Singular(name string) string {
	has := func(endings ...string) bool {
		return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(strings.ToLower(name), ending) })
	}
	switch {
	case has("status", "ss", "us", "is", "nfs", "dns", "tls", "kms", "aws", "stats", "series", "qos", "address"):
		return name
	case has("ies"):
		return name[:len(name)-3] + "y"
	case has("sses", "ches", "shes", "xes", "uses"):
		return name[:len(name)-2]
	case has("s"):
		return name[:len(name)-1]
	default:
		return name
	}
}

// Exported reports whether a name is an exported Go identifier.
func Exported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

// ArgumentNames are the names that every generated method uses: its variables, and the
// imported packages.
var ArgumentNames = []string{"s", "ctx", "body", "params", "options", "result", "err", "context", "json", "http", "api", "nullable", "time"}

// FieldName returns the Go field of a member or parameter, by x-go-name or its own name.
func FieldName(key string, described Object) string {
	if explicit := described.Text("x-go-name"); explicit != "" {
		return GoName(explicit)
	}
	name := GoName(signed(key))
	if name != "" && unicode.IsDigit(rune(name[0])) {
		name = "N" + name // like the generator, for constants
	}
	return name
}

var signedNumber = regexp.MustCompile(`(^|[^\pL\pN])([+-])(\pN)`)

// signed writes the sign of a number as a word: plus_1 for +1, reactions-minus_1 for
// reactions--1.
func signed(text string) string {
	return signedNumber.ReplaceAllStringFunc(text, func(found string) string {
		part := signedNumber.FindStringSubmatch(found)
		return part[1] + map[string]string{"+": "plus_", "-": "minus_"}[part[2]] + part[3]
	})
}

// unsafeInTag are the characters that end a struct tag, or the name in it: a hostile name
// could continue as code.
const unsafeInTag = "\"`\\,"

// CheckField returns an error if a member or parameter gives no Go identifier, or that of
// another, or if its name cannot stand in a struct tag. Otherwise it adds the field to
// fields, which maps Go names to members.
func CheckField(owner, key string, described Object, fields map[string]string) error {
	if key == "-" || strings.ContainsAny(key, unsafeInTag) || strings.ContainsFunc(key, unicode.IsControl) {
		return fmt.Errorf("%s has a member %q, whose name cannot stand in Go source: remove it in overlay.yaml", owner, key)
	}
	field := FieldName(key, described)
	if !Exported(field) {
		return fmt.Errorf("%s has a member %q that gives no Go identifier: give it an x-go-name in overlay-names.yaml", owner, key)
	}
	if before, ok := fields[field]; ok {
		return fmt.Errorf("%s has the members %q and %q, which would both be %s: give one of them an x-go-name in overlay-names.yaml", owner, before, key, field)
	}
	fields[field] = key
	return nil
}

// Constants returns the Go names of the constants of an enumeration, made of their values
// or given by value. Two values with one name, a value that gives no name, and a given name
// without a value are errors.
func Constants(values []any, given Object) ([]any, error) {
	var constants []any
	taken := map[string]any{}
	for _, value := range values {
		constant := given.Text(fmt.Sprint(value))
		if constant == "" {
			constant = constantName(fmt.Sprint(value))
		}
		if before, ok := taken[constant]; ok {
			return nil, fmt.Errorf("the values %q and %q would have one constant", before, value)
		}
		if constant == "" {
			return nil, fmt.Errorf("the value %q gives no constant", value)
		}
		taken[constant] = value
		constants = append(constants, constant)
	}
	for value := range given {
		if !slices.ContainsFunc(values, func(v any) bool { return fmt.Sprint(v) == value }) {
			return nil, fmt.Errorf("%q is named and is none of the values", value)
		}
	}
	return constants, nil
}

// constantName reads upper case as words: Backend for BACKEND, DirCreate for DIR_CREATE. A
// single short word, or one with digits, is an abbreviation and stays: RW, KRB5. The name
// does not depend on the other values, so a release that adds one renames none. The sign of a
// number is a word: Minus1 for -1.
func constantName(value string) string {
	if value == "" {
		return "Empty"
	}
	value = signed(value)
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		if word == strings.ToUpper(word) && (len(word) > 3 || len(words) > 1) && !strings.ContainsAny(word, "0123456789") {
			words[i] = strings.ToLower(word)
		}
	}
	if len(words) == 0 {
		return spelledOut(value)
	}
	return GoName(strings.Join(words, "_"))
}

// spelledOut names a value of nothing but signs: Slash for "/", BangEqual for "!=". It is "" if
// one of them has no name here.
func spelledOut(value string) string {
	var name strings.Builder
	for _, sign := range value {
		word, ok := signs[sign]
		if !ok {
			return ""
		}
		name.WriteString(word)
	}
	return name.String()
}

var signs = map[rune]string{
	'/': "Slash", '*': "Star", '.': "Dot", '-': "Dash", '+': "Plus", '=': "Equal", '!': "Bang", '&': "And", '|': "Bar", '%': "Percent",
	'#': "Hash", '@': "At", '?': "Question", '~': "Tilde", '^': "Caret", '$': "Dollar", ':': "Colon", ',': "Comma", '_': "Underscore", ' ': "Space",
}

// ReservedNames lists the identifiers that the templates write besides the types, in a
// document whose operations have their names.
func ReservedNames(document Object) []string {
	names := []string{"Operations", "Services", "NewServices"}
	for _, o := range Operations(document) {
		names = append(names, "Op"+GoName(o.ID()), o.Object.Text("x-go-id")+"Params", o.Object.Text("x-service")+"Service")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var operationID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./:-]*$`)

// IsOperationID reports whether an operationId gives a Go identifier.
func IsOperationID(id string) bool { return operationID.MatchString(id) && Exported(GoName(id)) }

var pathShape = regexp.MustCompile(`^/[!-~]*$`)

// IsPath reports whether a path contains neither spaces nor control characters.
func IsPath(path string) bool { return pathShape.MatchString(path) }
