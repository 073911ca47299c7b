package call_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// TestEchoedSecretsAreHidden has a server repeat what it refuses, as message and as
// data, with a password that JSON escapes.
func TestEchoedSecretsAreHidden(t *testing.T) {
	token := newSecret("tok-123")
	body := &createBody{
		Name: "fs1", Password: newSecret(`pa"ss<word`), Token: &token, Keys: []secret{newSecret("key-456")},
		Named:  map[string]secret{"new": newSecret("tok-123-and-more")},
		Nested: &createBody{Password: newSecret("deep-789")}, Maybe: nullable[secret]{true: newSecret("maybe-012")},
		Free: newSecretJSON(`["raw-\u0033",{"token":"in-raw-4"},77777]`),
	}
	sent, err := json.Marshal(map[string]any{
		"name": "fs1", "password": `pa"ss<word`, "token": "tok-123", "keys": []string{"key-456"}, "deep": "deep-789", "maybe": "maybe-012", "free": "raw-3",
	})
	if err != nil {
		t.Fatal(err)
	}
	message, err := json.Marshal(fmt.Sprintf(`password 'pa"ss<word' of fs1 is too weak: %s`, sent))
	if err != nil {
		t.Fatal(err)
	}
	answer := fmt.Sprintf(`{"message":%s,"data":%s}`, message, `{"error":"pa\"ss<word, tok-123, key-456, deep-789, maybe-012, raw-3, in-raw-4, 77777, tok-123-and-more"}`)
	err = client(answers(http.StatusBadRequest, answer)).Do(t.Context(), http.MethodPost, "/x", body, nil)
	var failed *call.Error
	if !errors.As(err, &failed) {
		t.Fatalf("error is %v", err)
	}
	dump, marshalErr := json.Marshal(failed)
	if marshalErr != nil {
		t.Fatal(marshalErr)
	}
	for _, shown := range []string{err.Error(), failed.Message, string(failed.Data), string(dump)} {
		for _, planted := range []string{`ss<word`, `ss\u003cword`, "tok-123", "key-456", "deep-789", "maybe-012", "raw-3", "in-raw-4", "77777", "and-more"} {
			if strings.Contains(shown, planted) {
				t.Errorf("%q shows in %s", planted, shown)
			}
		}
	}
	if !strings.Contains(failed.Message, "of fs1 is too weak") {
		t.Errorf("the rest of the message is lost: %s", failed.Message)
	}
}
