package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/test/must"
)

// method is the generated method of an operation.
type method struct {
	function reflect.Value
	op       *operation
	path     []reflect.Type
	body     reflect.Type // nil if it takes none
	params   reflect.Type // the struct; nil if it takes none
	result   reflect.Type // nil if it returns only an error
}

var (
	contextType = reflect.TypeFor[context.Context]()
	optionsType = reflect.TypeFor[[]api.CallOption]()
	errorType   = reflect.TypeFor[error]()
)

// find finds a method in the client's services and checks that its parameters and results
// are those of the document, in this order: path values, body, params, options.
func find(client any, row *api.Operation, op *operation) (*method, error) {
	service := reflect.ValueOf(client).Elem().FieldByName(row.Service())
	if !service.IsValid() {
		return nil, fmt.Errorf("the client has no service %s", row.Service())
	}
	m := &method{op: op, function: service.Addr().MethodByName(row.GoMethod())}
	if !m.function.IsValid() {
		return nil, fmt.Errorf("%sService has no method %s", row.Service(), row.GoMethod())
	}
	t := m.function.Type()
	in := slices.Collect(t.Ins())
	want := len(op.inPath) + 2 // the context and the options
	if op.takesBody() {
		want++
	}
	if len(op.inQuery) > 0 {
		want++
	}
	if len(in) != want || in[0] != contextType || in[want-1] != optionsType || !t.IsVariadic() {
		return nil, fmt.Errorf("takes %v, not a context, %d path values, body and params of the document, and options", t, len(op.inPath))
	}
	m.path, in = in[1:1+len(op.inPath)], in[1+len(op.inPath):]
	if op.takesBody() {
		m.body, in = in[0], in[1:]
	}
	if len(op.inQuery) > 0 {
		if in[0].Kind() != reflect.Pointer || in[0].Elem().Kind() != reflect.Struct {
			return nil, fmt.Errorf("takes %v as params, not a pointer to a struct", in[0])
		}
		m.params = in[0].Elem()
	}
	out := slices.Collect(t.Outs())
	if op.returnsResult() && len(out) > 0 {
		m.result, out = out[0], out[1:]
	}
	if len(out) != 1 || out[0] != errorType {
		return nil, fmt.Errorf("returns %v, not the result %q of the document and an error", t, op.result)
	}
	return m, nil
}

// errNotFilled is for a sample that does not fit the generated types.
var errNotFilled = errors.New("the sample does not fit the Go type")

// call calls the method with a sample.
func (m *method) call(ctx context.Context, r request, options ...api.CallOption) (result any, err error) {
	defer must.Catch(&err)
	arguments := []reflect.Value{reflect.ValueOf(ctx)}
	add := func(t reflect.Type, what string, sample any) {
		value := reflect.New(t).Elem()
		err := fill(value, sample)
		must.Hold(err == nil, "%w: %s: %w", errNotFilled, what, err)
		arguments = append(arguments, value)
	}
	for i, t := range m.path {
		add(t, "path value "+m.op.inPath[i].Name, r.path[i])
	}
	switch {
	case m.op.reader:
		arguments = append(arguments, reflect.ValueOf(strings.NewReader(fileText)))
	case m.op.sends != "":
		arguments = append(arguments, reflect.Zero(m.body))
	case m.body != nil:
		add(m.body, "body", r.body)
	}
	if m.params != nil {
		add(reflect.PointerTo(m.params), "params", r.query)
	}
	for _, option := range options {
		arguments = append(arguments, reflect.ValueOf(option))
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the method panicked: %v", cause)
		}
	}()
	returned := m.function.Call(arguments)
	err, _ = returned[len(returned)-1].Interface().(error)
	if m.result != nil {
		result = returned[0].Interface()
	}
	if file, ok := result.(io.ReadCloser); ok && err == nil {
		defer func() { _ = file.Close() }()
		text, err := io.ReadAll(file)
		return string(text), err
	}
	return result, err
}

// methodsOf returns the methods of all services of a client, as "Service.Method".
func methodsOf(client any) map[string]bool {
	found := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(client).Elem()) {
		if !field.IsExported() || field.Anonymous {
			continue
		}
		for method := range reflect.PointerTo(field.Type).Methods() {
			found[field.Name+"."+method.Name] = true
		}
	}
	return found
}
