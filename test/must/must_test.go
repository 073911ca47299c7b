package must_test

import (
	"errors"
	"io"
	"testing"

	"github.com/hotcold-go/hotcold/test/must"
)

func TestCatch(t *testing.T) {
	for name, c := range map[string]struct {
		stop func()
		want error
	}{
		"nothing": {func() { must.Succeed(nil); must.Hold(true, "x"); must.Get(1, nil) }, nil},
		"Get":     {func() { must.Get(1, io.EOF) }, io.EOF},
		"Succeed": {func() { must.Succeed(io.EOF) }, io.EOF},
		"Hold":    {func() { must.Hold(false, "wrapped: %w", io.EOF) }, io.EOF},
	} {
		ended := false
		err := func() (err error) {
			defer must.Catch(&err)
			c.stop()
			ended = true
			return nil
		}()
		if !errors.Is(err, c.want) || ended != (c.want == nil) {
			t.Errorf("%s: got %v, ended: %v", name, err, ended)
		}
	}
}

func TestOtherPanicsGoOn(t *testing.T) {
	defer func() {
		if cause := recover(); cause != "another" {
			t.Errorf("got %v", cause)
		}
	}()
	var err error
	defer must.Catch(&err)
	panic("another")
}
