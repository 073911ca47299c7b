package ngenea

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// keyScheme stands before a client key in the Authorization header.
const keyScheme = "Api-Key"

// ErrJWTOnly is the error of an operation that the Hub allows to logged-in users alone,
// the actions, in a client with a key; of a Do to their paths too. Nothing was sent; it
// is an [ErrInvalidArgument] too.
var ErrJWTOnly error = &keyError{
	"the Hub takes no client key for this operation, only a session: make the call with a client that has WithPassword",
	ErrInvalidArgument,
}

// ErrClientKeyRejected is the error of a call whose client key the Hub did not take,
// which is an [ErrUnauthorized] and an [ErrTokenRejected] too. It is final for the call:
// nothing is sent again. The Hub says the same of a key that was revoked, of one that
// never was, and of one used where it takes none.
var ErrClientKeyRejected error = &keyError{
	"the Hub did not take the client key: it was revoked or never valid, or no key is good for this; make a new one with CreateClientKey",
	ErrTokenRejected,
}

// keyError is a sentinel that is of a class, which its text does not repeat.
type keyError struct {
	text  string
	class error
}

func (e *keyError) Error() string { return e.text }
func (e *keyError) Unwrap() error { return e.class }

func keySource(key api.Secret) (*token.Source, error) {
	tokens, err := token.NewStaticSource(token.Token{Access: key, Scheme: keyScheme})
	if err != nil {
		return nil, product.Invalid("the client key: %w", err)
	}
	return tokens, nil
}

// keyGuard refuses what a client key cannot do, before anything is sent. A call that
// brings its own Authorization header may do anything.
type keyGuard struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (k *keyGuard) RoundTrip(request *http.Request) (*http.Response, error) {
	operation := call.OperationOf(request.Context())
	if _, own := request.Header["Authorization"]; own || operation == nil || !slices.Contains(jwtResources(), resourceOf(operation)) {
		return k.next.RoundTrip(request)
	}
	if request.Body != nil {
		_ = request.Body.Close()
	}
	return nil, ErrJWTOnly
}

// jwtResources are those of the operations that take a session alone. Whatever else is
// sent there, with Do or by an operation of a later release, takes no key either.
var jwtResources = sync.OnceValue(func() (resources []string) {
	for _, operation := range ngeneaapi.Operations() {
		if operation.Auth() == api.AuthJWT {
			resources = append(resources, resourceOf(operation))
		}
	}
	return resources
})

// resourceOf is the first part of an operation's path, or of what Do was given.
func resourceOf(operation *api.Operation) string {
	resource, _, _ := strings.Cut(strings.TrimPrefix(operation.Path(), "/"), "/")
	return resource
}

// CreateClientKey makes a client key for [WithClientKey] (operation createClientKey). It
// needs a session, not a key. The text of the key, APIKey, is in this answer and
// nowhere else: keep it, with the ID by which it is revoked. A key is valid until then.
func (c *Client) CreateClientKey(ctx context.Context, name string, options ...CallOption) (*ngeneaapi.CreatedClientKey, error) {
	if name == "" {
		return nil, fmt.Errorf("ngenea: create client key: %w: the name is empty", ErrInvalidArgument)
	}
	created, err := c.ClientKeys.CreateClientKey(ctx, ngeneaapi.CreateClientKeyBody{Name: name}, options...)
	if err != nil {
		return nil, err
	}
	if created.ID == 0 {
		created.ID, _ = idInURL(created.URL, "clientkeys")
	}
	if created.APIKey == NewSecret("") {
		return nil, fmt.Errorf("ngenea: create client key: %w: the Hub made key %d and did not show it: revoke it, and look at what answers there", ErrMalformedAnswer, created.ID)
	}
	return created, nil
}

// RevokeClientKey ends a client key by its ID (operation revokeClientKey, inferred). One
// that is not there is [ErrNotFound].
func (c *Client) RevokeClientKey(ctx context.Context, id int64, options ...CallOption) error {
	return c.ClientKeys.RevokeClientKey(ctx, id, options...)
}
