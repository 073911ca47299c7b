package weka_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// Servers and networks that no simulator plays, with sockets of the tests' own.

// rawServer accepts connections until the test ends, and handles each in a goroutine. It
// returns the address.
func rawServer(t *testing.T, listener net.Listener, handle func(net.Conn)) string {
	t.Helper()
	var handling sync.WaitGroup
	var mu sync.Mutex
	var all []net.Conn
	handling.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			all = append(all, connection)
			mu.Unlock()
			handling.Go(func() {
				handle(connection)
				_ = connection.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		mu.Lock()
		for _, connection := range all {
			_ = connection.Close()
		}
		mu.Unlock()
		handling.Wait()
	})
	return listener.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

const okResponse = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + `{"data":{}}`

// A server that switches protocols and then says nothing fails the attempt: at a login, where
// Close would wait for it, and at a call, which another backend answers.
func TestSwitchingProtocols(t *testing.T) {
	switching := rawServer(t, listen(t), func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
			_, _ = io.Copy(io.Discard, c)
		}
	})
	works := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"data":{}}`) }))
	defer works.Close()
	for name, option := range map[string]weka.Option{
		"login": weka.WithPassword("admin", "admin"),
		"call":  weka.WithAccessToken("access"),
	} {
		c := newClientAt(t, "http://"+switching, option, weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 1}))
		if err := status(t.Context(), c); !errors.Is(err, weka.ErrUnavailable) || !strings.Contains(err.Error(), "101") {
			t.Errorf("%s: got %v", name, err)
		}
		c.Close()
	}
	c := newClientAt(t, "http://"+switching+","+works.URL, weka.WithAccessToken("access"))
	for range 4 {
		mustStatus(t, c)
	}
}

// A create with an Idempotency-Key is not sent again by net/http when the connection that it
// reuses breaks.
func TestIdempotencyKeyIsNoPermission(t *testing.T) {
	var creates atomic.Int32
	address := rawServer(t, listen(t), func(c net.Conn) {
		requests := bufio.NewReader(c)
		for {
			r, err := http.ReadRequest(requests)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			if r.Method == http.MethodPost {
				creates.Add(1)
				if r.Header.Get("Idempotency-Key") != "key" {
					t.Errorf("got the headers %v", r.Header)
				}
				return
			}
			_, _ = io.WriteString(c, okResponse)
		}
	})
	c := newClientAt(t, "http://"+address, weka.WithAccessToken("access"))
	for _, body := range []any{nil, map[string]string{"name": "x"}} {
		creates.Store(0)
		mustStatus(t, c)
		err := c.Do(t.Context(), http.MethodPost, "/fileSystems", body, nil, weka.WithHeader("Idempotency-Key", "key"))
		if !errors.Is(err, weka.ErrUnavailable) || creates.Load() != 1 {
			t.Errorf("body %v: got %v after %d creates, want one", body, err, creates.Load())
		}
	}
}

// tlsServer has the certificate of httptest, and speaks HTTP/2 if its configuration says so.
func tlsServer(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(handler)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

// What net/http sends again over HTTP/2, when a server closes its connections or refuses its
// streams, counts as attempts.
func TestUnprocessedStreamsAreCounted(t *testing.T) {
	const reset, goAway = 3, 7
	certificates := tlsServer(t, nil).TLS.Certificates
	for name, refuse := range map[string]func(stream []byte) []byte{
		// The last processed stream is 0, and there is no error.
		"closed":  func([]byte) []byte { return []byte{0, 0, 8, goAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} },
		"refused": func(stream []byte) []byte { return append(append([]byte{0, 0, 4, reset, 0}, stream...), 0, 0, 0, 7) },
	} {
		var requests atomic.Int32
		address := rawServer(t, tls.NewListener(listen(t), &tls.Config{Certificates: certificates, NextProtos: []string{"h2"}}), func(c net.Conn) {
			answerStreams(c, func(stream []byte) []byte { requests.Add(1); return refuse(stream) })
		})
		c := newClientAt(t, "https://"+address, weka.WithAccessToken("access"), weka.WithInsecureSkipVerify(),
			weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 2}))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			requests.Store(0)
			var meta weka.Response
			err := c.Do(ctx, method, "/fileSystems", nil, nil, weka.WithResponse(&meta))
			if n := requests.Load(); !errors.Is(err, weka.ErrUnavailable) || errors.Is(err, weka.ErrOutcomeUnknown) || ctx.Err() != nil ||
				n < 2 || n > 3 || meta.Attempts < 2 || meta.Attempts > 3 {
				t.Errorf("%s %s: got %v after %d requests and %d attempts", name, method, err, n, meta.Attempts)
			}
		}
		cancel()
	}
}

// answerStreams is a server of HTTP/2 that answers each request with a frame, until that
// closes the connection.
func answerStreams(c net.Conn, answer func(stream []byte) []byte) {
	if _, err := io.ReadFull(c, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
		return
	}
	const headers, settings, goAway = 1, 4, 7
	_, _ = c.Write([]byte{0, 0, 0, settings, 0, 0, 0, 0, 0})
	for {
		frame := make([]byte, 9)
		if _, err := io.ReadFull(c, frame); err != nil {
			return
		}
		length := int64(binary.BigEndian.Uint32(append([]byte{0}, frame[:3]...)))
		if _, err := io.CopyN(io.Discard, c, length); err != nil {
			return
		}
		if frame[3] == headers {
			answered := answer(frame[5:])
			_, _ = c.Write(answered)
			if answered[3] == goAway {
				return
			}
		}
	}
}

// forgetfulNetwork is a network in front of a server that can forget its connections: then
// nothing passes on them, in either direction, and they stay open.
type forgetfulNetwork struct {
	address string
	epoch   atomic.Int64
}

func startForgetful(t *testing.T, server net.Addr) *forgetfulNetwork {
	t.Helper()
	n := &forgetfulNetwork{}
	n.address = rawServer(t, listen(t), func(client net.Conn) {
		upstream, err := net.Dial("tcp", server.String())
		if err != nil {
			return
		}
		defer func() { _ = upstream.Close() }()
		born := n.epoch.Load()
		pass := func(to, from net.Conn) {
			buffer := make([]byte, 32<<10)
			for {
				read, err := from.Read(buffer)
				if err == nil && n.epoch.Load() == born {
					_, err = to.Write(buffer[:read])
				}
				if err != nil {
					return
				}
			}
		}
		go pass(client, upstream)
		pass(upstream, client)
	})
	return n
}

func (n *forgetfulNetwork) forget() { n.epoch.Add(1) }

// A call that meets a forgotten HTTP/2 connection succeeds within seconds.
func TestForgottenHTTP2Connection(t *testing.T) {
	srv := tlsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("got %s", r.Proto)
		}
		_, _ = io.WriteString(w, `{"data":{}}`)
	}))
	network := startForgetful(t, srv.Listener.Addr())
	c := newClientAt(t, "https://"+network.address, weka.WithAccessToken("access"), weka.WithInsecureSkipVerify())
	mustStatus(t, c)
	network.forget()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // without pings it takes the attempt timeout
	defer cancel()
	var meta weka.Response
	if _, err := c.Cluster.GetStatus(ctx, weka.WithResponse(&meta)); err != nil || meta.Attempts != 2 {
		t.Errorf("got %v after %d attempts", err, meta.Attempts)
	}
}

// One attempt that times out on a forgotten connection is enough: the call does not try the
// other idle connections.
func TestForgottenIdleConnections(t *testing.T) {
	const connections = 8
	var arrived sync.WaitGroup
	arrived.Add(connections)
	var fill atomic.Bool
	fill.Store(true)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if fill.Load() {
			arrived.Done()
			arrived.Wait()
		}
		_, _ = io.WriteString(w, `{"data":{}}`)
	}))
	defer srv.Close()
	network := startForgetful(t, srv.Listener.Addr())
	c := newClientAt(t, "http://"+network.address, weka.WithAccessToken("access"), weka.WithAttemptTimeout(500*time.Millisecond),
		weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 2}))
	defer srv.CloseClientConnections()
	var calls sync.WaitGroup
	for range connections {
		calls.Go(func() {
			if err := status(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	fill.Store(false)
	network.forget()
	var meta weka.Response
	if _, err := c.Cluster.GetStatus(t.Context(), weka.WithResponse(&meta)); err != nil || meta.Attempts != 2 {
		t.Errorf("got %v after %d attempts", err, meta.Attempts)
	}
}
