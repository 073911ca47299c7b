package token_test

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestEntryBelongsToOneIdentity(t *testing.T) {
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

func TestSpellingOfEndpointsIsIgnored(t *testing.T) {
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

func TestPortOfEndpoints(t *testing.T) {
	key := func(endpoint string) string { return token.Identity{Endpoints: []string{endpoint}}.Key() }
	for _, same := range [][2]string{
		{"https://hub", "https://hub:443"}, {"http://hub", "http://hub:80"}, {"https://hub", "HTTPS://HUB/"},
	} {
		if key(same[0]) != key(same[1]) {
			t.Errorf("%v are different", same)
		}
	}
	for _, other := range [][2]string{
		{"https://hub", "https://hub:80"}, {"http://hub", "http://hub:443"}, {"https://hub", "http://hub"},
		{"hub", "Hub"}, {"%", "%25"}, // without a scheme, and unreadable: used as given
	} {
		if key(other[0]) == key(other[1]) {
			t.Errorf("%v are equal", other)
		}
	}
}

func TestProcessesAdoptARefreshedToken(t *testing.T) {
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

func TestNewProcessContinuesTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		put(t, store, cluster, "kept", time.Now().Add(time.Hour))
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
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

func TestNewSessionInTheStoreEndsAPermanentError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		f.loginErr = token.ErrNoCredentials
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrNoCredentials) {
			t.Fatal(err)
		}
		put(t, store, cluster, "by-the-cli", time.Time{})
		elapse(time.Second)
		start := time.Now()
		if got := access(t, s); got != "access-by-the-cli" || time.Since(start) != 0 {
			t.Errorf("got %q after %v", got, time.Since(start))
		}
	})
}

// The store of the example is copied by users, so it keeps unknown members too.
func TestExampleStoreKeepsUnknownMembers(t *testing.T) {
	key := cluster.Key()
	d := &database{locks: map[string]chan struct{}{key: make(chan struct{}, 1)}}
	d.rows.Store(key, []byte(`{"from_a_later_release":1}`))
	put(t, databaseStore{d}, cluster, "1", time.Time{})
	if row := string(d.row(key)); !strings.Contains(row, `"from_a_later_release":1`) || !strings.Contains(row, "access-1") {
		t.Errorf("the row became %s", row)
	}
}
