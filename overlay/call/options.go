package call

import (
	"net/http"
	"net/url"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// Option changes one call. It runs on the finished request, once, before the
// first attempt, and may replace the request's context. It is an alias, so that
// generated packages can declare the identical type without importing this one.
type Option = func(*http.Request)

// WithResponse fills in r once the call ends, whether it succeeds or fails. Where
// no answer came, Status is 0 and Header nil. A call whose arguments are refused
// before there is a request leaves r as it is.
func WithResponse(r *Response) api.CallOption {
	return func(req *http.Request) {
		if x := exchangeOf(req.Context()); x != nil {
			x.response = r
		}
	}
}

// WithRawBody keeps a copy of the answer's bytes as received, of an error
// answer too. Answers can hold secrets: it is the caller's to keep them.
func WithRawBody(body *[]byte) api.CallOption {
	return func(req *http.Request) {
		if x := exchangeOf(req.Context()); x != nil {
			x.raw = append(x.raw, body)
		}
	}
}

// WithHeader sets a header in place of the one that the call would send.
func WithHeader(key, value string) api.CallOption {
	return func(req *http.Request) { req.Header.Set(key, value) }
}

// WithQuery adds a query parameter, for one that a newer release knows and the
// document does not. It is escaped, and added beside one of the same name.
func WithQuery(key, value string) api.CallOption {
	return func(req *http.Request) {
		pair := url.QueryEscape(key) + "=" + url.QueryEscape(value)
		if req.URL.RawQuery != "" {
			pair = req.URL.RawQuery + "&" + pair
		}
		req.URL.RawQuery = pair
	}
}

// WithBasicAuth authenticates one call with a user and a password instead of
// the client's token, as the operations with api.AuthBasic need.
func WithBasicAuth(user, password string) api.CallOption {
	return func(req *http.Request) { req.SetBasicAuth(user, password) }
}
