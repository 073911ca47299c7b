package ngeneatest

import (
	_ "embed"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
	specs "github.com/hotcold-go/hotcold/specs/ngenea"
)

// Server is a simulated Hub on a port or in memory. It is safe for concurrent use.
type Server struct {
	// URL is the address of the Hub, such as https://127.0.0.1:41234. The API is below
	// /api/.
	URL string

	clock  simulator.Clock
	hub    *hub
	engine *simulator.Engine
	server *simulator.Server
}

// New starts a simulator and closes it when the test ends. The test fails if [Server.Err]
// returns an error then.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	s, err := Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	simulator.CloseAfter(t, s)
	return s
}

// Start starts a simulator outside a test. The caller must Close it. Start fails if an
// option is not valid, or if it cannot listen or write the CA to a temporary file.
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
	if s.server, err = simulator.Serve(s.engine, "ngenea", set.Settings); err != nil {
		return nil, err
	}
	s.URL = s.server.URL
	return s, nil
}

// document loads the effective document of the Hub's API once per process.
var document = sync.OnceValues(func() (*simulator.Document, error) {
	return simulator.Load([]byte(specs.Effective()))
})

func (s *Server) newEngine(document *simulator.Document, set settings) (*simulator.Engine, error) {
	p := policy{hub: s.hub, document: document, clock: &s.clock, shortRefresh: set.shortRefresh}
	config := simulator.Config{
		Document:      document,
		Policy:        p,
		Handlers:      s.hub.handlers(),
		Serves:        p.serves,
		Undocumented:  map[string]simulator.Handler{},
		IgnoreUnknown: !set.strict,
		Forms:         []string{"createToken", "refreshToken"},
		Clock:         &s.clock,
		Pages:         set.pages(),
		EndToken: func(r *http.Request) {
			_, token, _ := credentials(r)
			s.hub.sessions.End(token)
		},
		Observe: set.Observe,
	}
	if set.shortRefresh {
		config.Undocumented[shortRefresh] = s.hub.refreshUnchecked
	}
	return simulator.New(config)
}

// pages returns a mux with the API's document, where a Hub serves it, and the pages of
// [WithPage].
func (s *settings) pages() *http.ServeMux {
	contract := simulator.Contract(specs.Contract())
	mux := s.Pages()
	mux.HandleFunc("GET /api/docs/{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("format") == "openapi" {
			contract.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(docsPage) // fails only if the client is gone
	})
	mux.HandleFunc("GET /api/docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/api/docs/") // the mux itself would respond 307
		w.WriteHeader(http.StatusMovedPermanently)
	})
	return mux
}

// docsPage is a Swagger UI page without the library: it contains the address of the
// document.
//
//go:embed docs.html
var docsPage []byte

// Close cuts every connection, waits until they have ended and removes the CA file. It
// may be called more than once.
func (s *Server) Close() { s.server.Close() }

// Err returns an error that names each response of the simulator which did not fit the
// API's document, with its operation and the broken rule; nil if all did. Such a response
// is a defect of the simulator.
func (s *Server) Err() error { return s.engine.Err() }

// Transport connects to the simulator and trusts its certificate. With [InMemory] it is
// the only way to connect.
func (s *Server) Transport() http.RoundTripper { return s.server.Transport() }

// CAPEM returns the certificate of the authority that signed the simulator's, in PEM; nil
// with [Plain].
func (s *Server) CAPEM() []byte { return s.server.CAPEM() }

// CAFile returns the path of a file with the certificate of CAPEM, "" with [Plain].
func (s *Server) CAFile() string { return s.server.CAFile() }

// Advance moves the simulator's clock ahead: tokens expire, jobs change their state,
// searches find more.
func (s *Server) Advance(d time.Duration) { s.clock.Advance(d) }

// ExpireTokens ends all access tokens; refresh tokens and client keys stay valid.
func (s *Server) ExpireTokens() { s.hub.sessions.Expire() }

// RevokeTokens ends all access and refresh tokens; passwords and client keys stay valid.
func (s *Server) RevokeTokens() { s.hub.sessions.Revoke(func(*account) bool { return true }) }

// Fault makes some requests fail. Times(n) and Chance(p) select the requests. Each of the
// other methods says what happens to them, and starts the fault: Respond(status, body),
// ProxyPage(status), Delay(d), Hang, Reset, LoseResponse, HalveBody, EndToken, and Do with a
// function of your own.
//
//	srv.On("listJobs").Times(2).ProxyPage(502)
//	srv.On("").Chance(0.1).Reset()
//
// Faults of one operation apply in the order in which they were started, and before those
// of any operation. They apply before the simulator checks a token or a body.
type Fault = simulator.Fault

// On begins a fault of an operation, by operationId; "" is any operation, and any route
// that the API does not have. It applies to every request until [Server.ClearFaults],
// unless Times or Chance limit it. On panics for an operation that does not exist.
func (s *Server) On(operation string) *Fault { return s.engine.On(operation) }

// Fail responds to the next n requests of an operation with a status and a body: HTML if
// it starts with "<", else JSON. It is short for On(operation).Times(n).Respond(status,
// body).
func (s *Server) Fail(operation string, n, status int, body string) {
	s.On(operation).Times(n).Respond(status, body)
}

// Intercept passes the next n requests of an operation to call, before any check. It is
// short for On(operation).Times(n).Do(call).
func (s *Server) Intercept(operation string, n int, call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	s.On(operation).Times(n).Do(call)
}

// ClearFaults ends all faults, except for requests that one already applies to.
func (s *Server) ClearFaults() { s.engine.ClearFaults() }

// Request is a request that the simulator received. It holds no header, no query and no
// body, hence no secret.
type Request struct {
	// Operation is the operationId, "" for a route that the API does not have, such as
	// one without its trailing slash.
	Operation string
	Method    string
	// Path is the escaped path with /api, without the query.
	Path string
	// Status is that of the response, 0 if the connection was cut before it.
	Status int
	// Time is when the request arrived, by the simulator's clock.
	Time time.Time
	// Violations are the rules of the API's document that the request broke, each with
	// its place. They include unknown parameters and members, which a Hub ignores; see
	// [Strict].
	Violations []string
}

func requestOf(r simulator.Record) Request {
	return Request{
		Operation: r.Operation, Method: r.Method, Path: r.Path,
		Status: r.Status, Time: r.Time, Violations: r.Violations,
	}
}

// Requests returns the last requests, at least a thousand, oldest first.
func (s *Server) Requests() []Request {
	var all []Request
	for _, record := range s.engine.Requests() {
		all = append(all, requestOf(record))
	}
	return all
}

// Count returns the number of requests of an operation, whatever the response; "" counts
// those for routes that the API does not have. It panics for an operation that does not
// exist.
func (s *Server) Count(operation string) int { return s.engine.Count(operation) }

// Logins returns the number of successful logins; Count("createToken") includes failed
// ones.
func (s *Server) Logins() int { return s.hub.sessions.Counts().Logins }

// Refreshes returns the number of successful refreshes.
func (s *Server) Refreshes() int { return s.hub.sessions.Counts().Refreshes }
