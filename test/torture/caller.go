package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// called is a caller's answer to one command.
type called struct {
	Calls int    `json:"calls"`
	Lost  int    `json:"lost"`
	First string `json:"first"` // error
}

// callOnCommand is a process with one client on the shared cache. For each number
// on its input it makes so many calls at once.
func callOnCommand(in io.Reader, out io.Writer) error {
	c, err := weka.New(os.Getenv(addressVariable), weka.WithPassword("admin", "admin"),
		weka.WithCAFile(os.Getenv(caVariable)), weka.WithTokenCache(os.Getenv(folderVariable)))
	if err != nil {
		return err
	}
	defer c.Close()
	commands := bufio.NewScanner(in)
	for commands.Scan() {
		n, err := strconv.Atoi(commands.Text())
		if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(callAtOnce(c, n)); err != nil {
			return err
		}
	}
	return commands.Err()
}

func callAtOnce(c *weka.Client, n int) called {
	var seen tally
	var callers sync.WaitGroup
	for range n {
		callers.Go(func() {
			_, err := c.Filesystem.GetFileSystems(context.Background(), nil)
			seen.add(err)
		})
	}
	callers.Wait()
	answer := called{Calls: seen.calls, Lost: seen.lost()}
	if seen.first != nil {
		answer.First = seen.first.Error()
	}
	return answer
}

// call has a child make so many calls at once.
func (c *child) call(n int) (called, error) {
	var answer called
	if _, err := fmt.Fprintln(c.in, n); err != nil {
		return answer, fmt.Errorf("a process is gone: %w", err)
	}
	if !c.out.Scan() {
		return answer, fmt.Errorf("a process ended in a call: %w", orEOF(c.out.Err()))
	}
	return answer, json.Unmarshal(c.out.Bytes(), &answer)
}

func orEOF(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}
