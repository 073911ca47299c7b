package simulator

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// memoryNetwork finds the listeners of one server by address.
type memoryNetwork struct {
	mu        sync.Mutex
	listeners map[string]*memoryListener
}

// listen opens an address, which may be one whose listener was closed; the listener is
// reachable by another one too.
func (n *memoryNetwork) listen(address, other string) (*memoryListener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if before := n.listeners[address]; before != nil && !before.isClosed() {
		return nil, syscall.EADDRINUSE
	}
	listener := listenInMemory(address)
	if n.listeners == nil {
		n.listeners = map[string]*memoryListener{}
	}
	n.listeners[address], n.listeners[other] = listener, listener
	return listener, nil
}

// DialContext connects to the listener at an address. Without a listener the
// connection is refused, as at a port without one.
func (n *memoryNetwork) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	listener := n.listeners[address]
	n.mu.Unlock()
	if listener == nil {
		return nil, refused(network, address)
	}
	return listener.dial(ctx, network)
}

// memoryListener is a [net.Listener] whose connections are pipes inside the process:
// blocking on them counts as idle in a testing/synctest bubble.
type memoryListener struct {
	address memoryAddress
	waiting chan net.Conn
	closed  chan struct{}

	mu   sync.Mutex
	open map[*memoryConn]struct{} // nil once the listener is closed
}

// memoryAddress is the host:port of a memoryListener.
type memoryAddress string

// Network returns "tcp", since some clients classify errors by it.
func (memoryAddress) Network() string { return "tcp" }

// String returns the host:port.
func (a memoryAddress) String() string { return string(a) }

func listenInMemory(address string) *memoryListener {
	return &memoryListener{
		address: memoryAddress(address),
		waiting: make(chan net.Conn),
		closed:  make(chan struct{}),
		open:    map[*memoryConn]struct{}{},
	}
}

// Addr returns the address in the memoryNetwork.
func (l *memoryListener) Addr() net.Addr { return l.address }

// Accept waits for a connection, and fails with [net.ErrClosed] after Close.
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.waiting:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses new connections and cuts those that are open. Otherwise TLS would wait
// with its close message for a peer that does not read.
func (l *memoryListener) Close() error {
	l.mu.Lock()
	open := l.open
	l.open = nil
	l.mu.Unlock()
	if open == nil {
		return nil
	}
	close(l.closed)
	for conn := range open {
		_ = conn.Conn.Close()
	}
	return nil
}

func (l *memoryListener) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open == nil
}

// dial connects to the listener; it is refused after Close.
func (l *memoryListener) dial(ctx context.Context, network string) (net.Conn, error) {
	address := string(l.address)
	client, server := net.Pipe()
	conn := &memoryConn{Conn: server, listener: l}
	if !l.track(conn) {
		return nil, refused(network, address)
	}
	select {
	case l.waiting <- conn:
		return client, nil
	case <-l.closed:
		return nil, refused(network, address)
	case <-ctx.Done():
		_ = conn.Close()
		return nil, &net.OpError{Op: "dial", Net: network, Addr: memoryAddress(address), Err: context.Cause(ctx)}
	}
}

func refused(network, address string) error {
	return &net.OpError{Op: "dial", Net: network, Addr: memoryAddress(address), Err: syscall.ECONNREFUSED}
}

func (l *memoryListener) track(conn *memoryConn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		return false
	}
	l.open[conn] = struct{}{}
	return true
}

// memoryConn is the server's end of a pipe.
type memoryConn struct {
	net.Conn
	listener *memoryListener
}

// Close closes both ends of the connection.
func (c *memoryConn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.open, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
