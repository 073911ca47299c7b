package token_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// mounted returns a folder that is a file system of its own.
func mounted(t *testing.T, options string) string {
	t.Helper()
	folder := ownFolder(t)
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, options); err != nil {
		t.Skip("only root can mount: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}

func remountReadOnly(t *testing.T, folder string) {
	t.Helper()
	if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnlyFileSystem(t *testing.T) {
	folder := mounted(t, "size=1m,mode=0700")
	remountReadOnly(t, folder)
	wantLocalSession(t, token.NewCache(folder), syscall.EROFS)
	wantLocalSession(t, token.NewCache(filepath.Join(folder, "new")), syscall.EROFS)
}

func TestFullFileSystem(t *testing.T) {
	folder := mounted(t, "size=16k,mode=0700")
	full := os.WriteFile(filepath.Join(folder, "ballast"), []byte(strings.Repeat("x", 1<<20)), 0o600)
	if !errors.Is(full, syscall.ENOSPC) {
		t.Fatal(full)
	}
	wantLocalSession(t, token.NewCache(folder), syscall.ENOSPC)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 { // with the lock file
		t.Errorf("the folder holds %v (%v)", entries, err)
	}
	inodes := mounted(t, "nr_inodes=1,mode=0700")
	wantLocalSession(t, token.NewCache(inodes), syscall.ENOSPC) // not even a lock file
}

// Whatever the mode of a folder, others do not write to it if it is mounted read-only.
func TestKubernetesVolumeThatIsReadOnly(t *testing.T) {
	folder := mounted(t, "size=1m,mode=1777")
	wantOnlyRead(t, filepath.Join(folder, "auth-token.json"), syscall.EROFS, func(content string) {
		volume(t, folder, content)
		remountReadOnly(t, folder)
	})
}

// Others can make a link in an open folder, and have a file system of theirs mounted
// read-only.
func TestLinkToAReadOnlyFileSystem(t *testing.T) {
	folder := mounted(t, "size=1m,mode=0700")
	target := filepath.Join(folder, "planted.json")
	if err := os.WriteFile(target, []byte(`{"access_token":"planted","refresh_token":"planted"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("planted.json", filepath.Join(folder, "link.json")); err != nil {
		t.Fatal(err)
	}
	remountReadOnly(t, folder)
	open := ownFolder(t)
	if err := errors.Join(os.Chmod(open, 0o777), os.Symlink(target, filepath.Join(open, "link.json"))); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(open, "link.json"), filepath.Join(folder, "link.json")} {
		f, s := newSession(t, time.Hour, token.WithStore(token.NewFileStore(path, fixedCodec{}), cluster))
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrUnsafeFile) {
			t.Errorf("%s: got %v", path, err)
		}
		f.counts(t, 0, 0)
	}
}
