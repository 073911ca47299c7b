//go:build ignore

// Stock lists filesystems with the client that stock oapi-codegen generates: it makes as
// many calls as each line of standard input says, and prints what one took in nanoseconds,
// allocations and bytes. The benchmark builds it with that client, which is not kept.
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
		fmt.Fprintln(os.Stderr, "usage: stock ADDRESS TOKEN")
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
			return // the end of standard input
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
		response, err := c.GetFileSystemsWithResponse(context.Background(), nil)
		if err != nil {
			fail(err)
		}
		if response.JSON200 == nil || response.JSON200.Data == nil || len(*response.JSON200.Data) != 10_000 {
			fail(fmt.Errorf("got %s and no list", response.Status()))
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
