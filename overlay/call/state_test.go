package call_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

func TestOperationTravelsWithTheRequest(t *testing.T) {
	s := answers(200, "")
	if err := client(s).Call(context.Background(), operations["basicOnly"], nil, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	if op := call.StateOf(s.request).Operation(); op != operations["basicOnly"] {
		t.Errorf("%+v is not the table's row", op)
	}
}

// A call is sent as often as its budget allows, whichever layer asks.
func TestBudget(t *testing.T) {
	var taken []bool
	sending := roundTrip(func(r *http.Request) (*http.Response, error) {
		state := call.StateOf(r)
		taken = append(taken, state.TakeAttempt()) // no budget is set yet
		state.SetBudget(2)
		for range 4 {
			taken = append(taken, state.TakeAttempt())
		}
		return nil, io.EOF
	})
	_ = resending(sending).Do(t.Context(), http.MethodGet, "/x", nil, nil)
	if got := len(taken); got != 5 || !taken[0] || !taken[1] || !taken[2] || taken[3] || taken[4] {
		t.Errorf("got %v", taken)
	}
}

// counting chooses an endpoint and sends three times, as the layers of a transport do.
type counting struct{ next http.RoundTripper }

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	for i := range 3 {
		made := call.StateOf(r).BeginAttempt(&http.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("weka0%d:14000", i+1)}})
		if made != i+1 {
			return nil, fmt.Errorf("attempt %d counted as %d", i+1, made)
		}
	}
	return c.next.RoundTrip(r)
}

func TestLayersReportAttemptsAndEndpoint(t *testing.T) {
	foreign := func(r *http.Request) { *r = *r.WithContext(context.Background()) }
	for name, options := range map[string][]api.CallOption{"plain": nil, "context replaced": {foreign}} {
		for _, status := range []int{200, 500, 0} {
			s := answers(status, `{"data":{}}`)
			if status == 0 {
				s.err = io.EOF
			}
			var response call.Response
			options := append([]api.CallOption{call.WithResponse(&response)}, options...)
			err := get(counting{s}, "getOne", new(fileSystem), options...)
			if response.Attempts != 3 || response.Endpoint != "https://weka03:14000" || response.Status != status {
				t.Errorf("%s: %d: response %+v", name, status, response)
			}
			if status == 200 {
				continue
			}
			if e := failed(t, err); e.Attempts != 3 || e.Endpoint != "https://weka03:14000" || !strings.Contains(e.Error(), "3 attempts") {
				t.Errorf("%s: %d: %v", name, status, e)
			}
		}
	}
}

// A layer needs no check for requests that no Client made.
func TestRequestsThatNoClientMade(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	call.WithResponse(new(call.Response))(r)
	call.WithRawBody(new([]byte))(r)
	call.WithQuery("a", "caf\xe9")(r)
	state := call.StateOf(r)
	state.SetBudget(0)
	state.MarkReplayed()
	if state != nil || state.Operation() != nil || state.BeginAttempt(r) != 0 || !state.TakeAttempt() {
		t.Errorf("%v has an operation, counts attempts or has a budget", state)
	}
}

// Neither the state nor what holds it shows what is sent.
func TestStateIsNotPrinted(t *testing.T) {
	s := answers(200, "")
	body := &createBody{Password: newSecret("hunter22")}
	if err := client(s).Call(t.Context(), operations["create"], nil, nil, body, nil); err != nil || !strings.Contains(s.sent, "hunter22") {
		t.Fatal(err, s.sent)
	}
	derived := context.WithValue(s.request.Context(), foreignKey{}, 1)
	for _, v := range []any{call.StateOf(s.request), s.request.Context(), derived, *s.request, struct{ a any }{call.StateOf(s.request)}} {
		if shown := fmt.Sprintf("%v %+v %#v %s", v, v, v, v); strings.Contains(shown, "hunter22") {
			t.Errorf("%T shows it: %s", v, shown)
		}
	}
}

type foreignKey struct{}
