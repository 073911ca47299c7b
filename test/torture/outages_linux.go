package main

import (
	"errors"
	"net"
	"syscall"

	"github.com/hotcold-go/hotcold/test/must"
)

// dropAll makes the system drop all that arrives on a connection.
func dropAll(connection *net.TCPConn) (err error) {
	defer must.Catch(&err)
	socket := must.Get(connection.SyscallConn())
	failed := socket.Control(func(fd uintptr) {
		err = syscall.AttachLsf(int(fd), []syscall.SockFilter{{Code: syscall.BPF_RET}}) //nolint:staticcheck // its replacement is another module
	})
	if errors.Is(failed, net.ErrClosed) {
		return nil
	}
	return errors.Join(failed, err)
}
