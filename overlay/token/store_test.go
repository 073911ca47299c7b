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
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

var cluster = token.Identity{System: "weka", Endpoints: []string{"https://weka01:14000"}, User: "admin"}

// cacheFolder is a folder that the store has to make.
func cacheFolder(t *testing.T) string { return filepath.Join(t.TempDir(), "parent", "cache") }

func cacheFile(dir string, id token.Identity) string { return filepath.Join(dir, id.Key()+".json") }

// put stores a pair called name.
func put(t *testing.T, store token.Store, id token.Identity, name string, expiry time.Time) {
	t.Helper()
	err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) {
		return token.Token{
			Access: token.NewSecret("access-" + name), Refresh: token.NewSecret("refresh-" + name), Expiry: expiry,
		}, nil
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func kept(t *testing.T, store token.Store, id token.Identity) string {
	t.Helper()
	got, err := store.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return got.Access.Reveal()
}

func TestRow12_SecondProcessAdoptsWhatTheFirstRefreshed(t *testing.T) {
	for name, store := range map[string]func() token.Store{
		"memory": func(m token.Store) func() token.Store { return func() token.Store { return m } }(token.NewMemoryStore()),
		"file":   func(dir string) func() token.Store { return func() token.Store { return token.NewCache(dir) } }(cacheFolder(t)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newServer(5 * time.Minute)
				f.delay = time.Second
				put(t, store(), cluster, "old", time.Now().Add(-time.Minute))
				var wg sync.WaitGroup
				for range 8 {
					wg.Go(func() { // a source with a store of its own stands for a process
						s := token.NewSource(f, token.WithStore(store(), cluster))
						defer s.Close()
						if got := access(t, s); got != "access-1" {
							t.Errorf("got %q", got)
						}
					})
				}
				wg.Wait()
				f.counts(t, 0, 1)
			})
		})
	}
}

func TestRow12_NewProcessGoesOnWithTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		put(t, store, cluster, "kept", time.Now().Add(time.Hour))
		f := newServer(5 * time.Minute)
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		got := mustToken(t, s)
		f.counts(t, 0, 0)
		put(t, store, cluster, "by-another", time.Time{}) // another process renewed it
		s.Invalidate(got)
		if got := access(t, s); got != "access-by-another" {
			t.Errorf("got %q", got)
		}
		f.counts(t, 0, 0)
	})
}

func TestRow12_NewSessionInTheStoreEndsAVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		f := newServer(5 * time.Minute)
		f.password = token.ErrNoCredentials
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrNoCredentials) {
			t.Fatal(err)
		}
		put(t, store, cluster, "by-the-cli", time.Time{})
		elapse(time.Second)
		if got := access(t, s); got != "access-by-the-cli" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRow12_LockWaitObeysTheContext(t *testing.T) {
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
			t.Error("two hold the lock")
			return token.Token{}, nil
		})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 4*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		f := newServer(5 * time.Minute)
		s := token.NewSource(f, token.WithStore(store, cluster), token.WithTimeout(5*time.Second))
		defer s.Close()
		if _, err := s.Token(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a source that waits for the lock: %v", err)
		}
		f.counts(t, 0, 0)
		close(release)
		access(t, s)
	})
}

func TestRow12_LockFileStays(t *testing.T) {
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
			f := newServer(0)
			s := token.NewSource(f, token.WithStore(store, cluster))
			defer s.Close()
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
			f := newServer(0)
			s := token.NewSource(f, token.WithStore(token.NewCache(dir), cluster))
			defer s.Close()
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

func TestRow14_EntryBelongsToOneIdentity(t *testing.T) {
	base := token.Identity{
		System: "weka", Endpoints: []string{"https://weka01:14000", "https://weka02:14000"}, User: "admin", Organization: "Root",
	}
	change := func(edit func(*token.Identity)) token.Identity {
		id := base
		edit(&id)
		return id
	}
	for name, other := range map[string]token.Identity{
		"system":       change(func(id *token.Identity) { id.System = "ngenea" }),
		"cluster":      change(func(id *token.Identity) { id.Cluster = "prod" }),
		"endpoint":     change(func(id *token.Identity) { id.Endpoints = []string{"https://weka01:14000"} }),
		"port":         change(func(id *token.Identity) { id.Endpoints = []string{"https://weka01", "https://weka02:14000"} }),
		"scheme":       change(func(id *token.Identity) { id.Endpoints = []string{"http://weka01:14000", "https://weka02:14000"} }),
		"user":         change(func(id *token.Identity) { id.User = "Admin" }),
		"organization": change(func(id *token.Identity) { id.Organization = "tenant" }),
	} {
		t.Run(name, func(t *testing.T) {
			dir := cacheFolder(t)
			store := token.NewCache(dir)
			put(t, store, base, "base", time.Time{})
			if got := kept(t, store, other); got != "" {
				t.Errorf("another identity got %q", got)
			}
			data, err := os.ReadFile(cacheFile(dir, base))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(cacheFile(dir, other), data, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := kept(t, store, other); got != "" {
				t.Errorf("another identity got %q from a copied file", got)
			}
		})
	}
}

func TestRow14_SpellingOfTheAddressesDoesNotCount(t *testing.T) {
	store := token.NewCache(cacheFolder(t))
	id := token.Identity{System: "ngenea", Endpoints: []string{"https://hub.example.com/api", "https://hub2.example.com/api"}}
	put(t, store, id, "1", time.Time{})
	id.Endpoints = []string{" HTTPS://user@HUB2.example.com:443/api/", "https://hub.example.com/api", "https://hub.example.com:443/api"}
	if got := kept(t, store, id); got != "access-1" {
		t.Errorf("got %q", got)
	}
	named := token.Identity{System: "weka", Cluster: "prod", Endpoints: []string{"https://weka01:14000"}}
	put(t, store, named, "2", time.Time{})
	named.Endpoints = []string{"https://weka09:14000"}
	if got := kept(t, store, named); got != "access-2" {
		t.Errorf("a named cluster's other address got %q", got)
	}
}

func TestRow14_TimesOfTheEntryAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		for _, far := range []time.Time{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2270, 1, 1, 0, 0, 0, 0, time.UTC)} {
			put(t, store, cluster, "far", far)
			f := newServer(0)
			s := token.NewSource(f, token.WithStore(store, cluster))
			for range 3 {
				if got := access(t, s); got != "access-far" {
					t.Errorf("got %q", got)
				}
				synctest.Wait()
			}
			f.counts(t, 0, 0)
			s.Close()
		}
	})
}

// fixedCodec stands for a vendor's file, which names neither host nor expiry.
type fixedCodec struct{}

func (fixedCodec) Decode(data []byte, _ token.Identity) (token.Token, error) {
	var file struct{ Access_token, Refresh_token string } //nolint:revive // the file's own names
	err := json.Unmarshal(data, &file)
	return token.Token{Access: token.NewSecret(file.Access_token), Refresh: token.NewSecret(file.Refresh_token)}, err
}

func (fixedCodec) Encode(old []byte, _ token.Identity, t token.Token) ([]byte, error) {
	return token.KeepUnknown(old, map[string]any{
		"access_token": t.Access.Reveal(), "refresh_token": t.Refresh.Reveal(), "token_type": "Bearer",
	})
}

func TestRow14_FileWithoutHostOrExpiryIsRefreshedAndWrittenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(ownFolder(t), "auth-token.json")
		content := `{"access_token":"cli","refresh_token":"cli-refresh","token_type":"Bearer","more":[1]}`
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		f := newServer(5 * time.Minute)
		s := token.NewSource(f, token.WithStore(token.NewFileStore(path, fixedCodec{}), cluster))
		defer s.Close()
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

// rival is a vendor's command line, which takes no lock: it refreshes the session in
// its file while the Source tries the same.
type rival struct {
	*server
	path, leaves string
}

func (r rival) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	if err := os.WriteFile(r.path, []byte(r.leaves), 0o600); err != nil {
		return token.Token{}, err
	}
	return r.server.Refresh(ctx, old)
}

func TestRow14_RefreshLostToTheCommandLineLosesNoSession(t *testing.T) {
	path := filepath.Join(ownFolder(t), "auth-token.json")
	if err := os.WriteFile(path, []byte(`{"access_token":"old","refresh_token":"r1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	f := rival{newServer(5 * time.Minute), path, `{"access_token":"theirs","refresh_token":"r2","more":[1]}` + "\n\n"}
	f.refuse, f.password = token.ErrRefreshRejected, token.ErrNoCredentials
	s := token.NewSource(f, token.WithStore(token.NewFileStore(path, fixedCodec{}), cluster))
	defer s.Close()
	s.Invalidate(mustToken(t, s))
	if got := mustToken(t, s); got.Access.Reveal() != "theirs" || !got.Adopted {
		t.Errorf("got %q, want the command line's, adopted", got.Access.Reveal())
	}
	f.counts(t, 0, 1)
	if after, err := os.ReadFile(path); string(after) != f.leaves {
		t.Errorf("the command line's file became %q (%v)", after, err)
	}
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
