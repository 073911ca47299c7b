package token_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// holder has secrets in unexported fields, on which fmt calls no methods.
type holder struct {
	secret  api.Secret
	pair    token.Token
	pointer *token.Token
	list    []api.Secret
	named   map[string]api.Secret
	any     any
}

func newHolder(plain string) *holder {
	secret := api.NewSecret(plain)
	pair := token.Token{Access: secret, Refresh: secret}
	return &holder{secret, pair, &pair, []api.Secret{secret}, map[string]api.Secret{"a": secret}, secret}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	plain := fmt.Sprintf("planted%d", rand.Uint64())
	h := newHolder(plain)
	var out bytes.Buffer
	for _, value := range []any{h.secret, &h.secret, h.pair, h.pointer, h.list, h.named, h, *h, fmt.Errorf("wrapped %v", h.secret)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%T", "%10.3s"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		fmt.Fprintln(&out, value)
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "value", value)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "value", value)
		_ = json.NewEncoder(&out).Encode(value)
		_ = xml.NewEncoder(&out).Encode(value)
	}
	assertHidden(t, out.String(), plain)
	if !strings.Contains(out.String(), "[redacted]") {
		t.Error("nothing was printed")
	}
}

// assertHidden looks for the secret in text, also in hexadecimal.
func assertHidden(t *testing.T, text, plain string) {
	t.Helper()
	for _, form := range []string{plain, fmt.Sprintf("%x", plain), fmt.Sprintf("%X", plain), fmt.Sprintf("% x", plain)} {
		if i := strings.Index(text, form); i >= 0 {
			t.Errorf("the secret shows: …%s", text[max(0, i-80):i+len(form)])
		}
	}
}

func TestSourceAndItsErrorsShowNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plain := fmt.Sprintf("planted%d", rand.Uint64())
		reply := token.Token{Access: api.NewSecret(plain), Refresh: api.NewSecret(plain), Lifetime: time.Minute}
		f := newServer(time.Minute)
		f.reply = &reply
		var out bytes.Buffer
		s := token.NewSource(f, token.WithHook(func(event token.Event) { fmt.Fprintf(&out, "%+v\n", event) }))
		defer s.Close()
		got := mustToken(t, s)
		fmt.Fprintf(&out, "%v %+v %#v", s, s, s)
		fmt.Fprintf(&out, "%v %+v %#v", got, got, got)
		for _, failure := range []error{
			errUnavailable, token.ErrRefreshRejected, token.ErrNoCredentials, &token.LockedOutError{Err: errUnavailable},
		} {
			f.set(func(f *server) { f.refreshErr, f.loginErr = failure, failure })
			s.Invalidate(got)
			_, err := s.Token(t.Context())
			fmt.Fprintf(&out, "%v %+v %#v\n", err, err, err)
			elapse(time.Minute)
		}
		reply.Access = api.NewSecret(plain + "\n")
		_, err := token.NewStaticSource(reply)
		fmt.Fprintf(&out, "%v %+v %#v\n", err, err, err)
		assertHidden(t, out.String(), plain)
	})
}

func TestStoreErrorsShowNoSecret(t *testing.T) {
	dir := cacheFolder(t)
	plain := fmt.Sprintf("planted%d", rand.Uint64())
	content := `{"access_token":"` + plain + `","refresh_token":` + plain + `}`
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(cacheFile(dir, cluster), []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
	var seen recorder
	f, s := newSession(t, 0, token.WithStore(token.NewCache(dir), cluster), token.WithHook(seen.hook))
	f.loginErr = token.ErrNoCredentials
	_, err := s.Token(context.Background())
	assertHidden(t, fmt.Sprintf("%v %+v %#v %+v", err, err, err, seen.events), plain)
}
