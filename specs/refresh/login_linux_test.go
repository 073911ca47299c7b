//go:build amd64 || arm64

package main

import (
	"context"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// terminal gives both ends of a terminal, whose user writes to the first.
func terminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = user.Close() })
	var locked, n int32
	control(t, user, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	control(t, user, syscall.TIOCGPTN, unsafe.Pointer(&n))
	program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(n)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return user, program
}

func control(t *testing.T, of *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, of.Fd(), request, uintptr(argument)); errno != 0 {
		t.Error(errno)
	}
}

// typeAtPrompt waits until the terminal echoes nothing, and then types.
func typeAtPrompt(ctx context.Context, t *testing.T, user, program *os.File, text string) {
	state := syscall.Termios{Lflag: syscall.ECHO}
	for state.Lflag&syscall.ECHO != 0 && ctx.Err() == nil {
		runtime.Gosched()
		control(t, program, syscall.TCGETS, unsafe.Pointer(&state))
	}
	_, _ = io.WriteString(user, text+"\n")
}

// TestPullAsksForTheSecret types a client key at the prompt: nothing shows it.
func TestPullAsksForTheSecret(t *testing.T) {
	server := hub(t, spectacular(t))
	t.Setenv("NGENEA_CLIENT_KEY", "")
	user, program := terminal(t)
	stdin := os.Stdin
	os.Stdin = program
	t.Cleanup(func() { os.Stdin = stdin })
	ctx, stop := context.WithCancel(t.Context())
	var typing sync.WaitGroup
	typing.Go(func() { typeAtPrompt(ctx, t, user, program, "hunter3") })
	code, out, message := refresh(t, "pull", "-root", "../..", "-insecure", "-client-key", "-out", t.TempDir(), "-from", server.URL+"/api/docs/", "ngenea")
	if code != 0 || !strings.HasPrefix(message, "client key: ") || strings.Contains(out+message, "hunter") {
		t.Errorf("exit %d, %s%s", code, out, message)
	}
	stop() // if nothing asked
	typing.Wait()
	_ = program.Close()
	shown := make([]byte, 1024)
	n, _ := user.Read(shown) // an error means that nothing was shown
	if strings.Contains(string(shown[:n]), "hunter") {
		t.Errorf("the terminal shows %q", shown[:n])
	}
}
