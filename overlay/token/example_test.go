package token_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// database stands for your own storage: bytes by key, and a lock for each key that
// expires, so that it is released if its holder is killed.
type database struct {
	rows  sync.Map // of []byte
	locks map[string]chan struct{}
}

func (d *database) lock(ctx context.Context, key string, _ time.Duration) error {
	select {
	case d.locks[key] <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *database) unlock(key string) { <-d.locks[key] }

// row returns nil if there is none.
func (d *database) row(key string) []byte {
	value, _ := d.rows.Load(key)
	data, _ := value.([]byte)
	return data
}

// databaseStore is a token.Store in a database.
type databaseStore struct{ database *database }

func (s databaseStore) Load(_ context.Context, id token.Identity) (token.Token, error) {
	if found, err := (token.JSONCodec{}).Decode(s.database.row(id.Key()), id); err == nil {
		return found, nil
	}
	return token.Token{}, nil // an entry that cannot be decoded must not prevent a login
}

func (s databaseStore) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	key := id.Key()
	if err := s.database.lock(ctx, key, 3*token.DefaultTimeout); err != nil {
		return err
	}
	defer s.database.unlock(key)
	current, err := s.Load(ctx, id)
	if err != nil {
		return err
	}
	next, err := change(current)
	if err != nil {
		return err
	}
	if next.IsZero() {
		s.database.rows.Delete(key)
		return nil
	}
	data, err := token.JSONCodec{}.Encode(s.database.row(key), id, next) // keeps the members of a later release
	if err != nil {
		return err
	}
	// Pass context.WithoutCancel(ctx) here if your client takes a context.
	s.database.rows.Store(key, data)
	return nil
}

// A Store of your own has two methods. It keeps the bytes of [JSONCodec], which hold
// rejections of an outdated password too. The second program uses the session that the
// first one opened.
func ExampleStore() {
	identity := token.Identity{System: "weka", Cluster: "prod", User: "admin"}
	store := databaseStore{&database{locks: map[string]chan struct{}{identity.Key(): make(chan struct{}, 1)}}}
	login := token.LoginFunc(func(context.Context) (token.Token, error) {
		return token.Token{Access: api.NewSecret("secret"), Lifetime: token.LifetimeFromSeconds(300)}, nil
	})
	for _, program := range []string{"first", "second"} {
		source := token.NewSource(login,
			token.WithStore(store, identity),
			token.WithHook(func(event token.Event) { fmt.Printf("%s program: %v\n", program, event.Kind) }))
		t, err := source.Token(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s program: %v %v\n", program, t.Access, t.Lifetime)
		source.Close()
	}
	// Output:
	// first program: started
	// first program: logged in
	// first program: [redacted] 5m0s
	// second program: adopted
	// second program: [redacted] 5m0s
}
