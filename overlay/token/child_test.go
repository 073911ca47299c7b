package token_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// runRole is what a process does that a test started.
func runRole(role string) {
	dir := os.Getenv("TOKEN_TEST_DIR")
	switch role {
	case "refresh":
		refreshOnCommand(dir)
	case "login":
		loginOnCommand(dir)
	case "write":
		writeForEver(dir)
	case "panic":
		panic(token.NewSecret(os.Getenv("TOKEN_TEST_SECRET")))
	}
}

// child is a process of the test binary in a role.
type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startChild(t *testing.T, role, dir string) *child {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "TOKEN_TEST_ROLE="+role, "TOKEN_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{Cmd: cmd, in: in, out: bufio.NewScanner(out)}
}

func (c *child) send(t *testing.T, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		t.Fatal(err)
	}
}

// said counts what processes say in answer to one line of input, until each has
// ended its call.
func said(t *testing.T, children []*child, line string) map[string]int {
	t.Helper()
	lines := make(chan map[string]int)
	for _, c := range children {
		c.send(t, line)
		go func() {
			words := map[string]int{}
			for words["refused"]+words["locked"]+words["failed"] == 0 && c.out.Scan() {
				word, _, _ := strings.Cut(c.out.Text(), " ")
				words[word]++
			}
			lines <- words
		}()
	}
	all := map[string]int{}
	for range children {
		for word, n := range <-lines {
			all[word] += n
		}
	}
	return all
}
