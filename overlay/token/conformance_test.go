package token_test

import (
	"os"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/token/storetest"
)

func TestMemoryStoreKeepsTheContract(t *testing.T) {
	store := token.NewMemoryStore()
	storetest.Run(t, storetest.Config{
		Open:       func(*testing.T, storetest.Process) token.Store { return store },
		OneMachine: true,
	})
}

func TestFileStoreKeepsTheContract(t *testing.T) {
	dir := cacheFolder(t)
	storetest.Run(t, storetest.Config{
		Open:       func(*testing.T, storetest.Process) token.Store { return token.NewCache(dir) },
		OneMachine: true,
		Edit: func(t *testing.T, id token.Identity, edit func([]byte) []byte) {
			t.Helper()
			content, err := os.ReadFile(cacheFile(dir, id))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(cacheFile(dir, id), edit(content), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	})
}
