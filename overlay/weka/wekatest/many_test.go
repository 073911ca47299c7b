package wekatest_test

import (
	"net"
	"net/url"
	"runtime"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	sideBySide = 200     // simulators
	mayCost    = 5 << 20 // bytes each, after its start
)

// Two hundred simulators run side by side, each with clients of its own; a port and
// its memory are given back. TestMain looks for goroutines that are left.
func TestManySideBySide(t *testing.T) {
	start := func() *wekatest.Server {
		srv, err := wekatest.Start()
		if err != nil {
			t.Fatal(err)
		}
		login(t, srv)
		return srv
	}
	start().Close() // the document is loaded once for a process
	before := inUse()
	all := make([]*wekatest.Server, sideBySide)
	for i := range all {
		all[i] = start()
	}
	cost := (inUse() - before) / sideBySide
	t.Logf("%d KiB each", cost>>10)
	if cost > mayCost {
		t.Errorf("a simulator costs %d bytes, want %d at most", cost, mayCost)
	}
	kept := 0
	for i, srv := range all {
		if srv.Logins() != 1 {
			t.Errorf("number %d has %d logins, want its own", i, srv.Logins())
		}
		srv.Close()
		address, err := url.Parse(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address.Host)
		if err != nil {
			kept++
			continue
		}
		_ = listener.Close()
	}
	clear(all)
	if kept > sideBySide/20 { // another process may have taken one meanwhile
		t.Errorf("%d of %d simulators keep their port", kept, sideBySide)
	}
	if left := inUse() - before; left > sideBySide*mayCost/100 {
		t.Errorf("%d bytes are left of %d simulators", left, sideBySide)
	}
}

// inUse is the memory in use after a collection: the heap and the stacks.
func inUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse)
}
