//go:build unix

package token_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// What root writes stays the file of the user whose command line reads it.
func TestOwnerOfExistingFileIsKept(t *testing.T) {
	const user = 4321
	path := filepath.Join(ownFolder(t), "auth-token.json")
	if err := os.WriteFile(path, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, user, user); err != nil {
		t.Skip("only root can give a file away: ", err)
	}
	err := token.NewFileStore(path, fixedCodec{}).Update(t.Context(), cluster, func(token.Token) (token.Token, error) {
		return token.Token{Access: api.NewSecret("new")}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if stat := info.Sys().(*syscall.Stat_t); stat.Uid != user || stat.Gid != user || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is now of user %d and group %d, mode %v", stat.Uid, stat.Gid, info.Mode())
	}
}
