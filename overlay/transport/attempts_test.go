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
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// What net/http says of its own failures decides whether a once operation is sent
// again: only where no byte of it can have left.
func TestOnceOverNetHTTP(t *testing.T) {
	readByte := func(r *bufio.Reader) { _, _ = r.ReadByte() }
	for name, c := range map[string]struct {
		scheme string
		first  func(*bufio.Reader) // what the server reads before it goes; nil: no connection
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

// dripping is an answer of n parts, one each interval, which then breaks off or ends.
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

// The bound of an attempt is on silence: a slow answer lives, a dead one does not.
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
				t.Errorf("%s: got %v after %v and %d sendings", name, err, took, len(srv.sent))
			}
		})
	}
}

// The error says what happened, and is neither a cancel nor a deadline of the caller.
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

// An answer that breaks off is asked for again, and the budget holds for that too.
func TestBrokenAnswers(t *testing.T) {
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
		if err := make1(t, client, "safe"); !errors.Is(err, call.ErrMalformedAnswer) || !errors.Is(err, io.ErrUnexpectedEOF) || len(c.sent) != 4 {
			t.Errorf("got %v after %d sendings", err, len(c.sent))
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
