package weka_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// droppingListener can make the network forget the connections that it has accepted: the
// system drops all that arrives on them, and acknowledges nothing.
type droppingListener struct {
	net.Listener
	mu       sync.Mutex
	accepted []*net.TCPConn
}

func (l *droppingListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if tcp, ok := connection.(*net.TCPConn); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.accepted = append(l.accepted, tcp)
	}
	return connection, err
}

func (l *droppingListener) forget(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	dropAll := []syscall.SockFilter{{Code: syscall.BPF_RET}}
	for _, connection := range l.accepted {
		socket, err := connection.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		// Unless it is closed.
		_ = socket.Control(func(fd uintptr) { err = syscall.AttachLsf(int(fd), dropAll) }) //nolint:staticcheck // its replacement is another module
		if err != nil {
			t.Error(err)
		}
	}
	l.accepted = nil
}

// A call on a connection that the network has forgotten succeeds within five seconds, with
// the default options and HTTP/1.1, whether the connections were idle or it waits for its
// response.
func TestForgottenConnections(t *testing.T) {
	for name, wait := range map[string]bool{"idle": false, "waiting": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			waiting := make(chan struct{})
			var waits atomic.Bool
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if waits.CompareAndSwap(true, false) {
					close(waiting)
					<-r.Context().Done()
					return
				}
				_, _ = io.WriteString(w, `{"data":{}}`)
			}))
			network := &droppingListener{Listener: srv.Listener}
			srv.Listener = network
			srv.Start()
			defer srv.Close()
			c := newClientAt(t, srv.URL, weka.WithAccessToken("access"))
			defer srv.CloseClientConnections()
			wantSome(t, c)
			send := func() {
				if err := status(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
			began := time.Now()
			var calls sync.WaitGroup
			if wait {
				waits.Store(true)
				calls.Go(func() { send() })
				<-waiting
			}
			network.forget(t)
			if !wait {
				send()
			}
			calls.Wait()
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
