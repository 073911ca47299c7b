package weka

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Client is a session with a WEKA cluster. It logs in with the first call that needs it and
// stays logged in. With several addresses it spreads its calls over the backends that
// respond. It is safe for concurrent use; make one and keep it.
//
// Every operation of the API is a method of one of the embedded services, which are those
// of the API's documentation: c.FileSystems.Create, c.Cluster.GetStatus.
type Client struct {
	wekaapi.Services
	api       *call.Client
	gate      *transport.Gate
	tokens    *token.Source
	authority *authority // nil if tokens come from the caller
	wire      *connect.Wire
	endpoints *transport.Endpoints // nil for a single backend
	release   *releaseCache
	inherited connect.Settings // for ForTenant; without credentials
	borrowed  bool             // wire and endpoints belong to another client
}

// New makes a client of the cluster at address: a host, host:port or URL, or several
// backends with commas between ("weka01,weka02"). The default scheme is https, the default
// port 14000. New opens no connection. If the address or the options cannot work, the error
// is [ErrInvalidArgument].
func New(address string, options ...Option) (*Client, error) {
	s, wire, err := connect.Open(&product, address, options)
	if err != nil {
		return nil, err
	}
	c := &Client{wire: wire, release: &releaseCache{}}
	c.endpoints = newEndpoints(s, c)
	if err := c.open(s); err != nil {
		return nil, err
	}
	return c, nil
}

// open completes a client that has its wire: with its session and its services.
func (c *Client) open(s *connect.Settings) (err error) {
	c.inherited.Inherit(s)
	c.inherited.ClusterName = s.ClusterName
	if s.TokenFile != "" {
		s.Store = token.NewFileStore(s.TokenFile, fileCodec{})
	}
	layers := s.Layers(c.wire)
	layers.Endpoints = c.endpoints
	layers.NotStarted = tooManyTasks
	layers.Slash = transport.SlashRemoved
	c.tokens, err = product.NewTokens(s, identity(s, c.wire), func() token.Authority {
		c.authority = newAuthority(wekaapi.NewServices(product.NewCaller(s, c.wire, transport.Stack(layers), nil)).Login, s)
		return c.authority
	})
	if err != nil {
		return err
	}
	c.gate = &transport.Gate{Next: transport.Stack(s.CallLayers(layers, c.wire, c.tokens))}
	c.api = product.NewCaller(s, c.wire, c.gate, c.detail)
	c.Services = wekaapi.NewServices(&releaseLearner{c.api, c.release})
	return nil
}

// identity names the session in a store. A login without an organization is one to Root.
func identity(s *connect.Settings, wire *connect.Wire) token.Identity {
	return token.Identity{
		System: "weka", Cluster: s.ClusterName, Endpoints: wire.Origins(), User: s.Login.User,
		Organization: cmp.Or(s.Organization, "Root"),
	}
}

// Do calls a route that the services do not have. path is below /api/v2 and may have a
// query. in is sent as JSON unless it is nil. out receives the member data of the response,
// or the whole response if there is none; it may be nil. GET and HEAD may be sent again
// after a failure, and so may PUT and DELETE unless the route is a known operation that
// must not be repeated; everything else is sent once: see [WithRetryPolicy].
func (c *Client) Do(ctx context.Context, method, path string, in, out any, options ...CallOption) error {
	options = append(slices.Clip(options), call.WithClassesOf(wekaapi.Operations()))
	return c.api.Do(ctx, method, path, in, out, options...)
}

// Call calls an operation of [Operations] by its id, such as "getFileSystem", for programs
// that choose it at run time. args has the values of its path and query parameters by name.
// body is of the type that [wekaapi.TypesOf] returns, JSON as a json.RawMessage, or nil. out
// points to such a result, to a json.RawMessage, or is nil to ignore it; it is a *string if
// the result is text and an *io.ReadCloser, for the caller to close, if it is a file. An
// unknown id or parameter is [ErrInvalidArgument].
func (c *Client) Call(ctx context.Context, operationID string, args map[string]any, body, out any, options ...CallOption) error {
	return c.api.CallByID(ctx, wekaapi.Operations(), operationID, args, body, out, options...)
}

// Close ends background work and closes idle connections. It does not log out, since other
// processes may use the session. Later calls, and those that wait for a token, are
// [ErrClosed]. Close waits up to 30 seconds for a login or refresh that is under way:
// interrupting it could lose the session.
func (c *Client) Close() {
	c.gate.Close()
	c.tokens.Close()
	if c.borrowed {
		return
	}
	if c.endpoints != nil {
		c.endpoints.Close()
	}
	c.wire.CloseIdleConnections()
}

// Format prints the addresses for every verb. By itself fmt would follow pointers, to
// credentials and to fields that other goroutines write.
func (c Client) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.description()) }

// LogValue returns the addresses, for log/slog.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.description()) }

func (c Client) description() string { return "weka.Client of " + strings.Join(c.wire.Origins(), ", ") }
