package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// child is a process that answers a line with a line, and ends when nobody asks any more.
type child struct {
	command *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
}

// startChild starts a program, which is this one if its path is empty.
func startChild(ctx context.Context, program string, arguments ...string) (*child, error) {
	if program == "" {
		var err error
		if program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	c := &child{command: exec.CommandContext(ctx, program, arguments...)} //nolint:gosec // this program, or one that it has built
	c.command.Stderr = os.Stderr
	var err error
	if c.ask, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	answers, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.answers = bufio.NewReader(answers)
	return c, c.command.Start()
}

// line is the next line of the child's.
func (c *child) line() (string, error) {
	text, err := c.answers.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.command.Path, err)
	}
	return strings.TrimSpace(text), nil
}

func (c *child) stop() {
	_ = c.ask.Close()
	_ = c.command.Wait() // it said on stderr what was wrong
}
