package weka

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/internal/version"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Client is a session with one WEKA cluster. It is safe for concurrent use and
// meant to be kept: it logs in when a call first needs it and stays logged in. With
// several addresses it spreads its calls over the backends that answer.
//
// Every operation of the API is a method of one of the embedded services, grouped
// as the API's documentation groups them: c.Filesystem.CreateFileSystem,
// c.Cluster.GetClusterStatus.
type Client struct {
	wekaapi.Services
	origins   []string // as given, each as "https://weka01:14000"
	api       *call.Client
	gate      *transport.Gate
	tokens    *token.Source
	authority *authority // nil where tokens come from elsewhere
	wire      *connect.Wire
	endpoints *transport.Endpoints // nil: there is one
	release   *releaseCache
	inherited settings // what ForTenant hands on; no credentials
	base      *url.URL
	borrowed  bool // wire and endpoints are another client's
}

// New makes a client of the cluster at address: a host, host:port or URL, or several
// backends with commas between ("weka01,weka02"). No scheme means https, no port
// 14000. It opens no connection; it reads the CA file and returns an error that is
// [ErrInvalidArgument] when address or options cannot work.
func New(address string, options ...Option) (*Client, error) {
	var s settings
	if err := connect.Apply(&product, &s, options); err != nil {
		return nil, err
	}
	addresses, err := product.Resolve(&s.Settings, address)
	if err != nil {
		return nil, err
	}
	if err := s.checkFilled(); err != nil {
		return nil, err
	}
	return s.newClient(addresses)
}

func (s *settings) newClient(addresses []*url.URL) (*Client, error) {
	wire, err := product.NewWire(&s.Settings, addresses)
	if err != nil {
		return nil, err
	}
	c := &Client{origins: connect.Origins(addresses), base: addresses[0], wire: wire, release: &releaseCache{}}
	c.endpoints = s.newEndpoints(c, addresses)
	if err := s.open(c); err != nil {
		return nil, err
	}
	return c, nil
}

// open gives a client that has its wire a session and its calls.
func (s *settings) open(c *Client) error {
	if err := s.newTokens(c); err != nil {
		return err
	}
	c.inherited.Inherit(&s.Settings)
	c.inherited.cluster = s.cluster
	calls := s.CallLayers(s.layers(c), c.wire, c.tokens, c.origins)
	c.gate = &transport.Gate{Next: transport.Stack(calls)}
	c.api = newCaller(c.base, c.gate, c.explain)
	c.Services = wekaapi.NewServices(&releaseLearner{c.api, c.release})
	return nil
}

// newTokens gives the client the lifecycle of its tokens. Logins go through a caller of
// their own, which explains nothing.
func (s *settings) newTokens(c *Client) (err error) {
	c.tokens, err = product.NewTokens(&s.Settings, s.identity(c.origins), func() token.Authority {
		login := wekaapi.NewServices(newCaller(c.base, transport.Stack(s.layers(c)), nil)).Login
		c.authority = newAuthority(login, s)
		return c.authority
	})
	return err
}

// layers is what the stacks of calls and of logins have in common.
func (s *settings) layers(c *Client) transport.Layers {
	layers := s.Layers(c.wire)
	layers.Endpoints = c.endpoints
	layers.NotStarted = tooManyTasks
	layers.Slash = transport.SlashRemoved
	return layers
}

// identity is whose session a store keeps. A login without an organization is one to
// Root.
func (s *settings) identity(origins []string) token.Identity {
	organization := s.organization
	if organization == "" {
		organization = "Root"
	}
	return token.Identity{
		System: "weka", Cluster: s.cluster, Endpoints: origins, User: s.User, Organization: organization,
	}
}

// Do sends a request for a route that the generated services do not have, in the
// same session. path lies below /api/v2 and may carry a query; in is sent as JSON
// unless it is nil; out receives the member data of the answer, or the whole answer
// where it has none, and may be nil. GET and HEAD may be sent again after a failure, and
// so may PUT and DELETE unless the route is one that the services know to be done once;
// the rest is sent once: see [WithRetryPolicy].
func (c *Client) Do(ctx context.Context, method, path string, in, out any, options ...CallOption) error {
	return c.api.Do(ctx, method, path, in, out, options...)
}

// Close ends background work and closes idle connections. It does not log out: the
// session belongs to whoever else uses it. Calls after Close are [ErrClosed], and so
// are those that wait for a token. A login or refresh that the cluster is working on
// is waited for, 30 seconds at most: broken off, it could lose the session.
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

// Format prints the addresses for every verb: some verbs have fmt read what lies behind
// pointers, the credentials and what others are writing among it. A copy of the
// client prints no more.
func (c Client) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.description()) }

// LogValue is what log/slog prints: the addresses.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.description()) }

func (c Client) description() string { return "weka.Client of " + strings.Join(c.origins, ", ") }

func newCaller(base *url.URL, stack http.RoundTripper, beneath func(context.Context, *call.Error) error) *call.Client {
	return call.New(call.Config{
		Base:       base,
		Operations: operations(),
		Transport:  stack,
		Classify:   classify,
		Beneath:    beneath,
		UserAgent:  version.UserAgent,
	})
}

// operations is the generated table as overlay/call reads it; all clients share it.
var operations = sync.OnceValue(func() map[string]*call.Operation { return call.Table(wekaapi.Operations) })
