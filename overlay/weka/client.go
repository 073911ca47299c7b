package weka

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
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
	inherited connect.Settings // for ForTenant; without credentials
	base      *url.URL
	borrowed  bool // wire and endpoints are another client's
}

// New makes a client of the cluster at address: a host, host:port or URL, or several
// backends with commas between ("weka01,weka02"). No scheme means https, no port
// 14000. It opens no connection; it reads the CA file and returns an error that is
// [ErrInvalidArgument] when address or options cannot work.
func New(address string, options ...Option) (*Client, error) {
	s, err := connect.Apply(&product, options)
	if err != nil {
		return nil, err
	}
	addresses, err := product.Resolve(s, address)
	if err != nil {
		return nil, err
	}
	wire, err := product.NewWire(s, addresses)
	if err != nil {
		return nil, err
	}
	c := &Client{origins: connect.Origins(addresses), base: addresses[0], wire: wire, release: &releaseCache{}}
	c.endpoints = newEndpoints(s, c, addresses)
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
	c.tokens, err = product.NewTokens(s, identity(s, c.origins), func() token.Authority {
		c.authority = newAuthority(wekaapi.NewServices(newCaller(c.base, transport.Stack(layers), nil)).Login, s)
		return c.authority
	})
	if err != nil {
		return err
	}
	c.gate = &transport.Gate{Next: transport.Stack(s.CallLayers(layers, c.wire, c.tokens, c.origins))}
	c.api = newCaller(c.base, c.gate, c.explain)
	c.Services = wekaapi.NewServices(&releaseLearner{c.api, c.release})
	return nil
}

// identity names the session in a store. A login without an organization is one to Root.
func identity(s *connect.Settings, origins []string) token.Identity {
	return token.Identity{
		System: "weka", Cluster: s.ClusterName, Endpoints: origins, User: s.Login.User,
		Organization: cmp.Or(s.Organization, "Root"),
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

func newCaller(base *url.URL, stack http.RoundTripper, detail func(context.Context, *api.Operation, *call.Error) error) *call.Client {
	return call.New(call.Config{
		Base:       base,
		Operations: wekaapi.Operations,
		Transport:  stack,
		Classify:   classify,
		Detail:     detail,
		UserAgent:  version.UserAgent,
	})
}
