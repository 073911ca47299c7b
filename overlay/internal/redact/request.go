package redact

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// PublicHeaders are headers whose values are not secrets.
var PublicHeaders = []string{
	"Accept", "Allow", "Content-Length", "Content-Type", "Date", "Location", "Retry-After", "Server", "User-Agent", "X-Request-Id",
}

const (
	// shortestUnknown is the length from which a value counts as a secret that may be one:
	// of a header or a query parameter with an unknown name.
	shortestUnknown = 8
	// maxBody is how much of a request's body is searched for secrets.
	maxBody = 16 << 20
)

// AddRequest adds what a request carries: its credentials, the user of its address, the
// members of its JSON body and the query parameters whose names are those of secrets, and
// the values of headers and query parameters that are unknown. isKnown reports whether a
// query parameter is one of the documented ones.
func (s *Set) AddRequest(r *http.Request, isKnown func(name string) bool) {
	s.AddUser(r.URL.User)
	for name, values := range r.Header {
		for _, value := range values {
			switch {
			case name == "Authorization" || name == "Proxy-Authorization":
				s.addCredentials(value)
			case !slices.Contains(PublicHeaders, name):
				s.addNamed(name, value, false)
			}
		}
	}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(value); err == nil {
			value = decoded
		}
		s.addNamed(name, value, isKnown(name))
	}
	s.addBody(r)
}

// AddUser adds the password in an address, or the user if there is no password.
func (s *Set) AddUser(user *url.Userinfo) {
	if user == nil {
		return
	}
	password, _ := user.Password()
	s.Add(cmp.Or(password, user.Username()))
}

// addCredentials adds the value of an Authorization header: what follows the scheme, and
// the password in that of HTTP Basic, or its user if there is no password.
func (s *Set) addCredentials(value string) {
	scheme, credentials, found := strings.Cut(value, " ")
	if !found {
		credentials = value
	}
	s.Add(credentials)
	if strings.EqualFold(scheme, "Basic") {
		decoded, _ := base64.StdEncoding.DecodeString(credentials) // what is not base64 is a secret as it is
		user, password, _ := strings.Cut(string(decoded), ":")
		s.Add(cmp.Or(password, user))
	}
}

func (s *Set) addNamed(name, value string, isKnown bool) {
	if IsSecretName(name) || !isKnown && len(value) >= shortestUnknown {
		s.Add(value)
	}
}

// The names of secrets, in lower case without _ and -: a name is one if it contains one of
// the parts or equals one of the words. A test compares them with the documents of both
// products. The parts match more than secrets: a cursor called next_token is one too.
var (
	secretParts = []string{
		"password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "keypem", "keytab", "sssdconf",
		"credential", "authorization", "cookie",
	}
	secretWords = []string{"access", "refresh", "key", "jwt", "bearer"}
)

// IsSecretName reports whether a member, a parameter or a header of this name is a secret.
func IsSecretName(name string) bool {
	name = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
	return slices.Contains(secretWords, name) ||
		slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(name, part) })
}

// addBody adds the strings and numbers in the secret members of a JSON body. A body that
// can be read only once is not searched.
func (s *Set) addBody(r *http.Request) {
	if r.GetBody == nil {
		return
	}
	body, err := r.GetBody()
	if err != nil {
		return
	}
	defer func() { _ = body.Close() }()
	from := json.NewDecoder(io.LimitReader(body, maxBody))
	from.UseNumber()
	_ = s.addValue(from, false) // what follows an error is not JSON
}

func (s *Set) addValue(from *json.Decoder, secret bool) error {
	next, err := from.Token()
	if err != nil {
		return err
	}
	switch v := next.(type) {
	case string:
		if secret {
			s.Add(v)
		}
	case json.Number:
		if secret {
			s.Add(v.String())
		}
	case json.Delim:
		for from.More() {
			inner := secret
			if v == '{' {
				name, err := from.Token()
				if err != nil {
					return err
				}
				key, _ := name.(string)
				inner = secret || IsSecretName(key)
			}
			if err := s.addValue(from, inner); err != nil {
				return err
			}
		}
		_, err = from.Token()
	}
	return err
}
