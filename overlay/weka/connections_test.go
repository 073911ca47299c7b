package weka_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// The connections to a backend are bounded at 128, and calls that take the backend long do
// not keep others waiting for more than a moment.
func TestSlowCallsDoNotStarveOthers(t *testing.T) {
	const bound, calls = 128, 300
	sent, respond := make(chan time.Time, calls), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-respond
		_, _ = io.WriteString(w, `{"data":{}}`)
	}))
	defer srv.Close()
	c := newClientAt(t, srv.URL, weka.WithAccessToken("access"), weka.WithHooks(weka.Hooks{
		BeforeAttempt: func(context.Context, weka.Attempt) { sent <- time.Now() },
	}))
	begun := time.Now()
	var group sync.WaitGroup
	for range calls {
		group.Go(func() {
			if err := status(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range calls {
		if at := <-sent; i == bound && at.Sub(begun) < 100*time.Millisecond {
			t.Errorf("call %d was sent after %v, with %d under way", i+1, at.Sub(begun), bound)
		}
	}
	close(respond)
	group.Wait()
}
