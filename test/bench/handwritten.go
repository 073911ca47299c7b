package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// handWritten is the client that a good engineer writes for two calls: net/http,
// encoding/json, a token, a look at the status. It does not log in, retry, or explain.
// Its struct is the generated one, so that both decode the same fields.
type handWritten struct {
	client  *http.Client
	address string
	token   string
}

func (h *handWritten) fileSystems(ctx context.Context) ([]wekaapi.FileSystem, error) {
	var all []wekaapi.FileSystem
	return all, h.get(ctx, "/fileSystems", &all)
}

func (h *handWritten) fileSystem(ctx context.Context, uid string) (*wekaapi.FileSystem, error) {
	var one wekaapi.FileSystem
	return &one, h.get(ctx, "/fileSystems/"+url.PathEscape(uid), &one)
}

func (h *handWritten) get(ctx context.Context, path string, data any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.address+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+h.token)
	response, err := h.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	answer := struct {
		Data any `json:"data"`
	}{data}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
