package ngenea

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// keyScheme precedes a client key in the Authorization header.
const keyScheme = "Api-Key"

// ErrJWTOnly is the error of a client with a key for operations that the Hub allows to
// logged-in users only, the actions, and for a Do with their paths. Nothing was sent. It is
// an [ErrInvalidArgument].
var ErrJWTOnly error = &keyError{
	"the Hub accepts no client key for this operation, only a session: use a client with WithPassword",
	ErrInvalidArgument,
}

// ErrClientKeyRejected is the error of a call whose client key the Hub rejected. It is an
// [ErrUnauthorized] and an [ErrTokenRejected]. The call is not sent again. The Hub does not
// distinguish a revoked key, an unknown key and an operation that accepts none.
var ErrClientKeyRejected error = &keyError{
	"the Hub rejected the client key: it was revoked or never valid, or the operation accepts none; make a new one with CreateClientKey",
	ErrTokenRejected,
}

// keyError is a sentinel in a class, whose text it does not repeat.
type keyError struct {
	text  string
	class error
}

func (e *keyError) Error() string { return e.text }
func (e *keyError) Unwrap() error { return e.class }

func keySource(key Secret) (*token.Source, error) {
	tokens, err := token.NewStaticSource(token.Token{Access: key, Scheme: keyScheme})
	if err != nil {
		return nil, product.Invalid("the client key: %w", err)
	}
	return tokens, nil
}

// keyGuard rejects operations that accept no client key. A call with an Authorization header
// of its own may call them.
type keyGuard struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (k *keyGuard) RoundTrip(request *http.Request) (*http.Response, error) {
	operation := call.StateOf(request).Operation()
	if _, own := request.Header["Authorization"]; own || operation == nil || !slices.Contains(jwtResources(), resourceOf(operation)) {
		return k.next.RoundTrip(request)
	}
	if request.Body != nil {
		_ = request.Body.Close()
	}
	return nil, ErrJWTOnly
}

// jwtResources are the resources of the operations that accept only a session. Other
// requests to them, with Do or by an operation of a later release, accept no key either.
var jwtResources = sync.OnceValue(func() (resources []string) {
	for _, operation := range ngeneaapi.Operations() {
		if operation.Auth() == api.AuthJWT {
			resources = append(resources, resourceOf(operation))
		}
	}
	return resources
})

// resourceOf returns the first segment of an operation's path, decoded as the Hub does.
func resourceOf(operation *api.Operation) string {
	resource, _, _ := strings.Cut(strings.TrimPrefix(operation.Path(), "/"), "/")
	if decoded, err := url.PathUnescape(resource); err == nil {
		return decoded
	}
	return resource
}

// CreateClientKey makes a client key for [WithClientKey] (operation createClientKey). It
// needs a client with a session. Only this result has the key, APIKey: store it, and the
// ID for [Client.RevokeClientKey]. A key is valid until it is revoked.
func (c *Client) CreateClientKey(ctx context.Context, name string, options ...CallOption) (*ngeneaapi.CreatedClientKey, error) {
	if name == "" {
		return nil, fmt.Errorf("ngenea: create client key: %w: the name is empty", ErrInvalidArgument)
	}
	created, err := c.ClientKeys.Create(ctx, ngeneaapi.CreateClientKeyBody{Name: name}, options...)
	if err != nil {
		return nil, err
	}
	if created.ID == 0 {
		created.ID, _ = idInURL(created.URL, "clientkeys")
	}
	if created.APIKey == (Secret{}) {
		return nil, fmt.Errorf("ngenea: create client key: %w: the response has no key: the Hub made key %d; revoke it, and check what responds at this address", ErrMalformedResponse, created.ID)
	}
	return created, nil
}

// RevokeClientKey revokes the client key with that ID (operation revokeClientKey,
// inferred). An unknown ID is [ErrNotFound].
func (c *Client) RevokeClientKey(ctx context.Context, id int64, options ...CallOption) error {
	return c.ClientKeys.Revoke(ctx, id, options...)
}
