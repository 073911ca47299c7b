package ngenea

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// linked iterates over the pages of an operation. Fetch gets one of them, with options
// that make it that one.
func linked[T any, K comparable](ctx context.Context, operation *api.Operation, key func(T) K, options []CallOption, fetch func(context.Context, []CallOption) (items []T, next string, err error)) iter.Seq2[T, error] {
	options = slices.Clone(options)
	return call.LinkedPages(ctx, operation, nil, key, func(ctx context.Context, query url.Values) ([]T, string, error) {
		if query == nil {
			return fetch(ctx, options)
		}
		return fetch(ctx, with(options, onlyQuery(query)))
	})
}

// with adds an option to those of the caller, whose slice stays as it is.
func with(options []CallOption, one CallOption) []CallOption {
	return append(slices.Clip(options), one)
}

// onlyQuery sends the query of a link in place of any other: it has the filters of the
// first page in it.
func onlyQuery(query url.Values) CallOption {
	return func(request *http.Request) { request.URL.RawQuery = query.Encode() }
}

// filtered adds filters to the options of a call. They are copied now.
func filtered(filters url.Values, options []CallOption) []CallOption {
	var all []CallOption
	for name, values := range filters {
		for _, value := range values {
			all = append(all, WithQuery(name, value))
		}
	}
	return append(all, options...)
}

// itemKey tells the items of a list apart.
type itemKey struct {
	id     int64
	name   string
	serial int64
}

// keys makes the keys of one iterator's items. That they have an id or a name is mostly
// inferred: where there is neither, no two items are the same.
func keys() func(id int64, name string) itemKey {
	var serial atomic.Int64
	return func(id int64, name string) itemKey {
		switch {
		case id != 0:
			return itemKey{id: id}
		case name != "":
			return itemKey{name: name}
		}
		return itemKey{serial: serial.Add(1)}
	}
}

// copied gives params by value, those that are nil as none.
func copied[T any](params *T) (value T) {
	if params != nil {
		value = *params
	}
	return value
}
