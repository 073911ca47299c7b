package weka

import (
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// CallOption changes one call; every method takes any number of them.
type CallOption = api.CallOption

// Response is what WithResponse reports of a call beside its result.
type Response = call.Response

// WithResponse fills r with status, headers, endpoint and number of attempts when
// the call ends, whether it succeeds or fails.
func WithResponse(r *Response) CallOption { return call.WithResponse(r) }

// WithRawBody keeps a copy of the answer as it came. It can hold secrets.
func WithRawBody(body *[]byte) CallOption { return call.WithRawBody(body) }

// WithHeader sets a header of one request.
func WithHeader(key, value string) CallOption { return call.WithHeader(key, value) }

// WithQuery adds a query parameter that the generated method does not know, such
// as one of a newer release.
func WithQuery(key, value string) CallOption { return call.WithQuery(key, value) }

// WithBasicAuth authenticates one call with a name and a password in place of the
// session's token. The eight operations whose Auth is "basic" need it: they take
// the name and password of an LDAP user.
func WithBasicAuth(user, password string) CallOption { return call.WithBasicAuth(user, password) }
