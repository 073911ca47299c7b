package transport_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// After any number of peeks the body reads whole, with the error that ended it.
func TestPeek(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	for name, c := range map[string]struct {
		body io.Reader
		want string
		err  error
	}{
		"short":  {strings.NewReader("short"), "short", nil},
		"empty":  {strings.NewReader(""), "", nil},
		"long":   {strings.NewReader(long), long, nil},
		"breaks": {&once{data: "half", err: io.ErrUnexpectedEOF}, "half", io.ErrUnexpectedEOF},
	} {
		watched := &body{Reader: c.body}
		response := &http.Response{Body: watched}
		for range 2 {
			if got := string(transport.Peek(response)); got != c.want[:min(len(c.want), 64<<10)] {
				t.Errorf("%s: peeked at %d bytes", name, len(got))
			}
		}
		got, err := io.ReadAll(response.Body)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: read %d bytes, %v", name, len(got), err)
		}
		if err := response.Body.Close(); err != nil || watched.closed.Load() != 1 {
			t.Errorf("%s: closed %d times, %v", name, watched.closed.Load(), err)
		}
	}
	if transport.Peek(&http.Response{}) != nil || transport.Peek(&http.Response{Body: http.NoBody}) != nil {
		t.Error("Peek returned bytes of an empty body")
	}
}

// once returns its error a single time, as some bodies do.
type once struct {
	data string
	err  error
}

func (o *once) Read(p []byte) (int, error) {
	n, err := copy(p, o.data), o.err
	o.data, o.err = o.data[n:], io.EOF
	return n, err
}

// The body of a discarded response is not waited for.
func TestDiscardDoesNotWait(t *testing.T) {
	dripping := dripping(1000, time.Second, nil)
	slow := func(c *scripted, r *http.Request) (*http.Response, error) {
		response, err := dripping(c, r)
		response.StatusCode = http.StatusServiceUnavailable
		return response, err
	}
	bubble(t, []step{slow, good}, transport.Layers{}, func(t *testing.T, _ *scripted, client *call.Client) {
		begun := time.Now()
		if err := make1(t, client, "safe"); err != nil || time.Since(begun) > 300*time.Millisecond {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
	})
}
