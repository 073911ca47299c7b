//go:build ignore

// Ogen lists filesystems with the client that ogen generates. The benchmark builds it with
// that client, which is not kept.
package main

import (
	"context"
	"fmt"
	"os"

	"ogen/client"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ogen ADDRESS TOKEN")
		os.Exit(2)
	}
	c, err := client.NewClient(os.Args[1], credentials(os.Args[2]))
	check(err)
	answer(func() error {
		response, err := c.GetFileSystems(context.Background(), client.GetFileSystemsParams{})
		if list, ok := response.(*client.GetFileSystemsOK); err == nil && (!ok || len(list.Data) != 10_000) {
			err = fmt.Errorf("got no list, but %T", response)
		}
		return err
	})
}

type credentials string

func (c credentials) BearerAuth(context.Context, client.OperationName) (client.BearerAuth, error) {
	return client.BearerAuth{Token: string(c)}, nil
}

func (credentials) BasicAuth(context.Context, client.OperationName) (client.BasicAuth, error) {
	return client.BasicAuth{}, nil
}
