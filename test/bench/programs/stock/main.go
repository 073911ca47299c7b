//go:build ignore

// Stock lists filesystems with the client that stock oapi-codegen generates. The benchmark
// builds it with that client, which is not kept.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

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
	check(err)
	answer(func() error {
		response, err := c.GetFileSystemsWithResponse(context.Background(), nil)
		if err == nil && (response.JSON200 == nil || response.JSON200.Data == nil || len(*response.JSON200.Data) != 10_000) {
			err = fmt.Errorf("got %s and no list", response.Status())
		}
		return err
	})
}
