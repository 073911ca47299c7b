package token_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestUnknownMembersAreKept(t *testing.T) {
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
		t.Errorf("the unknown member became %s", got)
	}
	if kept(t, store, cluster) != "access-2" {
		t.Error("the new token is not there")
	}
}

// A file of the first release, under its name, can be read.
func TestCacheFileFormatIsStable(t *testing.T) {
	dir := ownFolder(t) // the folders of a checkout may be writable by the group
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	got, err := token.NewCache(dir).Load(t.Context(), cluster)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(got.Access.Reveal(), " ", got.Refresh.Reveal(), " ", got.Issued, " ", got.Expiry, got.Scheme)
	if want := "access-1 refresh-1 2026-01-01 00:00:00 +0000 UTC 2026-01-01 00:05:00 +0000 UTC"; text != want {
		t.Errorf("read %s\nwant %s", text, want)
	}
}

// FuzzCacheFile checks that a file with any content yields no token or one that can be
// sent, and that the next token replaces it.
func FuzzCacheFile(f *testing.F) {
	dir := ownFolder(f)
	store := token.NewCache(dir)
	path := cacheFile(dir, cluster)
	head := `{"system":"weka","cluster":"","endpoints":["https://weka01:14000"],"user":"admin","organization":"",`
	for _, seed := range []string{
		head + `"access_token":"a","refresh_token":"r","token_type":"","issued_at":"2026-01-01T00:00:00Z","expires_at":"2026-01-01T00:05:00Z"}`,
		head + `"access_token":"a\n","refresh_token":"r"}`,
		head + `"access_token":"a","expires_at":"9999-12-31T23:59:59Z","issued_at":"0001-01-01T00:00:00Z"}`,
		head + `"access_token":"a","expires_at":"later"}`,
		head + `"access_token":null,"Access_Token":"b"}`,
		head + `"access_token":"a","rejected_at":"2026-01-01T00:00:00Z","rejected_until":"2026-01-01T00:15:00Z","rejected_credentials":"0a:0b"}`,
		head + `"access_token":"","rejected_until":"9999-12-31T23:59:59Z"}`,
		head + `"access_token":"a\n","rejected_until":"2026-01-01T00:15:00Z"}`,
		`{"system":"ngenea","access_token":"a"}`, `{"more":{"deep":[1e400]},"access_token":"a"}`,
		head + `"access_token":"a","acceſs_token":"b","ACCESS_TOKEN":"c"}`,
		"", "null", "[]", "{", "\x00", `{"a":1}{"b":2}`, "\xef\xbb\xbf{}", `{"\ud800":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := store.Load(t.Context(), cluster)
		if err != nil {
			t.Fatal(err)
		}
		if got.Access != (api.Secret{}) || got.Refresh != (api.Secret{}) {
			s, err := token.NewStaticSource(got)
			if err != nil {
				t.Fatalf("unusable token: %v", err)
			}
			s.Close()
		}
		put(t, store, cluster, "next", time.Time{})
		if kept(t, store, cluster) != "access-next" {
			t.Fatalf("the next token did not replace %q", data)
		}
	})
}

// FuzzKeepUnknown checks that unknown members survive, whatever the old content is.
func FuzzKeepUnknown(f *testing.F) {
	for _, seed := range []string{`{"other":18446744073709551615}`, `{"known":1,"other":{"a":[null]}}`, "{", "null", `{"":""}`, `{"a":1,"a":2}`, `{"":1E700}`, `{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, old []byte) {
		data, err := token.KeepUnknown(old, map[string]any{"known": "new"})
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 8*len(old)+100 {
			t.Fatalf("%d bytes became %d", len(old), len(data))
		}
		after, err := members(data)
		if err != nil || after["known"] != "new" {
			t.Fatalf("%q became %q (%v)", old, data, err)
		}
		before, err := members(old)
		if err != nil {
			return
		}
		for name, value := range before {
			if name != "known" && fmt.Sprint(after[name]) != fmt.Sprint(value) {
				t.Fatalf("%q: member %q became %v", old, name, after[name])
			}
		}
	})
}

// members decodes a JSON object and keeps numbers as they are written.
func members(data []byte) (map[string]any, error) {
	var m map[string]any
	if !json.Valid(data) {
		return nil, errors.New("not a JSON value, or more than one")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err := decoder.Decode(&m)
	return m, err
}
