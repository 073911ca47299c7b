//go:build ignore

// Stock lists filesystems with the client that stock oapi-codegen makes, as often as
// each line of standard input says, and prints what a list took: nanoseconds,
// allocations, bytes. The benchmark builds it beside that client, which is not kept.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"time"

	"stock/client"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: stock address token")
		os.Exit(2)
	}
	token := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+os.Args[2])
		return nil
	}
	c, err := client.NewClientWithResponses(os.Args[1], client.WithRequestEditorFn(token))
	if err != nil {
		fail(err)
	}
	for calls := 0; ; {
		if _, err := fmt.Scanln(&calls); err != nil {
			return // nobody asks any more
		}
		measure(c, calls)
	}
}

func measure(c *client.ClientWithResponses, calls int) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	for range calls {
		answer, err := c.GetFileSystemsWithResponse(context.Background(), nil)
		if err != nil {
			fail(err)
		}
		if answer.JSON200 == nil || answer.JSON200.Data == nil || len(*answer.JSON200.Data) != 10_000 {
			fail(fmt.Errorf("got %s, and no list", answer.Status()))
		}
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	n := uint64(calls)
	fmt.Println(took.Nanoseconds()/int64(calls), (after.Mallocs-before.Mallocs)/n, (after.TotalAlloc-before.TotalAlloc)/n)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "stock:", err)
	os.Exit(1)
}
