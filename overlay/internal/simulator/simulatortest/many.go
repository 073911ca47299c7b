package simulatortest

import (
	"net"
	"net/url"
	"runtime"
	"testing"
)

const (
	sideBySide = 200     // simulators
	mayCost    = 5 << 20 // bytes each, after its start
)

// TestMany runs two hundred simulators side by side, each with a client of its own. None
// may see the login of another, or cost more than 5 MiB; a port and its memory must be
// given back. The function starts one on a free port of loopback, logs in once and
// returns its URL.
func TestMany(t *testing.T, start func() (at string, srv Simulator)) {
	t.Helper()
	_, first := start()
	first.Close() // the document is loaded once for a process
	before := inUse()
	all, urls := make([]Simulator, sideBySide), make([]string, sideBySide)
	for i := range all {
		urls[i], all[i] = start()
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
		if !isFree(t, urls[i]) {
			kept++
		}
	}
	clear(all)
	if kept > sideBySide/20 { // another process may have taken one meanwhile
		t.Errorf("%d of %d simulators keep their port", kept, sideBySide)
	}
	if left := inUse() - before; left > sideBySide*mayCost/100 {
		t.Errorf("%d bytes are left of %d simulators", left, sideBySide)
	}
}

// isFree reports whether the port of a URL can be listened on.
func isFree(t *testing.T, at string) bool {
	t.Helper()
	address, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address.Host)
	if err != nil {
		return false
	}
	_ = listener.Close()
	return true
}

// inUse is the memory in use after a collection: the heap and the stacks.
func inUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse) //nolint:gosec // no machine has that much
}
