package ngenea

import (
	"context"
	"errors"
	"fmt"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// InferredRouteError says what to do where a Hub does not have an operation that no
// documentation shows ([ErrRouteMissing]). Get it with errors.As.
type InferredRouteError struct {
	Operation string // its id
	Hub       string // scheme and host
}

// Error gives the command that fetches the Hub's own document.
func (e *InferredRouteError) Error() string {
	return fmt.Sprintf("no documentation shows %s, so this Hub may have it elsewhere: pull the Hub's own document with `go run ./specs/refresh pull -from %s/api/docs/ ngenea`", e.Operation, e.Hub)
}

// explain is the Detail of a call.Config.
func explain(_ context.Context, operation *api.Operation, e *call.Error) error {
	switch {
	case errors.Is(e.Class, ErrValidation):
		if refused := validationOf(e.Data); refused != nil {
			return refused
		}
	case errors.Is(e.Class, ErrRouteMissing):
		if operation.Inferred() {
			return &InferredRouteError{Operation: e.Operation, Hub: e.Endpoint}
		}
	}
	return nil
}

// explainWithKey is explain for a client with a key. A page of HTML is a proxy's, which
// knows no keys.
func explainWithKey(ctx context.Context, operation *api.Operation, e *call.Error) error {
	if errors.Is(e.Class, ErrUnauthorized) && e.Data != nil {
		return ErrClientKeyRejected
	}
	return explain(ctx, operation, e)
}
