package weka_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

func TestRelease(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail(statusOperation, 1, http.StatusForbidden, `{"data":"Forbidden"}`)
		_, err := c.Release(t.Context())
		wantError(t, err, statusOperation, weka.ErrForbidden)
		for range 3 {
			if number, err := c.Release(t.Context()); number != "5.0.2" || err != nil {
				t.Errorf("got %q, %v", number, err)
			}
		}
		if n := srv.Count(statusOperation); n != 2 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(61 * time.Minute) // the cluster may have been upgraded
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { _, _ = c.Release(t.Context()) })
		}
		group.Wait()
		if n := srv.Count(statusOperation); n < 3 {
			t.Errorf("asked %d times", n)
		}
	}, wekatest.Release("5.0.2"))
}

// A program can tell what a cluster of an earlier release does not have.
func TestOperationsTellSinceWhen(t *testing.T) {
	since := map[string]string{}
	for _, operation := range weka.Operations() {
		since[operation.Service()+"."+operation.GoMethod()] = operation.Since()
	}
	for method, want := range map[string]string{"Alerts.GetAlerts": "3.14", "Alerts.GetAlertMutes": "5.1"} {
		if since[method] != want {
			t.Errorf("%s is known since %q, want %q", method, since[method], want)
		}
	}
}

// A status that the caller asked for tells the release as well.
func TestReleaseOfAStatus(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		if number, err := c.Release(t.Context()); number != "5.1.0" || err != nil || srv.Count(statusOperation) != 1 {
			t.Errorf("got %q, %v, asked %d times", number, err, srv.Count(statusOperation))
		}
	})
}
