package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/must"
)

// The environment says what a process of this program does.
const (
	roleVariable    = "TORTURE_ROLE"
	addressVariable = "TORTURE_ADDRESS"
	caVariable      = "TORTURE_CA_FILE"
	folderVariable  = "TORTURE_FOLDER"
	kindVariable    = "TORTURE_KIND"
)

var roles = map[string]func(in io.Reader, out io.Writer) error{
	"call": callOnCommand(weka.WithTokenCache),
	clockRole: callOnCommand(func(folder string) weka.Option {
		return weka.WithTokenFile(filepath.Join(folder, "auth-token.json"))
	}),
	"write": writeForEver,
	"panic": panicWithSecrets,
}

// play is main for a process that another process started.
func play(role string) int {
	run := roles[role]
	if run == nil {
		_, _ = fmt.Fprintf(os.Stderr, "torture: no role %q\n", role)
		return 2
	}
	if err := run(os.Stdin, os.Stdout); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "torture: %s: %v\n", role, err)
		return 1
	}
	return 0
}

// child is a process with a role.
type child struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// startChild starts this program in a role. The variables are NAME=value.
func startChild(ctx context.Context, role string, variables ...string) (c *child, err error) {
	defer must.Catch(&err)
	command := roleCommand(ctx, role, variables...)
	command.Stderr = os.Stderr
	c = &child{command, must.Get(command.StdinPipe()), bufio.NewScanner(must.Get(command.StdoutPipe()))}
	return c, command.Start()
}

func roleCommand(ctx context.Context, role string, variables ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, must.Get(os.Executable())) //nolint:gosec // this program
	command.Env = append(append(os.Environ(), roleVariable+"="+role), variables...)
	return command
}

// stop ends a child by the end of its input.
func (c *child) stop() error {
	_ = c.in.Close()
	for c.out.Scan() { // otherwise the child could block on its output
		continue
	}
	return c.command.Wait()
}

// kill ends a child like kill -9, and returns its output that was not read yet.
func (c *child) kill() (lines []string) {
	_ = c.command.Process.Kill()
	for c.out.Scan() {
		lines = append(lines, c.out.Text())
	}
	_ = c.in.Close()
	_ = c.command.Wait() // the error says that it was killed
	return lines
}
