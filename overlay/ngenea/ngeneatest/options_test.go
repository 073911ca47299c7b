package ngeneatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestStartRefuses(t *testing.T) {
	for name, option := range map[string]ngeneatest.Option{
		"an access token without a life": ngeneatest.WithAccessTTL(0),
		"a refresh token without a life": ngeneatest.WithRefreshTTL(-1),
		"a negative transition":          ngeneatest.WithTransitionTime(-1),
		"an empty page":                  ngeneatest.WithPageSize(0),
		"a throttle without a time":      ngeneatest.WithThrottle(1, 0),
		"a path as origin":               ngeneatest.BehindProxy("/api"),
		"no user":                        ngeneatest.WithAccount("", "x"),
	} {
		if srv, err := ngeneatest.Start(option); err == nil {
			srv.Close()
			t.Errorf("%s: no error", name)
		}
	}
}
