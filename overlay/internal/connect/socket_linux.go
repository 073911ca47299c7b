package connect

import (
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT, which package syscall does not have: how many
// milliseconds sent data may stay without an acknowledgement.
const tcpUserTimeout = 18

// silentTimeout is how long a connection whose request does not arrive is kept.
const silentTimeout = 3500 * time.Millisecond

// limitSilence ends a connection on which what was sent does not arrive. The system alone
// would send it again for 15 minutes.
func limitSilence(_, _ string, socket syscall.RawConn) error {
	return socket.Control(func(fd uintptr) {
		// Without the setting the connection works as well.
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(silentTimeout.Milliseconds()))
	})
}
