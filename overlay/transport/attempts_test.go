package transport_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Each attempt is counted, also the one after a 401.
func TestAttempts(t *testing.T) {
	for statuses, want := range map[[2]int]int{{200, 200}: 1, {403, 200}: 1, {401, 200}: 2, {401, 401}: 2} {
		var meta call.Response
		s := &server{statuses: statuses[:]}
		err := caller(t, &tokens{left: []string{"one", "two"}}, s).Call(t.Context(), table["bearer"], nil, nil, nil, nil, call.WithResponse(&meta))
		if meta.Attempts != want || meta.Endpoint != origin || len(s.got) != want {
			t.Errorf("%v: got %d attempts at %s (%v), want %d", statuses, meta.Attempts, meta.Endpoint, err, want)
		}
		var failed *call.Error
		if errors.As(err, &failed) && failed.Attempts != want {
			t.Errorf("%v: the error says %d attempts, want %d", statuses, failed.Attempts, want)
		}
	}
}

// The metadata name the endpoint that the request was sent to, not the client's own.
func TestEndpoint(t *testing.T) {
	var meta call.Response
	elsewhere := func(r *http.Request) { r.URL.Scheme, r.URL.Host = "http", "elsewhere:1" }
	if err := caller(t, &tokens{}, &server{}).Call(t.Context(), table["none"], nil, nil, nil, nil, call.WithResponse(&meta), elsewhere); err != nil {
		t.Fatal(err)
	}
	if meta.Endpoint != "http://elsewhere:1" {
		t.Errorf("got %s", meta.Endpoint)
	}
}

// An operation of class once is sent again only if no byte of it can have been sent.
// net/http's trace decides that.
func TestOnceOverNetHTTP(t *testing.T) {
	readByte := func(r *bufio.Reader) { _, _ = r.ReadByte() }
	for name, c := range map[string]struct {
		scheme string
		first  func(*bufio.Reader) // what the server reads before it closes; nil: no connection
		dials  int32
	}{
		"no connection":             {"http", nil, 2},
		"no TLS":                    {"https", readByte, 2},
		"ends after the headers":    {"http", readHeaders, 1},
		"ends after the first byte": {"http", readByte, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var dials atomic.Int32
				wire := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
					read := func(*bufio.Reader) {}
					if dials.Add(1) == 1 {
						read = c.first
					}
					if read == nil {
						return nil, errors.New("no route")
					}
					here, there := net.Pipe()
					go func() {
						read(bufio.NewReader(there))
						_ = there.Close()
					}()
					return here, nil
				}}
				base := &url.URL{Scheme: c.scheme, Host: "weka01:14000"}
				client := call.New(call.Config{Base: base, Transport: transport.Stack(transport.Layers{
					Base: wire, Retries: transport.RetryPolicy{Attempts: 2},
				})})
				err := make1(t, client, "once")
				if dials.Load() != c.dials || !errors.Is(err, call.ErrUnavailable) {
					t.Errorf("got %v after %d dials, want %d", err, dials.Load(), c.dials)
				}
			})
		})
	}
}

func readHeaders(r *bufio.Reader) {
	for {
		if line, err := r.ReadString('\n'); err != nil || strings.TrimSpace(line) == "" {
			return
		}
	}
}

// dripping is a response of n parts, one each interval, which then ends or breaks off.
func dripping(n int, interval time.Duration, ending error) step {
	return func(c *scripted, r *http.Request) (*http.Response, error) {
		c.connected(r)
		begin, end := io.Pipe()
		go func() {
			_, _ = io.WriteString(end, `{"data":"`)
			for range n {
				select {
				case <-time.After(interval):
					_, _ = io.WriteString(end, "x")
				case <-r.Context().Done():
					_ = end.CloseWithError(r.Context().Err())
					return
				}
			}
			_, _ = io.WriteString(end, `"}`)
			_ = end.CloseWithError(ending)
		}()
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: begin, Request: r}, nil
	}
}

// A response that comes slowly is not cut off; one that stops is.
func TestAttemptTimeout(t *testing.T) {
	for name, c := range map[string]struct {
		first step
		sent  int
		took  time.Duration
	}{
		"no headers":         {silent, 2, 5 * time.Second},
		"slow":               {dripping(100, 4*time.Second, nil), 1, 400 * time.Second},
		"stalls in the body": {dripping(2, 6*time.Second, nil), 2, 5 * time.Second},
	} {
		layers := transport.Layers{AttemptTimeout: 5 * time.Second}
		bubble(t, []step{c.first, good}, layers, func(t *testing.T, srv *scripted, client *call.Client) {
			begun := time.Now()
			err := make1(t, client, "safe")
			if took := time.Since(begun); err != nil || len(srv.sent) != c.sent || took < c.took || took > c.took+200*time.Millisecond {
				t.Errorf("%s: got %v after %v and %d attempts", name, err, took, len(srv.sent))
			}
		})
	}
}

// The idle timeout is neither a cancellation nor a deadline of the caller.
func TestAttemptTimeoutIsNotTheCallers(t *testing.T) {
	for name, first := range map[string]step{"no headers": silent, "stalls": dripping(1, 2*time.Hour, nil)} {
		bubble(t, []step{first}, transport.Layers{Retries: transport.RetryPolicy{Attempts: 1}}, func(t *testing.T, _ *scripted, client *call.Client) {
			begun := time.Now()
			err := make1(t, client, "safe")
			if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "nothing came from the server for 1m0s") {
				t.Errorf("%s: got %v", name, err)
			}
			if took := time.Since(begun); took != transport.DefaultAttemptTimeout {
				t.Errorf("%s: took %v", name, took)
			}
		})
	}
}

func TestAttemptWithoutTimeout(t *testing.T) {
	layers := transport.Layers{AttemptTimeout: -1}
	bubble(t, []step{dripping(1, 2*time.Hour, nil)}, layers, func(t *testing.T, _ *scripted, client *call.Client) {
		if err := make1(t, client, "safe"); err != nil {
			t.Error(err)
		}
	})
}

// A response that breaks off is requested again, within the call's budget of attempts.
func TestBrokenResponses(t *testing.T) {
	bubble(t, []step{half, refused, half, good}, transport.Layers{}, func(t *testing.T, _ *scripted, client *call.Client) {
		var result string
		var raw []byte
		var meta call.Response
		err := client.Call(t.Context(), classes["safe"], []any{"1"}, nil, nil, &result, call.WithRawBody(&raw), call.WithResponse(&meta))
		if err != nil || result != "x" || string(raw) != `{"data":"x"}` || meta.Attempts != 4 || !meta.Replayed {
			t.Errorf("got %v, %q, %q, %+v", err, result, raw, meta)
		}
	})
	bubble(t, []step{half}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
		if err := make1(t, client, "safe"); !errors.Is(err, call.ErrMalformedResponse) || !errors.Is(err, io.ErrUnexpectedEOF) || len(c.sent) != 4 {
			t.Errorf("got %v after %d attempts", err, len(c.sent))
		}
	})
	bubble(t, []step{half, refused}, transport.Layers{}, func(t *testing.T, _ *scripted, client *call.Client) {
		if failed := failure(t, make1(t, client, "safe")); failed.Status != 0 || !errors.Is(failed, call.ErrUnavailable) || failed.Attempts != 4 {
			t.Errorf("got %v", failed)
		}
	})
	bubble(t, []step{half, replies(400, `{"message":"no"}`)}, transport.Layers{}, func(t *testing.T, _ *scripted, client *call.Client) {
		if failed := failure(t, make1(t, client, "safe")); failed.Status != 400 || failed.Message != "no" {
			t.Errorf("got %v", failed)
		}
	})
}

// One timer serves all attempts, yet each has its own idle timeout, and an attempt that
// makes progress goes on.
func TestIdleTimeoutIsPerAttempt(t *testing.T) {
	const bound = transport.DefaultAttemptTimeout
	steps := []step{good, silent, dripping(20, 50*time.Second, nil), silent, silent}
	want := []time.Duration{0, bound, 20 * 50 * time.Second, bound, bound}
	pauses := []time.Duration{30 * time.Second, 20 * time.Second, 15 * time.Second, time.Hour, 0}
	layers := transport.Layers{Retries: transport.RetryPolicy{Attempts: 1}}
	bubble(t, steps, layers, func(t *testing.T, _ *scripted, client *call.Client) {
		var group sync.WaitGroup
		for i := range steps {
			group.Go(func() {
				begun := time.Now()
				err := make1(t, client, "safe")
				if took := time.Since(begun); took != want[i] || (err != nil) != (want[i] == bound) {
					t.Errorf("call %d: got %v after %v, want the end after %v", i, err, took, want[i])
				}
			})
			synctest.Wait()
			time.Sleep(pauses[i])
		}
		group.Wait()
	})
}
