package ngenea

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Client is a session with an Ngenea Hub, or uses a client key. It logs in with the first
// call that needs it and stays logged in. It is safe for concurrent use; make one and keep
// it.
//
// Every operation of the API is a method of one of the embedded services:
// c.Jobs.List, c.Health.Get. The client's own methods are for tasks of more than
// one call: submitting, waiting, searching, lists as iterators, keys.
type Client struct {
	ngeneaapi.Services
	api    *call.Client
	gate   *transport.Gate
	tokens *token.Source // of a session, or the one key
	wire   *connect.Wire
}

// New makes a client of the Hub at address: a host, host:port or URL, with or without
// the /api at its end. Behind a proxy that adds a path it has that: https://host/hub. The
// default scheme is https, the default port that of the scheme.
// New opens no connection. If the address or the options cannot work, the error is
// [ErrInvalidArgument].
func New(address string, options ...Option) (*Client, error) {
	s, wire, err := connect.Open(&product, address, options)
	if err != nil {
		return nil, err
	}
	c := &Client{wire: wire}
	if err := c.open(s); err != nil {
		return nil, err
	}
	return c, nil
}

// open completes a client that has its wire: with its session or key, and its services.
func (c *Client) open(s *connect.Settings) (err error) {
	layers := s.Layers(c.wire)
	layers.Slash = transport.SlashAdded
	withKey := s.ClientKey != (Secret{})
	if withKey {
		c.tokens, err = keySource(s.ClientKey)
	} else {
		identity := token.Identity{System: "ngenea", Endpoints: []string{c.address()}, User: s.Login.User}
		c.tokens, err = product.NewTokens(s, identity, func() token.Authority {
			login := product.NewCaller(s, c.wire, transport.Stack(layers), detail)
			return &authority{api: login, auth: ngeneaapi.NewServices(login).Auth, user: s.Login.User, password: s.Login.Password}
		})
	}
	if err != nil {
		return err
	}
	calls := s.CallLayers(layers, c.wire, c.tokens)
	calls.Invalid = rejectsToken
	cause := detail
	if withKey {
		calls.Invalid, cause = never, detailWithKey
	}
	stack := transport.Stack(calls)
	if withKey {
		stack = &keyGuard{next: stack}
	}
	c.gate = &transport.Gate{Next: stack}
	c.api = product.NewCaller(s, c.wire, c.gate, cause)
	c.Services = ngeneaapi.NewServices(c.api)
	return nil
}

// Do calls a route that the services do not have. path is below /api and may have a query;
// for POST, PUT, PATCH and DELETE it gets the final slash that the Hub requires. in is sent
// as JSON unless it is nil. out receives the response, or its member data unless out is a
// struct with a field for that; it may be nil. GET, HEAD, PUT and DELETE may be sent again
// after a failure; everything else is sent once.
func (c *Client) Do(ctx context.Context, method, path string, in, out any, options ...CallOption) error {
	options = append(slices.Clip(options), call.WithClassesOf(ngeneaapi.Operations()))
	return c.api.Do(ctx, method, path, in, out, options...)
}

// Call calls an operation of [ngeneaapi.Operations] by its id, such as "getJob", for programs
// that choose it at run time. args has the values of its path and query parameters by name.
// body is of the type that [ngeneaapi.TypesOf] returns, JSON as a json.RawMessage, or nil.
// out points to such a result, to a json.RawMessage, or is nil to ignore it. An unknown id or
// parameter is [ErrInvalidArgument].
func (c *Client) Call(ctx context.Context, operationID string, args map[string]any, body, out any, options ...CallOption) error {
	return c.api.CallByID(ctx, ngeneaapi.Operations(), operationID, args, body, out, options...)
}

// Close ends background work and closes idle connections. It does not log out, since other
// processes may use the session. Later calls, and those that wait for a token, are
// [ErrClosed]. Close waits up to 30 seconds for a login or refresh that is under way:
// interrupting it could lose the session.
func (c *Client) Close() {
	c.gate.Close()
	c.tokens.Close()
	c.wire.CloseIdleConnections()
}

// Format prints the address for every verb. By itself fmt would follow pointers, to
// credentials and to fields that other goroutines write.
func (c Client) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.description()) }

// LogValue returns the address, for log/slog.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.description()) }

func (c Client) description() string { return "ngenea.Client of " + c.address() }

// address is that of the Hub, without the root of the API.
func (c Client) address() string {
	return strings.TrimSuffix(c.wire.Addresses[0].String(), product.BasePath)
}
