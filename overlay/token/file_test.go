package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestRow13_FileIsForItsOwnerAlone(t *testing.T) {
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

func TestRow13_ModeOfAnExistingFileIsKept(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such mode bits")
	}
	dir := cacheFolder(t)
	store := token.NewCache(dir)
	put(t, store, cluster, "1", time.Time{})
	if err := os.Chmod(cacheFile(dir, cluster), 0o640); err != nil {
		t.Fatal(err)
	}
	put(t, store, cluster, "2", time.Time{})
	if info, err := os.Stat(cacheFile(dir, cluster)); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
}

func TestRow13_LinksAndOpenFoldersAreRefused(t *testing.T) {
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
				t.Error("the file behind the link was written")
			}
		})
	}
}

// What others can list, and what lies in a folder where others can write, is safe.
func TestRow13_FoldersThatShowNamesAreTaken(t *testing.T) {
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

func TestRow13_UnknownFieldsAreKept(t *testing.T) {
	dir := cacheFolder(t)
	store := token.NewCache(dir)
	put(t, store, cluster, "1", time.Time{})
	path := cacheFile(dir, cluster)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	extended := strings.Replace(string(data), "{", `{"from_a_later_release": {"big": 18446744073709551615},`, 1)
	if err := os.WriteFile(path, []byte(extended), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, store, cluster, "2", time.Time{})
	var members map[string]json.RawMessage
	data, _ = os.ReadFile(path)
	if err := json.Unmarshal(data, &members); err != nil {
		t.Fatal(err)
	}
	if got := string(members["from_a_later_release"]); !strings.Contains(got, "18446744073709551615") {
		t.Errorf("the unknown field became %s", got)
	}
	if kept(t, store, cluster) != "access-2" {
		t.Error("the new token is not there")
	}
}

// Nor does the store of the example lose them, which sites copy.
func TestRow13_SitesStoreKeepsUnknownFields(t *testing.T) {
	key := cluster.Key()
	d := &database{locks: map[string]chan struct{}{key: make(chan struct{}, 1)}}
	d.rows.Store(key, []byte(`{"from_a_later_release":1}`))
	put(t, siteStore{d}, cluster, "1", time.Time{})
	if row := string(d.row(key)); !strings.Contains(row, `"from_a_later_release":1`) || !strings.Contains(row, "access-1") {
		t.Errorf("the row became %s", row)
	}
}

func TestRow13_CorruptFileCountsAsNone(t *testing.T) {
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

func TestRow13_ReaderNeverSeesHalfAFile(t *testing.T) {
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

func TestRow13_NeighbouringFilesAreSpared(t *testing.T) {
	dir := ownFolder(t)
	path := filepath.Join(dir, "cluster")
	for _, name := range []string{"cluster2", "cluster.1.tmp", ".cluster2.17.tmp", ".cluster.x.tmp", "17"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("somebody else's"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(dir, ".cluster.17.tmp")
	if err := os.WriteFile(left, []byte("of a killed process"), 0o600); err != nil {
		t.Fatal(err)
	}
	store := token.NewFileStore(path, fixedCodec{})
	err := store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) {
		return token.Token{Access: token.NewSecret("new")}, nil
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
	if len(entries) != 5+2 { // the token file and its lock
		t.Errorf("the folder holds %v: neighbours' files were touched", entries)
	}
}
