package document

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// initialisms are written in capitals inside Go names. The generator's
// configuration (gen/*/*.yaml, additional-initialisms) lists those that it does
// not know by itself; a check of the generated code notices when the two part.
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

// GoName is the exported Go identifier of a name in a document: "fs_uid" becomes
// FSUID, "getFileSystem" becomes GetFileSystem. It is the generator's own rule
// (ToCamelCaseWithInitialisms), needed here because names are settled, and their
// collisions found, before anything is generated. Applied to a Go name it changes
// nothing.
func GoName(name string) string {
	parts := nameParts.FindAllString(camelCase(name), -1)
	for i, part := range parts {
		if word, ok := initialisms[strings.ToLower(part)]; ok {
			parts[i] = word
		}
	}
	return strings.Join(parts, "")
}

// camelCase drops what is neither letter nor digit and capitalises the letter
// that follows it; a letter after a digit begins a word too.
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

// singular names one item of a list: Buckets gives Bucket, Policies Policy,
// Addresses Address. Words that end in s without being plurals stay.
func Singular(name string) string {
	lower := strings.ToLower(name)
	has := func(endings ...string) bool {
		for _, ending := range endings {
			if strings.HasSuffix(lower, ending) {
				return true
			}
		}
		return false
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

// exported tells whether a name is an identifier that other packages see.
func Exported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

// argumentNames are taken inside every generated method: its own variables, and the
// packages that the file imports.
var ArgumentNames = []string{"s", "ctx", "body", "params", "options", "result", "err", "context", "json", "http", "api", "nullable", "time"}

// fieldName is the Go field of a member or parameter.
func FieldName(key string, described Object) string {
	if explicit := described.Text("x-go-name"); explicit != "" {
		return GoName(explicit)
	}
	return GoName(key)
}

// unsafeInTag are the characters that would end a struct tag, or the name in it: in
// the generated Go a hostile name could continue as code.
const unsafeInTag = "\"`\\,"

// checkFieldName refuses a member or parameter that gives no Go identifier, or that
// of another, or whose name cannot stand in a struct tag.
func CheckField(owner, key string, described Object, fields map[string]string) error {
	if key == "-" || strings.ContainsAny(key, unsafeInTag) || strings.ContainsFunc(key, unicode.IsControl) {
		return fmt.Errorf("%s has a member %q, whose name cannot stand in Go source: remove it in overlay.yaml", owner, key)
	}
	field := FieldName(key, described)
	if !Exported(field) {
		return fmt.Errorf("%s has a member %q that gives no Go identifier: give it an x-go-name in overlay.yaml", owner, key)
	}
	if before, ok := fields[field]; ok {
		return fmt.Errorf("%s has the members %q and %q, which would both be %s: give one of them an x-go-name in overlay.yaml", owner, before, key, field)
	}
	fields[field] = key
	return nil
}

// Constants returns the Go names of the constants of an enumeration, after their values or as
// given by value. An error names two values with one name, a value that gives none, and a
// name for a value that is not there.
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

// constantName reads SHOUTED_WORDS as words: BACKEND becomes Backend, DIR_CREATE
// DirCreate. A short one that stands alone, or has digits, is taken for an
// abbreviation and stays: RW, KRB5. The other values of the set do not count, so a
// release that adds one renames none.
func constantName(value string) string {
	if value == "" {
		return "Empty"
	}
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		if word == strings.ToUpper(word) && (len(word) > 3 || len(words) > 1) && !strings.ContainsAny(word, "0123456789") {
			words[i] = strings.ToLower(word)
		}
	}
	return GoName(strings.Join(words, "_"))
}

// reservedNames are the identifiers that the templates emit beside the types.
func ReservedNames(document Object) []string {
	names := []string{"Operations", "Services", "NewServices"}
	for _, o := range Operations(document) {
		names = append(names, "Op"+GoName(o.ID()), GoName(o.ID())+"Params")
		for _, tag := range o.Object.List("tags") {
			names = append(names, GoName(AsText(tag))+"Service")
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var operationID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// isOperationID reports whether an operationId gives a Go identifier.
func IsOperationID(id string) bool { return operationID.MatchString(id) && Exported(GoName(id)) }

var pathShape = regexp.MustCompile(`^/[!-~]*$`)

// isPath reports whether a path has no blank and no control character.
func IsPath(path string) bool { return pathShape.MatchString(path) }
