package simulator_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The tests in this file are those that the simulators of both products must pass.

// running is a simulator of either product.
type running interface {
	CAFile() string
	CAPEM() []byte
	Close()
	Err() error
	Logins() int
	Transport() http.RoundTripper
}

// options are those that both products have.
type options struct {
	plain, inMemory bool
	address         string
	page            http.Handler // at /mine/
	observe         func(operation, path string)
}

// product is what the tests need to know of a product.
type product struct {
	folder      string // of its package
	open        string // a path that needs no token, and its status
	status      int
	login       string
	credentials simulatortest.Object
	start       func(options) (url string, s running, err error)
}

var products = map[string]product{
	"weka": {
		folder: "../../weka/wekatest", open: "/api/v2/healthcheck", status: http.StatusOK,
		login: "/api/v2/login", credentials: simulatortest.Object{"username": "admin", "password": "admin"},
		start: func(o options) (string, running, error) {
			all := []wekatest.Option{wekatest.WithAddress(o.address)}
			if o.plain {
				all = append(all, wekatest.Plain())
			}
			if o.inMemory {
				all = append(all, wekatest.InMemory())
			}
			if o.page != nil {
				all = append(all, wekatest.WithPage("/mine/", o.page))
				all = append(all, wekatest.WithObserver(func(r wekatest.Request) { o.observe(r.Operation, r.Path) }))
			}
			s, err := wekatest.Start(all...)
			if err != nil {
				return "", nil, err
			}
			return s.URL, s, nil
		},
	},
	"ngenea": {
		folder: "../../ngenea/ngeneatest", open: "/api/health", status: http.StatusUnauthorized,
		login: "/api/auth/token/", credentials: simulatortest.Object{"username": "dfoster", "password": "secret"},
		start: func(o options) (string, running, error) {
			all := []ngeneatest.Option{ngeneatest.WithAddress(o.address)}
			if o.plain {
				all = append(all, ngeneatest.Plain())
			}
			if o.inMemory {
				all = append(all, ngeneatest.InMemory())
			}
			if o.page != nil {
				all = append(all, ngeneatest.WithPage("/mine/", o.page))
				all = append(all, ngeneatest.WithObserver(func(r ngeneatest.Request) { o.observe(r.Operation, r.Path) }))
			}
			s, err := ngeneatest.Start(all...)
			if err != nil {
				return "", nil, err
			}
			return s.URL, s, nil
		},
	},
}

// forProducts runs a test for each product.
func forProducts(t *testing.T, test func(t *testing.T, name string, p product)) {
	for name, p := range products {
		t.Run(name, func(t *testing.T) { test(t, name, p) })
	}
}

// run starts a simulator and a client that is logged in.
func (p product) run(t *testing.T, o options) (running, simulatortest.Client) {
	t.Helper()
	url, s, err := p.start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c := simulatortest.Client{T: t, Transport: s.Transport(), Base: url}
	c.Want(http.StatusOK, http.MethodPost, p.login, p.credentials)
	return s, c
}

// A client that has nothing but the CA file connects by TLS on loopback.
func TestProductCAFile(t *testing.T) {
	forProducts(t, func(t *testing.T, _ string, p product) {
		s, c := p.run(t, options{})
		text, err := os.ReadFile(s.CAFile())
		if err != nil || string(text) != string(s.CAPEM()) {
			t.Fatalf("CA file: %v", err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(text)
		own := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
		defer own.CloseIdleConnections()
		c.Transport = own
		c.Want(p.status, http.MethodGet, p.open, nil)
		if err := s.Err(); err != nil {
			t.Error(err)
		}
	})
}

func TestProductVariants(t *testing.T) {
	forProducts(t, func(t *testing.T, name string, p product) {
		for prefix, o := range map[string]options{
			"https://127.0.0.1:":    {},
			"http://127.0.0.1:":     {plain: true},
			"https://" + name + "-": {inMemory: true},
			"http://" + name + "-":  {inMemory: true, plain: true},
		} {
			if s, c := p.run(t, o); !strings.HasPrefix(c.Base, prefix) || s.Logins() != 1 {
				t.Errorf("%s, %d logins, want %s…, 1", c.Base, s.Logins(), prefix)
			}
		}
	})
}

// A simulator listens at the given address, and reports why it cannot.
func TestProductAddress(t *testing.T) {
	forProducts(t, func(t *testing.T, _ string, p product) {
		_, c := p.run(t, options{address: "localhost:0"})
		for address, want := range map[string]string{
			strings.TrimPrefix(c.Base, "https://"): "listen on", "nowhere": "host:port", "localhost:https": "number",
		} {
			if _, s, err := p.start(options{address: address}); err == nil || !strings.Contains(err.Error(), want) {
				if s != nil {
					s.Close()
				}
				t.Errorf("%s: got %v, want %q", address, err, want)
			}
		}
	})
}

// A page outside the API needs no token. The observer sees its requests too.
func TestProductPagesAndObserver(t *testing.T) {
	forProducts(t, func(t *testing.T, _ string, p product) {
		page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a page") })
		var observed []string
		s, c := p.run(t, options{inMemory: true, page: page, observe: func(operation, path string) {
			observed = append(observed, operation+" "+path)
		}})
		if got := c.Want(http.StatusOK, http.MethodGet, "/mine/1", nil); got.Text != "a page" {
			t.Errorf("got %q", got.Text)
		}
		s.Close()
		if len(observed) != 2 || !strings.HasSuffix(observed[0], " "+p.login) || observed[1] != " /mine/1" {
			t.Errorf("observed %q", observed)
		}
	})
}

const (
	sideBySide = 200     // simulators
	mayCost    = 5 << 20 // bytes each, after its start
)

// Two hundred simulators side by side do not see each other's logins, cost at most 5 MiB
// each, and release their ports and their memory. TestMain looks for their goroutines.
func TestProductsSideBySide(t *testing.T) {
	forProducts(t, func(t *testing.T, _ string, p product) {
		first, _ := p.run(t, options{})
		first.Close() // the document is loaded once per process
		before := memoryInUse()
		all, urls := make([]running, sideBySide), make([]string, sideBySide)
		for i := range all {
			url, s, err := p.start(options{})
			if err != nil {
				t.Fatal(err)
			}
			urls[i], all[i] = url, s
			c := simulatortest.Client{T: t, Transport: s.Transport(), Base: url}
			c.Want(http.StatusOK, http.MethodPost, p.login, p.credentials)
		}
		cost := (memoryInUse() - before) / sideBySide
		t.Logf("%d KiB each", cost>>10)
		if cost > mayCost {
			t.Errorf("a simulator costs %d bytes, want %d at most", cost, mayCost)
		}
		kept := 0
		for i, s := range all {
			if s.Logins() != 1 {
				t.Errorf("number %d has %d logins, want its own", i, s.Logins())
			}
			s.Close()
			if !isFree(t, urls[i]) {
				kept++
			}
		}
		clear(all)
		if kept > sideBySide/20 { // another process may have taken one
			t.Errorf("%d of %d simulators keep their port", kept, sideBySide)
		}
		if left := memoryInUse() - before; left > sideBySide*mayCost/100 {
			t.Errorf("%d bytes are left of %d simulators", left, sideBySide)
		}
	})
}

// isFree reports whether it is possible to listen on the port of a URL.
func isFree(t *testing.T, at string) bool {
	t.Helper()
	address, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address.Host)
	if err != nil {
		return false
	}
	_ = listener.Close()
	return true
}

// memoryInUse returns the heap and the stacks after a collection.
func memoryInUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse)
}

// The tests in the documentation of the products' packages are those of their
// documented_test.go, and short enough to copy.
func TestDocumentedTests(t *testing.T) {
	forProducts(t, func(t *testing.T, _ string, p product) {
		read := func(name string) string {
			text, err := os.ReadFile(filepath.Join(p.folder, name))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		documentation := strings.ReplaceAll(strings.ReplaceAll(read("doc.go"), "//\t", ""), "//\n", "\n")
		_, tests, _ := strings.Cut(read("documented_test.go"), "\nfunc Test")
		all := strings.Split("\nfunc Test"+tests, "\nfunc Test")[1:]
		if len(all) != 2 {
			t.Errorf("%d tests, want one on a port and one in a bubble", len(all))
		}
		for _, test := range all {
			test = "func Test" + strings.TrimSpace(test) + "\n"
			if !strings.Contains(documentation, test) {
				t.Errorf("the documentation does not show\n%s", test)
			}
		}
		if lines := strings.Count(strings.TrimSpace(all[0]), "\n") + 1; lines > 17 {
			t.Errorf("the documented test has %d lines", lines)
		}
	})
}
