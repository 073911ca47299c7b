package token_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such mode bits")
	}
	dir := cacheFolder(t)
	put(t, token.NewCache(dir), cluster, "1", time.Time{})
	for path, want := range map[string]os.FileMode{
		dir: 0o700, cacheFile(dir, cluster): 0o600, cacheFile(dir, cluster) + ".lock": 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v (%v), want %v", filepath.Base(path), info.Mode(), err, want)
		}
	}
}

// A vendor's file keeps its mode; the entries of a cache are always written with 0600.
func TestModeOfExistingFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such mode bits")
	}
	dir, path := cacheFolder(t), filepath.Join(ownFolder(t), "auth-token.json")
	for file, c := range map[string]struct {
		store token.Store
		want  os.FileMode
	}{
		cacheFile(dir, cluster): {token.NewCache(dir), 0o600},
		path:                    {token.NewFileStore(path, fixedCodec{}), 0o640},
	} {
		put(t, c.store, cluster, "1", time.Time{})
		if err := os.Chmod(file, 0o640); err != nil {
			t.Fatal(err)
		}
		put(t, c.store, cluster, "2", time.Time{})
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != c.want {
			t.Errorf("%s: mode %v (%v), want %v", filepath.Base(file), info.Mode(), err, c.want)
		}
	}
}

func TestUnsafeFilesAreRejected(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	for name, spoil := range map[string]func(dir, elsewhere string) error{
		"file":   func(dir, elsewhere string) error { return os.Symlink(elsewhere, cacheFile(dir, cluster)) },
		"lock":   func(dir, elsewhere string) error { return os.Symlink(elsewhere, cacheFile(dir, cluster)+".lock") },
		"folder": func(dir, _ string) error { return os.Chmod(dir, 0o777) },
		"sticky": func(dir, _ string) error { return os.Chmod(dir, 0o777|os.ModeSticky) },
		"group":  func(dir, _ string) error { return os.Chmod(dir, 0o770) },
		"others": func(dir, _ string) error { return os.Chmod(dir, 0o702) },
		"entry that others can write to": func(dir, elsewhere string) error {
			planted, err := os.ReadFile(elsewhere)
			entry := cacheFile(dir, cluster)
			return errors.Join(err, os.WriteFile(entry, planted, 0o600), os.Chmod(entry, 0o622))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := cacheFolder(t)
			store := token.NewCache(dir)
			elsewhere := filepath.Join(ownFolder(t), "elsewhere")
			put(t, token.NewCache(filepath.Dir(elsewhere)), cluster, "1", time.Time{})
			if err := os.Rename(cacheFile(filepath.Dir(elsewhere), cluster), elsewhere); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(elsewhere)
			if err := errors.Join(os.MkdirAll(dir, 0o700), spoil(dir, elsewhere)); err != nil {
				t.Fatal(err)
			}
			f, s := newSession(t, 0, token.WithStore(store, cluster))
			_, err := s.Token(t.Context())
			if !errors.Is(err, token.ErrUnsafeFile) {
				t.Errorf("got %v", err)
			}
			if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 && !strings.Contains(err.Error(), "chmod 700 "+dir) {
				t.Errorf("%v: does not say what to run", err)
			}
			f.counts(t, 0, 0)
			if after, _ := os.ReadFile(elsewhere); string(after) != string(before) {
				t.Error("the file that the link points to was written")
			}
		})
	}
}

// A folder that others can list is safe, as is one inside a folder in which others can
// write.
func TestListableFoldersAreAccepted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such mode bits")
	}
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o700, 0o750, 0o755} {
		dir := filepath.Join(parent, mode.String())
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode)); err != nil {
			t.Fatal(err)
		}
		put(t, token.NewCache(dir), cluster, "1", time.Time{})
		if got := kept(t, token.NewCache(dir), cluster); got != "access-1" {
			t.Errorf("%v: got %q", mode, got)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != mode {
			t.Errorf("the mode of a folder that is not ours became %v (%v)", info.Mode(), err)
		}
	}
}

func TestCorruptFileCountsAsMissing(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "torn": `{"system":"we`, "no object": `[1]`, "null": "null", "wrong types": `{"access_token":1}`,
		"enormous": strings.Repeat(" ", 2<<20),
	} {
		t.Run(name, func(t *testing.T) {
			dir := cacheFolder(t)
			if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(cacheFile(dir, cluster), []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
			f, s := newSession(t, 0, token.WithStore(token.NewCache(dir), cluster))
			if got := access(t, s); got != "access-1" {
				t.Errorf("got %q", got)
			}
			f.counts(t, 1, 0)
			if got := kept(t, token.NewCache(dir), cluster); got != "access-1" {
				t.Errorf("the file holds %q", got)
			}
		})
	}
}

func TestLargeFileCountsAsMissing(t *testing.T) {
	const largest = 1 << 20
	dir := cacheFolder(t)
	store := token.NewCache(dir)
	put(t, store, cluster, "1", time.Time{})
	data, err := os.ReadFile(cacheFile(dir, cluster))
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]string{largest: "access-1", largest + 1: ""} {
		padded := append(bytes.Clone(data), bytes.Repeat([]byte(" "), size-len(data))...)
		if err := os.WriteFile(cacheFile(dir, cluster), padded, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := kept(t, store, cluster); got != want {
			t.Errorf("%d bytes: got %q, want %q", size, got, want)
		}
	}
}

// Another process replaces the file after it was checked and before it is opened.
func TestFileReplacedWhileItIsOpened(t *testing.T) {
	dir := ownFolder(t)
	path := filepath.Join(dir, "auth-token.json")
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open := func(replace func()) (string, error) {
		write("auth-token.json", "checked")
		file, err := token.OpenRegular(path, func(path string) (*os.File, error) {
			replace()
			return os.Open(path)
		})
		if err != nil {
			return "", err
		}
		defer func() { _ = file.Close() }()
		content, err := io.ReadAll(file)
		return string(content), err
	}
	rename := func(content string) func() {
		return func() {
			write("new", content)
			if err := os.Rename(filepath.Join(dir, "new"), path); err != nil {
				t.Error(err)
			}
		}
	}
	if got, err := open(sync.OnceFunc(rename("new version"))); got != "new version" || err != nil {
		t.Errorf("a new version: got %q, %v", got, err)
	}
	if got, err := open(rename("another version")); !errors.Is(err, token.ErrUnsafeFile) {
		t.Errorf("new versions all the time: got %q, %v", got, err)
	}
	if runtime.GOOS == "windows" {
		return // links need a privilege
	}
	write("elsewhere", "theirs")
	link := func() {
		if err := errors.Join(os.Remove(path), os.Symlink(filepath.Join(dir, "elsewhere"), path)); err != nil {
			t.Error(err)
		}
	}
	if got, err := open(sync.OnceFunc(link)); !errors.Is(err, token.ErrUnsafeFile) {
		t.Errorf("a link: got %q, %v", got, err)
	}
}

func TestFailedWriteIsReported(t *testing.T) {
	next := func(token.Token) (token.Token, error) { return token.Token{Access: api.NewSecret("new")}, nil }
	t.Run("no temporary file", func(t *testing.T) {
		path := filepath.Join(ownFolder(t), strings.Repeat("n", 250)) // ".lock" fits behind it, the digits do not
		if err := token.NewFileStore(path, fixedCodec{}).Update(t.Context(), cluster, next); err == nil {
			t.Error("no error")
		}
	})
	t.Run("no rename", func(t *testing.T) {
		dir := ownFolder(t)
		path := filepath.Join(dir, "auth-token.json")
		err := token.NewFileStore(path, fixedCodec{}).Update(t.Context(), cluster, func(old token.Token) (token.Token, error) {
			if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
				t.Fatal(err)
			}
			return next(old)
		})
		if err == nil {
			t.Error("no error")
		}
		left, err := filepath.Glob(filepath.Join(dir, ".auth-token.json.*"))
		if err != nil || len(left) != 0 {
			t.Errorf("%v is left (%v)", left, err)
		}
	})
}

func TestReaderNeverSeesAPartialFile(t *testing.T) {
	skipIfShort(t)
	store := token.NewCache(cacheFolder(t))
	put(t, store, cluster, "0", time.Time{})
	written := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-written:
				return
			default:
			}
			if got, err := store.Load(context.Background(), cluster); err != nil || !strings.HasPrefix(got.Access.Reveal(), "access-") {
				t.Errorf("read %q (%v)", got.Access.Reveal(), err)
				return
			}
		}
	})
	for i := range 50 {
		put(t, store, cluster, fmt.Sprint(i, strings.Repeat("x", 5_000)), time.Time{})
	}
	close(written)
	reader.Wait()
}

func TestOnlyOwnTemporaryFilesAreRemoved(t *testing.T) {
	dir := ownFolder(t)
	path := filepath.Join(dir, "cluster")
	for _, name := range []string{"cluster2", "cluster.1.tmp", ".cluster2.17.tmp", ".cluster.x.tmp", ".cluster.17", "17.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("not ours"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(dir, ".cluster.17.tmp")
	if err := os.WriteFile(left, []byte("of a killed process"), 0o600); err != nil {
		t.Fatal(err)
	}
	store := token.NewFileStore(path, fixedCodec{})
	err := store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) {
		return token.Token{Access: api.NewSecret("new")}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("the temporary file of a killed process is still there")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 6+2 { // the token file and its lock
		t.Errorf("the folder holds %v: other files were removed", entries)
	}
	if err := os.WriteFile(left, []byte("of a killed process"), 0o600); err != nil {
		t.Fatal(err)
	}
	err = store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) { return token.Token{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("the temporary file is still there after the entry was removed")
	}
}

func TestCacheWritesOnlyToItsFolder(t *testing.T) {
	home := ownFolder(t)
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", home)
	t.Setenv("TMPDIR", home)
	t.Setenv("WEKA_TOKEN", filepath.Join(home, "env-token.json"))
	dir := cacheFolder(t)
	s := token.NewSource(newServer(0), token.WithStore(token.NewCache(dir), cluster))
	defer s.Close()
	access(t, s)
	if entries, _ := os.ReadDir(home); len(entries) != 0 {
		t.Errorf("something was written elsewhere: %v", entries)
	}
	if _, err := os.Stat(cacheFile(dir, cluster)); err != nil {
		t.Error(err)
	}
}

func TestLockWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		release := make(chan struct{})
		held := make(chan struct{})
		go func() {
			_ = store.Update(t.Context(), cluster, func(current token.Token) (token.Token, error) {
				close(held)
				<-release
				return current, nil
			})
		}()
		<-held
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		err := store.Update(ctx, cluster, func(token.Token) (token.Token, error) {
			t.Error("two callers hold the lock")
			return token.Token{}, nil
		})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 4*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster), token.WithTimeout(5*time.Second))
		if _, err := s.Token(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a source that waits for the lock: %v", err)
		}
		f.counts(t, 0, 0)
		close(release)
		access(t, s)
	})
}

func TestLockFileStays(t *testing.T) {
	dir := cacheFolder(t)
	store := token.NewCache(dir)
	put(t, store, cluster, "1", time.Time{})
	lock := cacheFile(dir, cluster) + ".lock"
	before, err := os.Stat(lock)
	if err != nil {
		t.Fatal(err)
	}
	put(t, store, cluster, "2", time.Time{})
	s := token.NewSource(newServer(0), token.WithStore(store, cluster))
	if err := s.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(lock)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the lock file was replaced or removed (%v)", err)
	}
}

func TestVendorFileIsRefreshedAndWrittenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(ownFolder(t), "auth-token.json")
		content := `{"access_token":"cli","refresh_token":"cli-refresh","token_type":"Bearer","more":[1]}`
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		f, s := newSession(t, 5*time.Minute, token.WithStore(token.NewFileStore(path, fixedCodec{}), cluster))
		got := mustToken(t, s)
		f.counts(t, 0, 0)
		s.Invalidate(got)
		access(t, s)
		f.counts(t, 0, 1)
		var file map[string]any
		data, _ := os.ReadFile(path)
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(file), "map[access_token:access-1 more:[1] refresh_token:refresh-1 token_type:Bearer]"; got != want {
			t.Errorf("the file holds %s\nwant %s", got, want)
		}
	})
}

// lifetimeCodec is a format that holds a lifetime, as a JWT does, and not since when.
type lifetimeCodec struct{ fixedCodec }

func (c lifetimeCodec) Decode(data []byte, id token.Identity) (token.Token, error) {
	t, err := c.fixedCodec.Decode(data, id)
	t.Lifetime = time.Hour
	return t, err
}

// A lifetime in a file counts from when the file was written, and at most from now on.
func TestLifetimeCountsFromWhenTheFileWasWritten(t *testing.T) {
	path := filepath.Join(ownFolder(t), "auth-token.json")
	store := token.NewFileStore(path, lifetimeCodec{})
	put(t, store, cluster, "1", time.Time{})
	now := time.Now().Round(0)
	for _, ago := range []time.Duration{30 * time.Minute, 2 * time.Hour, -time.Hour} {
		written := now.Add(-ago)
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		got, err := store.Load(t.Context(), cluster)
		if err != nil {
			t.Fatal(err)
		}
		if ago < 0 {
			written = time.Now()
		}
		if off := got.Issued.Sub(written).Abs(); off > time.Second || got.Expiry.Sub(got.Issued) != time.Hour {
			t.Errorf("written %v ago: issued %v, expires %v", ago, got.Issued, got.Expiry)
		}
	}
}

// rival acts as a vendor's command line, which takes no lock: it refreshes the session in
// its file while the Source does the same.
type rival struct {
	*server
	path, content string
}

func (r rival) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	if err := os.WriteFile(r.path, []byte(r.content), 0o600); err != nil {
		return token.Token{}, err
	}
	return r.server.Refresh(ctx, old)
}

func TestRefreshLostToACommandLineAdoptsItsToken(t *testing.T) {
	path := filepath.Join(ownFolder(t), "auth-token.json")
	if err := os.WriteFile(path, []byte(`{"access_token":"old","refresh_token":"r1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	f := rival{newServer(5 * time.Minute), path, `{"access_token":"theirs","refresh_token":"r2","more":[1]}` + "\n\n"}
	f.refreshErr, f.loginErr = token.ErrRefreshRejected, token.ErrNoCredentials
	s := token.NewSource(f, token.WithStore(token.NewFileStore(path, fixedCodec{}), cluster))
	defer s.Close()
	s.Invalidate(mustToken(t, s))
	if got := mustToken(t, s); got.Access.Reveal() != "theirs" || !got.Adopted {
		t.Errorf("got %q, want the command line's, adopted", got.Access.Reveal())
	}
	f.counts(t, 0, 1)
	if after, err := os.ReadFile(path); string(after) != f.content {
		t.Errorf("the command line's file became %q (%v)", after, err)
	}
}
