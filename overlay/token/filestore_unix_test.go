//go:build unix

package token_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// stranger is the number of another user.
const stranger = 4321

// giveAway makes files belong to the stranger.
func giveAway(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := os.Lchown(path, stranger, stranger); err != nil {
			t.Skip("only root can give a file away: ", err)
		}
	}
}

func ownerOf(t *testing.T, path string) uint32 {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}

// Another user could read what is written into a cache of theirs, and could have planted a
// session in it.
func TestCacheOfAnotherUserIsRejected(t *testing.T) {
	for name, ofStranger := range map[string]func(dir string) []string{
		"folder":             func(dir string) []string { return []string{dir} },
		"entry":              func(dir string) []string { return []string{cacheFile(dir, cluster)} },
		"lock":               func(dir string) []string { return []string{cacheFile(dir, cluster) + ".lock"} },
		"folder and entry":   func(dir string) []string { return []string{dir, cacheFile(dir, cluster)} },
		"folder, no entry":   func(dir string) []string { _ = os.Remove(cacheFile(dir, cluster)); return []string{dir} },
		"folder of mode 755": func(dir string) []string { _ = os.Chmod(dir, 0o755); return []string{dir} },
	} {
		t.Run(name, func(t *testing.T) {
			dir := cacheFolder(t)
			put(t, token.NewCache(dir), cluster, "planted", time.Now().Add(-time.Hour)) // so that it would be replaced
			giveAway(t, ofStranger(dir)...)
			before, _ := os.ReadFile(cacheFile(dir, cluster))
			f, s := newSession(t, time.Hour, token.WithStore(token.NewCache(dir), cluster))
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrUnsafeFile) {
				t.Errorf("got %v", err)
			}
			f.counts(t, 0, 0)
			if after, _ := os.ReadFile(cacheFile(dir, cluster)); string(after) != string(before) {
				t.Error("the entry was written")
			}
		})
	}
}

// A vendor's file of another user is read. Replacing it would lock its owner out, since
// nothing is given away.
func TestFileOfAnotherUserIsOnlyRead(t *testing.T) {
	path := filepath.Join(ownFolder(t), "auth-token.json")
	wantOnlyRead(t, path, syscall.EPERM, func(content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		giveAway(t, path)
	})
	if got := ownerOf(t, path); got != stranger {
		t.Errorf("the file is now of user %d", got)
	}
	if _, err := os.Stat(path + ".lock"); err == nil {
		t.Error("there is a lock file, which its owner cannot open")
	}
}

// wantOnlyRead checks that the session of a token file is used, and continued in memory.
func wantOnlyRead(t *testing.T, path string, reason error, write func(content string)) {
	t.Helper()
	const content = `{"access_token":"given","refresh_token":"given-refresh"}`
	write(content)
	var seen recorder
	f, s := newSession(t, time.Hour, token.WithStore(token.NewFileStore(path, fixedCodec{}), cluster), token.WithHook(seen.hook))
	for _, want := range []string{"given", "access-1", "access-2"} {
		got := mustToken(t, s)
		if got.Access.Reveal() != want {
			t.Errorf("got %q, want %q", got.Access.Reveal(), want)
		}
		s.Invalidate(got)
	}
	f.counts(t, 0, 2)
	if got, want := seen.String(), "adopted > started > refreshed > not stored > started > refreshed"; got != want {
		t.Fatalf("events: %s\nwant:   %s", got, want)
	}
	if got := seen.events[3].Err; !errors.Is(got, reason) {
		t.Errorf("not stored because of %v", got)
	}
	if after, err := os.ReadFile(path); string(after) != content {
		t.Errorf("the file became %s (%v)", after, err)
	}
}

// volume writes a token file as kubelet does: links in a folder with mode 1777.
func volume(t *testing.T, folder, content string) {
	t.Helper()
	version := filepath.Join(folder, "..2026_11_30")
	err := errors.Join(
		os.Chmod(folder, 0o777|os.ModeSticky),
		os.MkdirAll(version, 0o755),
		os.WriteFile(filepath.Join(version, "auth-token.json"), []byte(content), 0o644),
		os.Symlink("..2026_11_30", filepath.Join(folder, "..data")),
		os.Symlink("..data/auth-token.json", filepath.Join(folder, "auth-token.json")),
	)
	if err != nil {
		t.Fatal(err)
	}
}

func TestFileInAKubernetesVolume(t *testing.T) {
	folder := ownFolder(t)
	wantOnlyRead(t, filepath.Join(folder, "auth-token.json"), syscall.EROFS, func(content string) { volume(t, folder, content) })
}

// In a folder with mode 1777 others can make such links too.
func TestKubernetesVolumeOfAnotherUser(t *testing.T) {
	for name, spoil := range map[string]func(folder string){
		"link":         func(folder string) { giveAway(t, filepath.Join(folder, "auth-token.json")) },
		"data":         func(folder string) { giveAway(t, filepath.Join(folder, "..data")) },
		"version":      func(folder string) { giveAway(t, filepath.Join(folder, "..2026_11_30")) },
		"file":         func(folder string) { giveAway(t, filepath.Join(folder, "..data", "auth-token.json")) },
		"folder":       func(folder string) { giveAway(t, folder) },
		"not sticky":   func(folder string) { _ = os.Chmod(folder, 0o777) },
		"open version": func(folder string) { _ = os.Chmod(filepath.Join(folder, "..data"), 0o777) },
		"open file":    func(folder string) { _ = os.Chmod(filepath.Join(folder, "auth-token.json"), 0o666) },
		"elsewhere": func(folder string) {
			path := filepath.Join(folder, "auth-token.json")
			_ = errors.Join(os.Remove(path), os.Symlink("..2026_11_30/auth-token.json", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := ownFolder(t)
			volume(t, folder, `{"access_token":"planted","refresh_token":"planted"}`)
			if name == "file" { // Chown follows links in the path only
				folder, _ = filepath.EvalSymlinks(folder)
			}
			spoil(folder)
			f, s := newSession(t, time.Hour, token.WithStore(token.NewFileStore(filepath.Join(folder, "auth-token.json"), fixedCodec{}), cluster))
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrUnsafeFile) {
				t.Errorf("got %v", err)
			}
			f.counts(t, 0, 0)
		})
	}
}
