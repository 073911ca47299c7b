package wekatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// TestMain looks for goroutines that are left of them.
func TestManySideBySide(t *testing.T) {
	simulatortest.TestMany(t, func() (string, simulatortest.Simulator) {
		srv, err := wekatest.Start()
		if err != nil {
			t.Fatal(err)
		}
		login(t, srv)
		return srv.URL, srv
	})
}
