package ngenea

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/internal/version"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Client is a session with one Ngenea Hub, or the use of a client key. It is safe for
// concurrent use and meant to be kept: it logs in when a call first needs it and stays
// logged in.
//
// Every operation of the API is a method of one of the embedded services:
// c.Jobs.ListJobs, c.Health.GetHealth. The client's own methods are what takes more
// than one call, or care: submitting, waiting, searching, lists as iterators, keys.
type Client struct {
	ngeneaapi.Services
	origin string // as "https://hub.example.com"
	api    *call.Client
	gate   *transport.Gate
	tokens *token.Source // of a session, or the one key
	wire   *connect.Wire
}

// New makes a client of the Hub at address: a host, host:port or URL, with or without
// the /api at its end. No scheme means https, no port that of the scheme. It opens no
// connection; it reads the CA file and returns an error that is [ErrInvalidArgument]
// when address or options cannot work.
func New(address string, options ...Option) (*Client, error) {
	s, err := connect.Apply(&product, options)
	if err != nil {
		return nil, err
	}
	addresses, err := product.Resolve(s, address)
	if err != nil {
		return nil, err
	}
	if len(addresses) > 1 {
		return nil, product.Invalid("there are %d addresses, and a Hub has one: make a client for each Hub", len(addresses))
	}
	wire, err := product.NewWire(s, addresses)
	if err != nil {
		return nil, err
	}
	c := &Client{origin: connect.Origin(addresses[0]), wire: wire}
	if err := c.open(s, addresses[0]); err != nil {
		return nil, err
	}
	return c, nil
}

// open completes a client that has its wire: with its session or key, and its services.
func (c *Client) open(s *connect.Settings, base *url.URL) (err error) {
	layers := s.Layers(c.wire)
	layers.Slash = transport.SlashAdded
	withKey := s.ClientKey != (api.Secret{})
	if withKey {
		c.tokens, err = keySource(s.ClientKey)
	} else {
		identity := token.Identity{System: "ngenea", Endpoints: []string{c.origin}, User: s.Login.User}
		c.tokens, err = product.NewTokens(s, identity, func() token.Authority {
			login := newCaller(base, transport.Stack(layers), explain)
			return &authority{api: login, auth: ngeneaapi.NewServices(login).Auth, user: s.Login.User, password: s.Login.Password}
		})
	}
	if err != nil {
		return err
	}
	calls := s.CallLayers(layers, c.wire, c.tokens, []string{c.origin})
	calls.Invalid = refusesToken
	detail := explain
	if withKey {
		calls.Invalid, detail = never, explainWithKey
	}
	stack := transport.Stack(calls)
	if withKey {
		stack = &keyGuard{next: stack}
	}
	c.gate = &transport.Gate{Next: stack}
	c.api = newCaller(base, c.gate, detail)
	c.Services = ngeneaapi.NewServices(c.api)
	return nil
}

// Do sends a request for a route that the generated services do not have, in the same
// session. path lies below /api and may carry a query; that of a POST, PUT, PATCH or
// DELETE gets the slash at its end that the Hub wants, before the query. in is sent as
// JSON unless it is nil; out receives the answer, or its member data if it has one and
// out is no struct with a field for that, and may be nil. GET and HEAD may be sent again
// after a failure, and so may PUT and DELETE; the rest is sent once.
func (c *Client) Do(ctx context.Context, method, path string, in, out any, options ...CallOption) error {
	return c.api.Do(ctx, method, path, in, out, options...)
}

// Logout forgets the session, here and in the cache or store. The Hub has no operation
// that ends one: its tokens stay good until they expire. Calls after Logout are
// [ErrSessionEnded]. A client key is not revoked: see [Client.RevokeClientKey].
func (c *Client) Logout(ctx context.Context) error { return c.tokens.Logout(ctx) }

// Close ends background work and closes idle connections. It does not log out: the
// session belongs to whoever else uses it. Calls after Close are [ErrClosed], and so
// are those that wait for a token. A login or refresh that the Hub is working on is
// waited for, 30 seconds at most: broken off, it could lose the session.
func (c *Client) Close() {
	c.gate.Close()
	c.tokens.Close()
	c.wire.CloseIdleConnections()
}

// Format prints the address for every verb: some verbs have fmt read what lies behind
// pointers, the credentials and what others are writing among it. A copy of the
// client prints no more.
func (c Client) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.description()) }

// LogValue is what log/slog prints: the address.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.description()) }

func (c Client) description() string { return "ngenea.Client of " + c.origin }

func newCaller(base *url.URL, stack http.RoundTripper, detail func(context.Context, *api.Operation, *call.Error) error) *call.Client {
	return call.New(call.Config{
		Base:       base,
		Operations: ngeneaapi.Operations,
		Transport:  stack,
		Classify:   classify,
		Detail:     detail,
		UserAgent:  version.UserAgent,
	})
}
