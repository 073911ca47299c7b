package specs

import (
	"regexp"
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
func singular(name string) string {
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
