package token_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

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
