package transport

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// SlashRule says how an API ends its paths. It is applied to calls of the escape
// hatch alone: a generated operation has the path that its contract prints.
type SlashRule int

const (
	// SlashAsGiven leaves paths as they are.
	SlashAsGiven SlashRule = iota
	// SlashAdded ends the path of a POST, PUT, PATCH or DELETE with a slash: without
	// it a Django server redirects, and a body does not survive that (Ngenea Hub).
	SlashAdded
	// SlashRemoved ends no path with a slash: no route of the API has one (WEKA).
	SlashRemoved
)

// Slash ends paths as the API wants them, and is the one layer that looks at
// redirects.
//
// A redirect that only adds a slash (301, 302, 307, 308) is obeyed once, for every
// method: the request is sent again with its method and its whole body. Frameworks
// send it before they look for a handler, so nothing is done twice. Where the body
// cannot be read again, or the call may not be sent once more, it ends in a
// [*SlashError].
//
// Every other redirect ends in a [*RedirectError]: a POST that is redirected would
// become a GET without its body, and a token would follow to another host.
//
// Whatever the Location header holds, a request is only ever sent again to where it
// went before. A Location is compared with that address and then forgotten, so a
// server behind a proxy may write its own idea of the address into it: another
// scheme, or no port. Another host or another port is another server, and is not
// followed.
type Slash struct {
	Next http.RoundTripper
	Rule SlashRule
}

// RoundTrip implements http.RoundTripper.
func (s *Slash) RoundTrip(request *http.Request) (*http.Response, error) {
	request = s.Rule.apply(request)
	answer, err := s.Next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	to, redirected := redirect(answer)
	if !redirected {
		return answer, nil
	}
	if sent := answeredBy(answer, request); answer.StatusCode == http.StatusSeeOther || !addsOnlySlash(to, sent) {
		discard(answer)
		return nil, newRedirectError(sent, answer.StatusCode, to)
	}
	discard(answer)
	again, ok := rewind(request)
	if !ok {
		return nil, newSlashError(request)
	}
	if !takeAttempt(request.Context()) {
		closeBody(again)
		return nil, newSlashError(request)
	}
	return s.resend(withSlash(again))
}

// resend takes the second answer as it is, unless that is a redirect again.
func (s *Slash) resend(request *http.Request) (*http.Response, error) {
	answer, err := s.Next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if to, redirected := redirect(answer); redirected {
		discard(answer)
		return nil, newRedirectError(answeredBy(answer, request), answer.StatusCode, to)
	}
	return answer, nil
}

// apply gives the request the ending that the rule wants, in a copy of it.
func (r SlashRule) apply(request *http.Request) *http.Request {
	operation := call.OperationOf(request.Context())
	if operation == nil || operation.ID() != "" {
		return request
	}
	switch r {
	case SlashAdded:
		switch request.Method {
		case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
			return withSlash(request)
		}
	case SlashRemoved:
		return withoutSlash(request)
	}
	return request
}

// withSlash looks at the path as it is sent: an escaped slash at its end is part of
// a name.
func withSlash(request *http.Request) *http.Request {
	if strings.HasSuffix(request.URL.EscapedPath(), "/") {
		return request
	}
	return withPath(request, request.URL.Path+"/", request.URL.EscapedPath()+"/")
}

func withoutSlash(request *http.Request) *http.Request {
	sent := request.URL.EscapedPath()
	short := strings.TrimRight(sent, "/")
	if short == sent {
		return request
	}
	return withPath(request, request.URL.Path[:len(request.URL.Path)-(len(sent)-len(short))], short)
}

func withPath(request *http.Request, path, escaped string) *http.Request {
	changed := request.WithContext(request.Context())
	address := *request.URL
	address.Path, address.RawPath = path, escaped
	changed.URL = &address
	return changed
}

// redirect gives where an answer points to.
func redirect(answer *http.Response) (to string, ok bool) {
	switch answer.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		to = answer.Header.Get("Location")
	}
	return to, to != ""
}

// answeredBy is the request that a server answered: a layer below may have chosen
// another endpoint.
func answeredBy(answer *http.Response, request *http.Request) *http.Request {
	if answer.Request != nil && answer.Request.URL != nil {
		return answer.Request
	}
	return request
}

// addsOnlySlash compares decoded paths, since frameworks write a path in their own
// way; and the meaning of queries, for the same reason.
func addsOnlySlash(location string, sent *http.Request) bool {
	to, err := sent.URL.Parse(location)
	return err == nil && to.User == nil && to.Fragment == "" &&
		to.Path == sent.URL.Path+"/" && sameQuery(to.RawQuery, sent.URL.RawQuery) &&
		isOwnHost(to, sent)
}

// isOwnHost ignores the scheme and takes no port for any: a server behind a proxy
// that ends TLS knows neither for sure.
func isOwnHost(to *url.URL, sent *http.Request) bool {
	if to.Scheme != "http" && to.Scheme != "https" {
		return false
	}
	for _, host := range []string{sent.URL.Host, sent.Host} {
		own := url.URL{Scheme: sent.URL.Scheme, Host: host}
		if strings.EqualFold(to.Hostname(), own.Hostname()) && (to.Port() == "" || to.Port() == own.Port()) {
			return true
		}
	}
	return false
}

func sameQuery(one, other string) bool {
	if one == other {
		return true
	}
	left, errLeft := url.ParseQuery(one)
	right, errRight := url.ParseQuery(other)
	return errLeft == nil && errRight == nil && left.Encode() == right.Encode()
}
