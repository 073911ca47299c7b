package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// CallByID makes the operation of a table that has an id. args has the values of its path
// and query parameters by name, and an optional parameter without a value is not sent.
// body and out are those of Call; a nil out ignores the result.
func (c *Client) CallByID(
	ctx context.Context, operations []*api.Operation, id string, args map[string]any, body, out any, options ...api.CallOption,
) error {
	at := slices.IndexFunc(operations, func(op *api.Operation) bool { return op.ID() == id })
	if at < 0 {
		return &Error{Operation: oneLine(id, 100), Class: ErrInvalidArgument, Err: errors.New("no operation has this id: Operations lists them")}
	}
	op := operations[at]
	path, query, err := arguments(op, args)
	if err == nil {
		err = fitsResult(op, out)
	}
	if err != nil {
		return invalid(op, err)
	}
	return c.Call(ctx, op, path, query, body, out, options...)
}

// queryArguments are values of query parameters in their order, nil for one without.
type queryArguments []any

// QueryValues implements api.Params.
func (q queryArguments) QueryValues() []any { return q }

// arguments puts the values of parameters into the order of the operation.
func arguments(op *api.Operation, args map[string]any) (path []any, query queryArguments, err error) {
	var names []string
	for p := range op.Parameters() {
		names = append(names, p.Name)
		value, given := args[p.Name]
		switch {
		case !given && p.Required:
			return nil, nil, fmt.Errorf("%s parameter %q: no value given", p.In, p.Name)
		case p.In == "path":
			path = append(path, value)
		case given:
			query = append(query, &value) // behind a pointer a zero value is sent
		default:
			query = append(query, nil)
		}
	}
	for name := range args {
		if !slices.Contains(names, name) {
			return nil, nil, fmt.Errorf("there is no parameter %.100q: %s has [%s]", name, op.ID(), strings.Join(names, ", "))
		}
	}
	return path, query, nil
}

// fitsResult refuses what text or a file cannot be written to.
func fitsResult(op *api.Operation, out any) error {
	if out == nil {
		return nil
	}
	if _, ok := out.(*string); !ok && op.Result() == api.ResultText {
		return fmt.Errorf("the result is text: pass a *string, not a %T", out)
	}
	if _, ok := out.(*io.ReadCloser); !ok && op.Result() == api.ResultFile {
		return fmt.Errorf("the result is a file: pass an *io.ReadCloser, not a %T", out)
	}
	return nil
}
