package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
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
			if err := second(ctx, hub, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTokenCache(filepath.Join(folder, "tokens"))); err != nil {
				return err
			}
		}
		fmt.Println(hub.Logins(), "login")
		return nil
	})
	// Output: 1 login
}

// A program with a client key logs in nowhere and keeps no session.
func ExampleWithClientKey() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		key, err := h.CreateClientKey(ctx, "nightly archive") // once, by a person
		if err != nil {
			return err
		}
		for range 3 {
			if err := second(ctx, hub, ngenea.WithClientKey(key.APIKey.Reveal())); err != nil {
				return err
			}
		}
		fmt.Println(hub.Logins(), "login, of who made the key")
		return nil
	})
	// Output: 1 login, of who made the key
}

// Ask for the password when it is needed: a terminal, or a secret manager.
func ExampleWithPasswordFunc() {
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		ask := func(context.Context) (string, error) {
			fmt.Println("asked")
			return "secret", nil
		}
		return second(ctx, hub, ngenea.WithPasswordFunc("dfoster", ask))
	})
	// Output: asked
}

// Take address and credentials from the environment.
func ExampleFromEnv() {
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		for name, value := range map[string]string{"NGENEA_URL": hub.URL, "NGENEA_USERNAME": "dfoster", "NGENEA_PASSWORD": "secret"} {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
			defer func() { _ = os.Unsetenv(name) }()
		}
		h, err := ngenea.New("", ngenea.FromEnv(), ngenea.WithCAFile(hub.CAFile()))
		if err != nil {
			return err
		}
		defer h.Close()
		_, err = h.Alerts.ListAlerts(ctx, nil)
		fmt.Println(hub.Logins(), "login")
		return err
	})
	// Output: 1 login
}

// Take tokens from a function: whatever issues them at your site.
func ExampleWithTokenFunc() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		issue := func(ctx context.Context) (ngenea.Token, error) {
			pair, err := h.Auth.CreateToken(ctx, ngeneaapi.CreateTokenBody{Username: "dfoster", Password: ngenea.NewSecret("secret")})
			if err != nil {
				return ngenea.Token{}, err
			}
			fmt.Println("issued")
			return ngenea.NewToken(pair.Access.Reveal()), nil
		}
		return second(ctx, hub, ngenea.WithTokenFunc(issue))
	})
	// Output: issued
}

// memory keeps sessions as a store of yours would: as bytes, which only its codec reads.
// It locks for one process; overlay/token has an example of one that machines share.
type memory struct {
	mu   sync.Mutex
	rows map[string][]byte
}

func (m *memory) Load(_ context.Context, id ngenea.TokenIdentity) (ngenea.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.row(id), nil
}

// row is the entry of an identity; what is none must not keep anybody from logging in.
func (m *memory) row(id ngenea.TokenIdentity) ngenea.Token {
	found, err := ngenea.TokenCodec{}.Decode(m.rows[id.Key()], id)
	if err != nil {
		return ngenea.Token{}
	}
	return found
}

func (m *memory) Update(_ context.Context, id ngenea.TokenIdentity, change func(ngenea.Token) (ngenea.Token, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next, err := change(m.row(id))
	if err != nil {
		return err
	}
	if next.IsZero() {
		delete(m.rows, id.Key())
		return nil
	}
	m.rows[id.Key()], err = ngenea.TokenCodec{}.Encode(m.rows[id.Key()], id, next)
	return err
}

// Keep the session in a store of your own: two methods.
func ExampleWithTokenStore() {
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		store := &memory{rows: map[string][]byte{}}
		for range 3 { // clients
			if err := second(ctx, hub, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTokenStore(store)); err != nil {
				return err
			}
		}
		fmt.Println(hub.Logins(), "login,", len(store.rows), "entry")
		return nil
	})
	// Output: 1 login, 1 entry
}
