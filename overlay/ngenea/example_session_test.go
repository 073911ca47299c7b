package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Make a client key for a program. It needs no session and no password, and lives until
// it is revoked.
func ExampleClient_CreateClientKey() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		key, err := h.CreateClientKey(ctx, "nightly archive")
		if err != nil {
			return err
		}
		fmt.Println("the key prints as", key.APIKey)

		// The text of the key is shown this once: put it where the program finds it.
		program, err := ngenea.New(hub.URL, ngenea.WithClientKey(key.APIKey.Reveal()), ngenea.WithCAFile(hub.CAFile()))
		if err != nil {
			return err
		}
		defer program.Close()
		if _, err := program.Alerts.ListAlerts(ctx, nil); err != nil {
			return err
		}
		fmt.Println(hub.Logins(), "login, of who made the key")

		if err := h.RevokeClientKey(ctx, key.ID); err != nil {
			return err
		}
		_, err = program.Alerts.ListAlerts(ctx, nil)
		fmt.Println("after it was revoked:", errors.Is(err, ngenea.ErrClientKeyRejected))
		return nil
	})
	// Output:
	// the key prints as [redacted]
	// 1 login, of who made the key
	// after it was revoked: true
}

// Share one session with every process of the machine.
func ExampleWithTokenCache() {
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		folder, err := os.MkdirTemp("", "hub")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		for range 3 { // processes
			h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
				ngenea.WithTokenCache(filepath.Join(folder, "tokens")))
			if err != nil {
				return err
			}
			_, err = h.Alerts.ListAlerts(ctx, nil)
			h.Close()
			if err != nil {
				return err
			}
		}
		fmt.Println(hub.Logins(), "login")
		return nil
	})
	// Output: 1 login
}
