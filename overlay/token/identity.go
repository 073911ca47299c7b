package token

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Identity says whose session a token is, and with what. A token kept for one
// identity is never handed to another.
type Identity struct {
	// System is the kind of server, such as "weka": two systems may share a name.
	System string

	// Cluster names the installation. If it is set, Endpoints do not count, so that
	// clients with different lists of one cluster's addresses share a session.
	Cluster string

	// Endpoints are the addresses as the caller gave them, each with its scheme.
	// Their order, letter case of scheme and host, default ports and trailing slashes
	// do not count.
	Endpoints []string

	User, Organization string
}

// Key is a name for the identity that is safe in file names and in other stores'
// keys: 64 hexadecimal digits, equal for equal identities.
func (id Identity) Key() string {
	text, err := json.Marshal(id.normalised())
	if err != nil {
		panic(err) // strings always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (id Identity) normalised() Identity {
	if id.Cluster != "" {
		id.Endpoints = nil
		return id
	}
	endpoints := make([]string, 0, len(id.Endpoints))
	for _, endpoint := range id.Endpoints {
		endpoints = append(endpoints, normalisedEndpoint(endpoint))
	}
	slices.Sort(endpoints)
	id.Endpoints = slices.Compact(endpoints)
	return id
}

// equal compares normalised identities.
func (id Identity) equal(other Identity) bool {
	return id.System == other.System && id.Cluster == other.Cluster && slices.Equal(id.Endpoints, other.Endpoints) &&
		id.User == other.User && id.Organization == other.Organization
}

// normalisedEndpoint leaves out the user, who must not reach a file name or a file.
func normalisedEndpoint(endpoint string) string {
	u, err := url.Parse(strings.TrimSpace(endpoint))
	if err != nil || u.Host == "" {
		return endpoint
	}
	u.User = nil
	u.Scheme = strings.ToLower(u.Scheme)
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath, u.RawQuery, u.Fragment = "", "", ""
	return u.String()
}
