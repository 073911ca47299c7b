package ngeneatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// TestMain looks for goroutines that are left of them.
func TestManySideBySide(t *testing.T) {
	simulatortest.TestMany(t, func() (string, simulatortest.Simulator) {
		srv, err := ngeneatest.Start()
		if err != nil {
			t.Fatal(err)
		}
		login(t, srv, "dfoster", "secret")
		return srv.URL, srv
	})
}
