package wekatest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// report is a consumer's own code.
func report(ctx context.Context, c *weka.Client) error {
	_, err := c.FileSystems.List(ctx, nil)
	return err
}

func TestReport(t *testing.T) {
	srv := wekatest.New(t)
	c, err := weka.New(srv.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(srv.Transport()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := report(t.Context(), c); err != nil { // your own code
		t.Fatal(err)
	}
	srv.ExpireTokens() // or srv.Advance(time.Hour)
	if err := report(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func TestReportEachHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory())
		c, err := weka.New(srv.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(srv.Transport()))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for range 24 {
			if err := report(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour) // takes no time, and ends every access token
		}
		if srv.Logins() != 1 || srv.Refreshes() == 0 {
			t.Errorf("%d logins, %d refreshes", srv.Logins(), srv.Refreshes())
		}
	})
}
