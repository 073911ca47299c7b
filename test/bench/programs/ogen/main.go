//go:build ignore

// Ogen lists filesystems with the client that ogen generates: it makes as many calls as each
// line of standard input says, and prints what one took in nanoseconds, allocations and
// bytes. The benchmark builds it with that client, which is not kept.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"ogen/client"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ogen ADDRESS TOKEN")
		os.Exit(2)
	}
	c, err := client.NewClient(os.Args[1], credentials(os.Args[2]))
	if err != nil {
		fail(err)
	}
	for calls := 0; ; {
		if _, err := fmt.Scanln(&calls); err != nil {
			return // the end of standard input
		}
		measure(c, calls)
	}
}

type credentials string

func (c credentials) BearerAuth(context.Context, client.OperationName) (client.BearerAuth, error) {
	return client.BearerAuth{Token: string(c)}, nil
}

func (credentials) BasicAuth(context.Context, client.OperationName) (client.BasicAuth, error) {
	return client.BasicAuth{}, nil
}

func measure(c *client.Client, calls int) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	for range calls {
		response, err := c.GetFileSystems(context.Background(), client.GetFileSystemsParams{})
		if err != nil {
			fail(err)
		}
		if list, ok := response.(*client.GetFileSystemsOK); !ok || len(list.Data) != 10_000 {
			fail(fmt.Errorf("got no list, but %T", response))
		}
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	n := uint64(calls)
	fmt.Println(took.Nanoseconds()/int64(calls), (after.Mallocs-before.Mallocs)/n, (after.TotalAlloc-before.TotalAlloc)/n)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "ogen:", err)
	os.Exit(1)
}
