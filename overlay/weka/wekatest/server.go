package wekatest

import (
	"net/http"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Server is a simulated WEKA cluster that listens. It is safe for concurrent
// use.
type Server struct {
	// URL is where the cluster is, for example https://127.0.0.1:41234; the API
	// is below /api/v2 of it.
	URL string

	clock    simulator.Clock
	sessions sessions
	cluster  *cluster
	engine   *simulator.Engine
	server   *simulator.Server
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
	simulator.CloseAfter(t, s)
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
	s := &Server{
		sessions: sessions{Mint: mint, Rotation: set.Rotation},
	}
	s.sessions.SetLifetimes(simulator.Lifetimes{Access: set.AccessTTL, Refresh: set.RefreshTTL})
	if s.cluster, err = newCluster(document, set, &s.sessions); err != nil {
		return nil, err
	}
	if s.engine, err = s.newEngine(document, set); err != nil {
		return nil, err
	}
	s.server, err = simulator.Serve(s.engine, "weka", set.Settings)
	if err != nil {
		return nil, err
	}
	s.URL = s.server.URL
	s.engine.Exclusive(func() { s.cluster.endpoints, s.cluster.isUp = s.server.Endpoints(), s.server.IsUp })
	return s, nil
}

func (s *Server) newEngine(document *simulator.Document, set settings) (*simulator.Engine, error) {
	handlers := s.cluster.handlers()
	handlers["login"] = s.cluster.attended(s.cluster.login)
	handlers["refreshToken"] = s.cluster.attended(s.cluster.refresh)
	return simulator.New(simulator.Config{
		Document: document,
		Policy:   policy{s.cluster},
		Handlers: handlers,
		Serves:   func(o *simulator.Operation) bool { return s.cluster.release.has(o.Since) },
		FoldCase: true,
		Undocumented: map[string]simulator.Handler{
			"GET /fileSystems/{uid}/mountToken":           s.cluster.mountToken,
			"DELETE /fileSystems/{uid}/quotas/{inode_id}": s.cluster.attended(s.cluster.deleteQuotaElsewhere),
		},
		Filters: map[string][]string{
			"getFileSystems": {"name"}, "getSnapshots": {"name"}, "getClientGroups": {"name"},
		},
		Forms: []string{"login", "refreshToken"},
		Sizes: []string{
			"total_capacity", "ssd_capacity", "thin_provision_min_ssd", "thin_provision_max_ssd",
			"ssd_quota", "total_quota", "max_blocks_in_data_blob", "scrubber_bytes_per_sec",
		},
		Sampler:  simulator.Sampler{Full: true},
		Clock:    &s.clock,
		Pages:    set.mux(),
		EndToken: func(r *http.Request) { s.sessions.End(bearer(r)) },
		Observe:  set.Observe,
	})
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

// Advance moves the simulator's clock ahead: tokens expire, filesystems become
// READY, a lockout ends.
func (s *Server) Advance(d time.Duration) { s.clock.Advance(d) }

// ExpireTokens ends all access tokens at once; refresh tokens stay good.
func (s *Server) ExpireTokens() { s.sessions.Expire() }

// RevokeTokens ends all access and refresh tokens, as the cluster's revocation
// does: only a password helps.
func (s *Server) RevokeTokens() { s.sessions.Revoke(func(*account) bool { return true }) }

// URLs are where the cluster answers, one for each of [Endpoints]; the first is
// URL.
func (s *Server) URLs() []string {
	var all []string
	for _, e := range s.server.Endpoints() {
		all = append(all, e.URL)
	}
	return all
}

// StopEndpoint takes an endpoint down, by its place in URLs: its connections are
// cut and further ones refused, and the cluster calls its containers DOWN. It
// panics if there is no such endpoint.
func (s *Server) StopEndpoint(number int) { s.server.Stop(number) }

// StartEndpoint brings an endpoint back at the same address. It fails if another
// process took the port meanwhile, and panics if there is no such endpoint.
func (s *Server) StartEndpoint(number int) error { return s.server.Start(number) }
