//go:build unix

package weka_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A session that another user planted is not adopted, and nothing is written where another
// user can read it.
func TestTokenCacheOfAnotherUser(t *testing.T) {
	const stranger = 4321
	for name, mode := range map[string]os.FileMode{"private": 0o700, "readable": 0o755} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				mustStatus(t, admin(t, srv, weka.WithTokenCache(dir)))
				entries, err := filepath.Glob(filepath.Join(dir, "*.json"))
				if err != nil || len(entries) != 1 {
					t.Fatal(entries, err)
				}
				before, _ := os.ReadFile(entries[0])
				for _, given := range []string{entries[0], dir} {
					if err := errors.Join(os.Chmod(dir, mode), os.Chown(given, stranger, stranger)); err != nil {
						t.Skip("only root can give a file away: ", err)
					}
					wantError(t, status(t.Context(), admin(t, srv, weka.WithTokenCache(dir))), statusOperation, weka.ErrUnsafeFile)
				}
				if after, _ := os.ReadFile(entries[0]); string(after) != string(before) {
					t.Error("the entry was written")
				}
				wantCounts(t, srv, 1, 0)
			})
		})
	}
}

// In a volume of Kubernetes a token file is a link, in a folder with mode 1777. It is read;
// what it would be replaced by stays in the client.
func TestTokenFileInAKubernetesVolume(t *testing.T) {
	volume := ownFolder(t)
	version, path := filepath.Join(volume, "..2026_11_30"), filepath.Join(volume, "auth-token.json")
	target := filepath.Join(version, "auth-token.json")
	err := errors.Join(
		os.Chmod(volume, 0o777|os.ModeSticky),
		os.Mkdir(version, 0o755),
		os.Symlink("..2026_11_30", filepath.Join(volume, "..data")),
		os.Symlink("..data/auth-token.json", path),
	)
	if err != nil {
		t.Fatal(err)
	}
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		writeSession(t, target, loggedIn(t, srv))
		before, _ := os.ReadFile(target)
		var kinds []weka.SessionEventKind
		c := newClient(t, srv, weka.WithTokenFile(path), weka.WithSessionHook(func(e weka.SessionEvent) {
			if e.Kind != weka.SessionStarted {
				kinds = append(kinds, e.Kind)
			}
		}))
		for range 3 {
			mustStatus(t, c)
			time.Sleep(6 * time.Minute)
		}
		wantCounts(t, srv, 1, 2)
		want := []weka.SessionEventKind{weka.SessionAdopted, weka.SessionRefreshed, weka.SessionNotStored, weka.SessionRefreshed}
		if !slices.Equal(kinds, want) {
			t.Errorf("the hook saw %v, want %v", kinds, want)
		}
		if after, _ := os.ReadFile(target); string(after) != string(before) {
			t.Error("the file was written")
		}
	})
}
