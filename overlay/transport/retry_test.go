package transport_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// How often each class is sent, by the failure of the first attempt.
func TestRetryByClassAndFailure(t *testing.T) {
	table := []struct {
		failure                step
		safe, idempotent, once int
	}{
		{refused, 2, 2, 2},
		{reset, 2, 2, 1},
		{silent, 2, 2, 1},
		{half, 2, 2, 1},
		{replies(429, ""), 2, 2, 2},
		{tooMany, 2, 2, 2},
		{replies(502, "<html>"), 2, 2, 1},
		{replies(503, ""), 2, 2, 1},
		{replies(504, ""), 2, 2, 1},
		{replies(500, `{"message":"Directory has no quota"}`), 1, 1, 1},
		{replies(400, `{"message":"no"}`), 1, 1, 1},
		{replies(401, `{"data":"Unauthorized"}`), 1, 1, 1},
		{replies(403, ""), 1, 1, 1},
		{replies(404, ""), 1, 1, 1},
		{replies(409, ""), 1, 1, 1},
	}
	for i, row := range table {
		for operation, want := range map[string]int{"safe": row.safe, "idempotent": row.idempotent, "once": row.once, "login": row.once} {
			t.Run(fmt.Sprintf("%d %s", i, operation), func(t *testing.T) {
				bubble(t, []step{row.failure, good}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
					var meta call.Response
					err := make1(t, client, operation, call.WithResponse(&meta))
					if len(c.sent) != want || meta.Attempts != want {
						t.Errorf("sent %d times and reported %d, want %d (%v)", len(c.sent), meta.Attempts, want, err)
					}
					if (err == nil) != (want == 2) && operation == "safe" {
						t.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

// net/http replaces a stale connection to which it wrote no byte. If there is no other,
// nothing was sent.
func TestStaleConnection(t *testing.T) {
	stale := func(c *scripted, r *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(r.Context())
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
		trace.GetConn(r.URL.Host)
		return refused(c, r)
	}
	bubble(t, []step{stale, good}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
		if err := make1(t, client, "once"); err != nil || len(c.sent) != 2 {
			t.Errorf("got %v after %d attempts", err, len(c.sent))
		}
	})
}

// An operation of class once is never executed twice, whatever fails in whatever order.
func TestOnceIsNeverExecutedTwice(t *testing.T) {
	// The server has not acted in the attempts before.
	for i, before := range [][]step{{}, {refused}, {refused, refused, refused}} {
		for j, last := range []step{reset, silent, half, replies(502, ""), replies(503, "", "Retry-After", "1"), replies(504, "")} {
			t.Run(fmt.Sprint(i, j), func(t *testing.T) {
				bubble(t, append(slices.Clone(before), last, good), transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
					_ = make1(t, client, "once")
					if c.acted != 1 || len(c.sent) != len(before)+1 {
						t.Errorf("executed %d times in %d attempts", c.acted, len(c.sent))
					}
				})
			})
		}
	}
}

func TestRetryEndsAfterFourAttempts(t *testing.T) {
	for operation, failing := range map[string]step{"safe": reset, "once": refused, "idempotent": replies(503, "")} {
		bubble(t, []step{failing}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
			begun := time.Now()
			failed := failure(t, make1(t, client, operation))
			if len(c.sent) != 4 || failed.Attempts != 4 || !errors.Is(failed, call.ErrUnavailable) || !strings.Contains(failed.Error(), "(4 attempts)") {
				t.Errorf("%s: got %v after %d attempts", operation, failed, len(c.sent))
			}
			if took := time.Since(begun); took > 1400*time.Millisecond {
				t.Errorf("%s: took %v, want at most 0.2+0.4+0.8 s", operation, took)
			}
		})
	}
}

func TestRetryPolicy(t *testing.T) {
	for attempts, want := range map[int]int{0: 4, 1: 1, 2: 2, 40: 40} {
		policy := transport.RetryPolicy{Attempts: attempts, FirstPause: time.Millisecond, LongestPause: 3 * time.Millisecond}
		bubble(t, []step{refused}, transport.Layers{Retries: policy}, func(t *testing.T, c *scripted, client *call.Client) {
			if err := make1(t, client, "safe"); err == nil || len(c.sent) != want {
				t.Errorf("%d attempts: got %v after %d attempts, want %d", attempts, err, len(c.sent), want)
			}
			for i := 1; i < len(c.sent); i++ {
				if pause := c.sent[i].Sub(c.sent[i-1]); pause > 3*time.Millisecond {
					t.Errorf("%d attempts: pause %v", attempts, pause)
				}
			}
		})
	}
}

// Pauses are random, so that clients do not come back together.
func TestPausesAreRandom(t *testing.T) {
	bubble(t, []step{refused}, transport.Layers{Retries: transport.RetryPolicy{Attempts: 2}}, func(t *testing.T, c *scripted, client *call.Client) {
		seen := map[time.Duration]bool{}
		for range 20 {
			n := len(c.sent)
			_ = make1(t, client, "safe")
			seen[c.sent[n+1].Sub(c.sent[n])] = true
		}
		if len(seen) < 10 {
			t.Errorf("20 pauses had %d lengths", len(seen))
		}
	})
}

// Retry-After is the least pause. An invalid value is ignored, and one that is too long ends
// the call at once.
func TestRetryAfter(t *testing.T) {
	jitter := 200 * time.Millisecond
	for value, want := range map[string]time.Duration{
		"7":                    7 * time.Second,
		"0":                    0,
		"-7":                   0,
		"-1e400":               0,
		"NaN":                  0,
		"soon":                 0,
		"99999999999999999999": -1,
		"1e400":                -1,
		"9223372036":           -1,
		"31":                   -1,
		"date +9s":             9 * time.Second,
		"date -9s":             0,
		"date +9h":             -1,
	} {
		t.Run(value, func(t *testing.T) {
			bubble(t, nil, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
				if offset, dated := strings.CutPrefix(value, "date "); dated {
					d, err := time.ParseDuration(offset)
					if err != nil {
						t.Fatal(err)
					}
					value = time.Now().Add(d).UTC().Format(http.TimeFormat)
				}
				c.steps = []step{replies(503, `{"message":"later"}`, "Retry-After", value), good}
				begun := time.Now()
				err := make1(t, client, "safe")
				took := time.Since(begun)
				switch {
				case want < 0 && (failure(t, err).Status != 503 || took > 0 || len(c.sent) != 1):
					t.Errorf("got %v after %v, want the response at once", err, took)
				case want >= 0 && (err != nil || took < want || took > want+jitter):
					t.Errorf("got %v after %v, want success after %v", err, took, want)
				}
			})
		})
	}
}

// Patience bounds the sum of the pauses, with Retry-After in every response.
func TestPatience(t *testing.T) {
	layers := transport.Layers{Retries: transport.RetryPolicy{Attempts: 10, Patience: 25 * time.Second}}
	bubble(t, []step{replies(429, "", "Retry-After", "10")}, layers, func(t *testing.T, c *scripted, client *call.Client) {
		begun := time.Now()
		failed := failure(t, make1(t, client, "once"))
		if took := time.Since(begun); failed.Status != 429 || len(c.sent) != 3 || took != 20*time.Second {
			t.Errorf("got %v after %v", failed, took)
		}
	})
}

// A call ends by the caller's deadline, and at once if the pause would outlast it.
func TestDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		steps  []step
		within time.Duration
		status int
	}{
		"pause too long":        {[]step{replies(503, "", "Retry-After", "5")}, 0, 503},
		"second pause too long": {[]step{replies(429, "", "Retry-After", "2"), replies(429, "", "Retry-After", "5")}, 2 * time.Second, 429},
		"timeout":               {[]step{silent}, 3 * time.Second, 0},
		"later timeout":         {[]step{refused, silent}, 3 * time.Second, 0},
	} {
		for _, operation := range []string{"safe", "idempotent"} {
			bubble(t, c.steps, transport.Layers{}, func(t *testing.T, _ *scripted, client *call.Client) {
				begun := time.Now()
				ctx, cancel := context.WithDeadline(t.Context(), begun.Add(3*time.Second))
				defer cancel()
				var result string
				err := client.Call(ctx, classes[operation], path(operation), nil, nil, &result)
				took := time.Since(begun)
				if failed := failure(t, err); failed.Status != c.status || took != c.within {
					t.Errorf("%s, %s: got %v after %v, want %d after %v", name, operation, err, took, c.status, c.within)
				}
				if errors.Is(err, context.DeadlineExceeded) != (c.status == 0) {
					t.Errorf("%s, %s: got %v", name, operation, err)
				}
			})
		}
	}
}

func path(operation string) []any {
	if operation == "safe" {
		return []any{"1"}
	}
	return nil
}

// After cancellation nothing is sent, in a pause and after an attempt.
func TestCancel(t *testing.T) {
	for name, steps := range map[string][]step{
		"in a pause":    {replies(503, "", "Retry-After", "20"), good},
		"in an attempt": {silent, good},
	} {
		bubble(t, steps, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			begun := time.Now()
			err := client.Call(ctx, classes["idempotent"], nil, nil, nil, nil)
			if took := time.Since(begun); !errors.Is(err, context.Canceled) || errors.Is(err, call.ErrUnavailable) || took != time.Second || len(c.sent) != 1 {
				t.Errorf("%s: got %v after %v and %d attempts", name, err, took, len(c.sent))
			}
		})
	}
}

// A DELETE that finds nothing is a success only if an earlier attempt may have deleted the
// object.
func TestReplayedDelete(t *testing.T) {
	gone := replies(404, `{"message":"uid: '1' not found"}`)
	for name, c := range map[string]struct {
		steps []step
		ok    bool
	}{
		"first":          {[]step{gone}, false},
		"after a reset":  {[]step{reset, gone}, true},
		"after silence":  {[]step{silent, gone}, true},
		"after 502":      {[]step{replies(502, "<html>"), gone}, true},
		"after refusals": {[]step{refused, refused, gone}, false},
		"after 429":      {[]step{replies(429, ""), gone}, false},
		"after too many": {[]step{tooMany, gone}, false},
		"reset, refused": {[]step{reset, refused, gone}, true},
		"HTML":           {[]step{reset, replies(404, "<html>")}, false},
	} {
		bubble(t, c.steps, transport.Layers{}, func(t *testing.T, _ *scripted, client *call.Client) {
			var meta call.Response
			err := make1(t, client, "delete", call.WithResponse(&meta))
			if (err == nil) != c.ok || c.ok && (!meta.Replayed || meta.Status != 404) {
				t.Errorf("%s: got %v, %+v", name, err, meta)
			}
		})
	}
	bubble(t, []step{reset, gone}, transport.Layers{}, func(t *testing.T, _ *scripted, client *call.Client) {
		if err := make1(t, client, "idempotent"); !errors.Is(err, call.ErrNotFound) {
			t.Errorf("a replayed PUT: got %v", err)
		}
	})
}

// In an outage a client soon sends each call once; with the first successes it retries
// again.
func TestRetryBudget(t *testing.T) {
	bubble(t, []step{refused}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
		for range 1000 {
			_ = make1(t, client, "safe")
		}
		if n := len(c.sent); n != 1100 {
			t.Errorf("1000 calls that fail were sent %d times, want 1100", n)
		}
		c.steps, c.sent = []step{good}, nil
		for range 10 {
			_ = make1(t, client, "safe")
		}
		c.steps, c.sent = []step{refused}, nil
		for range 5 {
			_ = make1(t, client, "safe")
		}
		if n := len(c.sent); n != 6 {
			t.Errorf("after 10 successes 5 calls were sent %d times, want 6", n)
		}
	})
}

// A burst of calls survives a server that is away for half a second, and one that answers
// 429 for a while: the budget covers the calls under way.
func TestRetryBudgetCoversABurst(t *testing.T) {
	for name, away := range map[string]step{
		"away":     refused,
		"reset":    reset,
		"429":      replies(429, "", "Retry-After", "1"),
		"502":      replies(502, "<html>"),
		"too many": tooMany,
	} {
		bubble(t, nil, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
			begun := time.Now()
			c.steps = []step{func(c *scripted, r *http.Request) (*http.Response, error) {
				if time.Since(begun) < 500*time.Millisecond {
					return away(c, r)
				}
				return good(c, r)
			}}
			var group sync.WaitGroup
			for range 1000 {
				group.Go(func() {
					if err := make1(t, client, "safe"); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			group.Wait()
		})
	}
}

// A repetition that the server asks for with a 429 does not take from the budget.
func TestRetryBudgetIsNotTakenBy429(t *testing.T) {
	bubble(t, []step{replies(429, "")}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
		for range 200 {
			_ = make1(t, client, "safe")
		}
		if n := len(c.sent); n != 800 {
			t.Errorf("200 calls were sent %d times, want 800", n)
		}
	})
}

// A policy of the largest values waits, and does not overflow.
func TestLargestRetryPolicy(t *testing.T) {
	const most = time.Duration(math.MaxInt64)
	layers := transport.Layers{Retries: transport.RetryPolicy{Attempts: math.MaxInt, FirstPause: most, LongestPause: most, Patience: most}}
	bubble(t, []step{refused}, layers, func(t *testing.T, c *scripted, client *call.Client) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Hour, cancel)
		if err := client.Call(ctx, classes["once"], nil, nil, nil, nil); !errors.Is(err, context.Canceled) || len(c.sent) != 1 {
			t.Errorf("got %v after %d attempts", err, len(c.sent))
		}
	})
}

// Retries that succeed do not use up the budget.
func TestRetryBudgetIsRefundedBySuccess(t *testing.T) {
	bubble(t, []step{good}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
		for i := range 1000 {
			c.steps = append(slices.Repeat([]step{refused}, len(c.sent)), []step{reset, refused, half}[i%3], good)
			if err := make1(t, client, "safe"); err != nil {
				t.Fatalf("call %d: %v", i, err)
			}
		}
	})
}

// Nor do retries that end with a 4xx, since it shows that the server works.
func TestRetryBudgetIsRefundedByRefusal(t *testing.T) {
	for _, status := range []int{400, 403, 404} {
		bubble(t, []step{good}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
			for i := range 300 {
				c.steps = append(slices.Repeat([]step{refused}, len(c.sent)), refused, replies(status, `{"message":"no"}`))
				if got := failure(t, make1(t, client, "safe")).Status; got != status {
					t.Fatalf("call %d: got %d, want %d", i, got, status)
				}
			}
		})
	}
}

// A body that cannot be read again is sent once.
func TestRetryNeedsABodyThatCanBeReadAgain(t *testing.T) {
	for getBody, want := range map[bool]int{true: 2, false: 1} {
		bubble(t, []step{refused, good}, transport.Layers{}, func(t *testing.T, c *scripted, client *call.Client) {
			_ = make1(t, client, "idempotent", func(r *http.Request) {
				if !getBody {
					r.GetBody = nil
				}
			})
			if len(c.sent) != want {
				t.Errorf("sent %d times, want %d", len(c.sent), want)
			}
		})
	}
}

// A request that no client made is sent once.
func TestRetryLeavesOtherRequestsAlone(t *testing.T) {
	c := &scripted{steps: []step{replies(503, "")}}
	if got := status(t, transport.Stack(transport.Layers{Base: c}), request(t, nil)); got != 503 || len(c.sent) != 1 {
		t.Errorf("got %d after %d attempts", got, len(c.sent))
	}
}

// A login that broke off was sent once, and the call was not sent: a call of any class asks
// for a token again.
func TestBrokenLoginIsRetried(t *testing.T) {
	for name, broken := range map[string]step{"reset": reset, "502": replies(502, "<html>")} {
		for _, operation := range []string{"safe", "once"} {
			bubble(t, []step{broken, broken, good}, transport.Layers{}, func(t *testing.T, c *scripted, login *call.Client) {
				calls := &scripted{steps: []step{good}}
				client := calling(t, calls, transport.Layers{Tokens: loggingIn{login}})
				if err := make1(t, client, operation); err != nil || len(c.sent) != 3 || len(calls.sent) != 1 {
					t.Errorf("%s, %s: got %v after %d logins and %d calls", name, operation, err, len(c.sent), len(calls.sent))
				}
			})
		}
	}
}

func TestRejectedLoginIsFinal(t *testing.T) {
	bubble(t, []step{replies(401, "")}, transport.Layers{}, func(t *testing.T, c *scripted, login *call.Client) {
		client := calling(t, &scripted{steps: []step{good}}, transport.Layers{Tokens: loggingIn{login}})
		if err := make1(t, client, "safe"); !errors.Is(err, call.ErrUnauthorized) || len(c.sent) != 1 {
			t.Errorf("got %v after %d logins", err, len(c.sent))
		}
	})
}

// A login that could not be sent has been retried by its own Retry.
func TestFailedLoginIsFinal(t *testing.T) {
	bubble(t, []step{refused}, transport.Layers{}, func(t *testing.T, c *scripted, login *call.Client) {
		calls := &scripted{steps: []step{good}}
		client := calling(t, calls, transport.Layers{Tokens: loggingIn{login}})
		err := make1(t, client, "safe")
		if !errors.Is(err, call.ErrUnavailable) || len(c.sent) != 4 || len(calls.sent) != 0 {
			t.Errorf("got %v after %d logins and %d calls", err, len(c.sent), len(calls.sent))
		}
	})
}

// What Auth and Retry send again is taken from one budget, in whatever order. A second
// token that was adopted takes one more.
func TestAuthAndRetryShareOneBudget(t *testing.T) {
	bad, late := replies(401, ""), replies(503, "")
	for name, c := range map[string]struct {
		steps   []step
		adopted []string
		sent    int
		status  int
	}{
		"401 503 503":          {[]step{bad, late}, nil, 3, 503},
		"503 401 503":          {[]step{late, bad, late}, nil, 3, 503},
		"503 503 401":          {[]step{late, late, bad, good}, nil, 3, 401},
		"401 503 200":          {[]step{bad, late, good}, nil, 3, 200},
		"401 503 401":          {[]step{bad, late, bad, good}, nil, 3, 401},
		"401 401":              {[]step{bad, bad, good}, nil, 2, 401},
		"401 401 503, adopted": {[]step{bad, bad, late}, []string{"two"}, 3, 503},
		"503 401 401, adopted": {[]step{late, bad, bad, good}, []string{"two"}, 3, 401},
	} {
		k := &tokens{left: []string{"one", "two", "three", "four", "five"}, adopted: c.adopted}
		bubble(t, c.steps, transport.Layers{Tokens: k, Retries: transport.RetryPolicy{Attempts: 3}}, func(t *testing.T, srv *scripted, client *call.Client) {
			var meta call.Response
			err := make1(t, client, "safe", call.WithResponse(&meta))
			if meta.Status != c.status || len(srv.sent) != c.sent || meta.Attempts != c.sent {
				t.Errorf("%s: got %v after %d attempts (%d reported), want %d after %d", name, err, len(srv.sent), meta.Attempts, c.status, c.sent)
			}
		})
	}
}
