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

// Make a client key for a program. It is valid until it is revoked.
func ExampleClient_CreateClientKey() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	ctx := context.Background()
	key, err := h.CreateClientKey(ctx, "nightly archive")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the key prints as", key.APIKey)

	// Store the key where the program finds it: the Hub returns it once.
	program, err := ngenea.New(hub.URL, ngenea.WithClientKey(key.APIKey.Reveal()), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	_, err = program.Alerts.List(ctx, nil)
	fmt.Println("error:", err)

	if err := h.RevokeClientKey(ctx, key.ID); err != nil {
		fmt.Println(err)
	}
	_, err = program.Alerts.List(ctx, nil)
	fmt.Println("revoked:", errors.Is(err, ngenea.ErrClientKeyRejected))
	// Output:
	// the key prints as [redacted]
	// error: <nil>
	// revoked: true
}

// Share a session with all processes of the machine.
func ExampleWithTokenCache() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	folder, err := os.MkdirTemp("", "hub")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for range 3 { // processes
		h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
			ngenea.WithTokenCache(filepath.Join(folder, "tokens")))
		if err != nil {
			fmt.Println(err)
			return
		}
		if _, err := h.Alerts.List(context.Background(), nil); err != nil {
			fmt.Println(err)
		}
		h.Close()
	}
	fmt.Println(hub.Logins(), "login")
	// Output: 1 login
}

// Use a client key: there is no login, and no session to keep.
func ExampleWithClientKey() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	person, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer person.Close()
	key, err := person.CreateClientKey(context.Background(), "nightly archive") // once
	if err != nil {
		fmt.Println(err)
		return
	}

	h, err := ngenea.New(hub.URL, ngenea.WithClientKey(key.APIKey.Reveal()), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	_, err = h.Alerts.List(context.Background(), nil)
	fmt.Println("error:", err)
	// Output: error: <nil>
}

// Ask for the password when a login needs it, such as on a terminal.
func ExampleWithPasswordFunc() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	ask := func(context.Context) (string, error) {
		fmt.Println("asked")
		return "secret", nil
	}
	h, err := ngenea.New(hub.URL, ngenea.WithPasswordFunc("dfoster", ask), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	if _, err := h.Alerts.List(context.Background(), nil); err != nil {
		fmt.Println(err)
	}
	// Output: asked
}

// Take address and credentials from the environment.
func ExampleFromEnv() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	for name, value := range map[string]string{"NGENEA_URL": hub.URL, "NGENEA_USERNAME": "dfoster", "NGENEA_PASSWORD": "secret", "NGENEA_CA_FILE": hub.CAFile()} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Println(err)
		}
		defer func() { _ = os.Unsetenv(name) }()
	}

	h, err := ngenea.New("", ngenea.FromEnv())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	_, err = h.Alerts.List(context.Background(), nil)
	fmt.Println("error:", err)
	// Output: error: <nil>
}

// Take tokens from a function, such as a secret manager's client.
func ExampleWithTokenFunc() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	person, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer person.Close()
	issue := func(ctx context.Context) (ngenea.Token, error) {
		pair, err := person.Auth.CreateToken(ctx, ngeneaapi.CreateTokenBody{Username: "dfoster", Password: ngenea.NewSecret("secret")})
		if err != nil {
			return ngenea.Token{}, err
		}
		fmt.Println("issued")
		return ngenea.NewToken(pair.Access.Reveal()), nil
	}
	h, err := ngenea.New(hub.URL, ngenea.WithTokenFunc(issue), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	if _, err := h.Alerts.List(context.Background(), nil); err != nil {
		fmt.Println(err)
	}
	// Output: issued
}

// memory is a token store: it keeps sessions as bytes, which the codec encodes. It locks for
// one process; overlay/token has an example of a store that machines share.
type memory struct {
	mu   sync.Mutex
	rows map[string][]byte
}

func (m *memory) Load(_ context.Context, id ngenea.TokenIdentity) (ngenea.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.row(id), nil
}

// row returns the entry of an identity. One that cannot be decoded must not prevent a login.
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

// Keep the session in a store of your own.
func ExampleWithTokenStore() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	store := &memory{rows: map[string][]byte{}}
	for range 3 { // clients
		h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
			ngenea.WithTokenStore(store))
		if err != nil {
			fmt.Println(err)
			return
		}
		if _, err := h.Alerts.List(context.Background(), nil); err != nil {
			fmt.Println(err)
		}
		h.Close()
	}
	fmt.Println(hub.Logins(), "login,", len(store.rows), "entry")
	// Output: 1 login, 1 entry
}
