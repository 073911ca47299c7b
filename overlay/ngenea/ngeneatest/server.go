package ngeneatest

import (
	"net/http"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Server is a simulated Hub that listens. It is safe for concurrent use.
type Server struct {
	// URL is where the Hub is, for example https://127.0.0.1:41234; the API is
	// below /api/ of it.
	URL string

	clock  simulator.Clock
	hub    *hub
	engine *simulator.Engine
	server *simulator.Server
}

// New starts a simulator that is closed when the test ends. The test fails if
// one of the simulator's own answers did not fit the API's document, which is a
// defect of the simulator.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	s, err := Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	simulator.EndWith(t, s)
	return s
}

// Start starts a simulator outside a test. The caller must Close it. It fails on
// an option that makes no sense, and where no port or no temporary file is to be
// had.
func Start(options ...Option) (*Server, error) {
	set := defaults()
	for _, option := range options {
		option(&set)
	}
	if err := set.check(); err != nil {
		return nil, err
	}
	document, err := document()
	if err != nil {
		return nil, err
	}
	s := &Server{}
	s.hub = newHub(set, s.clock.Now())
	if s.engine, err = s.newEngine(document, set); err != nil {
		return nil, err
	}
	s.hub.exclusive = s.engine.Exclusive
	s.server, err = simulator.Serve(s.engine, simulator.Listening{
		Name: "ngenea", InMemory: set.inMemory, Plain: set.plain, Address: set.address,
	})
	if err != nil {
		return nil, err
	}
	s.URL = s.server.URL
	return s, nil
}

func (s *Server) newEngine(document *simulator.Document, set settings) (*simulator.Engine, error) {
	m := manner{hub: s.hub, document: document, clock: &s.clock, strict: set.strict, shortRefresh: set.shortRefresh}
	config := simulator.Config{
		Document:      document,
		Manner:        m,
		Handlers:      s.hub.handlers(),
		Serves:        m.serves,
		Undocumented:  map[string]simulator.Handler{},
		IgnoreUnknown: !set.strict,
		Forms:         []string{"createToken", "refreshToken"},
		Clock:         &s.clock,
		Pages:         set.mux(),
		EndToken: func(r *http.Request) {
			_, token, _ := credentials(r)
			s.hub.sessions.end(token)
		},
		Observe: set.observe,
	}
	if set.shortRefresh {
		config.Undocumented[shortRefresh] = s.hub.refreshUnchecked
	}
	return simulator.New(config)
}

// Close cuts every connection, waits until they have ended and removes the file
// of the CA. It may be called more than once.
func (s *Server) Close() { s.server.Close() }

// Err tells which of the simulator's own answers did not fit the API's document,
// with the operation and the rule of each; nil if all did. [New] makes it fail
// the test.
func (s *Server) Err() error { return s.engine.Err() }

// Transport connects to the simulator and trusts its certificate. With
// [InMemory] there is no other way in.
func (s *Server) Transport() http.RoundTripper { return s.server.Transport() }

// CAPEM is the certificate of the authority that signed the simulator's, in PEM;
// nil with [Plain].
func (s *Server) CAPEM() []byte { return s.server.CAPEM() }

// CAFile is a file with the certificate that CAPEM returns, "" with [Plain].
func (s *Server) CAFile() string { return s.server.CAFile() }

// Advance moves the simulator's clock ahead: tokens expire, jobs go on to their
// next state, searches find more.
func (s *Server) Advance(d time.Duration) { s.clock.Advance(d) }

// ExpireTokens ends all access tokens at once; refresh tokens and client keys
// stay good.
func (s *Server) ExpireTokens() { s.engine.Exclusive(s.hub.sessions.expire) }

// RevokeTokens ends all access and refresh tokens: only a password helps, or a
// client key.
func (s *Server) RevokeTokens() { s.engine.Exclusive(s.hub.sessions.revoke) }
