package simulator_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

var hello = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })

func serve(t *testing.T, handler http.Handler, set simulator.Settings) *simulator.Server {
	t.Helper()
	server, err := simulator.Serve(handler, "a", set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func TestServerVariants(t *testing.T) {
	for name, test := range map[string]struct {
		set    simulator.Settings
		prefix string
	}{
		"TLS":             {simulator.Settings{}, "https://127.0.0.1:"},
		"plain":           {simulator.Settings{Plain: true}, "http://127.0.0.1:"},
		"in memory":       {simulator.Settings{InMemory: true}, "https://a-"},
		"plain in memory": {simulator.Settings{InMemory: true, Plain: true}, "http://a-"},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, hello, test.set)
			if !strings.HasPrefix(server.URL, test.prefix) {
				t.Errorf("the URL is %s, want %s…", server.URL, test.prefix)
			}
			if status, body := send(t, server, "GET", "/", "", ""); status != 200 || body != "hello" {
				t.Errorf("got %d %s", status, body)
			}
			if (server.CAPEM() == nil) != test.set.Plain || (server.CAFile() == "") != test.set.Plain {
				t.Errorf("a CA is for TLS only: got the file %q", server.CAFile())
			}
		})
	}
}

// The CA file lets a client connect, and only this user can read it.
func TestCAFile(t *testing.T) {
	server := serve(t, hello, simulator.Settings{})
	info, err := os.Stat(server.CAFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("got %v %v, want mode 0600", info, err)
	}
	text, err := os.ReadFile(server.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	for _, host := range []string{"127.0.0.1", "::1", "localhost", "weka-1.simulator.test"} {
		config := &tls.Config{RootCAs: roots, ServerName: host}
		conn, err := tls.Dial("tcp", strings.TrimPrefix(server.URL, "https://"), config)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		_ = conn.Close()
	}
	if _, err := tls.Dial("tcp", strings.TrimPrefix(server.URL, "https://"), &tls.Config{ServerName: "127.0.0.1"}); err == nil {
		t.Error("a client that does not know the CA connects")
	}
	server.Close()
	server.Close()
	if _, err := os.Stat(server.CAFile()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close the file is still there: %v", err)
	}
}

// In a bubble TLS works, time is the bubble's, and no goroutine is left.
func TestInMemoryInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Hour)
			hello(w, r)
		})
		server := serve(t, slow, simulator.Settings{InMemory: true})
		began := time.Now()
		if status, _ := send(t, server, "GET", "/", "", ""); status != 200 {
			t.Errorf("got %d", status)
		}
		if took := time.Since(began); took != time.Hour {
			t.Errorf("took %s of the bubble's time, want 1h", took)
		}
	})
}

// Connections to an unknown host, and after Close, are refused.
func TestInMemoryRefuses(t *testing.T) {
	server := serve(t, hello, simulator.Settings{InMemory: true})
	get := func(url string) error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Transport().RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
		}
		return err
	}
	if err := get("https://elsewhere.simulator.test:14000"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("elsewhere: got %v", err)
	}
	server.Close()
	if err := get(server.URL); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after Close: got %v", err)
	}
}

// Close ends requests in progress, and does not wait for a client that does not read.
func TestCloseEndsRequests(t *testing.T) {
	for _, memory := range []bool{false, true} {
		waiting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			hello(w, r)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		server := serve(t, waiting, simulator.Settings{InMemory: memory})
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Transport().RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		server.Close()
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("in memory %t: Close took %s", memory, took)
		}
		_ = response.Body.Close()
		cancel()
	}
}

func TestClockAdvances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clock simulator.Clock
		began := clock.Now()
		clock.Advance(time.Hour)
		time.Sleep(time.Minute)
		if ahead := clock.Now().Sub(began); ahead != time.Hour+time.Minute {
			t.Errorf("got %s, want 1h1m", ahead)
		}
	})
}
