package house_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// stable lists the messages of a log and their attributes. Programs search logs for
// them: see CONTRIBUTING.md, Versions, before you change one.
var stable = map[string][]string{
	"attempt":  {"operation", "method", "path", "endpoint", "attempt", "status", "duration", "class"},
	"retry":    {"operation", "method", "path", "reason", "repetition", "status", "class", "wait"},
	"endpoint": {"endpoint", "error"},
	"session":  {"event", "expiry", "error"},
}

// kinds lists the values of the attribute event, which are stable too.
var kinds = []string{"started", "refreshed", "logged in", "adopted", "failed", "not stored", "session ended"}

// seen is a slog.Handler that records messages, attributes and the kinds of events.
type seen struct {
	mu    sync.Mutex
	names map[string]map[string]bool
	kinds map[string]bool
}

func (s *seen) Enabled(context.Context, slog.Level) bool { return true }
func (s *seen) WithAttrs([]slog.Attr) slog.Handler       { return s }
func (s *seen) WithGroup(string) slog.Handler            { return s }
func (s *seen) Handle(_ context.Context, r slog.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names[r.Message] == nil {
		s.names[r.Message] = map[string]bool{}
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "" {
			s.names[r.Message][a.Key] = true
		}
		if a.Key == "event" {
			s.kinds[a.Value.String()] = true
		}
		return true
	})
	return nil
}

// The clients log the stable names, all of them and no others.
func TestLogsHaveStableNames(t *testing.T) {
	s := &seen{names: map[string]map[string]bool{}, kinds: map[string]bool{}}
	logger := slog.New(s)
	logOfACluster(t, logger)
	logOfAHub(t, logger)

	s.mu.Lock()
	defer s.mu.Unlock()
	for message, names := range s.names {
		for name := range names {
			if !slices.Contains(stable[message], name) {
				t.Errorf("the log has the attribute %s of %q, which is not in the list", name, message)
			}
		}
	}
	for message, names := range stable {
		for _, name := range names {
			if !s.names[message][name] {
				t.Errorf("nothing was logged with the attribute %s of %q", name, message)
			}
		}
	}
	if got := slices.Sorted(maps.Keys(s.kinds)); !slices.Equal(got, slices.Sorted(slices.Values(kinds))) {
		t.Errorf("the log has the events %q, want %q", got, kinds)
	}
}

// logOfACluster causes everything that a client of several backends logs.
func logOfACluster(t *testing.T, logger *slog.Logger) {
	t.Helper()
	cluster := wekatest.New(t, wekatest.Endpoints(2))
	use := func(options ...weka.Option) {
		c, err := weka.New(strings.Join(cluster.URLs(), ","), append(options, weka.WithCAFile(cluster.CAFile()), weka.WithLogger(logger))...)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for range 2 { // one per backend
			_, _ = c.Cluster.GetStatus(t.Context())
		}
	}
	password, cache := weka.WithPassword("admin", "admin"), weka.WithTokenCache(t.TempDir()+"/tokens")
	cluster.Fail("getClusterStatus", 1, http.StatusServiceUnavailable, `{}`)
	use(password, cache)
	cluster.ExpireTokens()
	use(password, cache)                         // adopts the session and refreshes it
	use(weka.WithAccessToken("of-another-time")) // is rejected
	use(weka.WithPassword("admin", "wrong"))     // fails
	use(password, weka.WithTokenStore(broken{})) // is not stored
	file := weka.WithTokenFile(t.TempDir() + "/auth-token.json")
	use(password, file)
	cluster.RevokeTokens()
	use(file) // there is no password, so the session ends
	cluster.StopEndpoint(0)
	use(password)
}

// logOfAHub makes the client of a Hub log in, retry, and lose its session.
func logOfAHub(t *testing.T, logger *slog.Logger) {
	t.Helper()
	hub := ngeneatest.New(t)
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()), ngenea.WithLogger(logger))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	hub.On("listAlerts").Times(1).HalveBody()
	for _, happens := range []func(){func() {}, hub.ExpireTokens, hub.RevokeTokens} {
		happens()
		if _, err := h.Alerts.List(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
}

// broken is a store that stores nothing.
type broken struct{}

func (broken) Load(context.Context, weka.TokenIdentity) (weka.Token, error) { return weka.Token{}, nil }

func (broken) Update(_ context.Context, _ weka.TokenIdentity, change func(weka.Token) (weka.Token, error)) error {
	if _, err := change(weka.Token{}); err != nil {
		return err
	}
	return errors.New("the disk is full")
}

// The documentation of the functions that log has every name.
func TestLogsAreDocumented(t *testing.T) {
	var text []string
	for _, file := range goFiles(t, "overlay/transport") {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range tree.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && (f.Name.Name == "Log" || f.Name.Name == "LogSession") {
				text = append(text, strings.FieldsFunc(f.Doc.Text(), func(r rune) bool { return !unicode.IsLetter(r) })...)
			}
		}
	}
	for message, names := range stable {
		for _, name := range append(names, message) {
			if !slices.Contains(text, name) {
				t.Errorf("the comments of transport.Log and LogSession do not have %s of %q", name, message)
			}
		}
	}
}
