package ngenea

import (
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// CallOption changes one call; every method takes any number of them.
type CallOption = api.CallOption

// Response is what WithResponse reports of a call beside its result.
type Response = call.Response

// WithResponse fills r with status, headers and number of attempts when the call ends,
// whether it succeeds or fails.
func WithResponse(r *Response) CallOption { return call.WithResponse(r) }

// WithRawBody keeps a copy of the answer as it came. It can hold secrets.
func WithRawBody(body *[]byte) CallOption { return call.WithRawBody(body) }

// WithHeader sets a header of one request. An Authorization header takes the place of
// the client's own credentials.
func WithHeader(key, value string) CallOption { return call.WithHeader(key, value) }

// WithQuery adds a query parameter that the generated method does not know: most
// filters of the Hub's lists are in no documentation.
func WithQuery(key, value string) CallOption { return call.WithQuery(key, value) }
