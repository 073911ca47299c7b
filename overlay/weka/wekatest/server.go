package wekatest

import (
	"net/http"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Server is a simulated WEKA cluster on ports or in memory. It is safe for concurrent use.
type Server struct {
	// URL is the address of the cluster, such as https://127.0.0.1:41234. The API is below
	// /api/v2.
	URL string

	clock   simulator.Clock
	cluster *cluster
	engine  *simulator.Engine
	server  *simulator.Server
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
	served, err := editionOf(&set.release)
	if err != nil {
		return nil, err
	}
	s := &Server{}
	if s.cluster, err = newCluster(served.Document, set); err != nil {
		return nil, err
	}
	if s.engine, err = s.newEngine(served, set); err != nil {
		return nil, err
	}
	if s.server, err = simulator.Serve(s.engine, "weka", set.Settings); err != nil {
		return nil, err
	}
	s.URL = s.server.URL
	s.engine.Exclusive(func() { s.cluster.endpoints, s.cluster.isUp = s.server.Endpoints(), s.server.IsUp })
	return s, nil
}

func (s *Server) newEngine(served edition, set settings) (*simulator.Engine, error) {
	pages := set.Pages()
	pages.Handle("GET /api/v2/docs", simulator.Contract(served.contract))
	return simulator.New(simulator.Config{
		Document: served.Document,
		Policy:   policy{s.cluster},
		Handlers: s.cluster.handlers(),
		Serves:   func(o *simulator.Operation) bool { return s.cluster.set.release.has(o.Since) },
		FoldCase: true,
		Undocumented: map[string]simulator.Handler{
			"GET /fileSystems/{uid}/mountToken":           s.cluster.onFilesystem(s.cluster.mountToken),
			"DELETE /fileSystems/{uid}/quotas/{inode_id}": s.cluster.around(s.cluster.onQuota(s.cluster.deleteQuotaCSI)),
		},
		Filters: map[string][]string{
			"getFileSystems": {"name"}, "getSnapshots": {"name"}, "getClientGroups": {"name"},
		},
		Forms: []string{"login", "refreshToken"},
		Sizes: []string{
			"total_capacity", "ssd_capacity", "thin_provision_min_ssd", "thin_provision_max_ssd",
			"ssd_quota", "total_quota", "max_blocks_in_data_blob", "scrubber_bytes_per_sec",
		},
		AnyAsText: true,
		Sampler:   simulator.Sampler{Full: true},
		Clock:     &s.clock,
		Pages:     pages,
		EndToken:  func(r *http.Request) { s.cluster.sessions.End(bearer(r)) },
		Observe:   set.Observe,
	})
}

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

// Advance moves the simulator's clock ahead: tokens expire, filesystems become READY, a
// lockout ends.
func (s *Server) Advance(d time.Duration) { s.clock.Advance(d) }

// ExpireTokens ends all access tokens; refresh tokens stay valid.
func (s *Server) ExpireTokens() { s.cluster.sessions.Expire() }

// RevokeTokens ends all access and refresh tokens; passwords stay valid.
func (s *Server) RevokeTokens() { s.cluster.sessions.Revoke(func(*account) bool { return true }) }

// URLs returns the address of each of [Endpoints]; the first is URL.
func (s *Server) URLs() []string {
	var all []string
	for _, e := range s.server.Endpoints() {
		all = append(all, e.URL)
	}
	return all
}

// StopEndpoint takes an endpoint down, by its index in URLs: its connections are cut and
// new ones refused, and the cluster reports its containers as DOWN. It panics if there is
// no such endpoint.
func (s *Server) StopEndpoint(index int) { s.server.Stop(index) }

// StartEndpoint brings an endpoint back at the same address. It fails if another process
// took the port, and panics if there is no such endpoint.
func (s *Server) StartEndpoint(index int) error { return s.server.Start(index) }

// Fault makes some requests fail. Times(n), Chance(p) and AtEndpoint(i), an index in
// [Server.URLs], select the requests. Each of the other methods says what happens to them,
// and starts the fault: Respond(status, body), ProxyPage(status), Delay(d), Hang, Reset,
// LoseResponse, HalveBody, EndToken, and Do with a function of your own.
//
//	srv.On("getFileSystems").Times(2).ProxyPage(502)
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
	// Operation is the operationId, "" for a route that the API does not have.
	Operation string
	Method    string
	// Path is the escaped path with /api/v2, without the query.
	Path string
	// Status is that of the response, 0 if the connection was cut before it.
	Status int
	// Time is when the request arrived, by the simulator's clock.
	Time time.Time
	// Endpoint is the index in [Server.URLs] of the address that received it.
	Endpoint int
	// Violations are the rules of the API's document that the request broke, each with
	// its place; a request with any was rejected for them.
	Violations []string
}

// Requests returns the last requests, at least a thousand, oldest first.
func (s *Server) Requests() []Request {
	var all []Request
	for _, record := range s.engine.Requests() {
		all = append(all, Request(record))
	}
	return all
}

// Count returns the number of requests of an operation, whatever the response; "" counts
// those for routes that the API does not have. It panics for an operation that does not
// exist.
func (s *Server) Count(operation string) int { return s.engine.Count(operation) }

// Logins returns the number of successful logins; Count("login") includes failed ones.
func (s *Server) Logins() int { return s.cluster.sessions.Counts().Logins }

// Refreshes returns the number of successful refreshes.
func (s *Server) Refreshes() int { return s.cluster.sessions.Counts().Refreshes }
